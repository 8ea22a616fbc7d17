import assert from "node:assert/strict";
import fc from "fast-check";
import { LEASE_MS, MARGIN_MS, RETURNING_MS } from "../../../actors/placement/lease_keeper.ts";
import { commandsOf } from "../../../actors/placement/outbox.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { wrote } from "../../support/actors.ts";
import { TestCluster } from "../../support/cluster/test_cluster.ts";
import { ANA, BETO } from "../../support/fixtures.ts";
import { COMPANIES, consumed, createCluster, ownedBy, TAKEN_OVER_MS } from "./cluster_of_companies.ts";

Deno.test("three nodes share all shards evenly, and one node alone has all", async () => {
  const { cluster, nodes: [one] } = await createCluster("one");
  cluster.assertSpread([one!]);
  await cluster.startAll("two", "three");
  cluster.assertSpread(cluster.nodes);
  assert.deepEqual(cluster.nodes.map(({ placement }) => placement.leads), [true, false, false]);
});

Deno.test("any node takes any command, and each company is active on one node only", async () => {
  const { cluster, nodes } = await createCluster("one", "two", "three");
  for (const [index, company] of COMPANIES.entries()) {
    const command = wrote(ANA);
    for (const node of nodes) {
      assert.deepEqual(await cluster.execute(node, company, command), { type: "done" });
    }
    assert.equal(await consumed(cluster, nodes[index % 3]!, company), 1);
    assert.equal(cluster.store.stored(company)!.head.epoch, 1);
  }
  const active = nodes.map(({ system }) => system.active);
  assert.equal(active.reduce((a, b) => a + b), COMPANIES.length);
  for (const node of nodes) assert.deepEqual(node.errors, []);
});

Deno.test("commands for one node that arrive together are one message", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  const subject = commandsOf(two!.placement.ownerOf(company)!);
  const before = cluster.bus.sent.filter((sent) => sent === subject).length;
  const commands = Array.from({ length: 20 }, (_, n) => wrote(`55119${80_000_000 + n}`));
  const answers = commands.map((command) => one!.placement.companies.execute(company, command));
  await cluster.advance(10);
  assert.deepEqual(await Promise.all(answers), commands.map(() => ({ type: "done" })));
  assert.equal(cluster.bus.sent.filter((sent) => sent === subject).length - before, 1);
  assert.equal(one!.placement.counters.sent, 20);
});

Deno.test("a slow company delays no other company of its node", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const [slow, quick] = COMPANIES.filter((company) => two!.placement.owns(company));
  await cluster.execute(one!, quick!, { type: "read_balance" });
  two!.actors.writer.pause();
  const writing = one!.placement.companies.execute(slow!, wrote(ANA));
  const reading = one!.placement.companies.execute(quick!, { type: "read_balance" });
  await cluster.advance(10);
  assert.equal((await reading).type, "balance");
  two!.actors.writer.resume();
  await cluster.advance(10);
  assert.deepEqual(await writing, { type: "done" });
});

Deno.test("a node executes no command of a shard that it has given up, also when the sender does not know yet", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const companies = Array.from({ length: 60 }, (_, n) => `moved-${n}` as CompanyId);
  await cluster.create(companies);
  const of_two = companies.filter((company) => two!.placement.owns(company));
  cluster.cutFromLeases("one");
  const three = await cluster.start("three");
  await cluster.advance(1_500);
  const moved = of_two.find((company) => three.placement.owns(company))!;
  const epoch = () => cluster.store.stored(moved)!.head.epoch;
  assert.deepEqual([(await cluster.execute(three, moved, wrote(ANA))).type, epoch()], ["done", 1]);
  const answer = await cluster.execute(one!, moved, wrote(BETO));
  assert.deepEqual(answer, { type: "unavailable", reason: "taken_over", retry_after_s: 1 });
  assert.equal(epoch(), 1);
});

Deno.test("a killed node's shards are taken over once its lease has ended, with every answered change", async () => {
  const { cluster, nodes: [one, two, three] } = await createCluster("one", "two", "three");
  const company = ownedBy(three!);
  assert.deepEqual(await cluster.execute(one!, company, wrote(ANA)), { type: "done" });
  cluster.kill("three");
  const answer = await cluster.execute(one!, company, wrote(BETO));
  assert.deepEqual(answer, { type: "unavailable", reason: "owner_unreachable", retry_after_s: 1 });
  await cluster.advance(TAKEN_OVER_MS);
  cluster.assertSpread([one!, two!]);
  assert.deepEqual(await cluster.execute(one!, company, wrote(BETO)), { type: "done" });
  assert.equal(await consumed(cluster, two!, company), 2);
});

