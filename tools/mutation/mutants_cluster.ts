import type { Mutant } from "./mutant.ts";

const CLUSTERED = "tests/actors/placement/clustered.test.ts";
const SIMULATED = "tests/tools/simulation/cluster.test.ts";

/** Mutants of several nodes: one owner of a shard, what a node gives up, and what reaches other nodes. */
export const CLUSTER_MUTANTS: readonly Mutant[] = [
  {
    name: "lease-never-ends",
    harm: "a node that was suspended past its lease answers from memory what another has changed",
    file: "actors/placement/lease_keeper.ts",
    original: "return this.#serving.has(shard) && this.is_valid;",
    mutated: "return this.#serving.has(shard);",
    tests: [CLUSTERED],
  },
  {
    name: "lease-from-the-answer",
    harm: "a node whose renewal was answered late serves on while another has its shards",
    file: "actors/placement/lease_keeper.ts",
    original: "this.#valid_until_ms = asked_ms + LEASE_MS - MARGIN_MS;",
    mutated: "this.#valid_until_ms = clock.now_ms() + LEASE_MS - MARGIN_MS;",
    tests: ["tests/actors/placement/lease_keeper.test.ts"],
  },
  {
    name: "released-before-drained",
    harm: "a shard is served by another node while its old node still writes",
    file: "actors/placement/lease_keeper.ts",
    original: "    await this.#dependencies.drain(shard);\n",
    mutated: "    await Promise.resolve();\n",
    tests: [CLUSTERED],
  },
  {
    name: "ended-lease-renewed",
    harm: "a node that comes back late has its shards again, beside the node that took them over",
    file: "src/postgres/leases.ts",
    original: "where node = $1 and expires_at > clock_timestamp() returning node",
    mutated: "where node = $1 returning node",
    tests: ["tests/postgres/lease_store_postgres.test.ts"],
  },
  {
    name: "all-give-up-without-nats",
    harm: "when NATS is away no node serves any company",
    file: "actors/placement/leases.ts",
    original: 'return is_bus_there ? staying.filter(({ state }) => state !== "unreachable") : staying;',
    mutated: 'return staying.filter(({ state }) => state !== "unreachable");',
    tests: ["tests/actors/placement/leases.test.ts"],
  },
  {
    name: "lost-subscription-unnoticed",
    harm: "after a reconnection a node's companies are unavailable on all other nodes for ever",
    file: "actors/placement/clustered.ts",
    original: "      if (!reached) this.#listen(node);\n",
    mutated: "",
    tests: [CLUSTERED],
  },
  {
    name: "lost-balance-stays-lost",
    harm: "a viewer on another node sees an old balance until the next change",
    file: "src/live/shared_feed.ts",
    original: "if (named.newest !== undefined && named.newest.version > version) newer.push(named.newest);",
    mutated: "if (named.newest !== undefined && named.newest.version < version) newer.push(named.newest);",
    tests: ["tests/live/shared_feed.test.ts"],
  },
  {
    name: "moved-numbers-apart-on-nodes",
    harm: "two nodes charge one message of a moved number to two companies",
    file: "actors/keyed_queue.ts",
    original: "return await (this.#on_all_nodes?.run(keys, task) ?? task());",
    mutated: "return await task();",
    tests: ["tests/actors/keyed_queue.test.ts"],
  },
  {
    name: "lapsed-node-keeps-its-id",
    harm: "a node whose lease has ended never serves again until it is restarted",
    file: "actors/placement/lease_keeper.ts",
    original: "    this.#node = undefined;\n    this.#valid_until_ms",
    mutated: "    this.#valid_until_ms",
    tests: [SIMULATED],
  },
  {
    name: "lease-longer-than-stored",
    harm: "two nodes answer for a company while the clock of one is slow",
    file: "actors/placement/lease_keeper.ts",
    original: "asked_ms + LEASE_MS - MARGIN_MS;",
    mutated: "asked_ms + LEASE_MS + MARGIN_MS;",
    tests: [SIMULATED],
  },
  {
    name: "actors-survive-their-lease",
    harm: "a node that has a company again answers what it was before another node changed it",
    file: "actors/placement/lease_keeper.ts",
    original: "shards.clear();\n    this.#dependencies.discardAll();",
    mutated: "shards.clear();",
    tests: [SIMULATED],
  },
  {
    name: "lost-answer-awaited-for-ever",
    harm: "a request hangs when NATS loses the answer of another node",
    file: "actors/placement/outbox.ts",
    original: "    void timers.sleep(DEADLINE_MS, done.signal).then(end);\n",
    mutated: "",
    tests: [SIMULATED],
  },
];
