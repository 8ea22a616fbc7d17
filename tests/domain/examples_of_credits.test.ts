/** The worked examples of `src/domain/README.md` of contracts, the ledger and statements, by their numbers. */

import assert from "node:assert/strict";
import { commitmentEndsOn, packagePriceOf, scheduledAfter, termsOn } from "../../src/domain/contract.ts";
import { showMoney } from "../../src/domain/money.ts";
import type { LocalDate, Month } from "../../src/domain/types.ts";
import { newLedgerEntries, refusalOf, TestCompany } from "../support/company.ts";
import { ANA, BETO, CARLA } from "../support/fixtures.ts";
import { assertInvariants } from "../support/invariants.ts";

Deno.test("E8: a month is open, closed, final", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.changeContract({ package: 10 });
  const status = () => company.statement("2026-11").status;
  company.advanceTo("2026-11-30 23:59:59");
  assert.equal(status(), "open");
  company.advanceTo("2026-12-01 00:00");
  assert.equal(status(), "closed");
  company.advanceTo("2026-12-08 23:59:59");
  assert.equal(status(), "closed");
  company.advanceTo("2026-12-09 00:00");
  assert.equal(status(), "final");
});

Deno.test("E9: a first month in full and prorated", () => {
  for (
    const [first_month, granted, costs] of [["full", 300, "300.00"], ["prorated", 150, "150.00"]] as const
  ) {
    const company = new TestCompany({ at: "2026-11-16 09:00" });
    company.changeContract({ package: 300, price: "300.00", first_month });
    assert.equal(company.balance().granted, granted);
    assert.equal(showMoney(packagePriceOf(company.view().contract, "2026-11" as Month)!), costs);
  }
});

Deno.test("E10: commitments", () => {
  const table = [
    ["2026-11-01", "2027-01-31"],
    ["2026-11-02", "2027-02-28"],
    ["2026-11-30", "2027-02-28"],
    ["2027-01-31", "2027-04-30"],
    ["2027-12-01", "2028-02-29"],
  ];
  for (const [starts_on, ends_on] of table) {
    const company = new TestCompany({ at: `${starts_on} 09:00` });
    company.changeContract({ package: 10 });
    assert.equal(company.balance().commitment_ends_on, ends_on, starts_on!);
  }
});

Deno.test("E11: a contract over time", () => {
  const company = new TestCompany({ at: "2026-11-02 09:00" });
  const shown = () => {
    const { contract, today } = company.view();
    const next = scheduledAfter(contract, today);
    const after = next && `${next.terms.package?.credits ?? "none"} from ${next.effective_from}`;
    return [termsOn(contract, today)?.package?.credits, company.balance().granted, after];
  };
  company.changeContract({ package: 100 });
  assert.deepEqual(shown(), [100, 100, undefined]);
  company.advanceTo("2026-11-10 09:00");
  company.changeContract({ package: 250 });
  assert.deepEqual(shown(), [250, 250, undefined]);
  company.advanceTo("2026-11-20 09:00");
  company.changeContract({ package: 50 });
  assert.deepEqual(shown(), [250, 250, "50 from 2027-03-01"]);
  company.advanceTo("2026-11-21 09:00");
  company.changeContract({ package: 250 });
  assert.deepEqual(shown(), [250, 250, undefined]);
  company.advanceTo("2026-11-22 09:00");
  company.cancelContract();
  assert.deepEqual(shown(), [250, 250, "none from 2027-03-01"]);
  company.advanceTo("2026-11-23 09:00");
  company.withdrawCancellation();
  assert.deepEqual(shown(), [250, 250, undefined]);
  assert.deepEqual(company.ledger(), ["grant +100", "grant +150"]);
});

Deno.test("E11: prices of a contract over time", () => {
  const company = new TestCompany({ at: "2026-06-01 09:00" });
  const shown = (date: string) => {
    const { package: held, excess_credit_price } = termsOn(company.view().contract, date as LocalDate)!;
    return [held && `${held.credits} for ${showMoney(held.price!)}`, showMoney(excess_credit_price!)];
  };
  company.changeContract({ package: 100, price: "50.00", excess: "0.75" });
  company.advanceTo("2026-06-10 09:00");
  company.changeContract({ package: 100, price: "50.00", excess: "0.70" });
  assert.deepEqual(shown("2026-07-01"), ["100 for 50.00", "0.70"]);
  assert.deepEqual(shown("2026-09-01"), ["100 for 50.00", "0.70"]);
  company.advanceTo("2026-06-11 09:00");
  company.changeContract({ package: 50, price: "30.00", excess: "0.65" });
  assert.deepEqual(shown("2026-07-01"), ["100 for 50.00", "0.65"]);
  assert.deepEqual(shown("2026-09-01"), ["50 for 30.00", "0.65"]);
  company.advanceTo("2026-06-12 09:00");
  company.changeContract({ package: null, excess: "0.70" });
  assert.deepEqual(shown("2026-07-01"), ["100 for 50.00", "0.70"]);
  assert.deepEqual(shown("2026-09-01"), [null, "0.70"]);
  company.advanceTo("2026-06-13 09:00");
  company.changeContract({ package: 100, price: "60.00", excess: "0.70" });
  assert.deepEqual(shown("2026-07-01"), ["100 for 60.00", "0.70"]);
  assert.deepEqual(shown("2026-09-01"), ["100 for 60.00", "0.70"]);
  assert.deepEqual(shown("2026-06-30"), ["100 for 50.00", "0.75"]);
});

