import assert from "node:assert/strict";
import { cancelPackage } from "../../src/domain/contract_changes.ts";
import { renewsOn } from "../../src/domain/contract.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { ContractHistory } from "../support/contract_history.ts";

Deno.test("an upgrade with another excess price keeps the old one until the next month", () => {
  const contract = new ContractHistory().change("2026-11-01", { package: 100, excess: "0.10" })
    .change("2026-11-20", { package: 250, excess: "0.08" });
  assert.equal(contract.termsOn("2026-11-30"), "250 at 10.00, excess 0.10");
  assert.equal(contract.termsOn("2026-12-01"), "250 at 10.00, excess 0.08");
});

Deno.test("a downgrade within the commitment waits for the first renewal after it ends", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).change("2026-11-20", {
    package: 50,
  });
  assert.equal(contract.commitment("2026-11-20"), "2027-02-28");
  assert.equal(contract.scheduled("2026-11-20"), "2027-03-01: 50 at 10.00, excess 0.10");
  assert.equal(contract.granted("2027-02", "2027-02-28"), 100);
  assert.equal(contract.granted("2027-03", "2027-03-01"), 50);
});

Deno.test("a downgrade after the commitment waits for the next renewal", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).change("2027-05-05", {
    package: 50,
  });
  assert.equal(contract.scheduled("2027-05-05"), "2027-06-01: 50 at 10.00, excess 0.10");
});

Deno.test("a scheduled downgrade is taken back by putting the contract as it was", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).change("2026-11-20", {
    package: 50,
  })
    .change("2026-11-21", { package: 100 });
  assert.equal(contract.scheduled("2026-11-21"), "none");
  assert.equal(contract.granted("2027-03", "2027-03-31"), 100);
  assert.equal(contract.history.at(-1)?.reason, "taken_back");
  contract.change("2026-11-22", { package: 100 });
  assert.equal(contract.history.length, 3);
});

Deno.test("an upgrade takes a scheduled downgrade back", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).change("2026-11-20", {
    package: 50,
  })
    .change("2026-11-21", { package: 200 });
  assert.equal(contract.scheduled("2026-11-21"), "none");
  assert.equal(contract.granted("2027-03", "2027-03-31"), 200);
});

Deno.test("another downgrade takes the place of the one that waits", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).change("2026-11-20", {
    package: 50,
  })
    .change("2026-11-21", { package: 80 });
  assert.equal(contract.scheduled("2026-11-21"), "2027-03-01: 80 at 10.00, excess 0.10");
});

Deno.test("new prices hold from the next month", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 })
    .change("2026-11-20", { package: 100, price: "12.00", excess: "0.12" });
  assert.equal(contract.termsOn("2026-11-30"), "100 at 10.00, excess 0.10");
  assert.equal(contract.termsOn("2026-12-01"), "100 at 12.00, excess 0.12");
});

Deno.test("another currency holds from the next month with all that comes with it: a month has one", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 })
    .change("2026-11-20", { package: 200, price: "5.00", excess: "0.02", currency: "USD" });
  assert.equal(contract.termsOn("2026-11-30"), "100 at 10.00, excess 0.10");
  assert.equal(contract.termsOn("2026-12-01"), "200 at 5.00, excess 0.02 USD");
});

Deno.test("a new excess price that comes with a smaller package holds from the next month", () => {
  const contract = new ContractHistory().change("2026-06-01", {
    package: 100,
    price: "50.00",
    excess: "0.75",
  })
    .change("2026-06-10", { package: 50, price: "30.00", excess: "0.70" });
  assert.equal(contract.termsOn("2026-06-30"), "100 at 50.00, excess 0.75");
  assert.equal(contract.termsOn("2026-07-01"), "100 at 50.00, excess 0.70");
  assert.equal(contract.termsOn("2026-09-01"), "50 at 30.00, excess 0.70");
});

Deno.test("a downgrade leaves a new price of the package that goes on until then", () => {
  const contract = new ContractHistory().change("2026-06-01", {
    package: 100,
    price: "50.00",
    excess: "0.75",
  })
    .change("2026-06-10", { package: 100, price: "45.00", excess: "0.70" })
    .change("2026-06-11", { package: 50, price: "30.00", excess: "0.70" });
  assert.equal(contract.termsOn("2026-07-01"), "100 at 45.00, excess 0.70");
  assert.equal(contract.termsOn("2026-08-31"), "100 at 45.00, excess 0.70");
  assert.equal(contract.termsOn("2026-09-01"), "50 at 30.00, excess 0.70");
});

Deno.test("a package ends alike whether it is cancelled or the contract is put without it", () => {
  const agreed = () =>
    new ContractHistory().change("2026-06-01", { package: 100, price: "50.00", excess: "0.75" })
      .change("2026-06-10", { package: 100, price: "45.00", excess: "0.70" });
  const cancelled = agreed().cancel("2026-06-11");
  const put = agreed().change("2026-06-11", { package: null, excess: "0.70" });
  for (const date of ["2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01"]) {
    assert.equal(put.termsOn(date), cancelled.termsOn(date), date);
  }
  assert.equal(put.cancels("2026-06-11"), "2026-08-31");
});

Deno.test("a smaller package in another currency brings all of it with its renewal: a month has one", () => {
  const contract = new ContractHistory().change("2026-06-01", {
    package: 100,
    price: "50.00",
    excess: "0.75",
  })
    .change("2026-06-10", { package: 100, price: "50.00", excess: "0.70" })
    .change("2026-06-11", { package: 50, price: "6.00", excess: "0.02", currency: "USD" });
  assert.equal(contract.termsOn("2026-08-31"), "100 at 50.00, excess 0.70");
  assert.equal(contract.termsOn("2026-09-01"), "50 at 6.00, excess 0.02 USD");
});

