import assert from "node:assert/strict";
import { createApp } from "../../../src/http/app.ts";
import { bytesOf } from "../../../src/http/kit/unread_answers.ts";
import { TestService } from "../test_service.ts";

const ORIGIN = "https://app.example.com";
const OTHER = "https://evil.example";
const CORS = { cors_origins: ["http://localhost:3000", ORIGIN] };

/** Requests with their statuses: an answer, a 304, a stream, a file, and errors of every kind. */
const REQUESTS: readonly (readonly [string, string, number, Record<string, string>?])[] = [
  ["GET", "/v1/companies/acme", 200],
  ["GET", "/v1/companies/acme/balance", 304, { "if-none-match": "*" }],
  ["GET", "/v1/companies/acme/balance/stream", 200],
  ["GET", "/v1/companies/acme/ledger", 200, { accept: "text/csv" }],
  ["GET", "/v1/companies/acme", 401, { authorization: "Bearer wrong" }],
  ["GET", "/v1/companies/nobody", 404],
  ["GET", "/v1/companies?limit=0", 422],
  ["GET", "/v1/nothing", 404],
  ["DELETE", "/v1/companies", 405],
  ["GET", "/openapi.json", 200],
];

function corsHeaders({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));
}

async function serviceWith(options: Partial<TestService["options"]> = CORS): Promise<TestService> {
  const service = new TestService(options);
  await service.createCompany();
  return service;
}

Deno.test("without configured origins no answer has a CORS header, and a preflight is 405", async () => {
  await using service = await serviceWith({});
  for (const [method, path, status, more] of REQUESTS) {
    const response = await service.request(method, path, undefined, { origin: ORIGIN, ...more });
    assert.deepEqual([path, response.status], [path, status]);
    assert.deepEqual(corsHeaders(response), {});
    assert.doesNotMatch(response.headers.get("vary") ?? "", /origin/i);
    await response.body?.cancel();
  }
  const headers = { origin: ORIGIN, "access-control-request-method": "GET" };
  const preflight = await service.request("OPTIONS", "/v1/companies/acme", undefined, headers);
  assert.deepEqual([preflight.status, corsHeaders(preflight)], [405, {}]);
});

Deno.test("a page of a configured origin reads every answer of the API, its errors and its headers", async () => {
  await using service = await serviceWith();
  for (const [method, path, status, more] of REQUESTS) {
    const response = await service.request(method, path, undefined, { origin: ORIGIN, ...more });
    assert.deepEqual([path, response.status], [path, status]);
    const { "access-control-allow-origin": origin, "access-control-expose-headers": exposed, ...others } =
      corsHeaders(response);
    assert.equal(origin, ORIGIN);
    assert.deepEqual(others, {}, "a page gets no credentials");
    assert.match(response.headers.get("vary")!, /\bOrigin\b/);
    const readable = exposed!.toLowerCase().split(",");
    for (const name of ["etag", "x-request-id", "retry-after", "idempotent-replayed", "ratelimit"]) {
      assert.ok(readable.includes(name), name);
    }
    await response.body?.cancel();
  }
});

Deno.test("a page of another origin reads nothing, and no cache may give it the answer of a configured one", async () => {
  await using service = await serviceWith();
  for (const [method, path, , more] of REQUESTS) {
    for (const origin of [OTHER, "null", `${ORIGIN}.evil.example`, undefined]) {
      const headers = { ...origin === undefined ? {} : { origin }, ...more };
      const response = await service.request(method, path, undefined, headers);
      assert.deepEqual(corsHeaders(response), {}, `${path} ${origin}`);
      assert.match(response.headers.get("vary")!, /\bOrigin\b/);
      await response.body?.cancel();
    }
  }
});

Deno.test("a preflight names the methods and headers of the API, and needs no key", async () => {
  await using service = await serviceWith();
  const preflight = async (path: string, origin: string) =>
    await service.app.hono.request(path, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization,if-match,idempotency-key",
      },
    });
  const answer = await preflight("/v1/companies/acme/contract", ORIGIN);
  const { "access-control-allow-headers": allowed, ...others } = corsHeaders(answer);
  assert.equal(answer.status, 204);
  assert.deepEqual(others, {
    "access-control-allow-origin": ORIGIN,
    "access-control-allow-methods": "GET,HEAD,PUT,POST,DELETE",
    "access-control-expose-headers": others["access-control-expose-headers"],
    "access-control-max-age": "7200",
  });
  for (
    const name of [
      "authorization",
      "if-match",
      "if-none-match",
      "idempotency-key",
      "content-type",
      "x-request-id",
    ]
  ) {
    assert.ok(allowed!.toLowerCase().split(",").includes(name), name);
  }
  assert.ok(answer.headers.has("x-request-id"));
  assert.match(answer.headers.get("vary")!, /Origin.*Access-Control-Request-Headers/);
  assert.equal(
    corsHeaders(await preflight("/v1/companies/acme", OTHER))["access-control-allow-origin"],
    undefined,
  );
});

Deno.test("pages, health checks and webhooks are read by their own origin only", async () => {
  await using service = await serviceWith();
  const paths = ["/", "/reports/credits/acme", "/docs", "/healthz", "/metrics", "/webhooks/whatsapp"];
  for (const path of paths) {
    const headers = { origin: ORIGIN, "access-control-request-method": "GET" };
    for (const method of ["GET", "OPTIONS"]) {
      const response = await service.request(method, path, undefined, headers);
      assert.deepEqual(corsHeaders(response), {}, `${method} ${path}`);
      assert.notEqual(response.status, 204);
      await response.body?.cancel();
    }
  }
});

Deno.test("a preflight allows each header that the OpenAPI document names", async () => {
  await using service = new TestService({ cors_origins: [ORIGIN] });
  const { paths } = await (await service.app.hono.request("/openapi.json")).json();
  const calls = Object.values<Record<string, { parameters?: { in: string; name: string }[] }>>(paths)
    .flatMap((path) => Object.values(path));
  const named = calls.flatMap(({ parameters = [] }) =>
    parameters.filter((parameter) => parameter.in === "header")
  )
    .map(({ name }) => name.toLowerCase());
  const headers = { origin: ORIGIN, "access-control-request-method": "POST" };
  const preflight = await service.request("OPTIONS", "/v1/companies/acme/usage", undefined, headers);
  const allowed = preflight.headers.get("access-control-allow-headers")!.toLowerCase().split(",");
  assert.ok(named.includes("idempotency-key") && named.includes("ce-id"));
  assert.deepEqual([...new Set(named)].filter((name) => !allowed.includes(name)), []);
});

Deno.test("an answer with CORS headers still counts as unread until its client takes it", async () => {
  await using service = await serviceWith();
  const { hono } = createApp(service.options);
  const response = await hono.request("/openapi.json", { headers: { origin: ORIGIN } });
  assert.equal(response.headers.get("access-control-allow-origin"), ORIGIN);
  assert.ok(bytesOf(response)! > 16 * 1024);
  await response.body?.cancel();
});
