import assert from "node:assert/strict";
import { LEASE_MS, LeaseKeeper, MARGIN_MS } from "../../../actors/placement/lease_keeper.ts";
import type { LeaseStore, LeaseView } from "../../../src/ports/placement.ts";
import { ManualTime } from "../../support/cluster/manual_time.ts";
import { MemoryLeases } from "../../support/cluster/memory_leases.ts";

/** A keeper whose renewals a test delays or refuses. */
class TestKeeper {
  readonly time = new ManualTime();
  readonly leases = new MemoryLeases(() => this.time.now_ms());
  readonly events: string[] = [];
  renewals = 0;
  discards = 0;
  /** What happens with the next renewals. */
  renewing: "at once" | "refused" | { readonly answered_after_ms: number } = "at once";
  readonly keeper = new LeaseKeeper({
    store: this.#store(),
    clock: this.time,
    timers: this.time,
    name: "one",
    newNodeId: () => `one-${this.events.length}`,
    onNode: () => {},
    isClockCertain: () => true,
    isReachable: () => Promise.resolve(true),
    drain: () => Promise.resolve(),
    discardAll: () => void this.discards++,
    notifyOthers: () => {},
    onEvent: ({ type, shards }) => this.events.push(`${type} ${shards.length}`),
    report: () => {},
  });

  #store(): LeaseStore {
    return {
      register: (...of) => this.leases.register(...of),
      leave: (node) => this.leases.leave(node),
      renew: async (renewal): Promise<LeaseView | undefined> => {
        this.renewals++;
        const { renewing } = this;
        if (renewing === "refused") throw new Error("the store cannot be reached");
        const view = await this.leases.renew(renewal);
        if (renewing !== "at once") await this.time.sleep(renewing.answered_after_ms);
        return view;
      },
    };
  }
}

Deno.test("a lease counts from before its renewal was asked for, however late the answer comes", async () => {
  const under_test = new TestKeeper();
  await under_test.keeper.start();
  assert.deepEqual(under_test.events, ["gained 256"]);
  under_test.renewing = { answered_after_ms: 3_000 };
  // Asked for after one second, answered after four.
  await under_test.time.advance(4_100);
  assert.ok(under_test.keeper.serves(0));
  under_test.renewing = { answered_after_ms: 60_000 };
  await under_test.time.advance(1_000 + LEASE_MS - MARGIN_MS - 4_100 - 1);
  assert.ok(under_test.keeper.serves(0));
  await under_test.time.advance(1);
  assert.ok(!under_test.keeper.serves(0));
  assert.deepEqual([under_test.discards, under_test.events.at(-1)], [1, "lost 256"]);
});

Deno.test("while the store refuses, a node asks once a second, also when it has shards to claim", async () => {
  const under_test = new TestKeeper();
  await under_test.keeper.start();
  under_test.renewing = "refused";
  await under_test.time.advance(20_000);
  assert.ok(under_test.renewals < 30, `${under_test.renewals} renewals`);
  assert.equal(under_test.keeper.shards.length, 0);
  under_test.renewing = "at once";
  await under_test.time.advance(3_000);
  assert.equal(under_test.keeper.shards.length, 256);
});

Deno.test("shards that the stored leases give to another node are served no more", async () => {
  const under_test = new TestKeeper();
  await under_test.keeper.start();
  const node = under_test.keeper.node!;
  // As after a failover to a server that lacks the last claims.
  await under_test.leases.renew({
    node,
    state: "reachable",
    clock_is_certain: true,
    lease_ms: LEASE_MS,
    claim: [],
    release: [7],
    gone: [],
  });
  await under_test.leases.register("other", "other", LEASE_MS);
  await under_test.leases.renew({
    node: "other",
    state: "reachable",
    clock_is_certain: true,
    lease_ms: LEASE_MS,
    claim: [7],
    release: [],
    gone: [],
  });
  await under_test.time.advance(1_000);
  assert.ok(!under_test.keeper.serves(7));
  assert.ok(under_test.events.includes("lost 1"));
  assert.equal(under_test.discards, 1);
});
