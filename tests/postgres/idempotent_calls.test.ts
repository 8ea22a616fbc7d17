/** The contract of the store of idempotent calls, checked on Postgres and on the memory store. */

import assert from "node:assert/strict";
import { IdempotentCalls } from "../../src/http/kit/idempotency.ts";
import type { IdempotentCallStore } from "../../src/ports/access.ts";
import { createPool } from "../../src/postgres/connection.ts";
import { PostgresIdempotentCalls } from "../../src/postgres/idempotent_calls.ts";
import { MemoryIdempotentCalls } from "../http/memory_idempotent_calls.ts";
import { createDatabase } from "../support/database.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const ID = new Uint8Array(32).fill(1);
const FINGERPRINT = new Uint8Array(32).fill(2);
const ANSWER = new Uint8Array([3, 0, 255]);
const FIRST = "00000000-0000-4000-8000-000000000001";
const SECOND = "00000000-0000-4000-8000-000000000002";
const CALL = { id: ID, attempt: FIRST, fingerprint: FINGERPRINT, now_ms: NOON, expires_at_ms: NOON + 60 };

const CONTRACT: Readonly<Record<string, (store: IdempotentCallStore) => Promise<void>>> = {
  "a call begins once, and its answer is found until it expires": async (store) => {
    assert.equal(await store.begin(CALL), undefined);
    const found = async (now_ms: number) => await store.begin({ ...CALL, attempt: SECOND, now_ms });
    assert.deepEqual(plain(await found(NOON)), [[...FINGERPRINT], undefined]);
    await store.complete(ID, FIRST, ANSWER, NOON + 1_000);
    assert.deepEqual(plain(await found(NOON + 999)), [[...FINGERPRINT], [...ANSWER]]);
    assert.equal(await found(NOON + 1_000), undefined);
  },

  "a call that never ended begins again once it has expired, and its first attempt stores nothing": async (
    store,
  ) => {
    await store.begin(CALL);
    const other = new Uint8Array(32).fill(4);
    const second = {
      ...CALL,
      attempt: SECOND,
      fingerprint: other,
      now_ms: NOON + 60,
      expires_at_ms: NOON + 120,
    };
    assert.equal(await store.begin(second), undefined);
    await store.complete(ID, FIRST, ANSWER, NOON + 1_000);
    await store.release(ID, FIRST);
    assert.deepEqual(plain(await store.begin({ ...second, attempt: FIRST })), [[...other], undefined]);
  },

  "a released call begins again, and one with an answer is not released": async (store) => {
    await store.begin(CALL);
    await store.release(ID, FIRST);
    assert.equal(await store.begin({ ...CALL, attempt: SECOND }), undefined);
    await store.complete(ID, SECOND, ANSWER, NOON + 1_000);
    await store.release(ID, SECOND);
    assert.deepEqual(plain(await store.begin(CALL)), [[...FINGERPRINT], [...ANSWER]]);
  },

  "of many concurrent calls one begins": async (store) => {
    const calls = Array.from({ length: 8 }, () => store.begin({ ...CALL, attempt: crypto.randomUUID() }));
    const begun = (await Promise.all(calls)).filter((known) => known === undefined);
    assert.equal(begun.length, 1);
  },

  "expired calls are deleted, the oldest first, and no other": async (store) => {
    for (let i = 1; i <= 3; i++) {
      await store.begin({ ...CALL, id: new Uint8Array(32).fill(i), expires_at_ms: NOON + i });
    }
    assert.equal(await store.deleteExpired(NOON + 2, 1), 1);
    const live = async (i: number) => {
      const known = await store.begin({ ...CALL, id: new Uint8Array(32).fill(i), now_ms: NOON });
      return known !== undefined;
    };
    assert.deepEqual([await live(2), await live(3)], [true, true]);
    assert.equal(await store.deleteExpired(NOON + 2, 10), 1);
    assert.equal(await live(3), true);
    assert.equal(await store.begin({ ...CALL, id: new Uint8Array(32).fill(1), now_ms: NOON }), undefined);
    assert.equal(await store.begin({ ...CALL, id: new Uint8Array(32).fill(2), now_ms: NOON }), undefined);
  },
};

function plain(call: Awaited<ReturnType<IdempotentCallStore["begin"]>>) {
  return call && [[...call.fingerprint], call.answer && [...call.answer]];
}

for (const [name, check] of Object.entries(CONTRACT)) {
  Deno.test(`in memory: ${name}`, () => check(new MemoryIdempotentCalls()));

  Deno.test(`on Postgres: ${name}`, async () => {
    await using database = await createDatabase();
    const pool = createPool(database.service_url, { application_name: "tests", max: 4 });
    try {
      await check(new PostgresIdempotentCalls(pool));
    } finally {
      await pool.end();
    }
  });
}

Deno.test("two processes run a call with one key once, and the database has neither its answer nor its key", async () => {
  await using database = await createDatabase();
  const pools = [1, 2].map(() => createPool(database.service_url, { application_name: "tests", max: 2 }));
  const processes = pools.map((pool) => {
    return new IdempotentCalls(new PostgresIdempotentCalls(pool), { now_ms: () => NOON });
  });
  let runs = 0;
  const call = async (process: IdempotentCalls) => {
    const headers = { authorization: "Bearer the-access-key", "idempotency-key": "key-of-the-call" };
    const request = new Request("http://localhost/v1/keys", { method: "POST", headers });
    const body = new TextEncoder().encode("the-body");
    const answer = await process.once({ request, body }, () => {
      runs++;
      return Promise.resolve(Response.json({ key: "the-new-key" }, { status: 201 }));
    });
    assert.ok(answer instanceof Response);
    return [answer.status, answer.headers.get("idempotent-replayed"), await answer.text()];
  };
  try {
    const text = '{"key":"the-new-key"}';
    assert.deepEqual(await call(processes[0]!), [201, null, text]);
    assert.deepEqual(await call(processes[1]!), [201, "true", text]);
    assert.equal(runs, 1);
    const { rows } = await pools[0]!.query<{ row: string }>(
      "select encode(id || fingerprint || answer, 'escape') as row from idempotent_calls",
    );
    assert.equal(rows.length, 1);
    assert.doesNotMatch(rows[0]!.row, /the-|key|json/);
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
  }
});
