import assert from "node:assert/strict";
import { ApiError, dataOf, PoliCredits, type RetryOptions } from "../../client/mod.ts";
import { ServedService } from "./served_service.ts";
import { problem } from "./served_service.ts";

const BALANCE = "/v1/companies/{company}/balance";
const MESSAGES = "/v1/companies/{company}/messages";
const params = { path: { company: "acme" } };
const SEND = { message_id: "m1", to: "+5511988887777", kind: "template" } as const;

/** A client of a service that gives these answers in turn. An error is a lost connection. */
function clientOf(answers: readonly (() => Response)[], retry?: RetryOptions) {
  const bodies: string[] = [];
  const credits = new PoliCredits({
    url: "http://service.example",
    retry,
    fetch: async (request) => {
      bodies.push(await request.text());
      return answers[bodies.length - 1]!();
    },
  });
  return { credits, bodies };
}

const busy = () => problem(503, "unavailable", { "retry-after": "0" });
const limited = () => problem(429, "too_many_requests", { "retry-after": "0" });
const lost = () => {
  throw new TypeError("connection lost");
};

Deno.test("a read is repeated while the service is busy or away", async () => {
  const { credits, bodies } = clientOf([busy, lost, limited, () => Response.json({ version: 7 })]);
  assert.equal((await dataOf(credits.api.GET(BALANCE, { params }))).version, 7);
  assert.equal(bodies.length, 4);
});

Deno.test("a send with an id is repeated with the same body", async () => {
  const { credits, bodies } = clientOf([busy, lost, () => Response.json({ outcome: "allowed" })]);
  assert.equal((await dataOf(credits.api.POST(MESSAGES, { params, body: SEND }))).outcome, "allowed");
  assert.deepEqual(bodies, Array(3).fill(JSON.stringify(SEND)));
});

Deno.test("a POST without an id is repeated with one Idempotency-Key, and each call has its own", async () => {
  const keys: (string | null)[] = [];
  let answers = [busy, lost, () => problem(409, "idempotency_key_in_use", { "retry-after": "0" })];
  const credits = new PoliCredits({
    url: "http://service.example",
    // deno-lint-ignore require-await
    fetch: async (request) => {
      keys.push(request.headers.get("idempotency-key"));
      const answer = answers.shift();
      return answer === undefined ? Response.json({ id: "k" }, { status: 201 }) : answer();
    },
  });
  const body = { name: "crm", scope: "read" } as const;
  assert.equal((await dataOf(credits.api.POST("/v1/keys", { body }))).id, "k");
  assert.equal(new Set(keys).size, 1);
  assert.match(keys[0]!, /^[0-9a-f-]{36}$/);
  await dataOf(credits.api.POST("/v1/keys", { body }));
  assert.notEqual(keys.at(-1), keys[0]);
  assert.equal(keys.length, 5);
  answers = [busy];
  await dataOf(credits.api.POST("/v1/keys", { body, headers: { "Idempotency-Key": "mine" } }));
  assert.deepEqual(keys.slice(-2), ["mine", "mine"]);
});

Deno.test("calls that count once by themselves, and those that are not repeated, get no Idempotency-Key", async () => {
  const keys: (string | null)[] = [];
  const fetch = (request: Request) => {
    keys.push(request.headers.get("idempotency-key"));
    return Promise.resolve(busy());
  };
  const once = new PoliCredits({ url: "http://service.example", fetch, retry: { attempts_max: 1 } });
  await once.api.POST("/v1/keys", { body: { name: "crm", scope: "read" } });
  const twice = new PoliCredits({ url: "http://service.example", fetch, retry: { attempts_max: 2 } });
  await twice.api.POST(MESSAGES, { params, body: SEND });
  await twice.api.GET(BALANCE, { params });
  assert.deepEqual(keys, Array(5).fill(null));
});

Deno.test("a key whose first answer is lost is created once, and its secret arrives", async () => {
  await using served = new ServedService();
  const credits = clientLosingFirstAnswer(served);
  const { key } = await dataOf(credits.api.POST("/v1/keys", { body: { name: "crm", scope: "read" } }));
  assert.match(key, /^poli_/);
  assert.equal((await dataOf(credits.api.GET("/v1/keys"))).data.length, 1);
  assert.equal(served.requests.length, 3);
});

Deno.test("retries are bounded, and the last answer is returned", async () => {
  const { credits, bodies } = clientOf([busy, busy, limited], { attempts_max: 3 });
  const error = await dataOf(credits.api.GET(BALANCE, { params })).catch((error) => error);
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.status, bodies.length], [429, 3]);
  const away = clientOf([lost, lost], { attempts_max: 2 });
  await assert.rejects(away.credits.api.GET(BALANCE, { params }), /connection lost/);
});

Deno.test("a wait that Retry-After makes too long is left to the caller", async () => {
  const { credits, bodies } = clientOf([() => problem(429, "too_many_requests", { "retry-after": "3600" })]);
  const error = await dataOf(credits.api.GET(BALANCE, { params })).catch((error) => error);
  assert.deepEqual([error.retry_after_ms, bodies.length], [3_600_000, 1]);
});

Deno.test("other problems are not repeated", async () => {
  const { credits, bodies } = clientOf([() => problem(409, "window_closed")]);
  assert.equal((await credits.api.POST(MESSAGES, { params, body: SEND })).error?.code, "window_closed");
  assert.equal(bodies.length, 1);
});

Deno.test("an aborted call waits for no retry", async () => {
  const call = new AbortController();
  const answers = [() => {
    setTimeout(() => call.abort(new Error("not needed any more")), 10);
    return problem(503, "unavailable", { "retry-after": "15" });
  }];
  const { credits, bodies } = clientOf(answers);
  const { signal } = call;
  await assert.rejects(credits.api.GET(BALANCE, { params, signal }), /not needed any more/);
  assert.equal(bodies.length, 1);
});

Deno.test("an answer of a proxy is an error without a problem", async () => {
  const { credits } = clientOf([() => new Response("<h1>Bad Gateway</h1>", { status: 502 })], {
    attempts_max: 1,
  });
  const error = await dataOf(credits.api.GET(BALANCE, { params })).catch((error) => error);
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.status, error.problem], [502, undefined]);
});

Deno.test("a send whose first answer is lost is recorded and charged once", async () => {
  await using served = new ServedService();
  await served.service.createCompany();
  const credits = clientLosingFirstAnswer(served);
  const { credits: charged, balance } = await dataOf(credits.api.POST(MESSAGES, { params, body: SEND }));
  assert.deepEqual([charged, balance.consumed, served.requests.length], [1, 1, 2]);
});

/** Returns a client whose first answer is lost after the service has given it. */
function clientLosingFirstAnswer(served: ServedService): PoliCredits {
  let answers = 0;
  return new PoliCredits({
    url: served.url,
    key: "admin-key-of-the-tests",
    fetch: async (request) => {
      const response = await fetch(request);
      if (answers++ > 0) return response;
      await response.body?.cancel();
      throw new TypeError("connection lost");
    },
  });
}
