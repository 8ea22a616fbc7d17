import assert from "node:assert/strict";
import { VIEWER_COOKIE } from "../../../src/http/middleware/authentication.ts";
import { ADMIN_KEY, readProblem, TestService } from "../test_service.ts";

const BALANCE = "/v1/companies/acme/balance";

async function limited(per_key: number, per_company: number): Promise<TestService> {
  const house = new TestService({ request_rates: { per_key, per_company } });
  await house.createCompany("acme");
  return house;
}

async function keyOf(house: TestService, company: string): Promise<Record<string, string>> {
  const made = await (await house.request("POST", "/v1/keys", { name: "x", scope: "read", company })).json();
  return { authorization: `Bearer ${made.key}` };
}

/** Asks until it is refused, or as often as is allowed. */
async function askUntilRefused(
  house: TestService,
  headers: Record<string, string>,
  times: number,
  path = BALANCE,
) {
  for (let asked = 1; asked <= times; asked++) {
    const response = await house.request("GET", path, undefined, headers);
    if (response.status === 429) return response;
    await response.body?.cancel();
  }
  return undefined;
}

/** The library forgets what it counted by timers of its own, which end by themselves and keep no process alive. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

// A second of the machine's goes by where the rate begins anew, so each test asks for more than two seconds' worth.

test("a key past its rate is 429 with Retry-After, and another key is not held up by it", async () => {
  await using house = await limited(20, 0);
  const [one, other] = [await keyOf(house, "acme"), await keyOf(house, "acme")];
  const refused = await askUntilRefused(house, one, 2_000);
  assert.ok(refused !== undefined);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(refused.headers.get("ratelimit-policy"), '"key";q=20;w=1');
  assert.equal(refused.headers.get("ratelimit"), '"key";r=0;t=1');
  assert.equal((await readProblem(refused)).code, "too_many_requests");
  const answer = await house.request("GET", BALANCE, undefined, other);
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
});

test("all that ask of one company share its rate, and every answer says what is left", async () => {
  await using house = await limited(1_000, 20);
  const answer = await house.request("GET", BALANCE, undefined, await keyOf(house, "acme"));
  assert.equal(answer.headers.get("ratelimit-policy"), '"key";q=1000;w=1, "company";q=20;w=1');
  assert.match(answer.headers.get("ratelimit")!, /^"key";r=999;t=1, "company";r=1?\d;t=1$/);
  await answer.body?.cancel();
  let asked = 0;
  let refused: Response | undefined;
  while (refused === undefined && asked++ < 100) {
    refused = await askUntilRefused(house, await keyOf(house, "acme"), 5);
  }
  assert.match(refused!.headers.get("ratelimit")!, /"company";r=0;t=1$/);
  await refused!.body?.cancel();
});

test("a company out of reach is 404 with nothing of its rate spent or shown; the key's own rate is", async () => {
  await using house = await limited(1_000, 20);
  await house.createCompany("bravo", { phone_number_ids: [] });
  const foreign = await keyOf(house, "bravo");
  for (let times = 0; times < 50; times++) {
    const refused = await house.request("GET", BALANCE, undefined, foreign);
    assert.equal(refused.headers.get("ratelimit-policy"), '"key";q=1000;w=1');
    assert.match(refused.headers.get("ratelimit")!, /^"key";r=9\d\d;t=1$/);
    assert.equal((await readProblem(refused)).code, "company_not_found");
  }
  const answer = await house.request("GET", BALANCE, undefined, await keyOf(house, "acme"));
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
});

test("a page that is asked for too often says so in the reader's language, and leads back to itself", async () => {
  await using house = await limited(20, 0);
  const titles = { "pt-BR": "Muitas solicitações ao mesmo tempo", en: "Too many requests" };
  for (const [language, words] of Object.entries(titles)) {
    const headers = { ...await keyOf(house, "acme"), accept: "text/html", "accept-language": language };
    const refused = await askUntilRefused(house, headers, 2_000, "/reports/credits?month=2026-11");
    const text = await refused!.text();
    assert.ok(text.includes(`<h1>${words}</h1>`), text);
    assert.ok(text.includes('<a href="?month=2026-11">'), text);
    assert.equal(refused!.headers.get("retry-after"), "1");
  }
});

test("webhooks, health and documentation have no rate", async () => {
  await using house = await limited(1, 1);
  for (let times = 0; times < 20; times++) {
    for (const path of ["/healthz", "/openapi.json", "/webhooks/whatsapp"]) {
      const response = await house.app.hono.request(path);
      assert.notEqual(response.status, 429);
      assert.equal(response.headers.get("ratelimit"), null);
      await response.body?.cancel();
    }
  }
});

test("an address that brings many bad keys hears 429, and a good key from there is let in", async () => {
  await using house = await limited(0, 0);
  const request = askingFrom(house, "203.0.113.9");
  const bad = { authorization: "Bearer bad" };
  const statuses = [];
  for (let times = 0; times < 101; times++) statuses.push((await request(bad)).status);
  assert.deepEqual(new Set(statuses.slice(0, 100)), new Set([401]));
  assert.equal(statuses[100], 429);
  assert.ok(Number((await request(bad)).headers.get("retry-after")) >= 1);
  assert.equal((await request({ authorization: `Bearer ${ADMIN_KEY}` })).status, 200);
  assert.equal((await askingFrom(house, "203.0.113.10")(bad)).status, 401);
});

test("no key, or a session that is over, is no guess: it is 401 from wherever and however often", async () => {
  await using house = await limited(0, 0);
  const request = askingFrom(house, "203.0.113.9");
  const over = { cookie: `${VIEWER_COOKIE}=over` };
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

/** Asks as whoever has an address, or stands behind the proxy that has it. */
function askingFrom(house: TestService, hostname: string) {
  const info = { remoteAddr: { transport: "tcp", hostname, port: 1 } };
  return async (headers: Record<string, string>) => {
    const response = await house.app.hono.request(BALANCE, { headers }, info);
    await response.body?.cancel();
    return response;
  };
}
