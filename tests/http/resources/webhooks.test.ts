import assert from "node:assert/strict";
import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  webhookOf,
} from "../../support/payloads.ts";
import { sign } from "../../../src/whatsapp/signature.ts";
import { challengeRequest, deliveryRequest } from "../../support/webhooks.ts";
import { APP_SECRET, readProblem, TestService, VERIFY_TOKEN } from "../test_service.ts";

const URL_ = "http://localhost/webhooks/whatsapp";
const LINE = businessNumber(1);
const OTHER_LINE = businessNumber(2);

function wroteWebhook(service: TestService, customer = 1) {
  return webhookOf(
    customerWrote(LINE, numberedCustomer(customer), { id: `m${customer}`, at_s: service.now_ms / 1000 }),
  );
}

async function balance(service: TestService, company = "acme") {
  return await service.readJson("GET", `/v1/companies/${company}/balance`);
}

Deno.test("a signed webhook is answered 200, and its window is in the balance", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const response = await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), APP_SECRET));
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
  assert.equal((await balance(service)).open_windows.inbound, 1);
});

Deno.test("a webhook delivered twice counts once", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  for (let times = 0; times < 2; times++) {
    await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), APP_SECRET));
  }
  assert.equal((await balance(service)).consumed, 1);
});

Deno.test("a mixed webhook reaches each company, and events of unknown numbers are quarantined", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await service.createCompany("bravo", { phone_number_ids: [OTHER_LINE.phone_number_id] });
  const at_s = service.now_ms / 1000;
  const payload = webhookOf(
    customerWrote(LINE, numberedCustomer(1), { id: "a", at_s }),
    customerWrote(OTHER_LINE, numberedCustomer(1), { id: "b", at_s }),
    customerWrote(businessNumber(9), numberedCustomer(1), { id: "c", at_s }),
    customerWrote(LINE, numberedCustomer(2), { id: "d", at_s, content: { timestamp: "soon" } }),
  );
  const response = await service.app.hono.request(deliveryRequest(URL_, payload, APP_SECRET));
  assert.equal(response.status, 200);
  assert.equal((await balance(service, "acme")).consumed, 1);
  assert.equal((await balance(service, "bravo")).consumed, 1);
  assert.deepEqual(service.unrouted_events.map(({ type }) => type), ["wrote", "unreadable"]);
});

Deno.test("a forged, missing or stale signature is 401, and nothing is metered", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const { body, signature } = signedBody(wroteWebhook(service), APP_SECRET);
  const forgeries: Record<string, string>[] = [
    {},
    { "x-hub-signature-256": signature.replace(/.$/, (digit) => digit === "0" ? "1" : "0") },
    { "x-hub-signature-256": sign(body, "another secret") },
    { "x-hub-signature-256": sign(new Uint8Array(), APP_SECRET) },
  ];
  for (const headers of forgeries) {
    const response = await service.app.hono.request(URL_, { method: "POST", headers, body });
    assert.equal(response.status, 401);
    assert.equal((await readProblem(response)).code, "bad_signature");
  }
  assert.equal((await balance(service)).consumed, 0);
});

Deno.test("during a rotation of the app secret, both secrets verify", async () => {
  await using service = new TestService({ app_secrets: ["new", "old"] });
  for (const [secret, status] of [["new", 200], ["old", 200], ["older", 401]] as const) {
    const response = await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), secret));
    await response.body?.cancel();
    assert.equal(response.status, status);
  }
});

Deno.test("a body of more than 4 MB is 413, with or without Content-Length", async () => {
  await using service = new TestService();
  const body = new Uint8Array(4 * 1024 * 1024 + 1);
  const announced = await service.app.hono.request(URL_, {
    method: "POST",
    headers: { "content-length": String(body.length) },
    body: "{}",
  });
  assert.equal((await readProblem(announced)).code, "body_too_large");
  const streamed = await service.app.hono.request(URL_, { method: "POST", body });
  assert.equal(streamed.status, 413);
  assert.equal((await readProblem(streamed)).code, "body_too_large");
});

Deno.test("a body that never ends is rejected at the limit", async () => {
  await using service = new TestService();
  let sent_bytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent_bytes += 1024 * 1024;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const response = await service.app.hono.request(URL_, { method: "POST", body: endless });
  await readProblem(response);
  assert.equal(response.status, 413);
  assert.ok(sent_bytes < 8 * 1024 * 1024, `${sent_bytes} bytes were read`);
});

Deno.test("a delivery with too many parts or levels to parse is one event in quarantine, and 200", async () => {
  await using service = new TestService();
  const [many, deep] = [`[${"0,".repeat(1_000_001)}0]`, "[".repeat(70_000) + "]".repeat(70_000)];
  for (const text of [many, deep, deep]) {
    const body = new TextEncoder().encode(text);
    const headers = { "x-hub-signature-256": sign(body, APP_SECRET) };
    const response = await service.app.hono.request(URL_, { method: "POST", headers, body });
    assert.equal(response.status, 200);
  }
  const unreadable = service.unrouted_events.map((event) => event.type === "unreadable" && event.reason);
  assert.deepEqual(unreadable, ["webhook_too_large", "webhook_too_large", "webhook_too_large"]);
});

