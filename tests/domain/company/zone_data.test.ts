import assert from "node:assert/strict";
import { refusalOf, TestCompany } from "../../support/company.ts";
import { identifiersOf, PHONE_NUMBER_ID, wroteEvent } from "../../support/fixtures.ts";
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

Deno.test("a date given while no day is closed stays, although other zone data close the days", () => {
  const company = vancouver("2026-11-29 20:00");
  company.is_time_certain = false;
  record(company, ANA, "2026-12-01T07:30:00Z");
  assert.equal(company.state.today, "2026-11-29");
  assert.equal(company.store.local_days.get("2026-11-30" as never), utc("2026-12-01T08:00:00Z"));
  company.restart(VANCOUVER_STAYS);
  // By the new data alone, 07:45 is the 1st of December: a second charge.
  record(company, ANA, "2026-12-01T07:45:00Z");
  company.is_time_certain = true;
  company.advanceToMs(utc("2026-12-01T12:00:00Z"));
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.deepEqual(company.windowsOn("2026-11-30"), { inbound: 1, outbound: 0 });
  assert.equal(company.state.due_at_ms, utc("2026-12-02T07:00:00Z"));
  company.restart();
  assert.equal(company.state.calendar.dateOf(utc("2026-12-01T07:59:59Z")), "2026-11-30");
  assertInvariants(company);
});

Deno.test("the ends of the next dates are stored once, in the write that gives them", () => {
  const company = vancouver("2026-11-29 20:00");
  company.is_time_certain = false;
  const fixed = () => company.last_events.flatMap((event) => event.type === "days_fixed" ? event.days : []);
  record(company, ANA, "2026-11-30T07:59:59Z");
  assert.deepEqual(fixed(), []);
  record(company, ANA, "2026-12-01T08:00:00Z");
  assert.deepEqual(fixed(), [
    { local_date: "2026-11-30", ended_at_ms: utc("2026-12-01T08:00:00Z") },
    { local_date: "2026-12-01", ended_at_ms: utc("2026-12-02T08:00:00Z") },
  ]);
  record(company, BETO, "2026-12-01T09:00:00Z");
  assert.deepEqual(fixed(), []);
  company.restart(VANCOUVER_STAYS);
  record(company, BETO, "2026-12-02T08:00:00Z");
  assert.deepEqual(fixed(), [{ local_date: "2026-12-02", ended_at_ms: utc("2026-12-03T07:00:00Z") }]);
});

Deno.test("a usage dated after the current day keeps its date under other zone data", () => {
  const company = vancouver("2026-11-29 20:00", { "automation.run": 2 });
  company.is_time_certain = false;
  company.now_ms = utc("2026-12-01T07:30:00Z");
  company.reportUsage("automation.run", 1, "run 1");
  company.restart(VANCOUVER_STAYS);
  company.is_time_certain = true;
  company.advanceToMs(utc("2026-12-01T12:00:00Z"));
  assert.equal(company.state.calendar.dateOf(utc("2026-12-01T07:30:00Z")), "2026-11-30");
  assert.equal(company.creditsOn("2026-11-30"), 2);
});

Deno.test("a new zone applies after the last date that something is dated on, charged or not", () => {
  const company = vancouver("2026-11-29 20:00");
  company.is_time_certain = false;
  const at_ms = utc("2026-11-30T08:30:00Z");
  const [contact, phone_number_id] = [identifiersOf(ANA), PHONE_NUMBER_ID];
  company.record({ type: "called", contact, at_ms, message_id: "call", phone_number_id });
  assert.deepEqual(company.ledger(), []);
  const refused = company.configure({ time_zone: "America/Toronto", effective_from: "2026-11-30" });
  assert.equal(refusalOf(refused).path, "effective_from");
  company.configure({ time_zone: "America/Toronto" });
  assert.equal(company.state.settings.at(-1)!.effective_from, "2026-12-01");
});

Deno.test("a date that was given under a scheduled zone keeps its end when the schedule changes", () => {
  const company = vancouver("2026-11-29 20:00");
  company.configure({ time_zone: "America/Toronto", effective_from: "2026-11-30" });
  company.is_time_certain = false;
  record(company, ANA, "2026-12-01T04:30:00Z");
  company.configure({ time_zone: "America/Vancouver" });
  company.restart();
  // Toronto's midnight, which both messages precede.
  assert.equal(company.state.calendar.day("2026-11-30" as never).end_ms, utc("2026-12-01T05:00:00Z"));
  record(company, ANA, "2026-12-01T04:45:00Z");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

function vancouver(at: string, prices: Readonly<Record<string, number>> = {}): TestCompany {
  return new TestCompany({ at, time_zone: "America/Vancouver", zone_data: VANCOUVER_CHANGES_CLOCKS, prices });
}

function record(company: TestCompany, who: string, at: string, arrives = at): void {
  const arrives_ms = utc(arrives);
  if (arrives_ms > company.now_ms) company.advanceToMs(arrives_ms);
  company.record(wroteEvent(who, utc(at), `wamid.${who}.${at}`));
}

function utc(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}
