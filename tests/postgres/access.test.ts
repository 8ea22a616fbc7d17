/** The contract of the key and session stores, checked on Postgres and on the memory store. */

import assert from "node:assert/strict";
import {
  type KeyFilter,
  type KeyLimits,
  type KeyRecord,
  type KeyStore,
  type NewSession,
  SCOPES,
  type SessionStore,
} from "../../src/access/store.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { createPool } from "../../src/postgres/connection.ts";
import { PostgresKeys } from "../../src/postgres/keys.ts";
import { PostgresViewerSessions } from "../../src/postgres/viewer_sessions.ts";
import { MemoryAccessStore } from "../support/access_store.ts";
import { createDatabase } from "../support/database.ts";

const ACME = "acme" as CompanyId;
const NOON = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
const ANY: KeyFilter = { company: undefined, scopes: SCOPES };

interface Subject {
  readonly keys: KeyStore;
  readonly sessions: SessionStore;
}

function key(id: string, more: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id,
    hash: new Uint8Array(32).fill(id.length),
    name: `key ${id}`,
    scope: "read",
    company: undefined,
    sees_contacts: false,
    created_at_ms: NOON,
    created_by: "tests",
    expires_at_ms: undefined,
    revoked_at_ms: undefined,
    last_used_at_ms: undefined,
    ...more,
  };
}

function of(company: string): KeyFilter {
  return { company: company as CompanyId, scopes: SCOPES };
}

function upTo(live_max: number, company_max?: number): KeyLimits {
  return { live_max, company_max };
}

function session(link: string, more: Partial<NewSession> = {}): NewSession {
  const lifetime = { ttl_ms: MINUTE_MS, created_at_ms: NOON, link_expires_at_ms: NOON + MINUTE_MS };
  return {
    link_hash: hex(link),
    company: ACME,
    key_id: undefined,
    sees_contacts: false,
    ...lifetime,
    ...more,
  };
}

function hex(text: string): string {
  return new TextEncoder().encode(text.padEnd(32)).toHex();
}