Deno.test("E12: a package of 10 in a month", () => {
  const company = monthOfE12();
  assert.deepEqual(entries(company, "2026-11"), [
    ["grant", 10, 10, 0, 10, 0],
    ["consumption", -5, -5, 0, 5, 0],
    ["consumption", -4, -4, 0, 1, 0],
    ["consumption", -4, -1, -3, 0, 3],
    ["reversal", 4, 1, 3, 1, 0],
    ["expiry", -1, -1, 0, 0, 0],
  ]);
  assertInvariants(company);
});

Deno.test("E13: late consumption and a late refund into that month", () => {
  const company = monthOfE12();
  company.reportUsage("automation.run", 3, "late", "2026-11-28 10:00");
  company.status("failed", "wamid.beto", "2026-12-02 10:00", { to: BETO });
  assert.deepEqual(entries(company, "2026-11").slice(6), [
    ["adjustment", 1, 1, 0, 1, 0],
    ["consumption", -3, -1, -2, 0, 2],
    ["reversal", 4, 2, 2, 2, 0],
    ["adjustment", -2, -2, 0, 0, 0],
  ]);
  assert.deepEqual(company.ledger().slice(-4).every((text) => text.endsWith("late")), true);
  assert.deepEqual(company.month("2026-11"), {
    granted: 10,
    consumed: 8,
    available: 0,
    excess: 0,
    expired: 2,
  });
  assertInvariants(company);
});

Deno.test("E14: a company's own price, and the next one", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.setRate("automation.run", 3);
  company.setRate("automation.run", 4);
  const posted = newLedgerEntries(company);
  company.reportUsage("automation.run", 1, "a", "2026-11-09 10:00");
  company.reportUsage("automation.run", 1, "b", "2026-11-10 10:00");
  assert.deepEqual(posted(), ["consumption -3 late", "consumption -3"]);
  company.reportUsage("automation.run", 1, "c", "2026-11-11 10:00");
  company.reportUsage("automation.run", 1, "d", "2026-11-10 11:00");
  assert.deepEqual(posted(), ["consumption -4", "consumption -3 late"]);
});

Deno.test("E15: usage counts once by its id", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "automation.run": 2 } });
  const report = (...usages: readonly (readonly [string, number])[]) => {
    const feature = "automation.run" as never;
    const reply = company.execute({
      type: "report_usage",
      usages: usages.map(([id, quantity]) => ({
        id,
        feature,
        quantity,
        occurred_at_ms: undefined,
        attributes: undefined,
      })),
    });
    return reply.type === "usage_counted"
      ? [reply.accepted, reply.duplicates, reply.credits]
      : refusalOf(reply).code;
  };
  assert.deepEqual(report(["run-1", 5]), [1, 0, 10]);
  assert.deepEqual(report(["run-1", 5]), [0, 1, 0]);
  assert.deepEqual(report(["run-1", 5], ["run-2", 1]), [1, 1, 2]);
  assert.equal(report(["run-2", 7]), "id_reused");
  assert.equal(company.balance().consumed, 12);
});

