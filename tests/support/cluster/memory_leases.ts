import type { LeaseStore, LeaseView, Node, NodeId, Renewal } from "../../../src/ports/placement.ts";
import { SHARDS } from "../../../actors/placement/shards.ts";

interface StoredNode extends Node {
  readonly expires_at_ms: number;
}

/** The leases of shards in memory, by a clock of its own. */
export class MemoryLeases implements LeaseStore {
  readonly #now_ms: () => number;
  readonly #nodes = new Map<NodeId, StoredNode>();
  readonly #owners = new Array<NodeId | undefined>(SHARDS).fill(undefined);

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  // deno-lint-ignore require-await
  async register(id: NodeId, name: string, lease_ms: number): Promise<void> {
    const expires_at_ms = this.#now_ms() + lease_ms;
    this.#nodes.set(id, { id, name, state: "suspect", clock_is_certain: false, expires_at_ms });
  }

  // deno-lint-ignore require-await
  async renew(
    { node: id, state, clock_is_certain, lease_ms, claim, release, gone }: Renewal,
  ): Promise<LeaseView | undefined> {
    const node = this.#nodes.get(id);
    if (node === undefined || node.expires_at_ms <= this.#now_ms()) return undefined;
    this.#nodes.set(id, { ...node, state, clock_is_certain, expires_at_ms: this.#now_ms() + lease_ms });
    const ended = [...this.#nodes.values()].filter(({ expires_at_ms }) => expires_at_ms <= this.#now_ms());
    for (const { id } of ended) this.#nodes.delete(id);
    const freed = new Set<NodeId | undefined>([...gone, ...ended.map(({ id }) => id)]);
    this.#owners.forEach((owner, shard) => {
      if (freed.has(owner) || (owner === id && release.includes(shard))) this.#owners[shard] = undefined;
    });
    for (const shard of claim) this.#owners[shard] ??= id;
    const nodes = [...this.#nodes.values()].map(({ expires_at_ms: _, ...node }) => node);
    return { nodes, owners: [...this.#owners] };
  }

  // deno-lint-ignore require-await
  async leave(node: NodeId): Promise<void> {
    this.#nodes.delete(node);
  }

  /** Returns the node that has a shard, unless its lease has ended. */
  ownerOf(shard: number): NodeId | undefined {
    const owner = this.#owners[shard];
    const node = owner === undefined ? undefined : this.#nodes.get(owner);
    return node !== undefined && node.expires_at_ms > this.#now_ms() ? owner : undefined;
  }

  /** Ends the lease of a node. */
  expire(id: NodeId): void {
    const node = this.#nodes.get(id);
    if (node !== undefined) this.#nodes.set(id, { ...node, expires_at_ms: this.#now_ms() });
  }
}
