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

function wroteWebhook(house: TestService, customer = 1) {
  return webhookOf(
    customerWrote(LINE, numberedCustomer(customer), { id: `m${customer}`, at_s: house.now_ms / 1000 }),
  );
}

async function balance(house: TestService, company = "acme") {
  return await house.readJson("GET", `/v1/companies/${company}/balance`);
}

Deno.test("a signed webhook is answered 200, and its window is in the balance", async () => {
  await using house = new TestService();
  await house.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const response = await house.app.hono.request(deliveryRequest(URL_, wroteWebhook(house), APP_SECRET));
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
  assert.equal((await balance(house)).open_windows.inbound, 1);
});

Deno.test("a webhook delivered twice counts once", async () => {
  await using house = new TestService();
  await house.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  for (let times = 0; times < 2; times++) {
    await house.app.hono.request(deliveryRequest(URL_, wroteWebhook(house), APP_SECRET));
  }
  assert.equal((await balance(house)).consumed, 1);
});

Deno.test("a mixed webhook reaches each company, and what is nobody's is kept", async () => {
  await using house = new TestService();
  await house.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await house.createCompany("bravo", { phone_number_ids: [OTHER_LINE.phone_number_id] });
  const at_s = house.now_ms / 1000;
  const payload = webhookOf(
    customerWrote(LINE, numberedCustomer(1), { id: "a", at_s }),
    customerWrote(OTHER_LINE, numberedCustomer(1), { id: "b", at_s }),
    customerWrote(businessNumber(9), numberedCustomer(1), { id: "c", at_s }),
    customerWrote(LINE, numberedCustomer(2), { id: "d", at_s, content: { timestamp: "soon" } }),
  );
  const response = await house.app.hono.request(deliveryRequest(URL_, payload, APP_SECRET));
  assert.equal(response.status, 200);
  assert.equal((await balance(house, "acme")).consumed, 1);
  assert.equal((await balance(house, "bravo")).consumed, 1);
  assert.deepEqual(house.unrouted_events.map(({ type }) => type), ["wrote", "unreadable"]);
});

Deno.test("a forged, missing or stale signature is 401, and nothing is metered", async () => {
  await using house = new TestService();
  await house.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const { body, signature } = signedBody(wroteWebhook(house), APP_SECRET);
  const forgeries: Record<string, string>[] = [
    {},
    { "x-hub-signature-256": signature.replace(/.$/, (digit) => digit === "0" ? "1" : "0") },
    { "x-hub-signature-256": sign(body, "another secret") },
    { "x-hub-signature-256": sign(new Uint8Array(), APP_SECRET) },
  ];
  for (const headers of forgeries) {
    const response = await house.app.hono.request(URL_, { method: "POST", headers, body });
    assert.equal(response.status, 401);
    assert.equal((await readProblem(response)).code, "bad_signature");
  }
  assert.equal((await balance(house)).consumed, 0);
});

Deno.test("while the app's secret rotates, the new one and the old one both sign", async () => {
  await using house = new TestService({ app_secrets: ["new", "old"] });
  for (const [secret, status] of [["new", 200], ["old", 200], ["older", 401]] as const) {
    const response = await house.app.hono.request(deliveryRequest(URL_, wroteWebhook(house), secret));
    await response.body?.cancel();
    assert.equal(response.status, status);
  }
});

Deno.test("a body of more than 4 MB is 413, whether it says so or not", async () => {
  await using house = new TestService();
  const body = new Uint8Array(4 * 1024 * 1024 + 1);
  const announced = await house.app.hono.request(URL_, {
    method: "POST",
    headers: { "content-length": String(body.length) },
    body: "{}",
  });
  assert.equal((await readProblem(announced)).code, "body_too_large");
  const streamed = await house.app.hono.request(URL_, { method: "POST", body });
  assert.equal(streamed.status, 413);
  assert.equal((await readProblem(streamed)).code, "body_too_large");
});

Deno.test("a body that never ends is given up at the bound", async () => {
  await using house = new TestService();
  let sent_bytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent_bytes += 1024 * 1024;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const response = await house.app.hono.request(URL_, { method: "POST", body: endless });
  await readProblem(response);
  assert.equal(response.status, 413);
  assert.ok(sent_bytes < 8 * 1024 * 1024, `${sent_bytes} bytes were read`);
});

