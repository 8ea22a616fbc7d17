/** The contract of the alert store: deliveries and their attempts. */

import assert from "node:assert/strict";
import { shardOf } from "../../actors/placement/shards.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { type AlertStore, type Attempt, ATTEMPTS_KEPT } from "../../src/alerts/store.ts";
import {
  ACME,
  alert,
  AT_NOON,
  claimDue,
  contract,
  describe,
  endpoint,
  MINUTE_MS,
  NOON,
} from "./alert_contract.ts";

const DELIVERED: Attempt = { at_ms: NOON + 10, duration_ms: 1, status: 204, failure: undefined };
const FAILED: Attempt = { at_ms: NOON, duration_ms: 1, status: 500, failure: "response status 500" };

/** Raises the alert of a used package of each size. */
function raise(store: AlertStore, ...granted: number[]): Promise<void> {
  return store.raise(
    { alerts: granted.map((amount) => alert(ACME, "package.used_up", amount)), checks: [] },
    AT_NOON,
  );
}

async function claimOne(store: AlertStore, at_ms: number) {
  return (await claimDue(store, "all", at_ms))[0]!;
}

async function firstEndpoint(store: AlertStore) {
  return (await store.list({ before: undefined, limit: 1 }))[0]!;
}

async function listed(store: AlertStore, endpoint_id = "all") {
  return await store.deliveries({ endpoint_id, before: undefined, limit: 100 });
}

contract(
  "deliveries are claimed by the shards of their companies, and tests by that of the empty id",
  async ({ store }) => {
    await store.add(endpoint("all"), 10);
    await raise(store, 10);
    await store.addTest("all", "msg_test", AT_NOON);
    const claim = async (shards: readonly number[] | undefined) =>
      (await store.claimDue("all", NOON, NOON + MINUTE_MS, 10, shards)).map(({ content: { type } }) => type);
    assert.deepEqual(await claim([]), []);
    assert.deepEqual(await claim([shardOf("" as CompanyId)]), ["endpoint.test"]);
    assert.deepEqual(await claim([shardOf(ACME)]), ["package.used_up"]);
    assert.deepEqual(await claim(undefined), [], "claimed already");
  },
);

contract("the result of an attempt is stored with the delivery and its endpoint", async ({ store }) => {
  await store.add(endpoint("all"), 10);
  await raise(store, 10);
  const failure = { type: "failed", failure: "response status 500", next_attempt_at_ms: NOON + 10 } as const;
  await store.recordAttempt(await claimOne(store, NOON), FAILED, failure);
  const last_failure_fields = { last_failed_at_ms: NOON + 1, last_failure: "response status 500" };
  assert.deepEqual(await firstEndpoint(store), endpoint("all", last_failure_fields));
  const [waiting] = await listed(store);
  assert.deepEqual([waiting!.next_attempt_at_ms, waiting!.delivered_at_ms, waiting!.attempts], [
    NOON + 10,
    undefined,
    [FAILED],
  ]);
  assert.equal(await claimOne(store, NOON + 9), undefined);
  const again = await claimOne(store, NOON + 10);
  assert.equal(again.failures, 1);
  await store.recordAttempt(again, DELIVERED, { type: "delivered" });
  const delivered = endpoint("all", { ...last_failure_fields, last_delivered_at_ms: NOON + 11 });
  assert.deepEqual(await firstEndpoint(store), delivered);
  assert.equal(await claimOne(store, NOON + 10 * MINUTE_MS), undefined);
  const [done] = await listed(store);
  assert.deepEqual([done!.next_attempt_at_ms, done!.delivered_at_ms, done!.attempts], [
    undefined,
    NOON + 11,
    [FAILED, DELIVERED],
  ]);
});

contract(
  "an abandoned delivery is due no more, and a receiver that is gone gets nothing",
  async ({ store }) => {
    await store.add(endpoint("all"), 10);
    await raise(store, 9);
    const abandoned = {
      type: "failed",
      failure: "response status 500",
      next_attempt_at_ms: undefined,
    } as const;
    await store.recordAttempt(await claimOne(store, NOON), FAILED, abandoned);
    assert.equal(await claimOne(store, NOON + 10 * MINUTE_MS), undefined);

    await raise(store, 8, 7);
    const attempt = { ...FAILED, at_ms: NOON + 29, status: 410, failure: "response status 410" };
    await store.recordAttempt(await claimOne(store, NOON), attempt, { type: "gone" });
    const { gone_at_ms, last_failure, url } = await firstEndpoint(store);
    assert.deepEqual([gone_at_ms, last_failure], [NOON + 30, "response status 410"]);
    const attempts = (await listed(store)).map((delivery) => delivery.attempts.map(({ status }) => status));
    assert.deepEqual(attempts.sort(), [[], [410], [500]]);
    await raise(store, 6);
    assert.deepEqual(await claimDue(store, "all", NOON + 10 * MINUTE_MS), []);
    assert.equal(await store.addTest("all", "msg_test", AT_NOON), undefined);
    const [gone] = await listed(store);
    assert.equal(await store.resend("all", gone!.id, NOON), undefined);
    assert.equal(await store.add(endpoint("new", { url }), 10), "added");
  },
);

