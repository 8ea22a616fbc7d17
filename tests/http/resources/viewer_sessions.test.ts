import assert from "node:assert/strict";
import { ADMIN_KEY, readProblem, TestService } from "../test_service.ts";

const LOGOUT = "/reports/credits/logout";

/** Asks for a link, and opens it as a browser does. */
async function viewerIn(house: TestService, ttl_seconds = 60, headers: Record<string, string> = {}) {
  const link = await linkIn(house, ttl_seconds, headers);
  const opened = await house.app.hono.request(link.url);
  assert.equal(opened.status, 303);
  return viewerBy(house, opened);
}

async function linkIn(
  house: TestService,
  ttl_seconds = 60,
  headers: Record<string, string> = {},
  company = "acme",
) {
  const path = `/v1/companies/${company}/viewer_sessions`;
  const response = await house.request("POST", path, { ttl_seconds }, headers);
  assert.equal(response.status, 201);
  return await response.json();
}

function viewerBy(house: TestService, opened: Response) {
  const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
  const request = async (method: string, path: string, headers: Record<string, string> = {}) =>
    await house.app.hono.request(path, { method, headers: { cookie, ...headers } });
  const status = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await request(method, path, headers);
    await response.body?.cancel();
    return response.status;
  };
  return { cookie, request, status };
}

async function opened(...given: ConstructorParameters<typeof TestService>): Promise<TestService> {
  const house = new TestService(...given);
  await house.createCompany("acme");
  await house.createCompany("bravo", { phone_number_ids: [] });
  return house;
}