Deno.test("a node that was stopped past its lease serves nothing when it runs on, and comes back under another id", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  await cluster.execute(two!, company, wrote(ANA));
  const id = two!.placement.ownerOf(company);
  cluster.freeze("two");
  await cluster.advance(TAKEN_OVER_MS);
  assert.deepEqual(await cluster.execute(one!, company, wrote(BETO)), { type: "done" });
  cluster.thaw("two");
  cluster.assertOneOwner();
  // Not a moment later: it has not noticed yet that its lease has ended.
  assert.equal(
    (await two!.placement.companies.execute(company, { type: "read_balance" })).type,
    "unavailable",
  );
  await cluster.advance(5_000);
  cluster.assertSpread([one!, two!]);
  assert.ok(two!.events.some((event) => event.startsWith("lost")));
  assert.ok(two!.placement.nodes().every((node) => node.id !== id));
  assert.equal(await consumed(cluster, two!, company), 2);
});

Deno.test("a node that cannot reach the leases stops serving before another starts, and forgets its companies", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  await cluster.execute(two!, company, wrote(ANA));
  cluster.cutFromLeases("two");
  await cluster.advance(LEASE_MS - MARGIN_MS - 1_001);
  assert.equal(two!.placement.shards.length, 128);
  await cluster.advance(TAKEN_OVER_MS);
  assert.deepEqual([one!.placement.shards.length, two!.placement.shards.length], [256, 0]);
  assert.equal(two!.system.active, 0);
  assert.equal(two!.errors.length, 1, "an outage is reported once");
  await cluster.execute(one!, company, wrote(BETO));
  cluster.reconnectToLeases("two");
  await cluster.advance(5_000);
  cluster.assertSpread([one!, two!]);
  cluster.kill("one");
  await cluster.advance(TAKEN_OVER_MS);
  assert.equal(await consumed(cluster, two!, company), 2);
});

Deno.test("nodes that come back one after another, after an outage longer than a lease, take their shares and hand none on", async () => {
  const { cluster, nodes } = await createCluster("one", "two", "three");
  for (const { name } of nodes) cluster.cutFromLeases(name);
  await cluster.advance(2 * LEASE_MS);
  assert.deepEqual(nodes.map(({ placement }) => placement.shards.length), [0, 0, 0]);
  for (const { events } of nodes) events.length = 0;
  cluster.reconnectToLeases("one");
  await cluster.advance(1_300);
  for (const name of ["two", "three"]) cluster.reconnectToLeases(name);
  await cluster.advance(5_000);
  cluster.assertSpread(nodes);
  assert.deepEqual(nodes.map(({ events }) => events), [["gained 86"], ["gained 85"], ["gained 85"]]);
});

Deno.test("after an outage longer than a lease, the shards of a node that does not come back are taken over too", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two", "three");
  for (const name of ["one", "two", "three"]) cluster.cutFromLeases(name);
  cluster.kill("three");
  await cluster.advance(2 * LEASE_MS);
  for (const name of ["one", "two"]) cluster.reconnectToLeases(name);
  await cluster.advance(1_000 + RETURNING_MS + 100);
  cluster.assertSpread([one!, two!]);
});

Deno.test("no clock that runs five percent fast or slow makes two nodes serve one shard", async () => {
  for (const pace of [0.95, 1.05]) {
    const cluster = new TestCluster();
    await cluster.start("one");
    await cluster.start("two", pace);
    await cluster.advance(5_000);
    cluster.cutFromLeases("two");
    await cluster.advance(10_000);
    cluster.reconnectToLeases("two");
    await cluster.advance(5_000);
    cluster.assertSpread(cluster.nodes);
  }
});

Deno.test("a stopped node drains its shards and answers what it has, and no answered change is lost", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  two!.actors.writer.pause();
  const answer = one!.placement.companies.execute(company, wrote(ANA));
  await cluster.advance(10);
  const stopping = two!.placement.stop();
  await cluster.advance(1_000);
  // Its shard waits for the write; the others are with the other node.
  assert.deepEqual(two!.placement.shards, []);
  assert.equal(one!.placement.shards.length, 255);
  two!.actors.writer.resume();
  await cluster.advance(1_500);
  await stopping;
  assert.deepEqual(await answer, { type: "done" });
  assert.equal(one!.placement.shards.length, 256);
  assert.equal(await consumed(cluster, one!, company), 1);
  assert.deepEqual(one!.placement.nodes().map(({ name }) => name), ["one"]);
  assert.equal(two!.events.filter((event) => event === "drained 1").length, 128);
});

