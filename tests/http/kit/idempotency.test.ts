import assert from "node:assert/strict";
import { takesIdempotencyKey } from "../../../src/http/kit/declaration.ts";
import { IdempotentCalls } from "../../../src/http/kit/idempotency.ts";
import { Problem } from "../../../src/http/kit/problems.ts";
import type { ApiKeys } from "../../../src/ports/access.ts";
import { MemoryIdempotentCalls } from "../memory_idempotent_calls.ts";
import { readProblem, TestService } from "../test_service.ts";

const KEYS = "/v1/keys";
const NEW_KEY = { name: "crm", scope: "read" };
const ONE = { "idempotency-key": "8e03978e-40d5-43e8-bc93-6894a57f9324" };
const HOUR_MS = 3_600_000;

function post(service: TestService, headers: Record<string, string>, body: unknown = NEW_KEY, path = KEYS) {
  return service.request("POST", path, body, headers);
}

async function keysOf(service: TestService): Promise<number> {
  return (await service.readJson("GET", KEYS)).data.length;
}

/** A service whose keys are created by `create`, with its stored calls and its clock. */
function serviceWith(create: ApiKeys["create"]) {
  const store = new MemoryIdempotentCalls();
  const clock = { ms: 0, now_ms: () => clock.ms };
  const usual = new TestService();
  const keys: ApiKeys = {
    find: (text, digested) => usual.access.keys.find(text, digested),
    revoke: (id, among) => usual.access.keys.revoke(id, among),
    list: (query) => usual.access.keys.list(query),
    create,
  };
  const service = new TestService({ keys, idempotency: new IdempotentCalls(store, clock) });
  return { service, store, clock, usual };
}

Deno.test("a repeated call gets the first answer, its secret included, and takes effect once", async () => {
  await using service = new TestService();
  const first = await post(service, ONE);
  const created = await first.json();
  assert.deepEqual([first.status, first.headers.get("idempotent-replayed")], [201, null]);
  const again = await post(service, ONE);
  assert.deepEqual([again.status, again.headers.get("idempotent-replayed")], [201, "true"]);
  assert.deepEqual(await again.json(), created);
  assert.notEqual(again.headers.get("x-request-id"), first.headers.get("x-request-id"));
  assert.equal(await keysOf(service), 1);
});

Deno.test("the key may be a quoted string, and without a key each call takes effect", async () => {
  await using service = new TestService();
  const quoted = { "idempotency-key": `"${ONE["idempotency-key"]}"` };
  const [first, again] = [await post(service, ONE), await post(service, quoted)];
  assert.deepEqual(await again.json(), await first.json());
  await post(service, {});
  await post(service, {});
  assert.equal(await keysOf(service), 3);
});

Deno.test("the same key with another body is refused, and changes nothing", async () => {
  await using service = new TestService();
  await post(service, ONE);
  const problem = await readProblem(await post(service, ONE, { ...NEW_KEY, name: "erp" }));
  assert.deepEqual([problem.status, problem.code], [422, "idempotency_key_reused"]);
  assert.equal(problem.errors![0]!.path, "Idempotency-Key");
  assert.equal(await keysOf(service), 1);
});

Deno.test("the same key with another query is refused, and runs nothing", async () => {
  const calls = new IdempotentCalls(new MemoryIdempotentCalls(), { now_ms: () => 0 });
  let runs = 0;
  const call = (query: string) => {
    const request = new Request(`http://localhost/v1/reconciliations${query}`, {
      method: "POST",
      headers: ONE,
    });
    return calls.once({ request, body: new TextEncoder().encode("{}") }, () => {
      runs++;
      return Promise.resolve(Response.json({ runs }));
    });
  };
  const first = await call("?from=2026-11-01");
  const again = await call("?from=2026-11-01");
  assert.ok(first instanceof Response && again instanceof Response);
  assert.deepEqual(await again.json(), await first.json());
  for (const query of ["?from=2026-11-02", ""]) {
    const refused = await call(query);
    assert.ok(refused instanceof Problem);
    assert.equal(refused.code, "idempotency_key_reused");
  }
  assert.equal(runs, 1);
});

Deno.test("a key is for one access key and one path", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [] });
  await service.createCompany("beta", { phone_number_ids: [] });
  const created = await post(service, {}, { name: "of acme", scope: "admin", company: "acme" });
  const { key } = await created.json();
  await post(service, ONE);
  const other = await post(service, { ...ONE, authorization: `Bearer ${key}` });
  assert.equal(other.headers.get("idempotent-replayed"), null);
  const links = await Promise.all(["acme", "beta"].map(async (company) => {
    const response = await post(service, ONE, {}, `/v1/companies/${company}/viewer_sessions`);
    assert.equal(response.headers.get("idempotent-replayed"), null);
    return (await response.json()).url;
  }));
  assert.match(links[0], /acme/);
  assert.match(links[1], /beta/);
});

