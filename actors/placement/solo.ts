import type { Placement } from "../../src/ports/placement.ts";
import type { ActorSystem } from "../actor_system.ts";
import { SHARDS } from "./shards.ts";

/** Places every company on this process: the actor system itself executes each command. */
export function soloPlacement(system: ActorSystem, name: string): Placement {
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  return {
    companies: system,
    leads: true,
    shards: undefined,
    counters: { sent: 0, unanswered: 0 },
    owns: () => true,
    ownerOf: () => undefined,
    nodes: () => [{ id: "solo", name, state: "reachable", is_this: true, shards }],
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
