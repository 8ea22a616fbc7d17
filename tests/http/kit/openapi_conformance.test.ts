import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";
import { PublishedDocument } from "../openapi_conformance.ts";

const ACME = "/v1/companies/acme";
const RUN = { id: "run", feature: "automation.run", quantity: 1 };
const SEND = { message_id: "m", to: "5511988887777", kind: "template" };
const OFFER = { package: { credits: 10, price: "5.00" }, excess_credit_price: "0.15" };

const RECONCILIATIONS =
  "/v1/reconciliations?from=2026-11-01&to=2026-11-01&account_id=102290129340398&number=551130000001:106";
const POINT = {
  start: 1_793_502_000,
  end: 1_793_588_400,
  country: "BR",
  phone_number: "551130000001",
  pricing_category: "UTILITY",
  pricing_type: "REGULAR",
  volume: 1,
};

/** A call with its body. */
type CallWithBody = readonly [method: string, path: string, body: unknown];

/** The smallest valid body of every call with a body. */
const SMALLEST: readonly CallWithBody[] = [
  ["PUT", ACME, { name: "Acme", time_zone: "America/Sao_Paulo", phone_number_ids: ["106"] }],
  ["PUT", "/v1/phone_numbers/106", { name: "Balcão" }],
  ["PUT", "/v1/phone_numbers/106/meta_account", {
    account_id: "102290129340398",
    time_zone: "America/Sao_Paulo",
    currency: "USD",
  }],
  ["PUT", `${ACME}/contract`, { ...OFFER, package: { credits: 10 } }],
  ["PUT", `${ACME}/alert_thresholds`, { used_percents: [], credits_left: [], runs_out_days: null }],
  ["PUT", "/v1/features/automation.run", { credits: 1 }],
  ["PUT", `${ACME}/features/automation.run`, { credits: 1 }],
  ["PUT", "/v1/exchange_rates", { from: "USD", to: "BRL", effective_from: "2026-11-01", rate: "5.4321" }],
  ["PUT", "/v1/meta_rates", {
    currency: "USD",
    effective_from: "2026-10-01",
    rates: [{ market: "Brazil", utility: "0.0068" }],
  }],
  ["POST", `${ACME}/usage`, RUN],
  ["POST", `${ACME}/usage`, [{ ...RUN, id: "in a list" }]],
  ["POST", `${ACME}/messages`, SEND],
  ["POST", `${ACME}/messages/m/failed`, {}],
  ["POST", `${ACME}/quotes`, { recipients: [SEND.to] }],
  ["POST", `${ACME}/viewer_sessions`, {}],
  ["POST", `${ACME}/label_erasures`, { text: "Ana Souza" }],
  ["POST", `${ACME}/what_if`, { month: "2026-11" }],
  ["POST", "/v1/keys", { name: "reader", scope: "read" }],
  ["POST", "/v1/webhook_endpoints", { url: "https://platform.example/hooks" }],
  ["POST", "/v1/quarantine/replay", {}],
  ["POST", RECONCILIATIONS, { pricing_analytics: { data: [{ data_points: [POINT] }] } }],
  ["POST", "/v1/reopenings", {}],
  ["POST", "/v1/test_clock", { advance: "PT1H" }],
];

/** The webhook's body is Meta's, not ours. */
const OF_META = "post /webhooks/whatsapp";