const CONTRACT: Readonly<Record<string, (subject: Subject) => Promise<void>>> = {
  "an added key is returned as a change": async ({ keys }) => {
    const { revision } = await keys.changesSince(undefined);
    const made = key("one", { company: ACME, scope: "admin", expires_at_ms: NOON + 1, sees_contacts: true });
    assert.equal(await keys.add(made, upTo(10)), true);
    const changes = await keys.changesSince(undefined);
    assert.deepEqual(changes, { revision: revision + 1, keys: [made], ended_session_hashes: [] });
    assert.deepEqual(await keys.changesSince(changes.revision), { ...changes, keys: [] });
  },

  "a revocation is returned as a change, and the initial read omits revoked keys": async (
    { keys },
  ) => {
    await keys.add(key("one", { company: ACME }), upTo(10));
    const { revision } = await keys.changesSince(undefined);
    assert.equal(await keys.revoke("one", of("bravo"), NOON + 1), false);
    assert.equal(await keys.revoke("two", ANY, NOON + 1), false);
    assert.equal(await keys.revoke("one", of("acme"), NOON + 1), true);
    assert.equal(await keys.revoke("one", ANY, NOON + 2), false);
    const changes = await keys.changesSince(revision);
    assert.deepEqual(changes.keys, [key("one", { company: ACME, revoked_at_ms: NOON + 1 })]);
    assert.deepEqual((await keys.changesSince(undefined)).keys, []);
  },

  "the number of live keys is limited; expired and revoked keys do not count": async ({ keys }) => {
    await keys.add(key("one", { expires_at_ms: NOON + 1 }), upTo(1));
    assert.equal(await keys.add(key("two"), upTo(1)), false);
    assert.equal(await keys.add(key("two", { created_at_ms: NOON + 1 }), upTo(1)), true);
    await keys.revoke("two", ANY, NOON + 2);
    assert.equal(await keys.add(key("three", { created_at_ms: NOON + 2 }), upTo(1)), true);
  },

  "the keys of a company that are live or younger than a day are limited, and leave other companies room":
    async (
      { keys },
    ) => {
      const [bravo, day_ms] = ["bravo" as CompanyId, 24 * 60 * MINUTE_MS];
      const add = (id: string, company: CompanyId | undefined, at_ms = NOON) =>
        keys.add(key(id, { company, created_at_ms: at_ms }), upTo(10, 2));
      assert.deepEqual([await add("a1", ACME), await add("a2", ACME), await add("a3", ACME)], [
        true,
        true,
        false,
      ]);
      assert.deepEqual([await add("b1", bravo), await add("any1", undefined)], [true, true]);
      assert.deepEqual([await add("any2", undefined), await add("any3", undefined)], [true, true]);
      await keys.revoke("a1", ANY, NOON + 1);
      assert.equal(await add("a4", ACME, NOON + 2), false, "a revoked key counts until it is a day old");
      assert.equal(await add("a4", ACME, NOON + day_ms), true);
      assert.equal(await add("a5", ACME, NOON + day_ms), false);
      assert.equal(await keys.add(key("a5", { company: ACME }), upTo(10)), true, "without the limit");
    },

  "a key is listed and revoked only among the scopes of the filter": async ({ keys }) => {
    await keys.add(key("one", { scope: "platform" }), upTo(10));
    await keys.add(key("two", { scope: "admin" }), upTo(10));
    const up_to_admin: KeyFilter = { company: undefined, scopes: ["read", "ingest", "admin"] };
    const listed = await keys.list({ ...up_to_admin, now_ms: NOON, limit: 10 });
    assert.deepEqual(listed.map(({ id }) => id), ["two"]);
    assert.equal(await keys.revoke("one", up_to_admin, NOON), false);
    assert.equal(await keys.revoke("one", ANY, NOON), true);
  },

  "keys are listed newest first, in pages, by company and by status": async ({ keys }) => {
    await keys.add(key("a", { company: ACME }), upTo(10));
    await keys.add(key("b", { expires_at_ms: NOON + 10 }), upTo(10));
    await keys.add(key("c", { created_at_ms: NOON + 5 }), upTo(10));
    await keys.revoke("c", ANY, NOON + 6);
    const list = async (more: Partial<Parameters<KeyStore["list"]>[0]> = {}) =>
      (await keys.list({ ...ANY, now_ms: NOON + 10, limit: 10, ...more })).map(({ id }) => id);
    assert.deepEqual(await list(), ["b", "a"]);
    assert.deepEqual(await list({ limit: 1 }), ["b"]);
    assert.deepEqual(await list({ before: { created_at_ms: NOON, id: "b" } }), ["a"]);
    assert.deepEqual(await list({ status: "live" }), ["a"]);
    assert.deepEqual(await list({ status: "expired" }), ["b"]);
    assert.deepEqual(await list({ status: "revoked" }), ["c"]);
    assert.deepEqual(await list({ company: ACME }), ["a"]);
  },

  "the last use of a key moves forward only": async ({ keys }) => {
    await keys.add(key("one"), upTo(10));
    const used = async () => (await keys.list({ ...ANY, now_ms: NOON, limit: 1 }))[0]?.last_used_at_ms;
    await keys.recordUses([{ id: "one", at_ms: NOON + 5 }, { id: "unknown", at_ms: NOON }]);
    assert.equal(await used(), NOON + 5);
    await keys.recordUses([{ id: "one", at_ms: NOON + 1 }]);
    assert.equal(await used(), NOON + 5);
  },

  "a link opens its session once, before it expires": async ({ sessions }) => {
    await sessions.add(session("link", { key_id: "k", sees_contacts: true }), 10);
    const open = (hash: string, at_ms: number) =>
      sessions.openLink(hex("link"), hex(hash), at_ms, 10 * MINUTE_MS);
    assert.equal(await open("late", NOON + MINUTE_MS), undefined);
    const opened = await open("first", NOON + 1);
    assert.deepEqual(opened, {
      hash: hex("first"),
      company: ACME,
      key_id: "k",
      ttl_ms: MINUTE_MS,
      sees_contacts: true,
      expires_at_ms: NOON + 1 + MINUTE_MS,
      ends_by_ms: NOON + 1 + 10 * MINUTE_MS,
    });
    assert.equal(await open("second", NOON + 2), undefined);
    assert.deepEqual(await sessions.find(hex("first"), NOON + MINUTE_MS), opened);
    assert.equal(await sessions.find(hex("second"), NOON + 2), undefined);
    assert.equal(await sessions.find(hex("first"), NOON + 1 + MINUTE_MS), undefined);
  },

  "a session sees contacts only if its link grants it": async ({ sessions }) => {
    await sessions.add(session("link"), 10);
    const opened = await sessions.openLink(hex("link"), hex("s"), NOON, MINUTE_MS);
    const found = await sessions.find(hex("s"), NOON);
    assert.deepEqual([opened?.sees_contacts, found?.sees_contacts], [false, false]);
  },

  "only one of many concurrent calls opens a link": async ({ sessions }) => {
    await sessions.add(session("link"), 10);
    const opened = await Promise.all(
      Array.from({ length: 8 }, (_, n) => sessions.openLink(hex("link"), hex(`s${n}`), NOON, MINUTE_MS)),
    );
    assert.equal(opened.filter((one) => one !== undefined).length, 1);
  },

  "a session's expiry moves later only, up to its latest end, and not after the session was ended": async (
    { sessions },
  ) => {
    await sessions.add(session("link"), 10);
    await sessions.openLink(hex("link"), hex("s"), NOON, 3 * MINUTE_MS);
    const renewed = async (to_ms: number) => {
      await sessions.renew([{ hash: hex("s"), expires_at_ms: to_ms }]);
      return (await sessions.find(hex("s"), NOON))?.expires_at_ms;
    };
    assert.equal(await renewed(NOON + 2 * MINUTE_MS), NOON + 2 * MINUTE_MS);
    assert.equal(await renewed(NOON + 1), NOON + 2 * MINUTE_MS);
    assert.equal(await renewed(NOON + 9 * MINUTE_MS), NOON + 3 * MINUTE_MS);
    await sessions.end(hex("s"), NOON + 1);
    assert.equal(await renewed(NOON + 2 * MINUTE_MS), undefined);
  },

  "ending a session is returned as a change": async ({ keys, sessions }) => {
    await keys.add(key("one"), upTo(10));
    await sessions.add(session("link"), 10);
    await sessions.openLink(hex("link"), hex("s"), NOON, MINUTE_MS);
    const { revision } = await keys.changesSince(undefined);
    await sessions.end(hex("s"), NOON + 1);
    await sessions.end(hex("s"), NOON + 2);
    assert.deepEqual((await keys.changesSince(revision)).ended_session_hashes, [hex("s")]);
  },

  "the number of sessions of a company is limited, and expired sessions are deleted": async (
    { sessions },
  ) => {
    assert.equal(await sessions.add(session("a"), 1), true);
    assert.equal(await sessions.add(session("b"), 1), false);
    assert.equal(await sessions.add(session("c", { company: "bravo" as CompanyId }), 1), true);
    await sessions.deleteExpired(NOON + MINUTE_MS + 1);
    assert.equal(await sessions.openLink(hex("a"), hex("s"), NOON, MINUTE_MS), undefined);
    assert.equal(await sessions.add(session("b", { created_at_ms: NOON + MINUTE_MS }), 1), true);
  },
};

for (const [name, check] of Object.entries(CONTRACT)) {
  Deno.test(`keys and sessions in memory: ${name}`, () => check(new MemoryAccessStore()));

  Deno.test(`keys and sessions on Postgres: ${name}`, async () => {
    await using database = await createDatabase();
    const connections = createPool(database.url, { application_name: "tests", max: 8 });
    try {
      await check({ keys: new PostgresKeys(connections), sessions: new PostgresViewerSessions(connections) });
    } finally {
      await connections.end();
    }
  });
}