Deno.test("E19: a prepaid month with excess and late entries, to the centavo", () => {
  const prices = { "whatsapp.outbound": 2, "automation.run": 1 };
  const company = new TestCompany({ at: "2026-11-01 09:00", prices });
  company.changeContract({ package: 10, price: "8.00", excess: "1.2345" });
  company.wrote(ANA, "2026-11-03 09:00");
  company.template(ANA, "2026-11-03 10:00");
  company.status("sent", "wamid.beto", "2026-11-10 14:00", { to: BETO });
  company.wrote(BETO, "2026-11-10 14:05");
  company.status("failed", "wamid.beto", "2026-11-10 14:30", { to: BETO });
  company.reportUsage("automation.run", 5, "runs", "2026-11-20 12:00");
  company.wrote(CARLA, "2026-11-28 15:00");
  company.status("sent", "wamid.ana", "2026-11-30 23:58");
  company.advanceTo("2026-12-01 00:00");
  assert.deepEqual(balances(company, "2026-11"), [
    "grant +10: 10, 0",
    "consumption -1: 9, 0",
    "consumption -2: 7, 0",
    "consumption -2: 5, 0",
    "reversal +2: 7, 0",
    "consumption -1: 6, 0",
    "consumption -5: 1, 0",
    "consumption -1: 0, 0",
    "consumption -2: 0, 2",
  ]);
  assert.equal(company.balance().available, 10);
  const at_close = company.statement("2026-11");
  assert.equal(showMoney(at_close.excess_amount!), "2.47");
  assert.equal(showMoney(at_close.total!), "10.47");

  company.advanceTo("2026-12-01 08:00");
  company.reportUsage("automation.run", 3, "late runs", "2026-11-29 12:00");
  company.advanceTo("2026-12-02 09:00");
  company.status("failed", "wamid.ana", "2026-12-02 09:00");
  assert.deepEqual(balances(company, "2026-11").slice(9), [
    "consumption -3 late: 0, 5",
    "reversal +2 late: 0, 3",
  ]);
  const statement = company.statement("2026-11");
  assert.equal(statement.status, "closed");
  assert.deepEqual(statement.figures, { granted: 10, consumed: 13, prepaid_used: 10, expired: 0, excess: 3 });
  assert.deepEqual(statement.at_close, {
    granted: 10,
    consumed: 12,
    prepaid_used: 10,
    expired: 0,
    excess: 2,
  });
  assert.deepEqual(statement.late_entries, {
    granted: 0,
    consumed: 1,
    prepaid_used: 0,
    expired: 0,
    excess: 1,
  });
  assert.equal(showMoney(statement.package_price!), "8.00");
  assert.equal(showMoney(statement.excess_amount!), "3.70");
  assert.equal(showMoney(statement.total!), "11.70");
  assertInvariants(company);
});

Deno.test("E20: a post-paid month with an upgrade in it, to the centavo", () => {
  const company = new TestCompany({ at: "2026-11-01 09:00", prices: { "automation.run": 1 } });
  company.changeContract({ package: null, excess: "0.50" });
  company.wrote(ANA, "2026-11-04 10:00");
  company.template(BETO, "2026-11-08 10:00");
  company.reportUsage("automation.run", 4, "first runs", "2026-11-10 10:00");
  company.advanceTo("2026-11-12 09:00");
  company.changeContract({ package: 5, price: "2.00", excess: "0.40" });
  company.reportUsage("automation.run", 3, "second runs", "2026-11-15 10:00");
  company.advanceTo("2026-11-20 09:00");
  company.changeContract({ package: 10, price: "3.50", excess: "0.40" });
  company.wrote(ANA, "2026-11-25 10:00");
  company.wrote(CARLA, "2026-11-27 10:00");
  company.advanceTo("2026-12-01 00:00");
  assert.deepEqual(balances(company, "2026-11"), [
    "consumption -1: 0, 1",
    "consumption -1: 0, 2",
    "consumption -4: 0, 6",
    "grant +5: 0, 1",
    "consumption -3: 0, 4",
    "grant +5: 1, 0",
    "consumption -1: 0, 0",
    "consumption -1: 0, 1",
  ]);
  assert.equal(company.balance().available, 10);
  const statement = company.statement("2026-11");
  assert.deepEqual(statement.figures, { granted: 10, consumed: 11, prepaid_used: 10, expired: 0, excess: 1 });
  assert.equal(showMoney(statement.package_price!), "3.50");
  assert.equal(showMoney(statement.excess_credit_price!), "0.50");
  assert.equal(showMoney(statement.total!), "4.00");
  const { contract, today } = company.view();
  assert.equal(showMoney(termsOn(contract, today)!.excess_credit_price!), "0.40");
  assert.equal(commitmentEndsOn(termsOn(contract, today)), "2027-02-28");
  assertInvariants(company);
});

function monthOfE12(): TestCompany {
  const prices = { "automation.run": 1, "whatsapp.outbound": 4 };
  const company = new TestCompany({ at: "2026-11-01 09:00", prices });
  company.changeContract({ package: 10 });
  company.reportUsage("automation.run", 5, "runs", "2026-11-02 10:00");
  company.status("sent", "wamid.ana", "2026-11-03 10:00");
  company.status("sent", "wamid.beto", "2026-11-04 10:00", { to: BETO });
  company.status("failed", "wamid.ana", "2026-11-05 10:00");
  company.advanceTo("2026-12-01 09:00");
  return company;
}

/** Ledger rows of a month: type, credits, prepaid, excess, available after, excess after. */
function entries(company: TestCompany, month: string): unknown[][] {
  return company.store.ledger.filter((entry) => entry.period === month)
    .map((e) => [e.type, e.credits, e.prepaid, e.excess, e.available_after, e.excess_after]);
}

/** Ledger rows of a month in short: `type credits: available after, excess after`. */
function balances(company: TestCompany, month: string): string[] {
  return company.store.ledger.filter((entry) => entry.period === month)
    .map((entry) => `${company.ledger(entry.seq)[0]}: ${entry.available_after}, ${entry.excess_after}`);
}