Deno.test("a body of exactly 4 MB is read", async () => {
  await using service = new TestService();
  const body = new Uint8Array(4 * 1024 * 1024).fill(0x20);
  const headers = { "x-hub-signature-256": sign(body, APP_SECRET) };
  const response = await service.app.hono.request(URL_, { method: "POST", headers, body });
  assert.equal((await readProblem(response)).code, "invalid_json");
});

Deno.test("a signed body that is truncated, empty or not UTF-8 is 400", async () => {
  await using service = new TestService();
  for (const bytes of [[], [0x7b], [0x22, 0xff, 0x22]]) {
    const body = new Uint8Array(bytes);
    const headers = { "x-hub-signature-256": sign(body, APP_SECRET) };
    const response = await service.app.hono.request(URL_, { method: "POST", headers, body });
    assert.equal(response.status, 400);
    assert.equal((await readProblem(response)).code, "invalid_json");
  }
});

Deno.test("a compressed webhook is 415, and one with content-encoding identity is read", async () => {
  await using service = new TestService();
  const { body, signature } = signedBody(wroteWebhook(service), APP_SECRET);
  for (const [encoding, status] of [["gzip", 415], ["identity", 200]] as const) {
    const headers = { "x-hub-signature-256": signature, "content-encoding": encoding };
    const response = await service.app.hono.request(URL_, { method: "POST", headers, body });
    await response.body?.cancel();
    assert.equal(response.status, status);
  }
});

Deno.test("a webhook with an unknown outcome is 503 with Retry-After", async () => {
  const inbox = {
    receive: () => Promise.resolve({ type: "unavailable", reason: "overloaded", retry_after_s: 3 } as const),
  };
  await using service = new TestService({ inbox });
  const response = await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), APP_SECRET));
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "3");
  assert.equal((await readProblem(response)).code, "unavailable");
});

Deno.test("a signed webhook without events is 200", async () => {
  await using service = new TestService();
  for (const payload of [{}, [], "text", 1, null, { object: "page", entry: [] }]) {
    const response = await service.app.hono.request(deliveryRequest(URL_, payload, APP_SECRET));
    assert.equal(response.status, 200, JSON.stringify(payload));
  }
});

Deno.test("Meta's challenge is answered with the right token, and 403 otherwise", async () => {
  await using service = new TestService();
  const answered = await service.app.hono.request(challengeRequest(URL_, VERIFY_TOKEN, "1158201444"));
  assert.equal(answered.status, 200);
  assert.equal(await answered.text(), "1158201444");
  const refused = await service.app.hono.request(challengeRequest(URL_, "guess", "1158201444"));
  assert.equal(refused.status, 403);
  const { code, detail } = await readProblem(refused);
  assert.deepEqual([code, /check META_VERIFY_TOKEN/.test(detail)], ["verify_token_mismatch", true]);
});

Deno.test("a challenge refused for another reason names it and does not mention the token", async () => {
  await using service = new TestService();
  for (
    const [omitted, pattern] of [["hub.mode", /hub\.mode/], ["hub.challenge", /hub\.challenge/]] as const
  ) {
    const url = new URL(challengeRequest(URL_, VERIFY_TOKEN, "1158201444").url);
    url.searchParams.delete(omitted);
    const { detail } = await readProblem(await service.app.hono.request(url));
    assert.match(detail, pattern);
    assert.doesNotMatch(detail, /META_VERIFY_TOKEN/);
  }
});

Deno.test("webhooks are counted by outcome", async () => {
  await using service = new TestService();
  await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), APP_SECRET));
  const forged = await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), "guess"));
  await forged.body?.cancel();
  const metrics = await (await service.app.hono.request("/metrics")).text();
  assert.match(metrics, /poli_webhooks_total\{outcome="durable"\} 1\n/);
  assert.match(metrics, /poli_webhooks_total\{outcome="bad_signature"\} 1\n/);
  assert.match(metrics, /poli_webhook_events_total 1\n/);
});

Deno.test("the time from a webhook to its commit is measured, of webhooks with events that were committed", async () => {
  await using service = new TestService();
  const measured = async () =>
    (await (await service.app.hono.request("/metrics")).text()).match(
      /^poli_webhook_commit_duration_seconds_count (\d+)$/m,
    )?.[1];
  await service.app.hono.request(deliveryRequest(URL_, { object: "x" }, APP_SECRET));
  const forged = await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), "guess"));
  await forged.body?.cancel();
  assert.equal(await measured(), "0");
  await service.app.hono.request(deliveryRequest(URL_, wroteWebhook(service), APP_SECRET));
  assert.equal(await measured(), "1");
});