Deno.test("every optional field of a body may be null", async () => {
  await using service = new TestService();
  await service.createCompany();
  const published = new PublishedDocument(service.app);
  const called = new Set([OF_META]);
  for (const [method, path, smallest] of SMALLEST) {
    const { name, body } = published.withNulls({ method, url: `http://localhost${path}` }, smallest);
    called.add(name);
    const response = await service.request(method, path, body);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} with ${JSON.stringify(body)}: ${text}`);
  }
  assert.deepEqual([...called].sort(), published.callsWithBody().sort());
});

const ACCEPTED: readonly CallWithBody[] = [
  ["PUT", `${ACME}/contract`, { ...OFFER, package: null }],
  ["PUT", "/v1/features/automation.run", { credits: 1 }],
  ["PUT", "/v1/meta_rates", {
    currency: "USD",
    effective_from: "2026-10-01",
    rates: [{
      market: "brazil",
      utility: "0.0068",
      tiers: { utility: [{ from: 250_001, price: "0.0065" }] },
    }],
  }],
  ["POST", `${ACME}/usage`, { ...RUN, attributes: { a: "text", b: 1, c: true } }],
  ["POST", `${ACME}/messages`, { ...SEND, sent_at: "2026-11-03t12:00:00z" }],
  ["POST", `${ACME}/messages/m/failed`, { failed_at: "2026-11-03T12:00:00Z", error_code: 132000 }],
  ["POST", `${ACME}/messages/m/failed`, { error_code: "132000" }],
  ["POST", "/v1/test_clock", { advance: "PT1.5H" }],
];

Deno.test("the document allows every body that is accepted", async () => {
  await using service = new TestService();
  await service.createCompany();
  // The service itself holds each of them against the document.
  for (const [method, path, body] of ACCEPTED) {
    const response = await service.request(method, path, body);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${text}`);
  }
});

const REFUSED: readonly CallWithBody[] = [
  ["PUT", `${ACME}/contract`, { ...OFFER, excess_credit_price: "1e3" }],
  ["PUT", `${ACME}/contract`, { ...OFFER, excess_credit_price: 0.15 }],
  ["PUT", `${ACME}/contract`, { ...OFFER, excess_credit_price: null }],
  ["PUT", `${ACME}/contract`, { ...OFFER, package: { credits: 10, price: "-1" } }],
  ["PUT", "/v1/meta_rates", {
    currency: "USD",
    effective_from: "2026-10-01",
    rates: [{ market: "Brazil", utility: 0.0068 }],
  }],
  ["PUT", "/v1/exchange_rates", { from: "USD", to: "BRL", effective_from: "2026-11-01", rate: 5.4321 }],
  ["POST", `${ACME}/usage`, { ...RUN, quantity: 1e308 }],
  ["POST", `${ACME}/usage`, { ...RUN, attributes: { nested: { a: 1 } } }],
  ["POST", `${ACME}/messages`, { ...SEND, attribution: { label: "x".repeat(201) } }],
  ["POST", `${ACME}/messages`, { ...SEND, to: null }],
  ["POST", `${ACME}/messages`, { ...SEND, unknown: 1 }],
  ["POST", `${ACME}/messages/m/failed`, { error_code: 1.5 }],
  ["POST", `${ACME}/messages/m/failed`, { error_code: "x".repeat(65) }],
];

Deno.test("the document allows no body that is always refused", async () => {
  await using service = new TestService();
  await service.createCompany();
  const published = new PublishedDocument(service.app);
  for (const [method, path, body] of REFUSED) {
    assert.equal((await service.requestProblem(method, path, body)).status, 422, JSON.stringify(body));
    const request = { method, url: `http://localhost${path}`, headers: new Headers() };
    assert.throws(() => published.assertAccepted(request, body), /is not as declared/, JSON.stringify(body));
  }
});

Deno.test("a response with an undeclared status fails the test that requested it", async () => {
  const refused = { type: "refused", code: "window_closed", detail: "write later", path: [] } as const;
  await using service = new TestService({ companies: { execute: () => Promise.resolve(refused) } });
  const response = service.request("GET", `${ACME}/balance`);
  await assert.rejects(response, /409 of get \/v1\/companies\/\{company\}\/balance is not declared/);
});

Deno.test("a response with an undeclared body fails the test that requested it", async () => {
  const misspelt = { ready: "yes" as unknown as boolean, checks: {} };
  await using service = new TestService({ health: { ready: () => Promise.resolve(misspelt) } });
  await assert.rejects(service.request("GET", "/readyz"), /200 of get \/readyz is not as declared/);
});