Deno.test("while a call runs, another with its key is 409 with Retry-After", async () => {
  const begun = Promise.withResolvers<void>();
  const running = Promise.withResolvers<void>();
  const { service, usual } = serviceWith(async (request, creator) => {
    begun.resolve();
    await running.promise;
    return await usual.access.keys.create(request, creator);
  });
  await using _service = service;
  await using _usual = usual;
  const first = post(service, ONE);
  await begun.promise;
  const second = await post(service, ONE);
  assert.equal(second.status, 409);
  assert.equal(second.headers.get("retry-after"), "1");
  assert.equal((await readProblem(second)).code, "idempotency_key_in_use");
  running.resolve();
  const created = await (await first).json();
  assert.deepEqual(await (await post(service, ONE)).json(), created);
});

Deno.test("a call that failed runs again, and a call that was refused is answered the same again", async () => {
  let calls = 0;
  const { service, usual } = serviceWith((request, creator) => {
    calls++;
    if (calls === 1) return Promise.reject(new Error("the database is away"));
    return calls === 2 ? Promise.resolve({ type: "too_many" }) : usual.access.keys.create(request, creator);
  });
  await using _service = service;
  await using _usual = usual;
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    const response = await post(service, ONE);
    statuses.push([response.status, response.headers.get("idempotent-replayed")]);
  }
  assert.deepEqual(statuses, [[500, null], [409, null], [409, "true"], [409, "true"]]);
  assert.equal(calls, 2);
});

Deno.test("an answer expires after 24 hours; a call whose process ended can run again after a minute", async () => {
  let ends = true;
  let calls = 0;
  const { service, store, clock, usual } = serviceWith((request, creator) => {
    calls++;
    return ends ? usual.access.keys.create(request, creator) : new Promise(() => {});
  });
  await using _service = service;
  await using _usual = usual;
  await post(service, ONE);
  clock.ms += 24 * HOUR_MS - 1;
  await post(service, ONE);
  assert.equal(calls, 1);
  clock.ms += 1;
  ends = false;
  void post(service, ONE);
  while (calls < 2) await new Promise((resolve) => setTimeout(resolve));
  clock.ms += 59_999;
  assert.equal((await post(service, ONE)).status, 409);
  clock.ms += 1;
  ends = true;
  assert.equal((await post(service, ONE)).status, 201);
  assert.equal(calls, 3);
  clock.ms += 25 * HOUR_MS;
  await service.options.idempotency.deleteExpired();
  assert.equal(store.rows.size, 0);
});

Deno.test("all expired answers are deleted, also more than one statement deletes", async () => {
  const store = new MemoryIdempotentCalls();
  for (let i = 0; i < 20_001; i++) {
    const row = { attempt: "", fingerprint: new Uint8Array(), answer: undefined, expires_at_ms: i };
    store.rows.set(String(i), row);
  }
  await new IdempotentCalls(store, { now_ms: () => 19_999 }).deleteExpired();
  assert.deepEqual([...store.rows.keys()], ["20000"]);
});

Deno.test("nothing that is stored has the answer, the body or a key in a readable form", async () => {
  const { service, store, usual } = serviceWith((request, creator) =>
    usual.access.keys.create(request, creator)
  );
  await using _service = service;
  await using _usual = usual;
  const { key } = await (await post(service, ONE)).json();
  const stored = [...store.rows].map(([id, { fingerprint, answer }]) => [id, fingerprint, answer] as const);
  assert.equal(stored.length, 1);
  for (const [id, fingerprint, answer] of stored) {
    const bytes = [Uint8Array.fromHex(id), fingerprint, answer!].map((part) =>
      new TextDecoder("latin1").decode(part)
    );
    for (const secret of [key, "crm", "created_at", ONE["idempotency-key"], "admin-key-of-the-tests"]) {
      assert.ok(!bytes.join("\n").includes(secret), secret);
    }
  }
});

Deno.test("an invalid key is 422 and names the header", async () => {
  await using service = new TestService();
  for (const key of ["", " ", "é", 'a"b', "x".repeat(256)]) {
    const problem = await readProblem(await post(service, { "idempotency-key": key }));
    assert.deepEqual([problem.status, problem.errors![0]!.path], [422, "Idempotency-Key"]);
  }
  assert.equal(await keysOf(service), 0);
});

Deno.test("every POST takes a key, but those that change nothing or have an id of their own", async () => {
  await using service = new TestService();
  const posts = service.app.declared.filter(({ method }) => method === "post");
  const without = posts.filter((call) => !takesIdempotencyKey(call)).map(({ operation_id }) => operation_id);
  assert.deepEqual(without.sort(), [
    "computeWhatIf",
    "createMessage",
    "createQuote",
    "createUsage",
    "endViewerSession",
    "receiveWebhook",
    "reportMessageFailure",
  ]);
  const document = await (await service.app.hono.request("/openapi.json")).json();
  for (const call of posts) {
    const { parameters = [], responses } = document.paths[call.path].post;
    const headers = parameters.filter((parameter: { in: string }) => parameter.in === "header")
      .map(({ name }: { name: string }) => name);
    assert.equal(headers.includes("Idempotency-Key"), takesIdempotencyKey(call), call.operation_id);
    const answered = responses[call.status ?? 200].headers ?? {};
    assert.equal("Idempotent-Replayed" in answered, takesIdempotencyKey(call), call.operation_id);
  }
});
