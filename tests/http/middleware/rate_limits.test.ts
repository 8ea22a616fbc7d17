import assert from "node:assert/strict";
import { viewerCookieName } from "../../../src/http/middleware/viewer_cookie.ts";
import { ADMIN_KEY, readProblem, TestService } from "../test_service.ts";

const BALANCE = "/v1/companies/acme/balance";

async function limited(per_key: number, per_company: number): Promise<TestService> {
  const service = new TestService({ request_rates: { per_key, per_company } });
  await service.createCompany("acme");
  return service;
}

async function keyOf(service: TestService, company: string): Promise<Record<string, string>> {
  const made = await (await service.request("POST", "/v1/keys", { name: "x", scope: "read", company }))
    .json();
  return { authorization: `Bearer ${made.key}` };
}

/** Sends requests until one is 429, at most `times`. */
async function requestUntilRefused(
  service: TestService,
  headers: Record<string, string>,
  times: number,
  path = BALANCE,
) {
  for (let sent = 1; sent <= times; sent++) {
    const response = await service.request("GET", path, undefined, headers);
    if (response.status === 429) return response;
    await response.body?.cancel();
  }
  return undefined;
}

/** Defines a test without sanitizers: the library's timers outlive it, end by themselves and keep no process alive. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

// The rate is reset each second, so each test sends more than two seconds' worth of requests.

test("a key past its rate is 429 with Retry-After, and another key is unaffected", async () => {
  await using service = await limited(20, 0);
  const [one, other] = [await keyOf(service, "acme"), await keyOf(service, "acme")];
  const refused = await requestUntilRefused(service, one, 2_000);
  assert.ok(refused !== undefined);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(refused.headers.get("ratelimit-policy"), '"key";q=20;w=1');
  assert.equal(refused.headers.get("ratelimit"), '"key";r=0;t=1');
  assert.equal((await readProblem(refused)).code, "too_many_requests");
  const answer = await service.request("GET", BALANCE, undefined, other);
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
});

test("all callers of one company share its rate, and every response has the remaining rate", async () => {
  await using service = await limited(1_000, 20);
  const answer = await service.request("GET", BALANCE, undefined, await keyOf(service, "acme"));
  assert.equal(answer.headers.get("ratelimit-policy"), '"key";q=1000;w=1, "company";q=20;w=1');
  assert.match(answer.headers.get("ratelimit")!, /^"key";r=999;t=1, "company";r=1?\d;t=1$/);
  await answer.body?.cancel();
  let sent = 0;
  let refused: Response | undefined;
  while (refused === undefined && sent++ < 100) {
    refused = await requestUntilRefused(service, await keyOf(service, "acme"), 5);
  }
  assert.match(refused!.headers.get("ratelimit")!, /"company";r=0;t=1$/);
  await refused!.body?.cancel();
});

test("an inaccessible company is 404: its rate is neither spent nor shown, the key's own rate is", async () => {
  await using service = await limited(1_000, 20);
  await service.createCompany("bravo", { phone_number_ids: [] });
  const foreign = await keyOf(service, "bravo");
  for (let times = 0; times < 50; times++) {
    const refused = await service.request("GET", BALANCE, undefined, foreign);
    assert.equal(refused.headers.get("ratelimit-policy"), '"key";q=1000;w=1');
    assert.match(refused.headers.get("ratelimit")!, /^"key";r=9\d\d;t=1$/);
    assert.equal((await readProblem(refused)).code, "company_not_found");
  }
  const answer = await service.request("GET", BALANCE, undefined, await keyOf(service, "acme"));
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
});

test("a rate-limited page says so in the reader's language, and links to itself", async () => {
  await using service = await limited(20, 0);
  const titles = { "pt-BR": "Muitas solicitações ao mesmo tempo", en: "Too many requests" };
  for (const [language, words] of Object.entries(titles)) {
    const headers = { ...await keyOf(service, "acme"), accept: "text/html", "accept-language": language };
    const refused = await requestUntilRefused(service, headers, 2_000, "/reports/credits/acme?month=2026-11");
    const text = await refused!.text();
    assert.ok(text.includes(`<h1>${words}</h1>`), text);
    assert.ok(text.includes('<a href="?month=2026-11">'), text);
    assert.equal(refused!.headers.get("retry-after"), "1");
  }
});

test("webhooks, health and documentation have no rate limit", async () => {
  await using service = await limited(1, 1);
  for (let times = 0; times < 20; times++) {
    for (const path of ["/healthz", "/openapi.json", "/webhooks/whatsapp"]) {
      const response = await service.app.hono.request(path);
      assert.notEqual(response.status, 429);
      assert.equal(response.headers.get("ratelimit"), null);
      await response.body?.cancel();
    }
  }
});

test("an address that sends many invalid keys gets 429, and a valid key from it is accepted", async () => {
  await using service = await limited(0, 0);
  const request = requestsFrom(service, "203.0.113.9");
  const bad = { authorization: "Bearer bad" };
  const statuses = [];
  for (let times = 0; times < 101; times++) statuses.push((await request(bad)).status);
  assert.deepEqual(new Set(statuses.slice(0, 100)), new Set([401]));
  assert.equal(statuses[100], 429);
  assert.ok(Number((await request(bad)).headers.get("retry-after")) >= 1);
  assert.equal((await request({ authorization: `Bearer ${ADMIN_KEY}` })).status, 200);
  assert.equal((await requestsFrom(service, "203.0.113.10")(bad)).status, 401);
});

test("a missing key or an expired session counts as no guess: it is always 401", async () => {
  await using service = await limited(0, 0);
  const request = requestsFrom(service, "203.0.113.9");
  const over = { cookie: `${viewerCookieName("acme")}=over` };
  for (let times = 0; times < 60; times++) {
    for (const headers of [{}, over]) assert.equal((await request(headers)).status, 401);
  }
  const bad = { authorization: "Bearer bad" };
  let status = (await request(bad)).status;
  assert.equal(status, 401);
  while (status === 401) status = (await request(bad)).status;
  assert.equal(status, 429);
  for (const headers of [{}, over]) assert.equal((await request(headers)).status, 401);
});

/** Sends requests from an address. */
function requestsFrom(service: TestService, hostname: string) {
  const info = { remoteAddr: { transport: "tcp", hostname, port: 1 } };
  return async (headers: Record<string, string>) => {
    const response = await service.app.hono.request(BALANCE, { headers }, info);
    await response.body?.cancel();
    return response;
  };
}

test("LIMIT-4: a body counts as one more request for each 16 KB", async () => {
  const remaining = async (recipients: number) => {
    await using service = await limited(20, 0);
    const body = { recipients: Array.from({ length: recipients }, (_, n) => `55119${80_000_000 + n}`) };
    const headers = await keyOf(service, "acme");
    const response = await service.request("POST", "/v1/companies/acme/quotes", body, headers);
    await response.body?.cancel();
    return response.headers.get("ratelimit");
  };
  assert.equal(await remaining(1), '"key";r=19;t=1');
  // 96,017 bytes.
  assert.equal(await remaining(6_000), '"key";r=14;t=1');
});

test("LIMIT-4: a body over the rate is 429 before it is examined, and one above the whole rate counts as all of it", async () => {
  await using service = await limited(5, 0);
  const headers = await keyOf(service, "acme");
  const body = { recipients: Array.from({ length: 100_000 }, () => 0) };
  const statuses: number[] = [];
  for (let times = 0; times < 2; times++) {
    const response = await service.request("POST", "/v1/companies/acme/quotes", body, headers);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assert.deepEqual(statuses, [413, 429]);
});
