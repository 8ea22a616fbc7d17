import assert from "node:assert/strict";
import { commitmentEndsOn, scheduledAfter, termsOn } from "../../../src/domain/contract.ts";
import { refusalOf, TestCompany } from "../../support/company.ts";
import { ANA, BETO, CARLA, wroteEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

Deno.test("a package is granted at once when it is agreed on", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  assert.deepEqual(company.ledger(), ["grant +10"]);
  const { granted, available, renews_on, commitment_ends_on } = company.balance();
  assert.deepEqual({ granted, available, renews_on, commitment_ends_on }, {
    granted: 10,
    available: 10,
    renews_on: "2026-12-01",
    commitment_ends_on: "2027-02-28",
  });
});

Deno.test("the same contract sent twice grants once", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  for (const _ of [1, 2]) company.changeContract({ package: 10, starts_on: "2026-11-10" });
  company.advanceTo("2026-11-15 09:00");
  company.restart();
  company.changeContract({ package: 10, starts_on: "2026-11-10" });
  assert.deepEqual(company.ledger(), ["grant +10"]);
  assert.equal(company.store.contract.length, 1);
});

Deno.test("a package that starts later is granted when its day begins", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10, starts_on: "2026-11-20" });
  company.advanceTo("2026-11-19 23:59");
  assert.equal(company.balance().available, 0);
  company.advanceTo("2026-11-20 00:00");
  assert.equal(company.balance().available, 10);
});

Deno.test("a package taken up mid-month after post-paid use covers the excess of the month first", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: null });
  for (const contact of [ANA, BETO, CARLA]) company.wrote(contact, "2026-11-10 10:00");
  assert.equal(company.balance().excess, 3);
  company.changeContract({ package: 10 });
  assert.deepEqual(company.month("2026-11"), {
    granted: 10,
    consumed: 3,
    available: 7,
    excess: 0,
    expired: 0,
  });
  assertInvariants(company);
});

Deno.test("without a contract everything is excess and there is no money", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.wrote(ANA, "2026-11-10 10:00");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.equal(company.balance().excess, 1);
  assert.equal(company.statement("2026-11").total, null);
  assert.equal(company.balance().renews_on, null);
});

Deno.test("nothing is ever refused for lack of balance", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 1 });
  company.wrote(ANA, "2026-11-10 10:00");
  assert.equal(company.send("template", BETO, "a").type, "send_allowed");
  assert.equal(company.balance().excess, 1);
});

Deno.test("an upgrade grants the difference at once", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.advanceTo("2026-11-20 09:00");
  company.changeContract({ package: 25 });
  assert.deepEqual(company.ledger(), ["grant +10", "grant +15"]);
  company.advanceTo("2026-12-01 00:00");
  assert.deepEqual(company.ledger(3), ["expiry -25", "grant +25"]);
});

Deno.test("a downgrade is scheduled, and grants less from the renewal on", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.changeContract({ package: 4 });
  assert.deepEqual(company.ledger(), ["grant +10"]);
  const scheduled = scheduledAfter(company.view().contract, company.state.today);
  assert.equal(scheduled?.effective_from, "2027-03-01");
  company.advanceTo("2027-03-01 00:00");
  assert.deepEqual(company.ledger().slice(-2), ["expiry -10", "grant +4"]);
});

Deno.test("a withdrawn scheduled change changes nothing", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.changeContract({ package: 4 });
  company.changeContract({ package: 10 });
  company.advanceTo("2027-03-01 00:00");
  assert.deepEqual(company.ledger().slice(-2), ["expiry -10", "grant +10"]);
});

Deno.test("a cancelled package does not renew, and later use is excess", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.cancelContract();
  company.advanceTo("2027-03-01 09:00");
  assert.deepEqual(company.ledger().slice(-1), ["expiry -10"]);
  company.wrote(ANA, "2027-03-01 10:00");
  assert.equal(company.balance().excess, 1);
  assert.equal(company.balance().renews_on, null);
});

Deno.test("a withdrawn cancellation lets the package renew", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.cancelContract();
  company.advanceTo("2027-02-27 09:00");
  company.withdrawCancellation();
  company.advanceTo("2027-03-01 09:00");
  assert.deepEqual(company.ledger().slice(-1), ["grant +10"]);
});

Deno.test("cancelling without a package, or withdrawing without a cancellation, is refused with its reason", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  assert.equal(refusalOf(company.cancelContract()).code, "package_not_found");
  assert.equal(refusalOf(company.withdrawCancellation()).code, "cancellation_not_found");
  company.changeContract({ package: 10 });
  assert.equal(refusalOf(company.withdrawCancellation()).code, "cancellation_not_found");
});

Deno.test("a repeated cancellation is the same cancellation", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.cancelContract();
  assert.equal(company.cancelContract().type, "company");
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a contract never starts in a closed month", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  const reply = company.changeContract({ package: 10, starts_on: "2026-10-31" });
  assert.deepEqual(refusalOf(reply), { code: "invalid_request", path: "starts_on" });
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a package taken up after post-paid use does not start when the post-paid contract did", () => {
  const company = new TestCompany({ at: "2026-09-10 09:00" });
  company.changeContract({ package: null, starts_on: "2026-09-10" });
  company.advanceTo("2026-11-10 09:00");
  assert.equal(refusalOf(company.changeContract({ package: 10, starts_on: "2026-09-10" })).path, "starts_on");
  company.changeContract({ package: 10 });
  const terms = termsOn(company.view().contract, company.state.today);
  assert.equal(commitmentEndsOn(terms), "2027-02-28");
});

