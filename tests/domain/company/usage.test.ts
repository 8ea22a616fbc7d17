import assert from "node:assert/strict";
import type { Usage } from "../../../src/domain/company/command.ts";
import type { FeatureCode } from "../../../src/domain/types.ts";
import { refusalOf, TestCompany } from "../../support/company.ts";
import { assertInvariants } from "../../support/invariants.ts";

const PRICES = { "automation.run": 2, "sms.sent": 3 };

Deno.test("usage costs its quantity at the price of its feature", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  const reply = company.reportUsage("automation.run", 5, "run-1");
  assert.ok(reply.type === "usage_counted");
  assert.deepEqual([reply.accepted, reply.duplicates, reply.credits, reply.balance.consumed], [1, 0, 10, 10]);
  assert.deepEqual(company.ledger(), ["consumption -10"]);
});

Deno.test("the same id counts once, also after a restart", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  company.reportUsage("automation.run", 5, "run-1");
  company.reportUsage("automation.run", 5, "run-1");
  company.restart();
  const reply = company.reportUsage("automation.run", 5, "run-1");
  assert.ok(reply.type === "usage_counted");
  assert.deepEqual([reply.accepted, reply.duplicates, reply.credits], [0, 1, 0]);
  assert.equal(company.balance().consumed, 10);
});

Deno.test("the same id twice in one call counts once", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  const reply = company.execute({
    type: "report_usage",
    usages: [usage({}), usage({}), usage({ id: "other" })],
  });
  assert.ok(reply.type === "usage_counted");
  assert.deepEqual([reply.accepted, reply.duplicates, reply.credits], [2, 1, 4]);
});

Deno.test("the same id with another body is refused and changes nothing", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  company.reportUsage("automation.run", 5, "run-1");
  assert.deepEqual(refusalOf(company.reportUsage("automation.run", 6, "run-1")), {
    code: "id_reused",
    path: "0.id",
  });
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("the same labels in another order are the same body", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  const [one, other] = [{ a: "1", b: "2" }, { b: "2", a: "1" }];
  const usages = [usage({ attributes: one }), usage({ attributes: other })];
  assert.equal(company.execute({ type: "report_usage", usages }).type, "usage_counted");
});

Deno.test("one bad item refuses the whole call and names its index", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  const usages = [usage({}), usage({ id: "bad", feature: "fax.sent" as FeatureCode })];
  const reply = company.execute({ type: "report_usage", usages });
  assert.deepEqual(refusalOf(reply), { code: "unknown_feature", path: "1.feature" });
  assert.deepEqual(company.ledger(), []);
});

Deno.test("a feature without a price is refused with its remedy", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  const reply = company.reportUsage("fax.sent", 1, "fax-1");
  assert.ok(reply.type === "refused");
  assert.match(reply.detail, /PUT \/v1\/features\/fax\.sent/);
});

Deno.test("usage of WhatsApp features is refused", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  assert.equal(refusalOf(company.reportUsage("whatsapp.outbound", 1, "x")).code, "unknown_feature");
});

Deno.test("a quantity is a non-negative integer within its limit", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  for (const quantity of [-1, 0.5, NaN, 10 ** 12, 10 ** 13]) {
    const reply = company.reportUsage("automation.run", quantity, `run ${quantity}`);
    assert.deepEqual(refusalOf(reply), { code: "invalid_request", path: "0.quantity" }, String(quantity));
  }
  assert.equal(company.reportUsage("automation.run", 500_000_000_000, "huge").type, "usage_counted");
  assert.equal(company.balance().consumed, 1_000_000_000_000);
});

Deno.test("usage past the month limit is refused", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 1_000_000 } });
  const usages = Array.from({ length: 500 }, (_, i) => usage({ id: `${i}`, quantity: 1_000_000 }));
  assert.equal(company.execute({ type: "report_usage", usages }).type, "usage_counted");
  const reply = company.reportUsage("automation.run", 1, "one more");
  assert.deepEqual(refusalOf(reply), { code: "invalid_request", path: "0.quantity" });
  assert.equal(company.balance().consumed, 500_000_000_000_000);
});

