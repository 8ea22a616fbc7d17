/** What several nodes do when the bus carries nothing, loses subscriptions, or takes no message. */

import assert from "node:assert/strict";
import { serialize } from "node:v8";
import { commandsOf } from "../../../actors/placement/outbox.ts";
import { RECOVERING_MS, UNREACHABLE_AFTER_MS } from "../../../actors/placement/reachability.ts";
import { TestCluster } from "../../support/cluster/test_cluster.ts";
import { MORNING_MS, wrote } from "../../support/actors.ts";
import { ANA, wroteEvent } from "../../support/fixtures.ts";
import { COMPANIES, consumed, createCluster, ownedBy } from "./cluster_of_companies.ts";

Deno.test("without the bus each node serves its own companies and answers unavailable for others, and no shard moves", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const [own, other] = [ownedBy(one!), ownedBy(two!)];
  cluster.bus.stop();
  await cluster.advance(3 * UNREACHABLE_AFTER_MS);
  assert.deepEqual(await cluster.execute(one!, own, wrote(ANA)), { type: "done" });
  const answer = await cluster.execute(one!, other, wrote(ANA));
  assert.deepEqual(answer, { type: "unavailable", reason: "owner_unreachable", retry_after_s: 1 });
  assert.deepEqual(one!.placement.nodes().map(({ state }) => state), ["unreachable", "unreachable"]);
  cluster.assertSpread([one!, two!]);
  assert.ok(two!.placement.owns(other));
  cluster.bus.start();
  await cluster.advance(2_000);
  assert.deepEqual(await cluster.execute(one!, other, wrote(ANA)), { type: "done" });
  await cluster.advance(RECOVERING_MS);
  assert.deepEqual(one!.placement.nodes().map(({ state }) => state), ["reachable", "reachable"]);
});

Deno.test("when the bus is there again no shard moves, although one node notices later", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const events = [[...one!.events], [...two!.events]];
  cluster.bus.cut("one");
  cluster.bus.cut("two");
  await cluster.advance(2 * UNREACHABLE_AFTER_MS);
  cluster.bus.reconnect("one");
  await cluster.advance(RECOVERING_MS - 1_000);
  cluster.bus.reconnect("two");
  await cluster.advance(2 * RECOVERING_MS);
  assert.deepEqual(one!.placement.nodes().map(({ state }) => state), ["reachable", "reachable"]);
  assert.deepEqual([one!.events, two!.events], events);
});

Deno.test("a node that the bus does not reach gives its shards to the others until the bus reaches it again", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  cluster.bus.cut("two");
  await cluster.advance(UNREACHABLE_AFTER_MS + 3_000);
  assert.deepEqual([one!.placement.shards.length, two!.placement.shards.length], [256, 0]);
  assert.ok(two!.events.every((event) => !event.startsWith("lost")), "its shards drained");
  cluster.bus.reconnect("two");
  await cluster.advance(3_000);
  cluster.assertSpread([one!, two!]);
});

Deno.test("a node that starts and never reaches the bus takes no shard from the others, until the bus reaches it", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const events = [[...one!.events], [...two!.events]];
  cluster.bus.cut("three");
  const three = await cluster.start("three");
  await cluster.advance(2 * UNREACHABLE_AFTER_MS);
  assert.deepEqual([one!.events, two!.events, three.events], [...events, []]);
  cluster.bus.reconnect("three");
  await cluster.advance(RECOVERING_MS + 1_000);
  cluster.assertSpread([one!, two!, three]);
});

Deno.test("nodes that start without the bus share all shards", async () => {
  const cluster = new TestCluster();
  cluster.bus.stop();
  const nodes = await cluster.startAll("one", "two");
  await cluster.advance(UNREACHABLE_AFTER_MS);
  cluster.assertSpread(nodes);
});

Deno.test("a node whose subscriptions the bus has lost subscribes again", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  cluster.bus.loseSubscriptions("two");
  const answer = await cluster.execute(one!, company, wrote(ANA));
  assert.deepEqual(answer, { type: "unavailable", reason: "owner_unreachable", retry_after_s: 1 });
  await cluster.advance(2_500);
  assert.deepEqual(await cluster.execute(one!, company, wrote(ANA)), { type: "done" });
});

