import assert from "node:assert/strict";
import type { LocalDate } from "../../../src/domain/types.ts";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

Deno.test("closing a day freezes its report: one row for each feature and direction", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "automation.run": 2 } });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(BETO, "2026-11-23 10:00");
  company.template(ANA, "2026-11-23 11:00");
  company.reportUsage("automation.run", 3, "run-1");
  company.advanceTo("2026-11-24 00:00");
  assert.deepEqual(company.store.closed_days.get("2026-11-23" as LocalDate), [
    { feature: "whatsapp.inbound", direction: "inbound", units: 2, credits: 2 },
    { feature: "whatsapp.outbound", direction: "outbound", units: 1, credits: 1 },
    { feature: "automation.run", direction: "none", units: 3, credits: 6 },
  ]);
});

Deno.test("a late, missed or repeated day close changes nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.advanceTo("2026-11-23 23:59:59.999");
  assert.deepEqual(company.lastEventTypes(), []);
  company.advanceTo("2026-11-24 00:00");
  assert.deepEqual(company.lastEventTypes(), ["day_closed"]);
  company.advanceTo("2026-11-24 00:00");
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("three days of downtime catch up in order", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.advanceTo("2026-11-26 08:00");
  assert.deepEqual([...company.store.closed_days.keys()], ["2026-11-23", "2026-11-24", "2026-11-25"]);
  assert.equal(company.balance().closed_through, "2026-11-25");
});

Deno.test("three months of downtime expire and grant each month at its own midnight", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.changeContract({ package: 10 });
  company.wrote(ANA, "2026-11-23 10:00");
  company.advanceTo("2027-02-03 08:00");
  assert.deepEqual(company.ledger(), [
    "grant +10",
    "consumption -1",
    "expiry -9",
    "grant +10",
    "expiry -10",
    "grant +10",
    "expiry -10",
    "grant +10",
  ]);
  const renewals = company.store.ledger.filter((entry) => entry.type === "grant").map((entry) =>
    entry.local_date
  );
  assert.deepEqual(renewals, ["2026-11-23", "2026-12-01", "2027-01-01", "2027-02-01"]);
  const midnights = company.store.ledger.slice(-2).map((entry) => entry.occurred_at_ms);
  assert.deepEqual(midnights, [company.ms("2027-02-01 00:00"), company.ms("2027-02-01 00:00")]);
  assertInvariants(company);
});

Deno.test("a catch-up after downtime equals closing at every midnight", () => {
  const [catching_up, daily] = [1, 2].map(() => new TestCompany({ at: "2026-11-23 09:00" }));
  for (const company of [catching_up!, daily!]) {
    company.changeContract({ package: 10, starts_on: "2026-12-10" });
  }
  for (let day = 24; day <= 30; day++) daily!.advanceTo(`2026-11-${day} 00:00`);
  for (let day = 1; day <= 31; day++) daily!.advanceTo(`2026-12-${String(day).padStart(2, "0")} 00:00`);
  daily!.advanceTo("2027-01-02 08:00");
  catching_up!.advanceTo("2027-01-02 08:00");
  const entriesOf = (company: TestCompany) =>
    company.store.ledger.map((
      { type, credits, local_date, occurred_at_ms },
    ) => [type, credits, local_date, occurred_at_ms]);
  assert.deepEqual(entriesOf(catching_up!), entriesOf(daily!));
  assert.deepEqual(catching_up!.store.closed_days, daily!.store.closed_days);
});

Deno.test("months of 28, 29, 30 and 31 days close on their last date", () => {
  for (const last of ["2027-02-28", "2028-02-29", "2026-11-30", "2026-12-31"]) {
    const company = new TestCompany({ at: `${last} 12:00` });
    company.changeContract({ package: 10 });
    company.wrote(ANA, `${last} 23:50`);
    company.advanceTo(`${last} 23:59:59.999`);
    assert.equal(company.month(last.slice(0, 7)).available, 9, last);
    company.now_ms += 1;
    assert.equal(company.balance().available, 10);
    assert.equal(company.month(last.slice(0, 7)).expired, 9, last);
  }
});

Deno.test("a day on which clocks change closes at its own midnight", () => {
  for (const [date, hours] of [["2026-03-29", 23], ["2026-10-25", 25]] as const) {
    const company = new TestCompany({ at: `${date} 00:00`, time_zone: "Europe/Berlin" });
    const began_ms = company.now_ms;
    assert.equal(company.balance().closes_at_ms, began_ms + hours * 3_600_000);
    company.wrote(ANA, `${date} 23:59`);
    company.advanceToMs(began_ms + hours * 3_600_000 - 1);
    assert.equal(company.contact(ANA).free_form_allowed, true);
    company.advanceToMs(began_ms + hours * 3_600_000);
    assert.equal(company.contact(ANA).free_form_allowed, false);
  }
});

