import assert from "node:assert/strict";
import fc from "fast-check";
import { assignShards, EMPTY_VIEW, planFor } from "../../../actors/placement/leases.ts";
import { shardOf, SHARDS } from "../../../actors/placement/shards.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { LeaseView, Node, NodeState } from "../../../src/ports/placement.ts";

const STATES: readonly NodeState[] = ["reachable", "suspect", "unreachable", "draining"];
const IDS = ["a", "b", "c", "d", "e", "f", "g"];

/** Views of up to seven nodes. Owners are live nodes, a node that is gone, or nobody. */
const views = fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: IDS.length }).chain((ids) =>
  fc.record({
    nodes: fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          name: fc.constant(id),
          state: fc.constantFrom(...STATES),
          clock_is_certain: fc.boolean(),
        })
      ),
    ),
    owners: fc.array(fc.constantFrom(undefined, "gone", ...ids), { minLength: SHARDS, maxLength: SHARDS }),
  })
);

/** @param uncertain the nodes whose clock is uncertain */
function nodesIn(states: Readonly<Record<string, NodeState>>, uncertain: readonly string[] = []): Node[] {
  return Object.entries(states).map(([id, state]) => {
    return { id, name: id, state, clock_is_certain: !uncertain.includes(id) };
  });
}

function candidatesIn({ nodes }: LeaseView): string[] {
  const staying = nodes.filter(({ state }) => state !== "draining");
  const reachable = staying.filter(({ state }) => state === "reachable" || state === "suspect");
  const is_bus_there = staying.some(({ state }) => state === "reachable");
  const reached = is_bus_there ? reachable : staying;
  const has_certain = reached.some(({ clock_is_certain }) => clock_is_certain);
  return reached.filter(({ clock_is_certain }) => clock_is_certain || !has_certain).map(({ id }) => id);
}

function countsOf(owners: readonly (string | undefined)[], ids: readonly string[]): number[] {
  return ids.map((id) => owners.filter((owner) => owner === id).length);
}

/** Follows the plans of all nodes until none has anything to do: each gives up, then each claims. */
function settle(view: LeaseView): LeaseView {
  for (let round = 0; round < 5; round++) {
    // The store frees the shards of nodes that are gone.
    const live = new Set<string | undefined>(view.nodes.map(({ id }) => id));
    view = { ...view, owners: view.owners.map((owner) => live.has(owner) ? owner : undefined) };
    const plans = view.nodes.map(({ id }) => ({ id, ...planFor(id, view) }));
    if (plans.every(({ claim, give_up }) => claim.length + give_up.length === 0)) return view;
    const owners = view.owners.map((owner, shard) => {
      if (plans.some(({ give_up }) => give_up.includes(shard))) return undefined;
      return plans.find(({ claim }) => claim.includes(shard))?.id ?? owner;
    });
    view = { ...view, owners };
  }
  throw new Error("the nodes do not settle");
}

Deno.test("every shard has a node, and no node has two shards more than another", () => {
  fc.assert(fc.property(views, (view) => {
    const candidates = candidatesIn(view);
    const assigned = assignShards(view);
    if (candidates.length === 0) return assigned.every((node) => node === undefined);
    const counts = countsOf(assigned, candidates);
    assert.equal(counts.reduce((a, b) => a + b), SHARDS);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
    return true;
  }));
});

Deno.test("no shard moves that need not: each node keeps as many of its shards as an even spread allows", () => {
  fc.assert(fc.property(views, (view) => {
    const candidates = candidatesIn(view);
    if (candidates.length === 0) return;
    const assigned = assignShards(view);
    const kept = assigned.filter((node, shard) => node === view.owners[shard]).length;
    // The best that any even spread can keep: the largest owners may have the larger quota.
    const least = Math.floor(SHARDS / candidates.length);
    const held = countsOf(view.owners, candidates).sort((a, b) => b - a);
    const best = held.reduce(
      (sum, count, rank) => sum + Math.min(count, least + (rank < SHARDS % candidates.length ? 1 : 0)),
      0,
    );
    assert.equal(kept, best);
  }));
});

Deno.test("a node claims only shards that nobody has, and gives up only its own; no two nodes claim one shard", () => {
  fc.assert(fc.property(views, (view) => {
    const claimed = new Set<number>();
    for (const { id } of view.nodes) {
      const { claim, give_up } = planFor(id, view);
      for (const shard of claim) {
        assert.equal(view.owners[shard], undefined);
        assert.ok(!claimed.has(shard));
        claimed.add(shard);
      }
      for (const shard of give_up) assert.equal(view.owners[shard], id);
    }
  }));
});

