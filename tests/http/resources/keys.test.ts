import assert from "node:assert/strict";
import { MemoryAccessStore } from "../../support/access_store.ts";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/keys";

/** Creates a key with the root key. `request` and `status` use the new key. */
async function createKey(service: TestService, options: Record<string, unknown> = {}) {
  const response = await service.request("POST", PATH, { name: "tests", scope: "read", ...options });
  const created = await response.json();
  assert.equal(response.status, 201, JSON.stringify(created));
  const request = (method: string, path: string, body?: unknown) =>
    service.request(method, path, body, { authorization: `Bearer ${created.key}` });
  const status = async (method: string, path: string, body?: unknown) => {
    const response = await request(method, path, body);
    await response.body?.cancel();
    return response.status;
  };
  return { ...created, request, status };
}

async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme");
  await service.createCompany("bravo", { phone_number_ids: [] });
  return service;
}

Deno.test("a key is shown once, with its prefix and its id inside", async () => {
  await using service = await startService();
  const { key, id, status, request } = await createKey(service, { name: "export", company: "acme" });
  assert.match(key, /^poli_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$/);
  assert.ok(key.startsWith(`poli_${id}_`));
  assert.equal(await status("GET", "/v1/companies/acme/balance"), 200);
  const { data: [listed], ...page } = await service.readJson("GET", PATH);
  assert.deepEqual(page, { next_cursor: null });
  assert.ok(!JSON.stringify(listed).includes(key.slice(22)));
  const { created_at, last_used_at, ...row } = listed;
  assert.deepEqual(row, {
    id,
    name: "export",
    scope: "read",
    company: "acme",
    sees_contacts: false,
    status: "live",
    created_by: "admin-key",
    expires_at: null,
    revoked_at: null,
  });
  // Compared as instants: a whole second is written without a fraction.
  assert.ok(Date.parse(last_used_at) >= Date.parse(created_at));
  await (await request("GET", "/healthz")).body?.cancel();
});

Deno.test("two keys are valid at once, and each is revoked alone", async () => {
  await using service = await startService();
  const old = await createKey(service, { name: "billing", company: "acme" });
  const next = await createKey(service, { name: "billing", company: "acme" });
  const path = "/v1/companies/acme/balance";
  assert.deepEqual([await old.status("GET", path), await next.status("GET", path)], [200, 200]);
  assert.deepEqual(await service.readJson("DELETE", `${PATH}/${old.id}`), { id: old.id, status: "revoked" });
  assert.deepEqual([await old.status("GET", path), await next.status("GET", path)], [401, 200]);
  assert.equal((await service.requestProblem("DELETE", `${PATH}/${old.id}`)).code, "key_not_found");
  const { data } = await service.readJson("GET", PATH);
  assert.deepEqual(data.map(({ id }: { id: string }) => id), [next.id]);
  const { data: [revoked] } = await service.readJson("GET", `${PATH}?status=revoked`);
  assert.equal(revoked.id, old.id);
  assert.ok(Date.parse(revoked.revoked_at) >= Date.parse(revoked.created_at));
});

Deno.test("a key ends when it expires, and an expired key cannot be created", async () => {
  await using service = await startService();
  const soon = Temporal.Now.instant().add({ minutes: 5 });
  const { status, id } = await createKey(service, { expires_at: soon.toString() });
  const path = "/v1/companies/acme/balance";
  assert.equal(await status("GET", path), 200);
  service.machine_ahead_ms += 300_000;
  assert.equal(await status("GET", path), 401);
  const { data } = await service.readJson("GET", `${PATH}?status=expired`);
  assert.deepEqual(data.map((row: { id: string }) => row.id), [id]);
  assert.deepEqual((await service.readJson("GET", `${PATH}?status=live`)).data, []);
  const late = await service.requestProblem("POST", PATH, {
    name: "x",
    scope: "read",
    expires_at: "2020-01-01T00:00:00Z",
  });
  assert.deepEqual([late.status, late.errors?.[0]?.path], [422, "expires_at"]);
});

Deno.test("a key restricted to a company creates, lists and revokes only keys of that company", async () => {
  await using service = await startService();
  const everywhere = await createKey(service, { name: "everywhere" });
  const bravo = await createKey(service, { name: "bravo", company: "bravo" });
  const admin = await createKey(service, { name: "acme", scope: "admin", company: "acme" });
  const own = await (await admin.request("POST", PATH, { name: "own", scope: "ingest" })).json();
  assert.deepEqual([own.company, own.created_by], ["acme", `key:${admin.id}`]);
  const foreign = await readProblem(
    await admin.request("POST", PATH, { name: "x", scope: "read", company: "bravo" }),
  );
  const unknown = await readProblem(
    await admin.request("POST", PATH, { name: "x", scope: "read", company: "nobody" }),
  );
  assert.deepEqual({ ...foreign, request_id: "" }, { ...unknown, request_id: "" });
  const { data } = await (await admin.request("GET", PATH)).json();
  assert.deepEqual(data.map(({ name }: { name: string }) => name).sort(), ["acme", "own"]);
  for (const { id } of [everywhere, bravo]) assert.equal(await admin.status("DELETE", `${PATH}/${id}`), 404);
  assert.equal(await admin.status("DELETE", `${PATH}/${own.id}`), 200);
});

