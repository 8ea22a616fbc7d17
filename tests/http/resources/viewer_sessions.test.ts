import assert from "node:assert/strict";
import { businessNumber, customerWrote, numberedCustomer } from "../../support/payloads.ts";
import { ADMIN_KEY, readProblem, TestService } from "../test_service.ts";

const PAGE = "/reports/credits/acme";
const LOGOUT = `${PAGE}/logout`;

/** Creates a link and opens it as a browser does. */
async function openViewer(
  service: TestService,
  ttl_seconds = 60,
  headers: Record<string, string> = {},
  company = "acme",
) {
  const link = await createLink(service, ttl_seconds, headers, company);
  const opened = await service.app.hono.request(link.url);
  assert.equal(opened.status, 303);
  return viewerOf(service, opened);
}

async function createLink(
  service: TestService,
  ttl_seconds = 60,
  headers: Record<string, string> = {},
  company = "acme",
) {
  const path = `/v1/companies/${company}/viewer_sessions`;
  const response = await service.request("POST", path, { ttl_seconds }, headers);
  assert.equal(response.status, 201);
  return await response.json();
}

function viewerOf(service: TestService, opened: Response) {
  const cookie = opened.headers.get("set-cookie")!.split(";")[0]!;
  const request = async (method: string, path: string, headers: Record<string, string> = {}) =>
    await service.app.hono.request(path, { method, headers: { cookie, ...headers } });
  const status = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await request(method, path, headers);
    await response.body?.cancel();
    return response.status;
  };
  return { cookie, request, status };
}

async function startService(...options: ConstructorParameters<typeof TestService>): Promise<TestService> {
  const service = new TestService(...options);
  await service.createCompany("acme");
  await service.createCompany("bravo", { phone_number_ids: [] });
  return service;
}

