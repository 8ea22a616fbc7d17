import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const COMPANY = "/v1/companies/acme";
const SAME_ON_ALL = { "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin" };
const OF_PAGES = {
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** A request for each way in which the service creates an answer, with the expected status. */
const REQUESTS: readonly (readonly [string, string, number, Record<string, string>?])[] = [
  ["GET", COMPANY, 200],
  ["GET", `${COMPANY}/balance`, 200],
  ["HEAD", `${COMPANY}/balance`, 200],
  ["GET", `${COMPANY}/balance/stream`, 200],
  ["GET", `${COMPANY}/ledger`, 200, { accept: "text/csv" }],
  ["GET", "/openapi.json", 200],
  ["GET", "/v1/companies/nobody", 404],
  ["GET", `${COMPANY}/balance?month=2026-11`, 422],
  ["GET", "/v1/companies", 401, { authorization: "Bearer no-key" }],
  ["OPTIONS", `${COMPANY}/balance`, 405],
  ["GET", "/nothing", 404],
  ["POST", "/webhooks/whatsapp", 401],
];

Deno.test("an answer of any kind has the security headers, each once", async () => {
  await using service = new TestService();
  await service.createCompany("acme");
  for (const [method, path, status, headers] of REQUESTS) {
    const response = await service.request(method, path, undefined, headers);
    const name = `${method} ${path}`;
    assert.equal(response.status, status, name);
    for (const [header, value] of Object.entries(SAME_ON_ALL)) {
      assert.equal(response.headers.get(header), value, `${header} of ${name}`);
    }
    assert.equal(response.headers.get("content-security-policy"), DATA_POLICY, name);
    assert.equal(response.headers.has("strict-transport-security"), false, name);
    await response.body?.cancel();
  }
});

Deno.test("a page has a policy of its own, and the other security headers", async () => {
  await using service = new TestService();
  await service.createCompany("acme");
  for (const path of ["/docs", "/", "/reports/credits/acme"]) {
    const { headers } = await service.request("GET", path, undefined, { accept: "text/html" });
    assert.match(headers.get("content-security-policy")!, /^default-src 'none';.*script-src 'self'/, path);
    assert.match(headers.get("content-security-policy")!, /frame-ancestors 'none'/, path);
    for (const [header, value] of Object.entries({ ...SAME_ON_ALL, ...OF_PAGES })) {
      assert.equal(headers.get(header), value, path);
    }
  }
});

Deno.test("every response has security headers, and HSTS only over https", async () => {
  for (const public_url of ["https://credits.example.com", "http://localhost"]) {
    await using service = new TestService({ public_url });
    for (const path of ["/healthz", "/docs", "/nothing", "/v1/companies", "/webhooks/whatsapp"]) {
      const { headers } = await service.app.hono.request(path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.has("strict-transport-security"), public_url.startsWith("https:"), path);
    }
  }
});
