import assert from "node:assert/strict";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/keys";

/** Makes a key with the root key, and asks with it. */
async function keyIn(house: TestService, asked: Record<string, unknown> = {}) {
  const response = await house.request("POST", PATH, { name: "tests", scope: "read", ...asked });
  const made = await response.json();
  assert.equal(response.status, 201, JSON.stringify(made));
  const request = (method: string, path: string, body?: unknown) =>
    house.request(method, path, body, { authorization: `Bearer ${made.key}` });
  const status = async (method: string, path: string, body?: unknown) => {
    const response = await request(method, path, body);
    await response.body?.cancel();
    return response.status;
  };
  return { ...made, request, status };
}

async function opened(): Promise<TestService> {
  const house = new TestService();
  await house.createCompany("acme");
  await house.createCompany("bravo", { phone_number_ids: [] });
  return house;
}

Deno.test("a key is shown once, recognisable by its prefix and with its id inside", async () => {
  await using house = await opened();
  const { key, id, status, request } = await keyIn(house, { name: "export", company: "acme" });
  assert.match(key, /^poli_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$/);
  assert.ok(key.startsWith(`poli_${id}_`));
  assert.equal(await status("GET", "/v1/companies/acme/balance"), 200);
  const { data: [listed], ...page } = await house.readJson("GET", PATH);
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
  // As instants: one on the second is written without a fraction.
  assert.ok(Date.parse(last_used_at) >= Date.parse(created_at));
  await (await request("GET", "/healthz")).body?.cancel();
});

Deno.test("two keys are good at once, and each ends alone", async () => {
  await using house = await opened();
  const old = await keyIn(house, { name: "billing", company: "acme" });
  const next = await keyIn(house, { name: "billing", company: "acme" });
  const path = "/v1/companies/acme/balance";
  assert.deepEqual([await old.status("GET", path), await next.status("GET", path)], [200, 200]);
  assert.deepEqual(await house.readJson("DELETE", `${PATH}/${old.id}`), { id: old.id, status: "revoked" });
  assert.deepEqual([await old.status("GET", path), await next.status("GET", path)], [401, 200]);
  assert.equal((await house.requestProblem("DELETE", `${PATH}/${old.id}`)).code, "no_key");
  const { data } = await house.readJson("GET", PATH);
  assert.deepEqual(data.map(({ id }: { id: string }) => id), [next.id]);
  const { data: [revoked] } = await house.readJson("GET", `${PATH}?status=revoked`);
  assert.equal(revoked.id, old.id);
  assert.ok(Date.parse(revoked.revoked_at) >= Date.parse(revoked.created_at));
});

Deno.test("a key ends by itself when it expires, and none is made that has", async () => {
  await using house = await opened();
  const soon = Temporal.Now.instant().add({ minutes: 5 });
  const { status, id } = await keyIn(house, { expires_at: soon.toString() });
  const path = "/v1/companies/acme/balance";
  assert.equal(await status("GET", path), 200);
  house.machine_ahead_ms += 300_000;
  assert.equal(await status("GET", path), 401);
  const { data } = await house.readJson("GET", `${PATH}?status=expired`);
  assert.deepEqual(data.map((row: { id: string }) => row.id), [id]);
  assert.deepEqual((await house.readJson("GET", `${PATH}?status=live`)).data, []);
  const late = await house.requestProblem("POST", PATH, {
    name: "x",
    scope: "read",
    expires_at: "2020-01-01T00:00:00Z",
  });
  assert.deepEqual([late.status, late.errors?.[0]?.path], [422, "expires_at"]);
});

Deno.test("a key that is bound to a company makes, lists and revokes the keys of that company alone", async () => {
  await using house = await opened();
  const everywhere = await keyIn(house, { name: "everywhere" });
  const bravo = await keyIn(house, { name: "bravo", company: "bravo" });
  const admin = await keyIn(house, { name: "acme", scope: "admin", company: "acme" });
  const made = await (await admin.request("POST", PATH, { name: "own", scope: "ingest" })).json();
  assert.deepEqual([made.company, made.created_by], ["acme", `key:${admin.id}`]);
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
  assert.equal(await admin.status("DELETE", `${PATH}/${made.id}`), 200);
});

Deno.test("no key gives more sight of contacts than it has", async () => {
  await using house = await opened();
  assert.equal((await keyIn(house, { scope: "admin" })).sees_contacts, true);
  assert.equal((await keyIn(house, { scope: "read", sees_contacts: true })).sees_contacts, true);
  const blind = await keyIn(house, { scope: "admin", sees_contacts: false });
  const own = await (await blind.request("POST", PATH, { name: "x", scope: "admin" })).json();
  assert.equal(own.sees_contacts, false);
  assert.equal(await blind.status("POST", PATH, { name: "x", scope: "read", sees_contacts: true }), 403);
});

Deno.test("a key is for a company there is", async () => {
  await using house = await opened();
  const asked = { name: "x", scope: "read", company: "nobody" };
  assert.equal((await house.requestProblem("POST", PATH, asked)).code, "no_company");
  const { errors } = await house.requestProblem("POST", PATH, { scope: "owner" });
  assert.deepEqual(errors?.map(({ path }) => path), ["name", "scope"]);
});

Deno.test("a stream and a download end with the key they were asked for by", async () => {
  await using house = await opened();
  const key = await keyIn(house, { company: "acme" });
  const stream = await key.request("GET", "/v1/companies/acme/balance/stream");
  assert.equal(stream.status, 200);
  await house.readJson("DELETE", `${PATH}/${key.id}`);
  assert.match(await stream.text(), /^retry: 2000\nevent: balance/);
  assert.equal(house.feed.viewers, 0);
});
