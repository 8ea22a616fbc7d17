import assert from "node:assert/strict";
import { renewsOn } from "../../src/domain/contract.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { ContractHistory } from "../support/contract_history.ts";

Deno.test("no contract: nothing is granted and there is no price", () => {
  const contract = new ContractHistory();
  assert.equal(contract.termsOn("2026-11-10"), "none");
  assert.equal(contract.granted("2026-11", "2026-11-30"), 0);
  assert.equal(contract.price("2026-11"), null);
});

Deno.test("a first package holds from today and covers the whole month", () => {
  const contract = new ContractHistory().change("2026-11-10", { package: 100 });
  assert.equal(contract.termsOn("2026-11-09"), "none");
  assert.equal(contract.termsOn("2026-11-10"), "100 at 10.00, excess 0.10");
  assert.equal(contract.granted("2026-11", "2026-11-10"), 100);
});

Deno.test("a package may start earlier in the open month", () => {
  const contract = new ContractHistory().change("2026-11-10", { package: 100, starts_on: "2026-11-03" });
  assert.equal(contract.termsOn("2026-11-03"), "100 at 10.00, excess 0.10");
});

Deno.test("a package that starts later grants nothing before", () => {
  const contract = new ContractHistory().change("2026-11-10", { package: 100, starts_on: "2026-11-20" });
  assert.equal(contract.granted("2026-11", "2026-11-19"), 0);
  assert.equal(contract.granted("2026-11", "2026-11-20"), 100);
  assert.equal(contract.scheduled("2026-11-10"), "2026-11-20: 100 at 10.00, excess 0.10");
});

Deno.test("a package that has not started yet can still be made another one", () => {
  const contract = new ContractHistory()
    .change("2026-11-10", { package: 100, starts_on: "2026-12-01" })
    .change("2026-11-11", { package: 50, starts_on: "2026-12-05" });
  assert.equal(contract.termsOn("2026-12-04"), "none");
  assert.equal(contract.termsOn("2026-12-05"), "50 at 10.00, excess 0.10");
});

Deno.test("a full first month grants and costs the whole package", () => {
  const contract = new ContractHistory().change("2026-11-16", {
    package: 300,
    price: "300.00",
    first_month: "full",
  });
  assert.equal(contract.granted("2026-11", "2026-11-30"), 300);
  assert.equal(contract.price("2026-11"), "300.00");
});

Deno.test("a prorated first month grants by days, rounded up, and costs by days to the centavo", () => {
  const half = new ContractHistory().change("2026-11-16", {
    package: 300,
    price: "300.00",
    first_month: "prorated",
  });
  assert.equal(half.granted("2026-11", "2026-11-30"), 150);
  assert.equal(half.price("2026-11"), "150.00");
  const last_day = new ContractHistory().change("2027-01-31", {
    package: 100,
    price: "100.00",
    first_month: "prorated",
  });
  assert.equal(last_day.granted("2027-01", "2027-01-31"), 4);
  assert.equal(last_day.price("2027-01"), "3.23");
});

Deno.test("only the first month is prorated", () => {
  const contract = new ContractHistory().change("2026-11-16", { package: 300, first_month: "prorated" });
  assert.equal(contract.granted("2026-12", "2026-12-01"), 300);
  assert.equal(contract.price("2026-12"), "10.00");
});

Deno.test("a prorated package that starts on the first of a month is whole", () => {
  const contract = new ContractHistory().change("2026-11-01", { package: 300, first_month: "prorated" });
  assert.equal(contract.granted("2026-11", "2026-11-01"), 300);
});

Deno.test("the same contract put twice is one contract", () => {
  const contract = new ContractHistory().change("2026-11-10", { package: 100, starts_on: "2026-11-10" });
  contract.change("2026-11-10", { package: 100, starts_on: "2026-11-10" });
  contract.change("2027-02-03", { package: 100, starts_on: "2026-11-10" });
  contract.change("2027-02-03", { package: 100 });
  assert.equal(contract.history.length, 1);
});

Deno.test("a change asked for twice while it waits is one change", () => {
  const contract = new ContractHistory().change("2026-11-10", { package: 100 });
  for (const _ of [1, 2]) contract.change("2026-11-12", { package: 50 });
  assert.equal(contract.history.length, 2);
  for (const _ of [1, 2]) contract.change("2026-11-13", { package: 200, excess: "0.20" });
  assert.equal(contract.history.length, 4);
});

Deno.test("an upgrade holds now and grants the difference", () => {
  const contract = new ContractHistory().change("2026-11-01", { package: 100 }).change("2026-11-20", {
    package: 250,
    price: "20.00",
  });
  assert.equal(contract.granted("2026-11", "2026-11-19"), 100);
  assert.equal(contract.granted("2026-11", "2026-11-20"), 250);
});

Deno.test("a month costs the package in force at its end, whole, also when it was upgraded within it", () => {
  const contract = new ContractHistory().change("2026-11-01", { package: 100, price: "10.00" })
    .change("2026-11-20", { package: 250, price: "20.00" });
  assert.equal(contract.price("2026-11"), "20.00");
});

Deno.test("an upgrade in the prorated first month grants the difference by days", () => {
  const contract = new ContractHistory().change("2026-11-16", { package: 300, first_month: "prorated" })
    .change("2026-11-20", { package: 600 });
  assert.equal(contract.granted("2026-11", "2026-11-30"), 300);
});

Deno.test("an upgrade does not restart the commitment", () => {
  const contract = new ContractHistory().change("2026-11-01", { package: 100 }).change("2027-01-15", {
    package: 250,
  });
  assert.equal(contract.commitment("2027-01-15"), "2027-01-31");
});

Deno.test("the commitment ends on the last day of the month that holds start + 3 months - 1 day", () => {
  const ends = [
    ["2026-11-01", "2027-01-31"],
    ["2026-11-02", "2027-02-28"],
    ["2026-11-30", "2027-02-28"],
    ["2026-12-01", "2027-02-28"],
    ["2026-12-02", "2027-03-31"],
    ["2027-01-31", "2027-04-30"],
    ["2027-11-29", "2028-02-29"],
    ["2027-12-01", "2028-02-29"],
    ["2027-12-02", "2028-03-31"],
  ];
  for (const [start, end] of ends) {
    assert.equal(new ContractHistory().change(start!, { package: 1 }).commitment(start!), end, start!);
  }
});

Deno.test("without a package there is no commitment and no renewal", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: null });
  assert.equal(contract.commitment("2026-11-02"), null);
  assert.equal(renewsOn(contract.history, "2026-11-02" as LocalDate), null);
});

Deno.test("the package renews by itself on the first of the next month", () => {
  const contract = new ContractHistory().change("2026-11-02", { package: 100 });
  assert.equal(renewsOn(contract.history, "2026-12-31" as LocalDate), "2027-01-01");
  assert.equal(contract.granted("2027-01", "2027-01-01"), 100);
});

Deno.test("the terms of a date are found without a look at all that were agreed on before them", () => {
  assert.equal(lookedAtOf(100), lookedAtOf(10));
});

/** How many versions are looked at for today's terms. */
function lookedAtOf(upgrades: number): number {
  const contract = new ContractHistory();
  for (let i = 0; i < upgrades; i++) contract.change("2026-11-10", { package: 100 + i });
  let looked = 0;
  for (const version of contract.history) {
    const { withdraws } = version;
    Object.defineProperty(version, "withdraws", { get: () => (looked++, withdraws) });
  }
  assert.equal(contract.termsOn("2026-11-10"), `${99 + upgrades} at 10.00, excess 0.10`);
  return looked;
}