Deno.test("a node leaves shards for as many nodes as it expects, and claims no more than its share", () => {
  fc.assert(fc.property(views, fc.integer({ min: 1, max: 9 }), (view, expected) => {
    const candidates = candidatesIn(view);
    const counts = countsOf(assignShards(view, expected), candidates);
    const sharing = Math.max(candidates.length, expected);
    const [least, most] = [Math.floor(SHARDS / sharing), Math.ceil(SHARDS / sharing)];
    assert.ok(counts.every((count) => count === least || count === most), `${counts}`);
  }));
});

Deno.test("nodes that follow their plans settle, and then nothing moves", () => {
  fc.assert(fc.property(views, (view) => {
    const settled = settle(view);
    for (const { id } of settled.nodes) {
      assert.deepEqual(planFor(id, settled), { claim: [], give_up: [] });
    }
  }));
});

Deno.test("a third node gets a third of the shards, and no shard moves between the other two", () => {
  const two = settle({ ...EMPTY_VIEW, nodes: nodesIn({ a: "reachable", b: "reachable" }) });
  const three = settle({ ...two, nodes: nodesIn({ a: "reachable", b: "reachable", c: "reachable" }) });
  assert.deepEqual(countsOf(two.owners, ["a", "b"]), [128, 128]);
  assert.deepEqual(countsOf(three.owners, ["a", "b", "c"]), [86, 85, 85]);
  assert.ok(three.owners.every((owner, shard) => owner === "c" || owner === two.owners[shard]));
});

Deno.test("a draining node gives all its shards to the others, and a node that is gone loses them", () => {
  const two = settle({ ...EMPTY_VIEW, nodes: nodesIn({ a: "reachable", b: "reachable" }) });
  const drained = settle({ ...two, nodes: nodesIn({ a: "draining", b: "reachable" }) });
  assert.ok(drained.owners.every((owner) => owner === "b"));
  assert.ok(settle({ ...two, nodes: nodesIn({ a: "reachable" }) }).owners.every((owner) => owner === "a"));
});

Deno.test("a node that the bus does not reach gives its shards to reachable nodes; if the bus reaches none, all keep theirs", () => {
  const two = settle({ ...EMPTY_VIEW, nodes: nodesIn({ a: "reachable", b: "reachable" }) });
  const cut_off = settle({ ...two, nodes: nodesIn({ a: "unreachable", b: "reachable" }) });
  assert.ok(cut_off.owners.every((owner) => owner === "b"));
  for (
    const states of [{ a: "unreachable", b: "suspect" }, { a: "unreachable", b: "unreachable" }] as const
  ) {
    assert.deepEqual(settle({ ...two, nodes: nodesIn(states) }).owners, two.owners);
  }
});

Deno.test("a node whose clock is uncertain gives its shards to nodes with a certain clock; if there are none, all keep theirs", () => {
  const two = settle({ ...EMPTY_VIEW, nodes: nodesIn({ a: "reachable", b: "suspect" }) });
  const uncertain = settle({ ...two, nodes: nodesIn({ a: "reachable", b: "suspect" }, ["a"]) });
  assert.ok(uncertain.owners.every((owner) => owner === "b"));
  const none_certain = nodesIn({ a: "reachable", b: "reachable" }, ["a", "b"]);
  assert.deepEqual(settle({ ...two, nodes: none_certain }).owners, two.owners);
});

Deno.test("a node that the bus does not reach gets no shards, although its clock alone is certain", () => {
  const nodes = nodesIn({ a: "reachable", b: "unreachable" }, ["a"]);
  assert.ok(settle({ ...EMPTY_VIEW, nodes }).owners.every((owner) => owner === "a"));
});

Deno.test("without the bus, nodes with a certain clock have all shards", () => {
  const nodes = nodesIn({ a: "unreachable", b: "unreachable" }, ["a"]);
  assert.ok(settle({ ...EMPTY_VIEW, nodes }).owners.every((owner) => owner === "b"));
});

Deno.test("companies spread evenly over the shards, by the first byte of the SHA-256 of their id", () => {
  assert.equal(shardOf("padaria" as CompanyId), 0xbb);
  const counts = new Array<number>(SHARDS).fill(0);
  for (let n = 0; n < 100 * SHARDS; n++) counts[shardOf(`company-${n}` as CompanyId)]!++;
  assert.ok(Math.min(...counts) > 50 && Math.max(...counts) < 160, `${counts}`);
});
