import type { Placement } from "../../src/ports/placement.ts";
import type { GuardedClock } from "../../src/ports/runtime.ts";
import type { ActorSystem } from "../actor_system.ts";
import { SHARDS } from "./shards.ts";

/** Places every company on this process: the actor system itself executes each command. */
export function soloPlacement(
  system: ActorSystem,
  name: string,
  clock: Pick<GuardedClock, "is_certain">,
): Placement {
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
  return {
    companies: system,
    leads: true,
    shards: undefined,
    counters: { sent: 0, unanswered: 0 },
    owns: () => true,
    ownerOf: () => undefined,
    nodes: () => {
      const clock_is_certain = clock.is_certain;
      return [{ id: "solo", name, state: "reachable", clock_is_certain, is_this: true, shards }];
    },
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
