import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, statusEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

Deno.test("a fact of a closed day is posted now, marked late, on its own date", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.advanceTo("2026-11-25 09:00");
  company.wrote(ANA, "2026-11-23 10:00");
  const [entry] = company.store.ledger;
  assert.equal(entry?.late, true);
  assert.equal(entry?.local_date, "2026-11-23");
  assert.equal(entry?.period, "2026-11");
  assert.equal(entry?.occurred_at_ms, company.ms("2026-11-23 10:00"));
  assert.equal(entry?.recorded_at_ms, company.ms("2026-11-25 09:00"));
});

Deno.test("a late fact changes the day's totals and not its closed report", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.advanceTo("2026-11-24 09:00");
  company.wrote(BETO, "2026-11-23 11:00");
  assert.equal(company.creditsOn("2026-11-23"), 2);
  assert.equal(company.store.closed_days.get("2026-11-23" as never)?.[0]?.credits, 1);
});

Deno.test("a fact of today is not late", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.advanceTo("2026-11-23 23:59");
  company.wrote(ANA, "2026-11-23 09:30");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("late consumption of a closed month uses expired credits before it adds excess", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.changeContract({ package: 2 });
  company.wrote(ANA, "2026-11-30 10:00");
  company.advanceTo("2026-12-01 09:00");
  assert.deepEqual(company.ledger(), ["grant +2", "consumption -1", "expiry -1", "grant +2"]);
  company.wrote(BETO, "2026-11-30 10:00");
  company.wrote("5511987650003", "2026-11-30 10:00");
  assert.deepEqual(company.ledger(5), ["adjustment +1 late", "consumption -1 late", "consumption -1 late"]);
  assert.deepEqual(company.month("2026-11"), {
    granted: 2,
    consumed: 3,
    available: 0,
    excess: 1,
    expired: 0,
  });
  assert.deepEqual(company.month("2026-12"), {
    granted: 2,
    consumed: 0,
    available: 2,
    excess: 0,
    expired: 0,
  });
  assertInvariants(company);
});

Deno.test("a late refund of a closed month reduces excess before it returns credits that expire again", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00", prices: { "whatsapp.outbound": 3 } });
  company.changeContract({ package: 2 });
  company.status("sent", "wamid.1", "2026-11-30 10:00");
  company.advanceTo("2026-12-01 09:00");
  company.status("failed", "wamid.1", "2026-12-01 09:00");
  assert.deepEqual(company.ledger(), [
    "grant +2",
    "consumption -3",
    "grant +2",
    "reversal +3 late",
    "adjustment -2 late",
  ]);
  assert.deepEqual(company.month("2026-11"), {
    granted: 2,
    consumed: 0,
    available: 0,
    excess: 0,
    expired: 2,
  });
  assertInvariants(company);
});

Deno.test("a fact from before the company's first month is excess there", () => {
  const company = new TestCompany({ at: "2026-12-02 09:00" });
  company.changeContract({ package: 5 });
  company.wrote(ANA, "2026-11-29 10:00");
  assert.deepEqual(company.month("2026-11"), {
    granted: 0,
    consumed: 1,
    available: 0,
    excess: 1,
    expired: 0,
  });
  assertInvariants(company);
});

Deno.test("a statement shows the current figures, those at close, and the difference", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.changeContract({ package: 2, price: "5.00", excess: "0.10" });
  company.wrote(ANA, "2026-11-30 10:00");
  company.advanceTo("2026-12-01 09:00");
  company.wrote(BETO, "2026-11-30 10:00");
  const { figures, at_close, late_entries, status } = company.statement("2026-11");
  assert.equal(status, "closed");
  assert.deepEqual(figures, { granted: 2, consumed: 2, prepaid_used: 2, expired: 0, excess: 0 });
  assert.deepEqual(at_close, { granted: 2, consumed: 1, prepaid_used: 1, expired: 1, excess: 0 });
  assert.deepEqual(late_entries, { granted: 0, consumed: 1, prepaid_used: 1, expired: -1, excess: 0 });
});

Deno.test("a month is final eight local dates after its end", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.wrote(ANA, "2026-11-20 10:00");
  assert.equal(company.statement("2026-11").status, "open");
  company.advanceTo("2026-12-08 23:59");
  assert.equal(company.statement("2026-11").status, "closed");
  company.advanceTo("2026-12-09 00:00");
  assert.equal(company.statement("2026-11").status, "final");
});

Deno.test("a final month never changes: an event that would change it is quarantined", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.status("sent", "wamid.1", "2026-11-30 23:59");
  company.advanceTo("2026-12-09 00:00");
  const before = company.month("2026-11");
  company.record({ ...wroteAt(company, "2026-11-30 23:59:59") });
  assert.deepEqual(company.store.quarantineReasons(), ["too_old"]);
  // The failure itself is not too old; the message it fails belongs to the month before.
  for (let i = 0; i < 2; i++) company.status("failed", "wamid.1", "2026-12-09 00:00");
  assert.deepEqual(company.store.quarantineReasons(), ["too_old", "month_final"]);
  assert.deepEqual(company.month("2026-11"), before);
  assertInvariants(company);
});