Deno.test("a node that has lost the subscription to its commands alone subscribes again", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  cluster.bus.loseSubscriptions("two", commandsOf(two!.placement.ownerOf(company)!));
  const answer = await cluster.execute(one!, company, wrote(ANA));
  assert.deepEqual(answer, { type: "unavailable", reason: "owner_unreachable", retry_after_s: 1 });
  await cluster.advance(2_500);
  assert.deepEqual(await cluster.execute(one!, company, wrote(ANA)), { type: "done" });
});

Deno.test("a node that has lost the subscription to changes of leases learns of them with its next renewal", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  for (const { name } of [one!, two!]) cluster.bus.loseSubscriptions(name, "leases.changed");
  const three = await cluster.start("three");
  await cluster.advance(2_500);
  cluster.assertSpread([one!, two!, three]);
});

Deno.test("a node that has lost the subscription to its replies subscribes again, and keeps its shards", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  cluster.bus.loseReplies("one");
  await cluster.advance(2_500);
  assert.deepEqual(await cluster.execute(one!, company, wrote(ANA)), { type: "done" });
  assert.deepEqual(one!.events, ["gained 256", ...Array.from({ length: 128 }, () => "drained 1")]);
});

Deno.test("a command that the bus does not take is answered, and others are not affected", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  cluster.bus.message_bytes_max = 10;
  assert.equal((await cluster.execute(one!, company, wrote(ANA))).type, "unavailable");
  cluster.bus.message_bytes_max = Infinity;
  assert.deepEqual(await cluster.execute(one!, company, wrote(ANA)), { type: "done" });
});

Deno.test("commands, answers and webhooks that are larger than the bus takes together go in parts", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const [company, other] = COMPANIES.filter((company) => two!.placement.owns(company));
  cluster.bus.message_bytes_max = 2_000;
  const phones = Array.from({ length: 40 }, (_, n) => `55119${80_000_000 + n}`);
  const events = phones.map((phone) => wroteEvent(phone, MORNING_MS, `wamid.${phone}`));
  assert.deepEqual(
    await cluster.execute(one!, company!, { type: "record", events, received_at_ms: MORNING_MS }),
    { type: "done" },
  );
  assert.equal(await consumed(cluster, one!, company!), 40);
  const commands = [...phones.map((phone) => wrote(phone)), { type: "read_company" } as const];
  const answers = commands.map((command) => one!.placement.companies.execute(other!, command));
  const reads = phones.map(() => one!.placement.companies.execute(company!, { type: "read_balance" }));
  await cluster.advance(100);
  assert.deepEqual(
    (await Promise.all(answers)).map(({ type }) => type),
    [...phones.map(() => "done"), "company"],
  );
  assert.deepEqual([...new Set((await Promise.all(reads)).map(({ type }) => type))], ["balance"]);
  for (const { errors } of [one!, two!]) assert.deepEqual(errors, []);
});

Deno.test("a message that no node sends ends no node and keeps no shard from its next node", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  const subject = commandsOf(two!.placement.ownerOf(company)!);
  const broken = { company, after_read: false };
  for (const command of [undefined, {}, { type: "record" }, { type: "record", events: [{}] }]) {
    cluster.bus.of("one").publish(subject, serialize([{ ...broken, command }]));
  }
  cluster.bus.of("one").publish(subject, serialize([null]));
  await cluster.advance(100);
  assert.deepEqual(await cluster.execute(one!, company, wrote(ANA)), { type: "done" });
  assert.equal(two!.errors.length, 3);
  await two!.placement.stop();
  await cluster.advance(3_000);
  cluster.assertSpread([one!]);
});

Deno.test("commands that wait for other nodes are bounded by cost", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  const answers = Array.from(
    { length: 1_001 },
    (_, n) => one!.placement.companies.execute(company, { type: "read_message_key", message_id: `${n}` }),
  );
  assert.deepEqual(await answers.at(-1), { type: "unavailable", reason: "overloaded", retry_after_s: 1 });
  await cluster.advance(10);
  assert.equal((await answers[0]!).type, "message_key");
});