Deno.test("a link sets the page's cookie, redirects to the page, and works once", async () => {
  await using service = await startService();
  const before_ms = Date.now();
  const { url, url_expires_at, expires_at } = await createLink(service, 3_600);
  assert.match(url, /^http:\/\/localhost\/reports\/credits\/acme\/sessions\/[A-Za-z0-9_-]{56}$/);
  const within_ms = (instant: string) => Date.parse(instant) - before_ms;
  assert.ok(within_ms(expires_at) >= 3_600_000 && within_ms(expires_at) < 3_660_000);
  assert.ok(within_ms(url_expires_at) >= 300_000 && within_ms(url_expires_at) < 360_000);
  const first = await service.app.hono.request(url);
  assert.deepEqual([first.status, first.headers.get("location")], [303, PAGE]);
  const [pair, ...attributes] = first.headers.get("set-cookie")!.split("; ");
  assert.match(pair!, /^__Host-credits-acme=[A-Za-z0-9_-]{56}$/);
  assert.deepEqual(attributes.sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
  assert.equal(first.headers.get("cache-control"), "no-store");
  const second = await service.app.hono.request(url);
  assert.equal(second.headers.get("set-cookie"), null);
  assert.deepEqual([second.status, (await readProblem(second)).code], [401, "link_already_used"]);
});

Deno.test("links use the public URL of the service", async () => {
  await using service = await startService({ public_url: "https://credits.example.com" });
  const { url } = await createLink(service);
  assert.ok(url.startsWith("https://credits.example.com/reports/credits/acme/sessions/"));
});

Deno.test("where the page may be framed, its cookie works in a frame and is partitioned", async () => {
  await using service = await startService({ frame_ancestors: ["https://app.example.com"] });
  const opening = await service.app.hono.request((await createLink(service)).url);
  const [, ...attributes] = opening.headers.get("set-cookie")!.split("; ");
  assert.deepEqual(attributes.sort(), ["HttpOnly", "Partitioned", "Path=/", "SameSite=None", "Secure"]);
});

Deno.test("a prefetch or a request that is no navigation does not use a link up", async () => {
  await using service = await startService();
  const { url } = await createLink(service);
  assert.equal((await service.app.hono.request(url, { method: "HEAD" })).status, 403);
  const not_navigations: readonly Record<string, string>[] = [
    { "sec-purpose": "prefetch;prerender" },
    { purpose: "prefetch" },
    { "x-purpose": "preview" },
    { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  ];
  for (const headers of not_navigations) {
    const response = await service.app.hono.request(url, { headers });
    assert.equal((await readProblem(response)).code, "navigation_required");
  }
  const headers = { "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" };
  assert.equal((await service.app.hono.request(url, { headers })).status, 303);
});

Deno.test("of two concurrent requests with one link, one opens a session", async () => {
  await using service = await startService();
  const { url } = await createLink(service);
  const openings = await Promise.all(Array.from({ length: 10 }, () => service.app.hono.request(url)));
  assert.deepEqual(openings.map(({ status }) => status).sort(), [303, ...Array(9).fill(401)]);
});

Deno.test("a viewer reads what a read key of the company reads, and changes nothing", async () => {
  await using service = await startService();
  const viewer = await openViewer(service);
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
  assert.equal(await viewer.status("POST", "/v1/companies/acme/viewer_sessions"), 403);
  assert.equal(await viewer.status("POST", "/v1/companies/acme/usage"), 403);
});

Deno.test("a session sees contacts only if its link grants it, and only a caller that sees them grants it", async () => {
  await using service = await startService();
  const { phone } = numberedCustomer(1);
  const at_s = service.now_ms / 1000;
  await service.deliver(customerWrote(businessNumber(1), { phone }, { id: "wamid.1", at_s }));
  const path = "/v1/companies/acme/viewer_sessions";
  /** Returns the contact in the API and on the page. */
  const contactSeenWith = async (body: Record<string, unknown>) => {
    const { url } = await (await service.request("POST", path, body)).json();
    const viewer = viewerOf(service, await service.app.hono.request(url));
    const { data } = await (await viewer.request("GET", "/v1/companies/acme/ledger")).json();
    const html = await (await viewer.request("GET", PAGE)).text();
    const [, shown] = html.match(/ class="contact">([^<]+)<\/td>/)!;
    return [data[0].window.contact, shown];
  };
  assert.deepEqual(await contactSeenWith({ sees_contacts: true }), [phone, "+55 11 98000-0001"]);
  for (const body of [{}, { sees_contacts: false }]) {
    assert.deepEqual(await contactSeenWith(body), Array(2).fill("+55 11 •••••-0001"), JSON.stringify(body));
  }
  const created = await service.request("POST", "/v1/keys", { name: "page", scope: "read", company: "acme" });
  const authorization = `Bearer ${(await created.json()).key}`;
  const refused = await service.request("POST", path, { sees_contacts: true }, { authorization });
  const { status, code, detail } = await readProblem(refused);
  assert.deepEqual([status, code], [403, "insufficient_scope"]);
  assert.match(detail, /your key lacks `sees_contacts` and cannot grant it/);
  const granted = await service.request("POST", path, { sees_contacts: false }, { authorization });
  assert.equal(granted.status, 201);
  await granted.body?.cancel();
  const invalid = await service.requestProblem("POST", path, { sees_contacts: "yes" });
  assert.deepEqual([invalid.status, invalid.errors?.[0]?.path], [422, "sees_contacts"]);
});

Deno.test("a session is for its company: elsewhere it is no credential, and tells no company from a missing one", async () => {
  await using service = await startService();
  const { cookie, request } = await openViewer(service);
  const renamed = { cookie: cookie.replace("acme", "bravo") };
  for (const company of ["bravo", "missing"]) {
    for (const path of [`/v1/companies/${company}/balance`, `/reports/credits/${company}`]) {
      const { code } = await readProblem(await request("GET", path));
      assert.equal(code, "unauthenticated", path);
    }
  }
  for (const path of ["/v1/companies", "/v1/features", "/v1/keys"]) {
    assert.equal((await readProblem(await request("GET", path))).code, "unauthenticated", path);
  }
  const other = await service.app.hono.request("/v1/companies/bravo/balance", { headers: renamed });
  assert.equal((await readProblem(other)).code, "session_expired");
});

Deno.test("a link opens no session of another company, and stays valid for its own", async () => {
  await using service = await startService();
  const { url } = await createLink(service);
  const moved = await service.app.hono.request(url.replace("/acme/", "/bravo/"));
  assert.equal((await readProblem(moved)).code, "link_already_used");
  assert.equal((await service.app.hono.request(url)).status, 303);
});

Deno.test("sessions of two companies live side by side, and logging out of one leaves the other", async () => {
  await using service = await startService();
  const acme = await openViewer(service);
  const bravo = await openViewer(service, 60, {}, "bravo");
  const both = { cookie: `${acme.cookie}; ${bravo.cookie}` };
  const status = async (path: string) => (await service.app.hono.request(path, { headers: both })).status;
  for (const company of ["acme", "bravo"]) assert.equal(await status(`/reports/credits/${company}`), 200);
  const logout = await service.app.hono.request(LOGOUT, { method: "POST", headers: both });
  assert.equal(logout.headers.getSetCookie().length, 1);
  assert.equal(await status("/reports/credits/acme"), 401);
  assert.equal(await status("/reports/credits/bravo"), 200);
});

Deno.test("a browser keeps 20 sessions: the next one deletes the oldest cookie", async () => {
  await using service = await startService();
  const others = Array.from({ length: 20 }, (_, i) => `__Host-credits-c${i}=x`);
  const setCookiesWith = async (cookies: readonly string[]) => {
    const { url } = await createLink(service);
    const opened = await service.app.hono.request(url, {
      headers: { cookie: ["theme=dark", ...cookies].join("; ") },
    });
    return opened.headers.getSetCookie().map((cookie) => cookie.split(/=.{56};|; HttpOnly/)[0]);
  };
  assert.deepEqual(await setCookiesWith(others.slice(1)), ["__Host-credits-acme"]);
  assert.deepEqual(await setCookiesWith(others), [
    "__Host-credits-acme",
    "__Host-credits-c0=; Max-Age=0; Path=/",
  ]);
  const with_own = [...others.slice(1), "__Host-credits-acme=x"];
  assert.deepEqual(await setCookiesWith(with_own), ["__Host-credits-acme"]);
});

Deno.test("a viewer who sees contacts can quote, and another site's page cannot read the response", async () => {
  await using service = await startService();
  const path = "/v1/companies/acme/viewer_sessions";
  const { url } = await (await service.request("POST", path, { sees_contacts: true })).json();
  const { cookie } = viewerOf(service, await service.app.hono.request(url));
  const request = (company: string) =>
    service.app.hono.request(`/v1/companies/${company}/quotes`, {
      method: "POST",
      headers: { cookie, origin: "https://elsewhere.example.com" },
      body: JSON.stringify({ recipients: ["5511987650001"] }),
    });
  const quote = await request("acme");
  assert.equal(quote.headers.get("access-control-allow-origin"), null);
  assert.equal((await quote.json()).windows, 1);
  assert.equal((await readProblem(await request("bravo"))).code, "unauthenticated");
});

Deno.test("a viewer who does not see contacts cannot ask whether a phone has an open window", async () => {
  await using service = await startService();
  const viewer = await openViewer(service);
  const [known, unknown] = ["5511987650001", "5511987650002"].map((phone) =>
    viewer.request("GET", `/v1/companies/acme/contacts/${phone}/window`)
  );
  const [first, second] = [await readProblem(await known!), await readProblem(await unknown!)];
  assert.deepEqual([first.status, first.code], [403, "insufficient_scope"]);
  assert.equal(first.detail, second.detail);
  assert.match(first.detail, /`sees_contacts`/);
  const quote = await service.app.hono.request("/v1/companies/acme/quotes", {
    method: "POST",
    headers: { cookie: viewer.cookie },
    body: JSON.stringify({ recipients: ["5511987650001"] }),
  });
  assert.equal((await readProblem(quote)).code, "insufficient_scope");
});

Deno.test("a read key creates sessions of its company, and its revocation ends them and their streams", async () => {
  await using service = await startService();
  const body = { name: "site", scope: "read", company: "acme" };
  const { id, key } = await (await service.request("POST", "/v1/keys", body)).json();
  const authorization = `Bearer ${key}`;
  const viewer = await openViewer(service, 60, { authorization });
  const others = await service.request("POST", "/v1/companies/bravo/viewer_sessions", {}, { authorization });
  assert.equal(others.status, 404);
  await others.body?.cancel();
  const stream = await viewer.request("GET", "/v1/companies/acme/balance/stream");
  assert.equal(stream.status, 200);
  await service.readJson("DELETE", `/v1/keys/${id}`);
  await stream.text();
  assert.equal(service.feed.viewers, 0);
  assert.equal(
    (await readProblem(await viewer.request("GET", "/v1/companies/acme/balance"))).code,
    "session_expired",
  );
});

Deno.test("logging out ends the session and its streams, and clears the cookie", async () => {
  await using service = await startService();
  const viewer = await openViewer(service);
  const stream = await viewer.request("GET", "/v1/companies/acme/balance/stream");
  const response = await viewer.request("POST", LOGOUT, { "sec-fetch-site": "same-origin" });
  assert.deepEqual([response.status, response.headers.get("location")], [303, PAGE]);
  assert.match(
    response.headers.get("set-cookie")!,
    /^__Host-credits-acme=; Max-Age=0; Path=\/; HttpOnly; Secure/,
  );
  await stream.text();
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance"), 401);
  assert.equal(await viewer.status("POST", LOGOUT), 303);
});

Deno.test("another site's page cannot log a viewer out", async () => {
  await using service = await startService();
  const viewer = await openViewer(service);
  const cross_site: readonly Record<string, string>[] = [
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", origin: "http://localhost" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ];
  for (const headers of cross_site) assert.equal(await viewer.status("POST", LOGOUT, headers), 403);
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance"), 200);
  assert.equal(await viewer.status("POST", LOGOUT, { origin: "http://localhost" }), 303);
});

Deno.test("an idle session ends, and a used one continues for a day at most", async () => {
  await using service = await startService();
  const idle = await openViewer(service);
  const busy = await openViewer(service);
  const path = "/v1/companies/acme/balance";
  for (let minute = 0; minute < 3; minute++) {
    service.machine_ahead_ms += 40_000;
    assert.equal(await busy.status("GET", path), 200);
  }
  assert.equal(await idle.status("GET", path), 401);
  const long = await openViewer(service, 86_400);
  service.machine_ahead_ms += 80_000_000;
  assert.equal(await long.status("GET", path), 200);
  service.machine_ahead_ms += 80_000_000;
  assert.equal(await long.status("GET", path), 401);
});

Deno.test("an open stream keeps its session in use", async () => {
  await using service = await startService();
  const viewer = await openViewer(service);
  const stream = await viewer.request("GET", "/v1/companies/acme/balance/stream");
  const reader = stream.body!.getReader();
  await reader.read();
  for (let times = 0; times < 3; times++) {
    service.machine_ahead_ms += 40_000;
    service.access.sessions.renewHeldAndDropExpired();
  }
  assert.equal(service.feed.viewers, 1);
  await reader.cancel();
  service.machine_ahead_ms += 70_000;
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance"), 401);
});

Deno.test("an expired link opens nothing", async () => {
  await using service = await startService();
  const { url } = await createLink(service, 86_400);
  service.machine_ahead_ms += 301_000;
  assert.equal((await readProblem(await service.app.hono.request(url))).code, "link_already_used");
});

Deno.test("a key in the header takes precedence over a cookie", async () => {
  await using service = await startService();
  const viewer = await openViewer(service);
  const path = "/v1/companies/bravo/balance";
  assert.equal(await viewer.status("GET", path, { authorization: `Bearer ${ADMIN_KEY}` }), 200);
  assert.equal(await viewer.status("GET", "/v1/companies/acme/balance", { authorization: "Bearer x" }), 401);
});
