/**
 * Which node should have which shard. Every node decides for itself, from the same stored rows, so no node leads.
 *
 * - LEASE-1. A decision is a pure function of the stored nodes and owners: nodes with the same view decide alike.
 * - LEASE-2. Of the nodes that can have shards, none has two shards more than another.
 * - LEASE-3. A shard moves only if its node has too many, must have none, or is gone.
 * - LEASE-4. A node claims only shards that nobody has. A shard with an owner is first given up by it, drained.
 * - LEASE-5. Nodes that reach each other come first, and of them those whose clock is certain: the others close no day.
 */

import type { LeaseView, Node, NodeId } from "../../src/ports/placement.ts";
import { SHARDS } from "./shards.ts";

/** What one node has to do. */
export interface LeasePlan {
  /** Shards that nobody has, for this node. */
  readonly claim: readonly number[];
  /** Shards of this node that are to be another's. */
  readonly give_up: readonly number[];
}

/** A view without nodes and owners. */
export const EMPTY_VIEW: LeaseView = { nodes: [], owners: Array.from({ length: SHARDS }, () => undefined) };

/** Decides what a node has to do. @param expected how many nodes it leaves shards for, at least; see {@link assignShards} */
export function planFor(node: NodeId, view: LeaseView, expected = 0): LeasePlan {
  const wanted = assignShards(view, expected);
  const claim: number[] = [];
  const give_up: number[] = [];
  view.owners.forEach((owner, shard) => {
    if (owner === undefined && wanted[shard] === node) claim.push(shard);
    if (owner === node && wanted[shard] !== node) give_up.push(shard);
  });
  return { claim, give_up };
}

/**
 * Decides which node should have each shard; undefined when no node can have any, and for the shares of absent nodes.
 *
 * @param expected how many nodes share the shards at least: those beyond the ones that are there are absent
 */
export function assignShards({ nodes, owners }: LeaseView, expected = 0): readonly (NodeId | undefined)[] {
  const shards_of = new Map<NodeId, number[]>(candidates(nodes).map(({ id }) => [id, []]));
  owners.forEach((owner, shard) => shards_of.get(owner!)?.push(shard));
  // Those with most shards may have one more than the others: then the fewest shards move.
  const ranked: (readonly [NodeId | undefined, readonly number[]])[] = [...shards_of]
    .sort(([a, of_a], [b, of_b]) => of_b.length - of_a.length || (a < b ? -1 : 1));
  while (ranked.length < expected) ranked.push([undefined, []]);
  const least = Math.floor(owners.length / ranked.length);
  const with_one_more = owners.length % ranked.length;
  const assigned: (NodeId | undefined)[] = owners.map(() => undefined);
  const lacking: (NodeId | undefined)[] = [];
  ranked.forEach(([node, shards], rank) => {
    const quota = least + (rank < with_one_more ? 1 : 0);
    for (const shard of shards.slice(0, quota)) assigned[shard] = node;
    for (let missing = quota - shards.length; missing > 0; missing--) lacking.push(node);
  });
  return assigned.map((node) => node ?? lacking.shift());
}

/** Returns how many nodes share the shards. */
export function countSharing({ nodes }: LeaseView): number {
  return candidates(nodes).length;
}

/**
 * Returns the nodes that can have shards. If the bus reaches none, it is the bus that is away, and all keep theirs. If no
 * clock is certain, it is Postgres's that is wrong, and all keep theirs too.
 */
function candidates(nodes: readonly Node[]): readonly Node[] {
  const staying = nodes.filter(({ state }) => state !== "draining");
  const is_bus_there = staying.some(({ state }) => state === "reachable");
  const reached = is_bus_there ? staying.filter(({ state }) => state !== "unreachable") : staying;
  const certain = reached.filter(({ clock_is_certain }) => clock_is_certain);
  return certain.length > 0 ? certain : reached;
}
