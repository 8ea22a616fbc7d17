import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { wroteEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS } from "../../support/zone_data.ts";

const ANA = "5511987650001";
const BETO = "5511987650002";

Deno.test("an event keeps its date when the service restarts with other zone data", () => {
  const company = vancouver("2026-11-29 20:00");
  record(company, ANA, "2026-11-30T07:30:00Z");
  assert.deepEqual(company.windowsOn("2026-11-29"), { inbound: 1, outbound: 0 });
  company.advanceToMs(utc("2026-11-30T12:00:00Z"));
  company.restart(VANCOUVER_STAYS);
  record(company, ANA, "2026-11-30T16:00:00Z");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1"]);
  assert.deepEqual(company.windowsOn("2026-11-29"), { inbound: 1, outbound: 0 });
  assert.deepEqual(company.windowsOn("2026-11-30"), { inbound: 1, outbound: 0 });
  assert.equal(company.balance().open_inbound, 1);
  assertInvariants(company);
});

Deno.test("the current day ends when it was said to; the next one ends by the new zone data", () => {
  const company = vancouver("2026-11-29 20:00");
  company.restart(VANCOUVER_STAYS);
  assert.equal(company.state.due_at_ms, utc("2026-11-30T08:00:00Z"));
  record(company, ANA, "2026-11-30T07:30:00Z");
  assert.deepEqual(company.windowsOn("2026-11-29"), { inbound: 1, outbound: 0 });
  company.advanceToMs(utc("2026-11-30T08:00:00Z"));
  assert.equal(company.state.today, "2026-11-30");
  assert.equal(company.state.due_at_ms, utc("2026-12-01T07:00:00Z"));
});

Deno.test("a late fact falls on the date that its instant had under the earlier zone data", () => {
  const company = vancouver("2026-11-29 20:00");
  company.advanceToMs(utc("2026-12-02T12:00:00Z"));
  company.restart(VANCOUVER_STAYS);
  record(company, ANA, "2026-11-30T07:30:00Z", "2026-12-02T12:00:00Z");
  assert.deepEqual(company.windowsOn("2026-11-29"), { inbound: 1, outbound: 0 });
  assert.deepEqual(company.ledger(), ["consumption -1 late"]);
});

Deno.test("dates before the creation of a company keep the instants they had at its creation", () => {
  const company = vancouver("2026-11-29 20:00");
  company.restart(VANCOUVER_STAYS);
  record(company, BETO, "2026-11-27T07:30:00Z", "2026-11-30T05:00:00Z");
  assert.deepEqual(company.windowsOn("2026-11-26"), { inbound: 1, outbound: 0 });
});

Deno.test("a change of time zone after other zone data moves no date that has begun", () => {
  const company = vancouver("2026-11-29 20:00");
  company.restart(VANCOUVER_STAYS);
  company.configure({ time_zone: "America/Toronto" });
  assert.equal(company.state.due_at_ms, utc("2026-11-30T08:00:00Z"));
  assert.equal(company.state.calendar.dateOf(utc("2026-11-30T07:30:00Z")), "2026-11-29");
  company.restart(VANCOUVER_CHANGES_CLOCKS);
  assert.equal(company.state.calendar.dateOf(utc("2026-11-30T07:30:00Z")), "2026-11-29");
  company.advanceToMs(utc("2026-11-30T08:00:00Z"));
  // The 30th is the first date in Toronto: it begins in Vancouver's zone.
  assert.equal(company.state.due_at_ms, utc("2026-12-01T05:00:00Z"));
});

function vancouver(at: string): TestCompany {
  return new TestCompany({ at, time_zone: "America/Vancouver", zone_data: VANCOUVER_CHANGES_CLOCKS });
}

function record(company: TestCompany, who: string, at: string, arrives = at): void {
  const arrives_ms = utc(arrives);
  if (arrives_ms > company.now_ms) company.advanceToMs(arrives_ms);
  company.record(wroteEvent(who, utc(at), `wamid.${who}.${at}`));
}

function utc(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}