Deno.test("every contract change is a version with its author and time", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.changeContract({ package: 10 });
  company.advanceTo("2026-11-11 09:00");
  company.cancelContract();
  const kept = company.store.contract.map(({ version, reason, recorded_at_ms, recorded_by }) => ({
    version,
    reason,
    recorded_at_ms,
    recorded_by,
  }));
  assert.deepEqual(kept, [
    { version: 1, reason: "agreed", recorded_at_ms: company.ms("2026-11-10 09:00"), recorded_by: "test" },
    { version: 2, reason: "cancelled", recorded_at_ms: company.ms("2026-11-11 09:00"), recorded_by: "test" },
  ]);
});

Deno.test("a rate override takes effect at once if the feature was never used", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.setRate("automation.run", 5);
  company.reportUsage("automation.run", 1, "late", "2026-11-09 10:00");
  company.reportUsage("automation.run", 1, "now");
  assert.deepEqual(company.ledger(), ["consumption -5 late", "consumption -5"]);
});

Deno.test("the first rate override after use applies to later events", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.wrote(ANA, "2026-11-10 10:00");
  company.advanceTo("2026-11-10 11:00");
  company.setRate("whatsapp.inbound", 5);
  company.wrote(BETO, "2026-11-10 11:01");
  company.wrote(CARLA, "2026-11-10 10:59");
  company.status("sent", "wamid.1", "2026-11-10 09:30");
  // Ana's window turns outbound: the refund is its charge, one credit.
  assert.deepEqual(company.ledger(), [
    "consumption -1",
    "consumption -5",
    "consumption -1",
    "reversal +1",
    "consumption -1",
  ]);
  assertInvariants(company);
});

Deno.test("the first rate override applies after the charges of a clock ahead of ours", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  const writes = (who: string, at: string) =>
    company.execute({
      type: "record",
      events: [wroteEvent(who, company.ms(at), at)],
      received_at_ms: company.now_ms,
    });
  writes(ANA, "2026-11-10 09:04");
  company.setRate("whatsapp.inbound", 5);
  writes(BETO, "2026-11-10 09:03");
  writes(CARLA, "2026-11-10 09:05");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1", "consumption -5"]);
});

Deno.test("the first rate override does not wait for charges of another feature by a clock ahead of ours", () => {
  const company = new TestCompany({ at: "2026-11-09 09:00" });
  company.template(ANA, "2026-11-09 10:00", "wamid.1");
  company.advanceTo("2026-11-10 09:00");
  company.execute({
    type: "record",
    events: [wroteEvent(ANA, company.ms("2026-11-10 09:04"), "ahead")],
    received_at_ms: company.now_ms,
  });
  company.setRate("whatsapp.outbound", 5);
  company.template(BETO, "2026-11-10 09:01", "wamid.2");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1", "consumption -5"]);
});

Deno.test("a later rate override takes effect on the next local date", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.setRate("automation.run", 3);
  company.setRate("automation.run", 4);
  company.reportUsage("automation.run", 1, "today");
  company.advanceTo("2026-11-11 09:00");
  company.reportUsage("automation.run", 1, "tomorrow");
  assert.deepEqual(company.ledger(), ["consumption -3", "consumption -4"]);
});

Deno.test("the same price set twice is one version", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.setRate("automation.run", 3);
  company.setRate("automation.run", 3);
  company.setRate("automation.run", 4, "2026-12-01");
  company.advanceTo("2026-12-02 09:00");
  company.setRate("automation.run", 4, "2026-12-01");
  company.setRate("automation.run", 4);
  assert.equal(company.store.own_rates.length, 2);
});

Deno.test("a price cannot take effect on a date that has begun", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.setRate("automation.run", 3);
  const reply = company.setRate("automation.run", 4, "2026-11-10");
  assert.deepEqual(refusalOf(reply), { code: "invalid_request", path: "effective_from" });
});

Deno.test("a company's price of a feature that nobody knows is refused, and stores nothing", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  for (const feature of ["automation.rn", "whatsapp.outbond", "whatsapp.outbound.promo"]) {
    const reply = company.setRate(feature, 1);
    assert.deepEqual(refusalOf(reply), { code: "unknown_feature", path: "code" }, feature);
  }
  assert.equal(company.setRate("whatsapp.outbound.marketing", 1).type, "company");
  assert.deepEqual(company.store.own_rates.map(({ feature }) => feature), ["whatsapp.outbound.marketing"]);
});

Deno.test("a company keeps and may change its own price of a feature that left the rate card", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.setRate("automation.run", 3);
  company.state.rates = { rate_card: new Map(), overrides: company.state.rates.overrides };
  const used = company.reportUsage("automation.run", 1, "a");
  assert.equal(used.type === "usage_counted" && used.credits, 3);
  assert.equal(company.setRate("automation.run", 4).type, "company");
  assert.equal(company.store.own_rates.length, 2);
});
