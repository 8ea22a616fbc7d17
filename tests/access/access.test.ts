import assert from "node:assert/strict";
import { Access } from "../../src/access/access.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MemoryAccessStore } from "../support/access_store.ts";

const ACME = "acme" as CompanyId;
const ASKED = {
  name: "tests",
  scope: "read",
  company: ACME,
  sees_contacts: false,
  created_by: "tests",
  expires_at_ms: undefined,
} as const;

/** Several processes on one store, at a time that only the test moves; a rest is one turn of the event loop. */
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

async function keyIn(access: Access): Promise<{ key: string; id: string }> {
  const made = await access.keys.create(ASKED);
  assert.ok(made.type === "made");
  return { key: made.key, id: made.record.id };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("W1: a key made in one process is good in another at once, and revoked there with the next look", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const { key, id } = await keyIn(one);
  const live = await other.keys.find(key);
  assert.ok(live !== undefined);
  await one.keys.revoke(id, undefined);
  assert.equal(live.lease.ended, false);
  await other.refresh();
  assert.equal(live.lease.ended, true);
  assert.equal(await other.keys.find(key), undefined);
});

Deno.test("W2: however many bring keys that are not known, they share a look", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const made = await Promise.all(Array.from({ length: 50 }, () => keyIn(one)));
  const found = await Promise.all(made.map(({ key }) => other.keys.find(key)));
  assert.ok(found.every((live) => live !== undefined));
});

Deno.test("W3: a process that cannot look for 30 s goes by what it knew no longer, until it can", async () => {
  const cluster = new Cluster();
  const access = cluster.process();
  const { key } = await keyIn(access);
  const link = await access.sessions.createLink(ACME, undefined, 3_600_000);
  const ticket = (await access.sessions.openLink(link!.token))!;
  await access.refresh();
  const [live, session] = [await access.keys.find(key), await access.sessions.find(ticket)];
  access.start();
  cluster.is_reachable = false;
  await until(() => cluster.reported.length > 0);
  assert.equal(live!.lease.ended, false);
  cluster.now_ms += 30_000;
  await until(() => live!.lease.ended && session!.lease.ended);
  await assert.rejects(access.keys.find(key), /connection lost/);
  assert.equal(cluster.reported.length, 1, "an outage is said once");
  cluster.is_reachable = true;
  assert.ok(await access.keys.find(key) !== undefined);
  assert.ok(await access.sessions.find(ticket) !== undefined);
  await access.stop();
});

Deno.test("V3: a session opened in one process is found in another, and one logged out is found in none", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const link = await one.sessions.createLink(ACME, undefined, 60_000);
  const ticket = (await one.sessions.openLink(link!.token))!;
  const there = await other.sessions.find(ticket);
  assert.equal(there?.company, ACME);
  await one.sessions.end(ticket);
  await other.refresh();
  await other.refresh();
  assert.equal(await one.sessions.find(ticket), undefined);
  assert.equal(await other.sessions.find(ticket), undefined);
});

Deno.test("V4: what one process renewed another finds, no further behind than a quarter of the time to live", async () => {
  const cluster = new Cluster();
  const [one, other] = [cluster.process(), cluster.process()];
  const link = await one.sessions.createLink(ACME, undefined, 60_000);
  const ticket = (await one.sessions.openLink(link!.token))!;
  assert.ok(await other.sessions.find(ticket) !== undefined);
  for (let times = 0; times < 10; times++) {
    cluster.now_ms += 20_000;
    assert.ok(await one.sessions.find(ticket) !== undefined);
    await one.sessions.writeRenewals();
  }
  cluster.now_ms += 44_000;
  assert.ok(await other.sessions.find(ticket) !== undefined);
});