Deno.test("a body of exactly 4 MB is read", async () => {
  await using house = new TestService();
  const body = new Uint8Array(4 * 1024 * 1024).fill(0x20);
  const headers = { "x-hub-signature-256": sign(body, APP_SECRET) };
  const response = await house.app.hono.request(URL_, { method: "POST", headers, body });
  assert.equal((await readProblem(response)).code, "invalid_json");
});

Deno.test("what is signed and is not JSON is 400, be it cut off, empty or not UTF-8", async () => {
  await using house = new TestService();
  for (const bytes of [[], [0x7b], [0x22, 0xff, 0x22]]) {
    const body = new Uint8Array(bytes);
    const headers = { "x-hub-signature-256": sign(body, APP_SECRET) };
    const response = await house.app.hono.request(URL_, { method: "POST", headers, body });
    assert.equal(response.status, 400);
    assert.equal((await readProblem(response)).code, "invalid_json");
  }
});

Deno.test("a compressed webhook is 415, and one that says identity is read", async () => {
  await using house = new TestService();
  const { body, signature } = signedBody(wroteWebhook(house), APP_SECRET);
  for (const [encoding, status] of [["gzip", 415], ["identity", 200]] as const) {
    const headers = { "x-hub-signature-256": signature, "content-encoding": encoding };
    const response = await house.app.hono.request(URL_, { method: "POST", headers, body });
    await response.body?.cancel();
    assert.equal(response.status, status);
  }
});

Deno.test("a webhook that is not durable for certain is 503 with Retry-After", async () => {
  const inbox = {
    receive: () => Promise.resolve({ type: "unavailable", reason: "overloaded", retry_after_s: 3 } as const),
  };
  await using house = new TestService({ inbox });
  const response = await house.app.hono.request(deliveryRequest(URL_, wroteWebhook(house), APP_SECRET));
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "3");
  assert.equal((await readProblem(response)).code, "unavailable");
});

Deno.test("what is signed and tells nothing is answered 200", async () => {
  await using house = new TestService();
  for (const payload of [{}, [], "text", 1, null, { object: "page", entry: [] }]) {
    const response = await house.app.hono.request(deliveryRequest(URL_, payload, APP_SECRET));
    assert.equal(response.status, 200, JSON.stringify(payload));
  }
});

Deno.test("Meta's challenge is answered to whoever knows the token, and 403 to others", async () => {
  await using house = new TestService();
  const answered = await house.app.hono.request(challengeRequest(URL_, VERIFY_TOKEN, "1158201444"));
  assert.equal(answered.status, 200);
  assert.equal(await answered.text(), "1158201444");
  const refused = await house.app.hono.request(challengeRequest(URL_, "guess", "1158201444"));
  assert.equal(refused.status, 403);
  const { code, detail } = await readProblem(refused);
  assert.deepEqual([code, /check META_VERIFY_TOKEN/.test(detail)], ["not_verified", true]);
});

Deno.test("a challenge that is refused for another reason than its token says which, and blames no token", async () => {
  await using house = new TestService();
  for (const [left_out, named] of [["hub.mode", /hub\.mode/], ["hub.challenge", /hub\.challenge/]] as const) {
    const asked = new URL(challengeRequest(URL_, VERIFY_TOKEN, "1158201444").url);
    asked.searchParams.delete(left_out);
    const { detail } = await readProblem(await house.app.hono.request(asked));
    assert.match(detail, named);
    assert.doesNotMatch(detail, /META_VERIFY_TOKEN/);
  }
});

Deno.test("webhooks are counted by what became of them", async () => {
  await using house = new TestService();
  await house.app.hono.request(deliveryRequest(URL_, wroteWebhook(house), APP_SECRET));
  const forged = await house.app.hono.request(deliveryRequest(URL_, wroteWebhook(house), "guess"));
  await forged.body?.cancel();
  const metrics = await (await house.app.hono.request("/metrics")).text();
  assert.match(metrics, /poli_webhooks_total\{outcome="durable"\} 1\n/);
  assert.match(metrics, /poli_webhooks_total\{outcome="bad_signature"\} 1\n/);
  assert.match(metrics, /poli_webhook_events_total 1\n/);
});