Deno.test("an upgrade that begins later leaves new prices of the months before it", () => {
  const contract = new ContractHistory().change("2026-06-01", {
    package: 100,
    price: "50.00",
    excess: "0.75",
  })
    .change("2026-06-10", { package: 100, price: "50.00", excess: "0.70" })
    .change("2026-06-11", { package: 250, price: "90.00", excess: "0.60", starts_on: "2026-08-10" });
  assert.equal(contract.termsOn("2026-07-01"), "100 at 50.00, excess 0.70");
  assert.equal(contract.termsOn("2026-08-10"), "250 at 90.00, excess 0.60");
});

Deno.test("new prices of the package take a scheduled cancellation back: a contract that is put is all of it", () => {
  const contract = new ContractHistory().change("2026-06-01", { package: 100, excess: "0.75" }).cancel(
    "2026-06-10",
  )
    .change("2026-06-11", { package: 100, excess: "0.70" });
  assert.equal(contract.cancels("2026-06-11"), null);
  assert.equal(contract.termsOn("2026-09-01"), "100 at 10.00, excess 0.70");
});

Deno.test("a cancellation ends the package with the month its commitment ends in", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).cancel("2026-11-20");
  assert.equal(contract.cancels("2026-11-20"), "2027-02-28");
  assert.equal(contract.termsOn("2027-02-28"), "100 at 10.00, excess 0.10");
  assert.equal(contract.termsOn("2027-03-01"), "no package, excess 0.10");
  assert.equal(renewsOn(contract.history, "2027-02-01" as LocalDate), null);
});

Deno.test("a cancellation after the commitment ends the package with this month", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).cancel("2027-04-10");
  assert.equal(contract.cancels("2027-04-10"), "2027-04-30");
});

Deno.test("a cancellation asked for twice is one", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).cancel("2026-11-20");
  assert.equal(cancelPackage(contract.history, "2026-11-21" as LocalDate), undefined);
});

Deno.test("without a package there is nothing to cancel", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: null });
  assert.equal(cancelPackage(contract.history, "2026-11-21" as LocalDate), undefined);
});

Deno.test("a cancellation is taken back: the package goes on", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).cancel("2026-11-20")
    .withdrawCancellation(
      "2026-12-05",
    );
  assert.equal(contract.cancels("2026-12-05"), null);
  assert.equal(contract.termsOn("2027-03-01"), "100 at 10.00, excess 0.10");
});

Deno.test("a contract put without its package is a cancellation", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).change("2026-11-20", {
    package: null,
  });
  assert.equal(contract.cancels("2026-11-20"), "2027-02-28");
  contract.withdrawCancellation("2026-11-21");
  assert.equal(contract.cancels("2026-11-21"), null);
});

Deno.test("a cancellation is shown, and can be taken back, while new prices come first", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 })
    .change("2026-11-20", { package: 100, excess: "0.12" }).cancel("2026-11-21");
  assert.equal(contract.cancels("2026-11-21"), "2027-02-28");
  assert.equal(contract.termsOn("2027-03-01"), "no package, excess 0.12");
  contract.withdrawCancellation("2026-11-22");
  assert.equal(contract.cancels("2026-11-22"), null);
  assert.equal(contract.termsOn("2026-12-01"), "100 at 10.00, excess 0.12");
  assert.equal(contract.termsOn("2027-03-01"), "100 at 10.00, excess 0.12");
});

Deno.test("a package is taken up mid-month after post-paid use", () => {
  const contract = new ContractHistory().change("2026-10-05", { package: null, excess: "0.15" })
    .change("2026-11-12", { package: 100, excess: "0.15" });
  assert.equal(contract.granted("2026-11", "2026-11-11"), 0);
  assert.equal(contract.granted("2026-11", "2026-11-12"), 100);
  assert.equal(contract.commitment("2026-11-12"), "2027-02-28");
});

Deno.test("a package taken up after post-paid use brings its excess price with the next month", () => {
  const contract = new ContractHistory().change("2026-10-05", { package: null, excess: "0.15" })
    .change("2026-11-12", { package: 100, excess: "0.10" });
  assert.equal(contract.termsOn("2026-11-12"), "100 at 10.00, excess 0.15");
  assert.equal(contract.termsOn("2026-12-01"), "100 at 10.00, excess 0.10");
});

Deno.test("a package that is taken up in a later month brings its prices along", () => {
  const contract = new ContractHistory().change("2026-10-05", { package: null, excess: "0.15" })
    .change("2026-11-12", { package: 100, excess: "0.10", starts_on: "2026-12-10" });
  assert.equal(contract.termsOn("2026-12-09"), "no package, excess 0.15");
  assert.equal(contract.termsOn("2026-12-10"), "100 at 10.00, excess 0.10");
});

Deno.test("a package that waits to be taken up keeps its start when it is made another one", () => {
  const contract = new ContractHistory().change("2026-10-05", { package: null, excess: "0.15" })
    .change("2026-11-12", { package: 100, starts_on: "2026-12-10" }).change("2026-11-13", { package: 50 });
  assert.equal(contract.termsOn("2026-12-09"), "no package, excess 0.15");
  assert.equal(contract.termsOn("2026-12-10"), "50 at 10.00, excess 0.10");
});

Deno.test("a package taken up again starts a new commitment", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 }).cancel("2026-11-20")
    .change("2027-06-15", { package: 50 });
  assert.equal(contract.commitment("2027-06-15"), "2027-09-30");
});
