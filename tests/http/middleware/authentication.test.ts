import assert from "node:assert/strict";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { Caller } from "../../../src/http/middleware/authentication.ts";
import { BodyReader } from "../../../src/http/kit/body.ts";
import { LargeBodies } from "../../../src/http/kit/large_bodies.ts";
import { UnreadAnswers } from "../../../src/http/kit/unread_answers.ts";
import { Downloads } from "../../../src/http/kit/downloads.ts";
import { RateLimits } from "../../../src/http/middleware/rate_limits.ts";
import { AccessLog, ErrorLog } from "../../../src/http/middleware/request_log.ts";
import { type Api, route } from "../../../src/http/kit/route.ts";
import { securityHeaders } from "../../../src/http/middleware/security_headers.ts";
import { NUMBER, ROOT_CALLER, TestService } from "../test_service.ts";

const ACME = "acme" as CompanyId;

function caller(scope: Caller["scope"], company?: CompanyId): { authenticate: () => Caller } {
  return {
    authenticate: () => ({
      kind: "key",
      name: "test",
      id: "test",
      scope,
      company,
      sees_contacts: scope === "admin" || scope === "platform",
    }),
  };
}

/** A service with two companies, as another caller sees it. */
async function seenBy(scope: Caller["scope"], company?: CompanyId): Promise<TestService> {
  let current: Caller = ROOT_CALLER;
  const service = new TestService({ authenticate: () => current });
  await service.createCompany("acme");
  await service.createCompany("bravo", { phone_number_ids: ["106540000000002"] });
  current = caller(scope, company).authenticate();
  return service;
}

async function status(service: TestService, method: string, path: string, body?: unknown): Promise<number> {
  const response = await service.request(method, path, body);
  await response.body?.cancel();
  return response.status;
}

Deno.test("a read key reads, and cannot report usage or configure", async () => {
  await using service = await seenBy("read");
  assert.equal(await status(service, "GET", "/v1/companies/acme/balance"), 200);
  assert.equal(await status(service, "POST", "/v1/companies/acme/usage", []), 403);
  assert.equal(await status(service, "PUT", "/v1/companies/acme", {}), 403);
});

Deno.test("an ingest key reads and reports usage, and cannot configure", async () => {
  await using service = await seenBy("ingest");
  assert.equal(await status(service, "GET", "/v1/companies/acme/balance"), 200);
  assert.equal(await status(service, "POST", "/v1/companies/acme/usage", []), 422);
  assert.equal(await status(service, "PUT", "/v1/companies/acme/contract", {}), 403);
});

Deno.test("a company that the key cannot access is answered as if it did not exist", async () => {
  await using service = await seenBy("admin", ACME);
  assert.equal(await status(service, "GET", "/v1/companies/acme/balance"), 200);
  const reached = await service.requestProblem("GET", "/v1/companies/bravo/balance");
  const unknown = await service.requestProblem("GET", "/v1/companies/nobody/balance");
  assert.deepEqual({ ...reached, request_id: "" }, { ...unknown, request_id: "" });
  assert.equal(await status(service, "PUT", "/v1/companies/charlie", {}), 404);
});

Deno.test("a key of one company cannot claim numbers, nor change settings, contract or prices, and learns nothing by trying", async () => {
  await using service = await seenBy("admin", ACME);
  const profile = { name: "Acme", time_zone: "America/Sao_Paulo" };
  const claimed_by_bravo = "106540000000002";
  const claim = async (number: string) => {
    const body = { ...profile, phone_number_ids: [number] };
    return { ...await service.requestProblem("PUT", "/v1/companies/acme", body), request_id: "" };
  };
  const [taken, free] = [await claim(claimed_by_bravo), await claim("999")];
  assert.deepEqual(taken, free);
  assert.deepEqual([taken.status, taken.code], [403, "insufficient_scope"]);
  assert.match(taken.detail, /needs `platform`, and your key has `admin`/);
  assert.equal(await status(service, "PUT", "/v1/companies/acme", profile), 403);
  const offer = { package: null, excess_credit_price: "0" };
  assert.equal(await status(service, "PUT", "/v1/companies/acme/contract", offer), 403);
  assert.equal(await status(service, "POST", "/v1/companies/acme/contract/cancellation"), 403);
  const price = "/v1/companies/acme/features/whatsapp.inbound";
  assert.equal(await status(service, "PUT", price, { credits: 0 }), 403);
  const { phone_number_ids } = await service.readJson("GET", "/v1/companies/acme");
  assert.deepEqual(phone_number_ids, [NUMBER]);
});