Deno.test("usage past the day limit is refused at any price, and other days and features are not affected", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "bytes.sent": 0, "sms.sent": 0 } });
  const sent = (id: string, changes: Partial<Usage> = {}) =>
    usage({ id, feature: "bytes.sent" as FeatureCode, quantity: 1_000_000_000_000, ...changes });
  const report = (...usages: Usage[]) => company.execute({ type: "report_usage", usages });
  const ten = Array.from({ length: 10 }, (_, i) => sent(`${i}`));
  const reply = report(...ten, sent("one more"));
  assert.deepEqual(refusalOf(reply), { code: "invalid_request", path: "10.quantity" });
  assert.ok(reply.type === "refused");
  assert.match(reply.detail, /daily limit of 10000000000000 units of bytes\.sent: check the quantities/);
  assert.equal(report(...ten).type, "usage_counted");
  assert.equal(refusalOf(report(sent("one more", { quantity: 1 }))).path, "0.quantity");
  const elsewhere = [
    sent("another feature", { feature: "sms.sent" as FeatureCode }),
    sent("another day", { occurred_at_ms: company.ms("2026-11-09 09:00") }),
  ];
  assert.equal(report(...elsewhere).type, "usage_counted");
});

Deno.test("usage belongs to the date it occurred on, late or not", () => {
  const company = new TestCompany({ at: "2026-11-30 09:00", prices: PRICES });
  company.changeContract({ package: 10 });
  company.advanceTo("2026-12-02 09:00");
  company.reportUsage("sms.sent", 1, "sms-1", "2026-11-30 23:59");
  assert.deepEqual(company.month("2026-11"), {
    granted: 10,
    consumed: 3,
    available: 0,
    excess: 0,
    expired: 7,
  });
  assert.deepEqual(company.ledger().slice(-2), ["adjustment +3 late", "consumption -3 late"]);
  assertInvariants(company);
});

Deno.test("usage past the lateness limit or of a final month is refused, and the refusal names its field", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  assert.deepEqual(refusalOf(company.reportUsage("sms.sent", 1, "a", "2026-11-02 08:59")), {
    code: "invalid_request",
    path: "0.occurred_at",
  });
  assert.equal(company.reportUsage("sms.sent", 1, "b", "2026-11-02 09:00").type, "usage_counted");
});

Deno.test("usage repeated past the lateness limit is still the same usage", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  company.reportUsage("sms.sent", 1, "a", "2026-11-10 09:00");
  company.advanceTo("2026-11-25 09:00");
  assert.equal(company.reportUsage("sms.sent", 1, "a", "2026-11-10 09:00").type, "usage_counted");
  assert.equal(company.balance().consumed, 3);
});

Deno.test("usage costs the price of the date it occurred on", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  company.setRate("sms.sent", 3);
  company.setRate("sms.sent", 9, "2026-11-11");
  company.advanceTo("2026-11-11 09:00");
  company.reportUsage("sms.sent", 1, "a", "2026-11-10 10:00");
  company.reportUsage("sms.sent", 1, "b", "2026-11-11 08:00");
  assert.deepEqual(company.ledger(), ["consumption -3 late", "consumption -9"]);
});

function usage(changes: Partial<Usage>): Usage {
  return {
    id: "run-1",
    feature: "automation.run" as FeatureCode,
    quantity: 1,
    occurred_at_ms: undefined,
    attributes: undefined,
    ...changes,
  };
}

Deno.test("an id with a phone, an e-mail address or a wamid counts once, and is stored masked with a keyed hash", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: PRICES });
  const ids = [
    "run of 11 98877 6655",
    "run of 11 98877 6656",
    "ana@example.com",
    "wamid.HBgMNTUxMTg4ODg3Nzc3",
  ];
  for (const id of ids) company.reportUsage("automation.run", 5, id);
  company.restart();
  for (const id of ids) {
    const reply = company.reportUsage("automation.run", 5, id);
    assert.ok(reply.type === "usage_counted" && reply.duplicates === 1, id);
    assert.equal(refusalOf(company.reportUsage("automation.run", 6, id)).code, "id_reused");
  }
  const stored = company.store.ledger.map(({ cause }) => cause?.type === "usage" ? cause.usage_id : "");
  const hash = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  assert.equal(new Set(stored).size, ids.length);
  assert.match(stored[0]!, new RegExp(`^run of •••••••6655 ${hash}$`));
  assert.match(stored[2]!, new RegExp(`^••••@•••• ${hash}$`));
  assert.match(stored[3]!, new RegExp(`^wamid.•••• ${hash}$`));
});
