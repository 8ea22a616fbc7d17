import assert from "node:assert/strict";
import type { ContactEvent } from "../../../src/domain/company/command.ts";
import { TestCompany } from "../../support/company.ts";
import { ANA, statusEvent, wroteEvent } from "../../support/fixtures.ts";

Deno.test("an event older than the lateness limit at its first arrival is quarantined", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.record(wroteEvent(ANA, company.ms("2026-11-15 08:59:59"), "too old"));
  assert.deepEqual(company.store.quarantineReasons(), ["too_old"]);
  company.record(wroteEvent(ANA, company.ms("2026-11-15 09:00:00"), "just in time"));
  assert.deepEqual(company.ledger(), ["consumption -1 late"]);
});

Deno.test("an event more than five minutes ahead of our clock is quarantined", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  arrive(company, wroteEvent(ANA, company.now_ms + 300_001, "ahead"));
  assert.deepEqual(company.store.quarantineReasons(), ["in_the_future"]);
  arrive(company, wroteEvent(ANA, company.now_ms + 300_000, "within"));
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("an event without a time or a contact is quarantined and does not stop the others", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const nobody = { phone: undefined, bsuid: undefined };
  arrive(
    company,
    wroteEvent(ANA, NaN, "no time"),
    { ...wroteEvent(ANA, company.now_ms, "nobody"), contact: nobody } as ContactEvent,
    wroteEvent(ANA, company.now_ms, "fine"),
  );
  assert.deepEqual(company.store.quarantineReasons(), ["timestamp_unparseable", "unreadable"]);
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("an event delivered repeatedly is quarantined once", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (let i = 0; i < 3; i++) company.record(wroteEvent(ANA, company.ms("2026-11-01 10:00"), "too old"));
  assert.equal(company.store.quarantine.size, 1);
});

Deno.test("a replay measures lateness at first arrival", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.advanceTo("2026-11-25 09:00");
  const event = wroteEvent(ANA, company.ms("2026-11-10 10:00"), "claimed late");
  const replied = company.execute({ type: "replay", event, received_at_ms: company.ms("2026-11-10 10:01") });
  assert.deepEqual(replied, { type: "replayed", quarantine_reason: null });
  assert.deepEqual(company.ledger(), ["consumption -1 late"]);
});

Deno.test("a replayed event that is still too old stays in quarantine", () => {
  const company = new TestCompany({ at: "2026-11-25 09:00" });
  const event = wroteEvent(ANA, company.ms("2026-11-10 10:00"), "too old");
  const replied = company.execute({ type: "replay", event, received_at_ms: company.now_ms });
  assert.deepEqual(replied, { type: "replayed", quarantine_reason: "too_old" });
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a replay after the month is final changes nothing", () => {
  const company = new TestCompany({ at: "2026-12-08 09:00" });
  const event = wroteEvent(ANA, company.ms("2026-11-29 10:00"), "claimed late");
  const received_at_ms = company.ms("2026-11-29 10:01");
  company.advanceTo("2026-12-09 00:00");
  assert.deepEqual(company.execute({ type: "replay", event, received_at_ms }), {
    type: "replayed",
    quarantine_reason: "month_final",
  });
  assert.deepEqual(company.ledger(), []);
});

Deno.test("a replay on the last day before the month is final still counts", () => {
  const company = new TestCompany({ at: "2026-12-08 09:00" });
  const event = wroteEvent(ANA, company.ms("2026-11-01 10:00"), "claimed late");
  const received_at_ms = company.ms("2026-11-01 10:01");
  company.advanceTo("2026-12-08 23:59");
  assert.deepEqual(company.execute({ type: "replay", event, received_at_ms }), {
    type: "replayed",
    quarantine_reason: null,
  });
  assert.equal(company.month("2026-11").consumed, 1);
});

Deno.test("two statuses of one second with different pricing are both quarantined: either may prove the template", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const ahead = company.ms("2026-11-23 09:30");
  const statuses = [false, true].map((template) => statusEvent("sent", "wamid.1", ahead, { template }));
  for (const events of [statuses, statuses]) {
    company.execute({ type: "record", events, received_at_ms: company.now_ms });
  }
  assert.deepEqual(company.store.quarantineReasons(), ["in_the_future", "in_the_future"]);
});

Deno.test("an event under two identifiers is quarantined twice: either may identify its person", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const ahead = company.ms("2026-11-23 09:30");
  const statuses = [ANA, "BR.ana"].map((to) => statusEvent("read", "wamid.1", ahead, { to }));
  const messages = [ANA, "BR.ana"].map((who) => wroteEvent(who, ahead, "wamid.2"));
  for (let i = 0; i < 2; i++) arrive(company, ...statuses, ...messages);
  assert.deepEqual(company.store.quarantineReasons(), Array(4).fill("in_the_future"));
});

/** Records events now, without waiting for their own time. */
function arrive(company: TestCompany, ...events: readonly ContactEvent[]): void {
  company.execute({ type: "record", events, received_at_ms: company.now_ms });
}