Deno.test("a link sets the page's cookie, leads to the page, and opens nothing a second time", async () => {
  await using house = await opened();
  const before_ms = Date.now();
  const { url, url_expires_at, expires_at } = await linkIn(house, 3_600);
  assert.match(url, /^http:\/\/localhost\/reports\/credits\/sessions\/[A-Za-z0-9_-]{56}$/);
  const within_ms = (instant: string) => Date.parse(instant) - before_ms;
  assert.ok(within_ms(expires_at) >= 3_600_000 && within_ms(expires_at) < 3_660_000);
  assert.ok(within_ms(url_expires_at) >= 300_000 && within_ms(url_expires_at) < 360_000);
  const first = await house.app.hono.request(url);
  assert.deepEqual([first.status, first.headers.get("location")], [303, "/reports/credits"]);
  const [pair, ...attributes] = first.headers.get("set-cookie")!.split("; ");
  assert.match(pair!, /^__Host-credits=[A-Za-z0-9_-]{56}$/);
  assert.deepEqual(attributes.sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
  assert.equal(first.headers.get("cache-control"), "no-store");
  const second = await house.app.hono.request(url);
  assert.equal(second.headers.get("set-cookie"), null);
  assert.deepEqual([second.status, (await readProblem(second)).code], [401, "link_spent"]);
});

Deno.test("links lead to where the service is reached from outside", async () => {
  await using house = await opened({ public_url: "https://credits.example.com" });
  const { url } = await linkIn(house);
  assert.ok(url.startsWith("https://credits.example.com/reports/credits/sessions/"));
});

Deno.test("where the page may be framed its cookie is good in a frame, and kept apart by whose frame it is", async () => {
  await using house = await opened({ frame_ancestors: ["https://app.example.com"] });
  const opening = await house.app.hono.request((await linkIn(house)).url);
  const [, ...attributes] = opening.headers.get("set-cookie")!.split("; ");
  assert.deepEqual(attributes.sort(), ["HttpOnly", "Partitioned", "Path=/", "SameSite=None", "Secure"]);
});

Deno.test("what looks ahead, or is no navigation, spends no link", async () => {
  await using house = await opened();
  const { url } = await linkIn(house);
  assert.equal((await house.app.hono.request(url, { method: "HEAD" })).status, 403);
  const lookers: readonly Record<string, string>[] = [
    { "sec-purpose": "prefetch;prerender" },
    { purpose: "prefetch" },
    { "x-purpose": "preview" },
    { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  ];
  for (const headers of lookers) {
    const response = await house.app.hono.request(url, { headers });
    assert.equal((await readProblem(response)).code, "not_opened");
  }
  const headers = { "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" };
  assert.equal((await house.app.hono.request(url, { headers })).status, 303);
});

Deno.test("of two who bring one link at once, one is let in", async () => {
  await using house = await opened();
  const { url } = await linkIn(house);
  const openings = await Promise.all(Array.from({ length: 10 }, () => house.app.hono.request(url)));
  assert.deepEqual(openings.map(({ status }) => status).sort(), [303, ...Array(9).fill(401)]);
});

Deno.test("a viewer reads what a read key of the company reads, and changes nothing", async () => {
  await using house = await opened();
  const viewer = await viewerIn(house);
  for (
    const path of [
      "balance",
      "ledger",
      "statements",
      "forecast",
      "windows",
      "usage?from=2026-11-01&to=2026-11-03",
    ]
  ) {
    assert.equal(await viewer.status("GET", `/v1/companies/acme/${path}`), 200, path);
  }
  assert.equal(await viewer.status("GET", "/v1/companies/acme/ledger", { accept: "text/csv" }), 200);
  const { data } = await (await viewer.request("GET", "/v1/companies")).json();
  assert.deepEqual(data.map(({ company }: { company: string }) => company), ["acme"]);
  assert.equal(await viewer.status("GET", "/v1/companies/bravo/balance"), 404);
  assert.equal(await viewer.status("POST", "/v1/companies/acme/viewer_sessions"), 403);
  assert.equal(await viewer.status("POST", "/v1/companies/acme/usage"), 403);
  assert.equal(await viewer.status("GET", "/v1/keys"), 403);
});

Deno.test("a viewer may ask for a quote, whose answer another site's page cannot read", async () => {
  await using house = await opened();
  const { cookie } = await viewerIn(house);
  const request = (company: string) =>
    house.app.hono.request(`/v1/companies/${company}/quotes`, {
      method: "POST",
      headers: { cookie, origin: "https://elsewhere.example.com" },
      body: JSON.stringify({ recipients: ["5511987650001"] }),
    });
  const quote = await request("acme");
  assert.equal(quote.headers.get("access-control-allow-origin"), null);
  assert.equal((await quote.json()).windows, 1);
  assert.equal((await readProblem(await request("bravo"))).code, "company_not_found");
});

Deno.test("a read key lets viewers of its company in, and they leave with it, in the middle of a stream", async () => {
  await using house = await opened();
  const asked = { name: "site", scope: "read", company: "acme" };
  const { id, key } = await (await house.request("POST", "/v1/keys", asked)).json();
  const authorization = `Bearer ${key}`;
  const viewer = await viewerIn(house, 60, { authorization });
  const others = await house.request("POST", "/v1/companies/bravo/viewer_sessions", {}, { authorization });
  assert.equal(others.status, 404);
  await others.body?.cancel();
  const stream = await viewer.request("GET", "/v1/companies/acme/balance/stream");
  assert.equal(stream.status, 200);
  await house.readJson("DELETE", `/v1/keys/${id}`);
  await stream.text();
  assert.equal(house.feed.viewers, 0);
  assert.equal(
    (await readProblem(await viewer.request("GET", "/v1/companies/acme/balance"))).code,
    "session_expired",
  );
});

Deno.test("logging out ends the session and its streams, and takes the cookie back", async () => {
  await using house = await opened();
  const viewer = await viewerIn(house);
  const stream = await viewer.request("GET", "/v1/companies/acme/balance/stream");
  const response = await viewer.request("POST", LOGOUT, { "sec-fetch-site": "same-origin" });
  assert.deepEqual([response.status, response.headers.get("location")], [303, "/reports/credits"]);
  assert.match(response.headers.get("set-cookie")!, /^__Host-credits=; Max-Age=0; Path=\/; HttpOnly; Secure/);
  await stream.text();
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance"), 401);
  assert.equal(await viewer.status("POST", LOGOUT), 303);
});

Deno.test("another site's page cannot log a viewer out", async () => {
  await using house = await opened();
  const viewer = await viewerIn(house);
  const foreign: readonly Record<string, string>[] = [
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", origin: "http://localhost" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ];
  for (const headers of foreign) assert.equal(await viewer.status("POST", LOGOUT, headers), 403);
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance"), 200);
  assert.equal(await viewer.status("POST", LOGOUT, { origin: "http://localhost" }), 303);
});

Deno.test("a session that is not used is over, and one that is used goes on, for a day at most", async () => {
  await using house = await opened();
  const idle = await viewerIn(house);
  const busy = await viewerIn(house);
  const path = "/v1/companies/acme/balance";
  for (let minute = 0; minute < 3; minute++) {
    house.machine_ahead_ms += 40_000;
    assert.equal(await busy.status("GET", path), 200);
  }
  assert.equal(await idle.status("GET", path), 401);
  const long = await viewerIn(house, 86_400);
  house.machine_ahead_ms += 80_000_000;
  assert.equal(await long.status("GET", path), 200);
  house.machine_ahead_ms += 80_000_000;
  assert.equal(await long.status("GET", path), 401);
});

Deno.test("an open stream keeps its session in use", async () => {
  await using house = await opened();
  const viewer = await viewerIn(house);
  const stream = await viewer.request("GET", "/v1/companies/acme/balance/stream");
  const reader = stream.body!.getReader();
  await reader.read();
  for (let times = 0; times < 3; times++) {
    house.machine_ahead_ms += 40_000;
    house.access.sessions.endExpired();
  }
  assert.equal(house.feed.viewers, 1);
  await reader.cancel();
  house.machine_ahead_ms += 70_000;
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance"), 401);
});

Deno.test("a link that was not opened in time opens nothing", async () => {
  await using house = await opened();
  const { url } = await linkIn(house, 86_400);
  house.machine_ahead_ms += 301_000;
  assert.equal((await readProblem(await house.app.hono.request(url))).code, "link_spent");
});

Deno.test("a key in the header comes before a cookie", async () => {
  await using house = await opened();
  const viewer = await viewerIn(house);
  const path = "/v1/companies/bravo/balance";
  assert.equal(await viewer.status("GET", path, { authorization: `Bearer ${ADMIN_KEY}` }), 200);
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance", { authorization: "Bearer x" }), 401);
});
