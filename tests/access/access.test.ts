import assert from "node:assert/strict";
import { Access } from "../../src/access/access.ts";
import { SCOPES } from "../../src/access/store.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MemoryAccessStore } from "../support/access_store.ts";

const ACME = "acme" as CompanyId;
const KEY_REQUEST = {
  name: "tests",
  scope: "read",
  company: ACME,
  sees_contacts: false,
  created_by: "tests",
  expires_at_ms: undefined,
} as const;

/** Several processes on one store and one test-controlled clock; each sleep is one turn of the event loop. */
class Cluster {
  now_ms = 1_000_000;
  is_reachable = true;
  readonly reported: unknown[] = [];
  readonly #store = new MemoryAccessStore();

  process(): Access {
    const { keys, sessions } = this.#store;
    const changesSince = async (since: number | undefined) => {
      if (!this.is_reachable) throw new Error("connection lost");
      return await keys.changesSince(since);
    };
    return new Access({
      keys: { ...keys, changesSince },
      sessions,
      token_secret: new Uint8Array(32),
      clock: { now_ms: () => this.now_ms },
      timers: { sleep: () => new Promise((resolve) => setTimeout(resolve, 0)) },
      report: (error) => this.reported.push(error),
    });
  }
}

async function createKey(access: Access): Promise<{ key: string; id: string }> {
  const created = await access.keys.create(KEY_REQUEST, "key");
  assert.ok(created.type === "created");
  return { key: created.key, id: created.record.id };
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("ACCESS-1: a key created in one process is valid in another at once, and revoked there with its next refresh", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const { key, id } = await createKey(one);
  const live = await other.keys.find(key);
  assert.ok(live !== undefined);
  await one.keys.revoke(id, { company: undefined, scopes: SCOPES });
  assert.equal(live.lease.ended, false);
  await other.refresh();
  assert.equal(live.lease.ended, true);
  assert.equal(await other.keys.find(key), undefined);
});

Deno.test("ACCESS-2: concurrent requests with unknown keys share a refresh", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const made = await Promise.all(Array.from({ length: 50 }, () => createKey(one)));
  const found = await Promise.all(made.map(({ key }) => other.keys.find(key)));
  assert.ok(found.every((live) => live !== undefined));
});

Deno.test("ACCESS-3: a process that cannot refresh for 30 s discards its keys and sessions until it can", async () => {
  const cluster = new Cluster();
  const access = cluster.process();
  const { key } = await createKey(access);
  const link = await access.sessions.createLink(ACME, undefined, 3_600_000);
  const token = (await access.sessions.openLink(link!.token, ACME))!;
  await access.refresh();
  const [live, session] = [await access.keys.find(key), await access.sessions.find(token, ACME)];
  access.start();
  cluster.is_reachable = false;
  await waitUntil(() => cluster.reported.length > 0);
  assert.equal(live!.lease.ended, false);
  cluster.now_ms += 30_000;
  await waitUntil(() => live!.lease.ended && session!.lease.ended);
  await assert.rejects(access.keys.find(key), /connection lost/);
  assert.equal(cluster.reported.length, 1, "an outage is reported once");
  cluster.is_reachable = true;
  assert.ok(await access.keys.find(key) !== undefined);
  assert.ok(await access.sessions.find(token, ACME) !== undefined);
  await access.stop();
});

Deno.test("SESSION-3: a session opened in one process is found in another, and one that was logged out in none", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const link = await one.sessions.createLink(ACME, undefined, 60_000);
  const token = (await one.sessions.openLink(link!.token, ACME))!;
  const there = await other.sessions.find(token, ACME);
  assert.equal(there?.company, ACME);
  await one.sessions.end(token, ACME);
  await other.refresh();
  await other.refresh();
  assert.equal(await one.sessions.find(token, ACME), undefined);
  assert.equal(await other.sessions.find(token, ACME), undefined);
});

Deno.test("SESSION-4: another process reads a renewed session at most a quarter of its time to live behind", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const link = await one.sessions.createLink(ACME, undefined, 60_000);
  const token = (await one.sessions.openLink(link!.token, ACME))!;
  assert.ok(await other.sessions.find(token, ACME) !== undefined);
  for (let times = 0; times < 10; times++) {
    cluster.now_ms += 20_000;
    assert.ok(await one.sessions.find(token, ACME) !== undefined);
    await one.sessions.writeRenewals();
  }
  cluster.now_ms += 44_000;
  assert.ok(await other.sessions.find(token, ACME) !== undefined);
});
