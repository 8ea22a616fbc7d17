import assert from "node:assert/strict";
import type { LeaseStore, LeaseView, NodeId, Renewal } from "../../src/ports/placement.ts";

/** A lease store of a test. */
export interface TestLeases extends AsyncDisposable {
  /** Opens the store, as each node does. */
  open(): LeaseStore & AsyncDisposable;
  /** Ends the lease of a node. */
  expire(node: NodeId): Promise<void>;
}

const LEASE_MS = 60_000;

/** Adds the tests that every lease store passes. */
export function testLeaseStore(name: string, create: () => Promise<TestLeases>): void {
  const test = (what: string, run: (leases: TestLeases) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      await using leases = await create();
      await run(leases);
    });

  test("a node has the shards that it claims, and another cannot claim them", async (leases) => {
    await using store = leases.open();
    for (const node of ["a", "b"]) await store.register(node, `node ${node}`, LEASE_MS);
    assert.deepEqual(sharesOf(await store.renew(renewal("a", { claim: [3, 1, 2] }))), { a: [1, 2, 3] });
    const view = await store.renew(
      renewal("b", { claim: [3, 4], state: "reachable", clock_is_certain: true }),
    );
    assert.deepEqual(sharesOf(view), { a: [1, 2, 3], b: [4] });
    assert.deepEqual(sharesOf(await store.renew(renewal("a"))), { a: [1, 2, 3], b: [4] });
    const { nodes } = (await store.renew(renewal("a")))!;
    assert.deepEqual(nodes.find(({ id }) => id === "b"), {
      id: "b",
      name: "node b",
      state: "reachable",
      clock_is_certain: true,
    });
    await store.register("c", "node c", LEASE_MS);
    const registered = (await store.renew(renewal("a")))!.nodes.find(({ id }) => id === "c");
    assert.deepEqual(registered, { id: "c", name: "node c", state: "suspect", clock_is_certain: false });
  });

  test("a released shard can be claimed; a node releases only its own", async (leases) => {
    await using store = leases.open();
    for (const node of ["a", "b"]) await store.register(node, node, LEASE_MS);
    await store.renew(renewal("a", { claim: [0, 1] }));
    assert.deepEqual(sharesOf(await store.renew(renewal("b", { release: [0, 1] }))), { a: [0, 1] });
    assert.deepEqual(sharesOf(await store.renew(renewal("a", { release: [1] }))), { a: [0] });
    assert.deepEqual(sharesOf(await store.renew(renewal("b", { claim: [0, 1] }))), { a: [0], b: [1] });
  });

  test("a lease that has ended is never renewed, and its shards are freed for others", async (leases) => {
    await using store = leases.open();
    for (const node of ["a", "b"]) await store.register(node, node, LEASE_MS);
    await store.renew(renewal("a", { claim: [0, 1] }));
    await leases.expire("a");
    assert.equal(await store.renew(renewal("a", { claim: [2] })), undefined);
    const view = await store.renew(renewal("b", { claim: [2] }));
    assert.deepEqual(sharesOf(view), { b: [2] });
    assert.equal(await store.renew(renewal("a")), undefined);
    assert.equal(await store.renew(renewal("never registered", { claim: [7] })), undefined);
    assert.deepEqual(sharesOf(await store.renew(renewal("b", { claim: [0, 1] }))), { b: [0, 1, 2] });
  });

  test("shards of a node that is gone are freed by its id", async (leases) => {
    await using store = leases.open();
    for (const node of ["a", "b"]) await store.register(node, node, LEASE_MS);
    await store.renew(renewal("a", { claim: [5] }));
    await store.leave("a");
    assert.deepEqual(sharesOf(await store.renew(renewal("b"))), { a: [5] });
    assert.deepEqual(sharesOf(await store.renew(renewal("b", { gone: ["a"] }))), {});
  });

  test("of many nodes that claim every shard at once, each shard has one, and each node knows which", async (leases) => {
    await using stores = new AsyncDisposableStack();
    const nodes = ["a", "b", "c", "d", "e"];
    const all = Array.from({ length: 256 }, (_, shard) => shard);
    const opened = nodes.map((node) => ({ node, store: stores.use(leases.open()) }));
    for (const { node, store } of opened) await store.register(node, node, LEASE_MS);
    await opened[0]!.store.renew(renewal("a", { claim: all.slice(0, 100) }));
    await leases.expire("a");
    const views = await Promise.all(
      opened.slice(1).map(({ node, store }) => store.renew(renewal(node, { claim: all.slice(50) }))),
    );
    const own = views.map((view, i) => sharesOf(view)[nodes[i + 1]!] ?? []).flat();
    assert.equal(own.length, new Set(own).size);
    const final = sharesOf(await opened[1]!.store.renew(renewal("b")));
    assert.deepEqual(Object.values(final).flat().sort((x, y) => x - y), own.sort((x, y) => x - y));
    assert.equal(final.a, undefined);
    assert.ok(own.length >= 156);
  });
}

function renewal(node: NodeId, more: Partial<Renewal> = {}): Renewal {
  return {
    node,
    state: "suspect",
    clock_is_certain: true,
    lease_ms: LEASE_MS,
    claim: [],
    release: [],
    gone: [],
    ...more,
  };
}

/** The shards of each node that has some, in order. */
function sharesOf(view: LeaseView | undefined): Record<NodeId, number[]> {
  const shares: Record<NodeId, number[]> = {};
  view!.owners.forEach((owner, shard) => owner !== undefined && (shares[owner] ??= []).push(shard));
  return shares;
}