Deno.test("an admin key for all companies manages keys and erases contacts, and configures nothing", async () => {
  await using service = await seenBy("admin");
  assert.equal(await status(service, "POST", "/v1/keys", { name: "x", scope: "read" }), 201);
  assert.equal(await status(service, "DELETE", "/v1/companies/acme/contacts/5511987654321"), 200);
  assert.equal(await status(service, "PUT", "/v1/companies/acme", {}), 403);
  assert.equal(await status(service, "GET", "/v1/quarantine"), 403);
});

Deno.test("a key of one company lists that company only, and reads the rate card", async () => {
  await using service = await seenBy("admin", ACME);
  const { data } = await service.readJson("GET", "/v1/companies");
  assert.deepEqual(data.map(({ company }: { company: string }) => company), ["acme"]);
  assert.equal(await status(service, "GET", "/v1/features"), 200);
  assert.equal(await status(service, "PUT", "/v1/features/x", { credits: 1 }), 403);
  assert.equal(await status(service, "POST", "/v1/test_clock", { advance: "PT1H" }), 403);
});

/** The dependencies of calls that a test adds to a service. */
function apiOf(service: TestService): Api {
  const { authenticate, metrics, isTransientError, request_rates, idempotency } = service.options;
  return {
    hono: service.app.hono,
    declared: [],
    authenticate,
    metrics,
    security: securityHeaders(undefined),
    cors: undefined,
    limits: new RateLimits(request_rates),
    bodies: new BodyReader(),
    large_bodies: new LargeBodies(),
    downloads: new Downloads(),
    answers: new UnreadAnswers(),
    idempotency,
    isTransientError,
    access_log: new AccessLog(),
    error_log: new ErrorLog(),
  };
}

Deno.test("a route without a policy cannot be declared", async () => {
  await using service = new TestService();
  const call = { method: "get", path: "/v1/secrets", tag: "Keys", summary: "x" };
  // deno-lint-ignore no-explicit-any
  assert.throws(() => route(apiOf(service), call as any, () => ({})), /declares no policy/);
});

Deno.test("a route without a company in its path cannot be opened to keys of one company by mistake", async () => {
  await using service = new TestService();
  const call = {
    method: "get",
    path: "/v1/secrets",
    operation_id: "listSecrets",
    tag: "Keys",
    summary: "x",
    policy: { scope: "admin" },
  } as const;
  assert.throws(() => route(apiOf(service), call, () => ({})), /has no \{company\}: declare `platform`/);
});

Deno.test("every route of the app is declared with a policy, and only a few are public", async () => {
  await using service = new TestService();
  const { hono, declared } = service.app;
  const routes = hono.routes.map(({ method, path }) => `${method} ${path}`).sort();
  const with_policy = declared.map(({ method, path }) =>
    `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`
  );
  assert.deepEqual(routes, with_policy.sort());
  const open = declared.filter(({ policy }) => policy === "public").map(({ path }) => path);
  assert.deepEqual(open.sort(), [
    "/",
    "/docs",
    "/docs/{file}",
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/readyz",
    "/reports/assets/{file}",
    "/webhooks/whatsapp",
  ]);
  const by_themselves = declared.filter(({ policy }) => typeof policy === "string" && policy !== "public");
  assert.deepEqual(by_themselves.map(({ method, path, policy }) => `${policy}: ${method} ${path}`).sort(), [
    "signed: post /webhooks/whatsapp",
    "viewer_token: get /reports/credits/{company}/sessions/{link}",
    "viewer_token: post /reports/credits/{company}/logout",
  ]);
});

Deno.test("a contract version stores the name of the caller who changed it", async () => {
  await using service = await seenBy("platform");
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: null,
    excess_credit_price: "0.15",
  });
  assert.equal(service.store.stored(ACME)?.contract[0]?.recorded_by, "test");
});