Deno.test("a key without sees_contacts cannot grant it", async () => {
  await using service = await startService();
  assert.equal((await createKey(service, { scope: "admin" })).sees_contacts, true);
  assert.equal((await createKey(service, { scope: "read", sees_contacts: true })).sees_contacts, true);
  const masking = await createKey(service, { scope: "admin", sees_contacts: false });
  const own = await (await masking.request("POST", PATH, { name: "x", scope: "admin" })).json();
  assert.equal(own.sees_contacts, false);
  assert.equal(await masking.status("POST", PATH, { name: "x", scope: "read", sees_contacts: true }), 403);
});

Deno.test("a platform key is for all companies, and only a platform key grants, lists or revokes it", async () => {
  await using service = await startService();
  const bound = await service.requestProblem("POST", PATH, { name: "x", scope: "platform", company: "acme" });
  assert.deepEqual([bound.status, bound.errors?.[0]?.path], [422, "company"]);
  const platform = await createKey(service, { scope: "platform" });
  assert.deepEqual([platform.company, platform.sees_contacts], [null, true]);
  assert.equal(await platform.status("PUT", "/v1/features/sms.sent", { credits: 1 }), 200);
  for (
    const admin of [
      await createKey(service, { scope: "admin" }),
      await createKey(service, { scope: "admin", company: "acme" }),
    ]
  ) {
    const refused = await readProblem(await admin.request("POST", PATH, { name: "x", scope: "platform" }));
    assert.deepEqual([refused.status, refused.code], [403, "insufficient_scope"]);
    const { data } = await (await admin.request("GET", PATH)).json();
    assert.ok(data.every(({ scope }: { scope: string }) => scope === "admin"));
    assert.equal(await admin.status("DELETE", `${PATH}/${platform.id}`), 404);
  }
  assert.equal(await platform.status("POST", PATH, { name: "x", scope: "platform" }), 201);
});

Deno.test("the keys of a company are limited, and neither other companies nor the root key lack room", async () => {
  await using service = await startService();
  const admin = await createKey(service, { scope: "admin", company: "acme" });
  let [created, revoked] = [0, 0];
  let last: Response;
  do {
    last = await admin.request("POST", PATH, { name: `key ${created}`, scope: "read" });
    if (last.status !== 201) break;
    const { id } = await last.json();
    // Revoking a key makes no room for another one on the same day.
    if (++created % 2 === 0 && await admin.status("DELETE", `${PATH}/${id}`) === 200) revoked++;
  } while (created < 200);
  const problem = await readProblem(last);
  assert.deepEqual([problem.status, problem.code, created, revoked], [409, "too_many_keys", 99, 49]);
  const other = await createKey(service, { scope: "platform" });
  assert.equal(await other.status("POST", PATH, { name: "x", scope: "read", company: "acme" }), 409);
  assert.equal(await other.status("POST", PATH, { name: "x", scope: "read", company: "bravo" }), 201);
  await createKey(service, { company: "acme" });
  service.machine_ahead_ms += 24 * 3_600_000;
  assert.equal(await admin.status("POST", PATH, { name: "tomorrow", scope: "read" }), 201);
});

Deno.test("the root key can create keys when all others no longer can", async () => {
  const store = new MemoryAccessStore();
  await using service = new TestService({}, undefined, store);
  const platform = await createKey(service, { scope: "platform" });
  store.more_live_keys = 9_999;
  assert.equal(await platform.status("POST", PATH, { name: "x", scope: "read" }), 409);
  await createKey(service);
  store.more_live_keys = 11_000;
  assert.equal(
    (await service.requestProblem("POST", PATH, { name: "x", scope: "read" })).code,
    "too_many_keys",
  );
});

Deno.test("a key for an unknown company is 404", async () => {
  await using service = await startService();
  const body = { name: "x", scope: "read", company: "nobody" };
  assert.equal((await service.requestProblem("POST", PATH, body)).code, "company_not_found");
  const { errors } = await service.requestProblem("POST", PATH, { scope: "owner" });
  assert.deepEqual(errors?.map(({ path }) => path), ["name", "scope"]);
});

Deno.test("a stream and a download end with their key", async () => {
  await using service = await startService();
  const key = await createKey(service, { company: "acme" });
  const stream = await key.request("GET", "/v1/companies/acme/balance/stream");
  assert.equal(stream.status, 200);
  await service.readJson("DELETE", `${PATH}/${key.id}`);
  assert.match(await stream.text(), /^retry: 2000\nevent: balance/);
  assert.equal(service.feed.viewers, 0);
});