contract("the last attempts of a delivery are stored", async ({ store }) => {
  await store.add(endpoint("all"), 10);
  await raise(store, 10);
  for (let i = 0; i < ATTEMPTS_KEPT + 2; i++) {
    const outcome = { type: "failed", failure: "response status 500", next_attempt_at_ms: NOON } as const;
    await store.recordAttempt(await claimOne(store, NOON), { ...FAILED, duration_ms: i }, outcome);
  }
  const [delivery] = await listed(store);
  const durations = delivery!.attempts.map(({ duration_ms }) => duration_ms);
  assert.deepEqual(durations, Array.from({ length: ATTEMPTS_KEPT }, (_, index) => index + 2));
});

contract("a delivery is resent under its id, with all its attempts", async ({ store }) => {
  await store.add(endpoint("all"), 10);
  await raise(store, 10);
  const first = await claimOne(store, NOON);
  await store.recordAttempt({ ...first, failures: 9 }, FAILED, {
    type: "failed",
    failure: "response status 500",
    next_attempt_at_ms: undefined,
  });
  const resent = await store.resend("all", first.id, NOON + 5);
  assert.deepEqual([resent?.id, resent?.next_attempt_at_ms, resent?.attempts], [first.id, NOON + 5, [
    FAILED,
  ]]);
  assert.equal(await claimOne(store, NOON + 4), undefined);
  assert.deepEqual(await claimOne(store, NOON + 5), first);
  assert.equal(await store.resend("all", "msg_unknown", NOON), undefined);
  assert.equal(await store.resend("other", first.id, NOON), undefined);
});

contract("a test is delivered to its endpoint alone, whichever types it has", async ({ store }) => {
  await store.add(endpoint("all"), 10);
  await store.add(endpoint("one", { company: ACME, types: ["month.closed"] }), 10);
  const added = await store.addTest("one", "msg_1", AT_NOON);
  const content = { type: "endpoint.test", data: { endpoint: "one" } };
  assert.deepEqual(added, {
    id: "msg_1",
    content,
    raised_at_ms: NOON,
    delivered_at_ms: undefined,
    next_attempt_at_ms: NOON,
    attempts: [],
  });
  assert.deepEqual(await listed(store, "one"), [added]);
  const taken = await claimDue(store, "one");
  assert.deepEqual(taken.map(({ id, content }) => [id, content]), [["msg_1", content]]);
  assert.deepEqual(await claimDue(store, "all"), []);
  assert.equal(await store.addTest("unknown", "msg_2", AT_NOON), undefined);
});

contract(
  "deliveries are listed newest first, in pages, and deleted with their endpoint",
  async ({ store }) => {
    await store.add(endpoint("all"), 10);
    for (const [index, granted] of [10, 9, 8].entries()) {
      const alerts = [alert(ACME, "package.used_up", granted)];
      await store.raise({ alerts, checks: [] }, { raised_at_ms: NOON + index, due_at_ms: NOON });
    }
    const all = await listed(store);
    assert.deepEqual(all.map(({ raised_at_ms }) => raised_at_ms - NOON), [2, 1, 0]);
    const before = { at_ms: all[0]!.raised_at_ms, id: all[0]!.id };
    assert.deepEqual(await store.deliveries({ endpoint_id: "all", before, limit: 1 }), [all[1]]);
    await store.remove("all");
    assert.deepEqual(await listed(store), []);
  },
);

contract("old alerts and settled deliveries are deleted, and pending ones are kept", async ({ store }) => {
  await store.add(endpoint("all"), 10);
  await raise(store, 10);
  await store.recordAttempt(await claimOne(store, NOON), DELIVERED, { type: "delivered" });
  await raise(store, 9);
  await store.deleteOld(NOON);
  assert.equal((await listed(store)).length, 2);
  assert.deepEqual((await claimDue(store, "all")).map(describe), ["all: acme package.used_up 10/9"]);
  await store.deleteOld(NOON + 1);
  assert.equal((await listed(store)).length, 1);
  assert.deepEqual(await store.alertsSince([ACME], 0), []);
});