Deno.test("a failure reported before the month is final is not quarantined", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.status("sent", "wamid.1", "2026-11-30 23:59");
  company.advanceTo("2026-12-08 23:59");
  company.status("failed", "wamid.1", "2026-12-08 23:58");
  assert.deepEqual(company.store.quarantineReasons(), []);
  assert.equal(company.month("2026-11").consumed, 0);
});

Deno.test("a status that does not change the charge of a final month is a normal fact", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.status("sent", "wamid.1", "2026-11-30 10:00");
  company.status("sent", "wamid.2", "2026-11-30 11:00");
  company.advanceTo("2026-12-09 09:00");
  company.status("read", "wamid.1", "2026-12-09 09:00");
  company.status("failed", "wamid.2", "2026-12-09 09:00");
  assert.deepEqual(company.store.quarantineReasons(), []);
  assert.equal(company.month("2026-11").consumed, 1);
  assertInvariants(company);
});

Deno.test("late proof that a message of a final month was a template is quarantined", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.status("sent", "wamid.1", "2026-11-30 10:00", { template: false });
  company.advanceTo("2026-12-09 09:00");
  company.status("read", "wamid.1", "2026-12-09 09:00", { category: "marketing" });
  assert.deepEqual(company.store.quarantineReasons(), ["month_final"]);
  assert.equal(company.month("2026-11").consumed, 0);
});

Deno.test("a replayed status of a final month stays in quarantine", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.status("sent", "wamid.1", "2026-11-30 10:00");
  company.advanceTo("2026-12-09 09:00");
  const event = statusEvent("failed", "wamid.1", company.ms("2026-12-09 08:59"));
  const replied = company.execute({ type: "replay", event, received_at_ms: company.now_ms });
  assert.deepEqual(replied, { type: "replayed", quarantine_reason: "month_final" });
  assert.equal(company.month("2026-11").consumed, 1);
});

Deno.test("where eight dates are an hour short, the last hour of the month before is final and quarantined", () => {
  // New York's clocks go forward on the 8th of March 2026, within the eight days after February.
  const company = new TestCompany({ at: "2026-02-20 09:00", time_zone: "America/New_York" });
  company.advanceTo("2026-03-09 00:30");
  company.record(wroteAt(company, "2026-02-28 23:45"));
  assert.deepEqual(company.store.quarantineReasons(), ["month_final"]);
  assert.deepEqual(company.ledger(), []);
});

Deno.test("an earlier timestamp moves a template into the month before, where it is charged late", () => {
  const company = new TestCompany({ at: "2026-11-20 09:00" });
  company.changeContract({ package: 5 });
  company.status("delivered", "wamid.1", "2026-12-01 00:00:10");
  company.status("sent", "wamid.1", "2026-11-30 23:59:50");
  assert.equal(company.month("2026-11").consumed, 1);
  assert.equal(company.month("2026-12").consumed, 0);
  assertInvariants(company);
});

Deno.test("an event from a clock ahead of ours, past midnight, belongs to the next date", () => {
  const company = new TestCompany({ at: "2026-11-30 09:00" });
  company.changeContract({ package: 5 });
  company.advanceTo("2026-11-30 23:58");
  company.execute({
    type: "record",
    events: [wroteAt(company, "2026-12-01 00:01")],
    received_at_ms: company.now_ms,
  });
  assert.deepEqual(company.month("2026-12"), {
    granted: 0,
    consumed: 1,
    available: 0,
    excess: 1,
    expired: 0,
  });
  company.advanceTo("2026-12-01 09:00");
  assert.deepEqual(company.month("2026-12"), {
    granted: 5,
    consumed: 1,
    available: 4,
    excess: 0,
    expired: 0,
  });
  assertInvariants(company);
});

function wroteAt(company: TestCompany, local: string) {
  const contact = { phone: ANA, bsuid: undefined };
  return {
    type: "wrote",
    contact,
    at_ms: company.ms(local),
    message_id: local,
    phone_number_id: "1",
  } as const;
}

Deno.test("for a person older than the stored facts, a read status alone does not prove a template", () => {
  const company = new TestCompany({ at: "2026-11-03 09:00" });
  company.wrote(ANA, "2026-11-03 10:00");
  company.store.facts_retained_from_ms = company.ms("2026-11-04 00:00");
  company.advanceTo("2026-11-05 09:00");
  company.restart();
  company.status("read", "m1", "2026-11-05 09:00", { category: "marketing" });
  company.status("played", "m1", "2026-11-05 09:00", { category: "marketing" });
  company.status("read", "m2", "2026-11-05 09:01", { to: BETO, category: "marketing" });
  assert.deepEqual(
    company.windowsOn("2026-11-05"),
    { inbound: 0, outbound: 1 },
    "Beto is new",
  );
  company.status("sent", "m1", "2026-11-04 23:00", { category: "marketing" });
  assert.deepEqual(
    company.windowsOn("2026-11-04"),
    { inbound: 0, outbound: 1 },
    "it is charged when it was sent",
  );
  company.template(ANA, "2026-11-05 09:02", "m3");
  company.status("read", "m3", "2026-11-05 09:01", { category: "marketing" });
  assert.deepEqual(
    company.windowsOn("2026-11-05"),
    { inbound: 0, outbound: 2 },
    "the read status is of a known template",
  );
  assertInvariants(company);
});
