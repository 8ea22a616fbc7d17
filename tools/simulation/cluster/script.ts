import type { SeededRandom } from "../../../tests/support/seeded_random.ts";
import { MINUTE_MS } from "../../../src/time/units.ts";
import type { NodeAction, Step } from "../actions.ts";
import { randomClockOffset, type SimulationSetup } from "../script.ts";
import { ZONE_DATA } from "../zone_data.ts";

const SECOND_MS = 1_000;
/** How often a fault of a cluster follows a step of the script. */
const FAULT_AFTER_STEP = 0.2;
const ANOTHER_FAULT = 0.4;

/** Draws how many nodes a run starts with. */
export function randomNodeCount(random: SeededRandom): number {
  return random.pick([2, 3, 3]);
}

/** Adds faults of a cluster to a script, most of them followed by the seconds in which they are noticed. */
export function withNodeFaults(
  random: SeededRandom,
  script: readonly Step[],
  { processes, zones }: SimulationSetup,
): Step[] {
  return script.flatMap((step) => {
    // The script was drawn for another number of processes.
    const own = "process" in step ? { ...step, process: step.process % processes } : step;
    if (step.do === "quiesce" || !random.chance(FAULT_AFTER_STEP)) return [own];
    const process = random.between(0, processes - 1);
    const faults: Step[] = [own];
    // Several on one node: a lease ends only if more than one renewal fails.
    do {
      faults.push({ ...randomNodeAction(random, process), events_after: random.pick([0, 0, 2, 10]) });
      const ms = random.pick([SECOND_MS, 3 * SECOND_MS, 6 * SECOND_MS, 10 * SECOND_MS]);
      if (random.chance(0.7)) faults.push({ do: "advance", ms, events_after: random.pick([0, 4, 30]) });
      faults.push({
        do: "read",
        company: random.between(0, zones.length - 1),
        events_after: random.pick([0, 10]),
      });
    } while (random.chance(ANOTHER_FAULT));
    return faults;
  });
}

function randomNodeAction(random: SeededRandom, process: number): NodeAction {
  const for_ms = random.pick([SECOND_MS, 3 * SECOND_MS, 6 * SECOND_MS, 12 * SECOND_MS, 10 * MINUTE_MS]);
  const kind = random.pick(
    [
      "pause",
      "pause",
      "pause",
      "cut from NATS",
      "cut from NATS",
      "cut from Postgres",
      "cut from Postgres",
      "stop NATS",
      "silence NATS",
      "restart Postgres",
      "lose subscriptions",
      "add node",
    ] as const,
  );
  switch (kind) {
    case "add node": {
      const zone_data = random.between(0, ZONE_DATA.length - 1);
      return { do: kind, ahead_ms: randomClockOffset(random), zone_data };
    }
    case "lose subscriptions":
      return { do: kind, process };
    case "stop NATS":
    case "silence NATS":
    case "restart Postgres":
      return { do: kind, for_ms };
    default:
      return { do: kind, process, for_ms };
  }
}
