import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, wroteEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";
import { zoneDataWith } from "../../support/zone_data.ts";

const OFFER = { package: 1_000, price: "500.00", excess: "0.75" };

/** A company whose clock ran ahead until the 13th of January, at noon on the 29th of November. */
function companyAhead(): TestCompany {
  const company = new TestCompany({ at: "2026-11-01 09:00" });
  company.changeContract(OFFER);
  company.advanceTo("2026-11-20 10:00");
  company.wrote(ANA, "2026-11-20 10:00");
  company.advanceTo("2026-11-29 12:00");
  company.wrote(ANA, "2026-11-29 12:00");
  company.advanceTo("2027-01-13 12:00");
  company.now_ms = company.ms("2026-11-29 12:01");
  return company;
}

function entriesOf(company: TestCompany, from: number) {
  return company.store.ledger.slice(from).map(({ type, credits, period, local_date, available_after }) =>
    [type, credits, period, local_date, available_after] as const
  );
}

Deno.test("a reopening gives back what expired and takes back the packages of months that have not begun", () => {
  const company = companyAhead();
  const before = company.store.ledger.length;
  assert.deepEqual(company.reopenDays(), {
    type: "reopened",
    closed_through: "2026-11-28",
    closed_before: "2027-01-12",
  });
  assert.deepEqual(entriesOf(company, before), [
    ["adjustment", 998, "2026-11", "2026-11-29", 998],
    ["adjustment", 1_000, "2026-12", "2026-12-01", 1_000],
    ["grant", -1_000, "2026-12", "2026-12-01", 0],
    ["grant", -1_000, "2027-01", "2027-01-01", 0],
  ]);
  assert.deepEqual(company.store.ledger.at(-1)!.cause, {
    type: "reopening",
    by: "ops",
    closed_through: "2026-11-28",
    closed_before: "2027-01-12",
  });
  assert.equal(company.store.closed_days.has("2026-11-29" as never), false);
  assert.equal(company.store.at_close.size, 0);
  assert.equal(company.balance().available, 998);
  assertInvariants(company);
});

Deno.test("after a reopening the company goes on as if its days had never closed", () => {
  const reopened = companyAhead();
  reopened.reopenDays();
  const steady = new TestCompany({ at: "2026-11-01 09:00" });
  steady.changeContract(OFFER);
  for (const company of [steady, reopened]) {
    if (company === steady) {
      company.advanceTo("2026-11-20 10:00");
      company.wrote(ANA, "2026-11-20 10:00");
      company.advanceTo("2026-11-29 12:00");
      company.wrote(ANA, "2026-11-29 12:00");
    }
    company.advanceTo("2026-11-29 13:00");
    company.wrote(BETO, "2026-11-29 13:00");
    company.advanceTo("2026-11-30 10:00");
    company.wrote(ANA, "2026-11-30 10:00");
    company.restart();
    company.advanceTo("2026-12-02 10:00");
    company.wrote(BETO, "2026-12-02 10:00");
    company.advanceTo("2027-02-03 10:00");
  }
  const store = reopened.store;
  assert.deepEqual(store.periods, steady.store.periods);
  assert.deepEqual(store.at_close, steady.store.at_close);
  assert.deepEqual(store.closed_days, steady.store.closed_days);
  assert.deepEqual(store.local_days, steady.store.local_days);
  assert.deepEqual(reopened.balance().available, steady.balance().available);
  // What happened on a date that was open again is not late.
  assert.ok(store.ledger.every(({ late }) => !late));
  assertInvariants(reopened);
});

Deno.test("consumption of a month that has not begun stays, and is excess until its package is granted", () => {
  const company = companyAhead();
  company.now_ms = company.ms("2027-01-13 12:00");
  company.wrote(BETO, "2027-01-13 12:00");
  company.now_ms = company.ms("2026-11-29 12:01");
  const before = company.store.ledger.length;
  company.reopenDays();
  assert.deepEqual(entriesOf(company, before).at(-1), ["grant", -1_000, "2027-01", "2027-01-01", 0]);
  assert.deepEqual(company.store.periods.get("2027-01" as never), {
    month: "2027-01",
    granted: 0,
    consumed: 1,
    closed: false,
  });
  company.advanceTo("2027-01-02 00:00");
  assert.equal(company.balance().available, 999);
  assertInvariants(company);
});

Deno.test("a reopening keeps the ends of the dates up to the last charged one, under other zone data too", () => {
  const company = companyAhead();
  company.now_ms = company.ms("2027-01-13 23:30");
  company.wrote(BETO, "2027-01-13 23:30");
  company.now_ms = company.ms("2026-11-29 12:01");
  company.reopenDays();
  assert.ok(!company.store.local_days.has("2026-11-29" as never));
  assert.equal(company.store.local_days.get("2027-01-13" as never), Date.UTC(2027, 0, 14, 3));
  company.restart(zoneDataWith({ "America/Sao_Paulo": "-02:00" }));
  const charged = company.ledger().filter((entry) => entry.startsWith("consumption")).length;
  company.advanceToMs(Date.UTC(2027, 0, 14, 2, 45));
  assert.equal(company.state.today, "2027-01-13");
  company.record(wroteEvent(BETO, company.now_ms, "wamid.again"));
  assert.equal(company.ledger().filter((entry) => entry.startsWith("consumption")).length, charged);
  company.advanceToMs(Date.UTC(2027, 0, 14, 3));
  assert.equal(company.state.due_at_ms, Date.UTC(2027, 0, 15, 2));
  assertInvariants(company);
});

Deno.test("days of one month are reopened without a ledger entry, and their dates accept facts on time", () => {
  const company = new TestCompany({ at: "2026-11-03 09:00" });
  company.changeContract(OFFER);
  company.advanceTo("2026-11-20 09:00");
  company.now_ms = company.ms("2026-11-05 09:00");
  const before = company.store.ledger.length;
  assert.deepEqual(company.reopenDays(), {
    type: "reopened",
    closed_through: "2026-11-04",
    closed_before: "2026-11-19",
  });
  assert.equal(company.store.ledger.length, before);
  company.wrote(ANA, "2026-11-05 09:00");
  assert.equal(company.store.ledger.at(-1)!.late, false);
  company.advanceTo("2026-11-21 09:00");
  assert.equal(company.store.closed_days.size, 18);
});

Deno.test("a company that is not ahead of the time is not reopened, nor one whose date began five minutes early", () => {
  const company = new TestCompany({ at: "2026-11-03 09:00" });
  company.advanceTo("2026-11-05 00:00");
  const version = company.state.version;
  assert.deepEqual(company.reopenDays(), { type: "not_reopened" });
  company.now_ms = company.ms("2026-11-04 23:55");
  assert.deepEqual(company.reopenDays(), { type: "not_reopened" });
  assert.equal(company.state.version, version);
  company.now_ms -= 1;
  assert.equal(company.reopenDays().type, "reopened");
});

Deno.test("a company that was created while the clock was ahead is not reopened to before its creation", () => {
  const company = new TestCompany({ at: "2027-01-13 12:00" });
  company.now_ms = company.ms("2026-11-29 12:00");
  assert.deepEqual(company.reopenDays(), { type: "not_reopened" });
});

Deno.test("a change of zone after a reopening applies to dates that the wrong clock had closed", () => {
  const company = companyAhead();
  company.reopenDays();
  company.configure({ time_zone: "America/Los_Angeles", effective_from: "2026-12-01" });
  company.advanceTo("2026-12-03 12:00");
  assert.equal(company.store.local_days.get("2026-12-01" as never), Date.UTC(2026, 11, 2, 8));
});