Deno.test("a node that stays while it stops sends commands to the nodes that have its shards now", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(two!);
  const stopping = two!.placement.stop(2_000);
  await cluster.advance(1_500);
  assert.equal(one!.placement.shards.length, 256);
  assert.equal(await consumed(cluster, two!, company), 0);
  assert.deepEqual(one!.placement.nodes().map(({ name }) => name), ["one", "two"]);
  await cluster.advance(1_500);
  await stopping;
  assert.deepEqual(one!.placement.nodes().map(({ name }) => name), ["one"]);
});

Deno.test("a node whose clock is uncertain gives its shards to the others until its clock is certain again", async () => {
  const { cluster, nodes: [one, two] } = await createCluster("one", "two");
  const company = ownedBy(one!);
  await cluster.execute(two!, company, wrote(ANA));
  one!.clock.is_certain = false;
  await cluster.advance(3_000);
  assert.deepEqual([one!.placement.shards.length, two!.placement.shards.length], [0, 256]);
  assert.deepEqual([one!.placement.leads, two!.placement.leads], [false, true]);
  assert.ok(one!.events.every((event) => !event.startsWith("lost")), "its shards drained");
  assert.equal(await consumed(cluster, one!, company), 1);
  // The clock of Postgres is wrong: it disagrees with every node's.
  two!.clock.is_certain = false;
  await cluster.advance(3_000);
  assert.equal(two!.placement.shards.length + one!.placement.shards.length, 256);
  one!.clock.is_certain = two!.clock.is_certain = true;
  await cluster.advance(3_000);
  cluster.assertSpread([one!, two!]);
});

Deno.test("a node that starts with an uncertain clock gets shards only from nodes that are gone", async () => {
  const { cluster, nodes: [one] } = await createCluster("one");
  const two = await cluster.start("two", 1, false);
  await cluster.advance(3_000);
  assert.deepEqual([one!.placement.shards.length, two.placement.shards.length], [256, 0]);
  assert.ok(one!.events.every((event) => !event.startsWith("drained")), "no shard moved");
  cluster.kill("one");
  await cluster.advance(TAKEN_OVER_MS);
  assert.equal(two.placement.shards.length, 256);
});

Deno.test("however nodes, the bus and the leases fail, no shard is served twice, and in the end every change is stored once and all is spread", async () => {
  const names = ["one", "two", "three"];
  const faults = {
    freeze: (cluster: TestCluster, name: string) => cluster.freeze(name),
    thaw: (cluster: TestCluster, name: string) => cluster.thaw(name),
    "cut from the leases": (cluster: TestCluster, name: string) => cluster.cutFromLeases(name),
    "reconnect to the leases": (cluster: TestCluster, name: string) => cluster.reconnectToLeases(name),
    "cut from the bus": (cluster: TestCluster, name: string) => cluster.bus.cut(name),
    "reconnect to the bus": (cluster: TestCluster, name: string) => cluster.bus.reconnect(name),
    "stop the bus": (cluster: TestCluster) => cluster.bus.stop(),
    "start the bus": (cluster: TestCluster) => cluster.bus.start(),
    "lose the subscriptions": (cluster: TestCluster, name: string) => cluster.bus.loseSubscriptions(name),
  };
  const step = fc.record({
    fault: fc.constantFrom(...Object.keys(faults) as (keyof typeof faults)[]),
    name: fc.constantFrom(...names),
    wait_ms: fc.constantFrom(0, 300, 2_000, 6_000),
    company: fc.constantFrom(...COMPANIES),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      const { cluster, nodes } = await createCluster(...names);
      const acknowledged = new Map<CompanyId, Set<number>>();
      for (const [number, { fault, name, wait_ms, company }] of steps.entries()) {
        faults[fault](cluster, name);
        const node = nodes[number % nodes.length]!;
        const answer = node.placement.companies.execute(company, wrote(`55119${80_000_000 + number}`));
        void answer.then(({ type }) => {
          if (type !== "done") return;
          acknowledged.set(company, (acknowledged.get(company) ?? new Set()).add(number));
        });
        await cluster.advance(wait_ms);
      }
      for (const name of names) {
        cluster.thaw(name);
        cluster.reconnectToLeases(name);
        cluster.bus.reconnect(name);
      }
      cluster.bus.start();
      await cluster.advance(15_000);
      cluster.assertSpread(nodes);
      for (const company of COMPANIES) {
        // An unanswered command may have been stored too, once.
        const credits = await consumed(cluster, nodes[0]!, company);
        assert.ok(credits >= (acknowledged.get(company)?.size ?? 0));
        assert.ok(credits <= steps.filter((of) => of.company === company).length);
      }
    }),
    { numRuns: 6 },
  );
});