Deno.test("a clock change within a month does not split a date or the month", () => {
  const company = new TestCompany({ at: "2026-10-20 09:00", time_zone: "Europe/Berlin" });
  company.changeContract({ package: 10 });
  // 02:30 comes twice that night: one date, one window.
  company.wrote(ANA, "2026-10-25 02:30");
  const again_ms = company.now_ms + 3_600_000;
  const contact = { phone: ANA, bsuid: undefined };
  company.record({ type: "wrote", contact, at_ms: again_ms, message_id: "again", phone_number_id: "1" });
  assert.equal(company.windowsOn("2026-10-25").inbound, 1);
  company.advanceTo("2026-11-01 00:00");
  assert.deepEqual(company.month("2026-10"), {
    granted: 10,
    consumed: 1,
    available: 0,
    excess: 0,
    expired: 9,
  });
});

Deno.test("where midnight does not exist, the day before closes at 01:00", () => {
  const company = new TestCompany({ at: "2018-11-03 12:00" });
  company.wrote(ANA, "2018-11-03 23:59:59");
  assert.equal(
    company.balance().closes_at_ms,
    Temporal.Instant.from("2018-11-04T03:00:00Z").epochMilliseconds,
  );
  company.wrote(ANA, "2018-11-04 01:00");
  assert.deepEqual([company.windowsOn("2018-11-03").inbound, company.windowsOn("2018-11-04").inbound], [
    1,
    1,
  ]);
});

Deno.test("a month begins at midnight of the company's zone, including zones off by 45 minutes", () => {
  const company = new TestCompany({ at: "2026-11-30 12:00", time_zone: "Asia/Kathmandu" });
  company.changeContract({ package: 10 });
  company.advanceToMs(Temporal.Instant.from("2026-11-30T18:14:59.999Z").epochMilliseconds);
  assert.equal(company.balance().period, "2026-11");
  company.advanceToMs(Temporal.Instant.from("2026-11-30T18:15:00Z").epochMilliseconds);
  assert.equal(company.balance().period, "2026-12");
});

Deno.test("a date the zone skips is closed empty when the day before it ends", () => {
  const company = new TestCompany({ at: "2011-12-29 12:00", time_zone: "Pacific/Apia" });
  company.changeContract({ package: 10 });
  company.wrote(ANA, "2011-12-29 23:59");
  company.wrote(ANA, "2011-12-31 00:00");
  assert.deepEqual([...company.store.closed_days.keys()], ["2011-12-29", "2011-12-30"]);
  assert.deepEqual(company.store.closed_days.get("2011-12-30" as LocalDate), []);
  assert.equal(company.balance().closed_through, "2011-12-30");
  assertInvariants(company);
});

Deno.test("a new time zone takes effect on the next local date, and no day is lost or repeated", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.configure({ time_zone: "America/Los_Angeles" });
  assert.equal(company.balance().time_zone, "America/Sao_Paulo");
  assert.equal(company.balance().closes_at_ms, company.ms("2026-11-24 00:00") - 5 * 3_600_000);
  company.advanceToMs(company.balance().closes_at_ms);
  assert.equal(company.balance().time_zone, "America/Los_Angeles");
  assert.equal(company.balance().closes_at_ms, company.ms("2026-11-25 00:00"));
  assert.equal(company.balance().closed_through, "2026-11-23");
});

Deno.test("a zone change over the date line closes the skipped day and its month", () => {
  const company = new TestCompany({ at: "2026-11-29 12:00", time_zone: "Pacific/Pago_Pago" });
  company.changeContract({ package: 10 });
  company.configure({ time_zone: "Pacific/Kiritimati" });
  company.advanceToMs(company.balance().closes_at_ms);
  assert.deepEqual([...company.store.closed_days.keys()], ["2026-11-29", "2026-11-30"]);
  assert.equal(company.balance().period, "2026-12");
  assertInvariants(company);
});

Deno.test("a zone change does not move the date of an earlier event", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 23:30");
  const late_ms = company.ms("2026-11-23 22:00");
  company.configure({ time_zone: "Asia/Tokyo" });
  company.advanceTo("2026-11-25 09:00");
  const contact = { phone: BETO, bsuid: undefined };
  company.record({ type: "wrote", contact, at_ms: late_ms, message_id: "late", phone_number_id: "1" });
  assert.equal(company.windowsOn("2026-11-23").inbound, 2);
  company.restart();
  company.record({ type: "wrote", contact, at_ms: late_ms, message_id: "late", phone_number_id: "1" });
  assert.equal(company.windowsOn("2026-11-23").inbound, 2);
});

Deno.test("configuring a company as it is changes nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.configure({});
  assert.deepEqual(company.lastEventTypes(), []);
  company.configure({ time_zone: "Asia/Tokyo", effective_from: "2026-12-01" });
  company.advanceTo("2026-12-20 09:00");
  company.configure({ time_zone: "Asia/Tokyo", effective_from: "2026-12-01" });
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("configuring the current zone withdraws a scheduled one", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.configure({ time_zone: "Asia/Tokyo", effective_from: "2026-12-10" });
  assert.equal(company.view().scheduled?.time_zone, "Asia/Tokyo");
  company.configure({});
  assert.equal(company.view().scheduled, undefined);
  company.advanceTo("2026-12-20 09:00");
  assert.equal(company.balance().time_zone, "America/Sao_Paulo");
});

Deno.test("the view shows the next of two scheduled zones", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.configure({ time_zone: "Asia/Tokyo", effective_from: "2026-12-10" });
  company.configure({ time_zone: "Europe/Berlin", effective_from: "2026-12-20" });
  assert.equal(company.view().scheduled?.time_zone, "Asia/Tokyo");
  company.advanceTo("2026-12-11 09:00");
  assert.equal(company.view().scheduled?.time_zone, "Europe/Berlin");
});

Deno.test("a scheduled policy stays scheduled when a profile omits it", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.configure({ template_in_open_window: "free", effective_from: "2026-12-10" });
  const { scheduled } = company.view();
  company.configure({ name: "Acme Ltda.", template_in_open_window: undefined });
  assert.deepEqual(company.view().scheduled, scheduled);
  company.configure({ time_zone: "Asia/Tokyo", template_in_open_window: undefined });
  const currentSettings = () => {
    const { time_zone, template_in_open_window } = company.view().settings;
    return [time_zone, template_in_open_window];
  };
  company.advanceTo("2026-11-25 09:00");
  assert.deepEqual(currentSettings(), ["Asia/Tokyo", "charge"]);
  company.advanceTo("2026-12-11 09:00");
  assert.deepEqual(currentSettings(), ["Asia/Tokyo", "free"]);
});

Deno.test("the zone and policy of a date that has begun cannot change", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const reply = company.configure({ time_zone: "Asia/Tokyo", effective_from: "2026-11-23" });
  assert.ok(reply.type === "refused");
  assert.deepEqual(reply.path, ["effective_from"]);
  assert.match(reply.detail, /2026-11-24/);
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a new policy takes effect on the next local date and recharges nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.template(ANA, "2026-11-23 10:05");
  company.configure({ template_in_open_window: "free" });
  company.wrote(BETO, "2026-11-23 11:00");
  company.template(BETO, "2026-11-23 11:05");
  assert.equal(company.windowsOn("2026-11-23").outbound, 2);
  company.wrote(ANA, "2026-11-24 10:00");
  company.template(ANA, "2026-11-24 10:05");
  assert.equal(company.windowsOn("2026-11-24").outbound, 0);
});

Deno.test("a late fact is charged by the policy and price of its own date", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.configure({ template_in_open_window: "free" });
  company.setRate("whatsapp.outbound", 7, "2026-11-24");
  company.advanceTo("2026-11-25 09:00");
  company.template(ANA, "2026-11-23 10:05");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1 late"]);
});

Deno.test("new terms skip a next day that already has charges", () => {
  const company = new TestCompany({ at: "2026-11-23 23:58" });
  const contact = { phone: ANA, bsuid: undefined };
  // A clock ahead of ours, within the five minutes allowed.
  const wrote = { type: "wrote", contact, at_ms: company.ms("2026-11-24 00:01"), message_id: "1" } as const;
  company.execute({
    type: "record",
    events: [{ ...wrote, phone_number_id: "1" }],
    received_at_ms: company.now_ms,
  });
  const refused = company.configure({ template_in_open_window: "free", effective_from: "2026-11-24" });
  assert.equal(refused.type, "refused");
  company.configure({ template_in_open_window: "free" });
  assert.equal(company.view().scheduled?.effective_from, "2026-11-25");
});
