import { Dice } from "../../tests/support/seeded_random.ts";
import { type Plan, SimulatedHouse } from "./simulated_service.ts";
import type { Violation } from "./oracle/auditor.ts";
import { beginningBy, scriptBy } from "./script.ts";
import type { FaultCounts } from "./trace.ts";
import { boundsBy, weatherBy } from "./fault_profile.ts";

/** What came of one run. */
export interface Outcome {
  readonly violations: readonly Violation[];
  /** Two runs of one plan share it. */
  readonly hash: string;
  readonly faults: FaultCounts;
  readonly steps: number;
  readonly company_days: number;
  /** Events, sends and usages that were told to the service. */
  readonly events: number;
  /** What happened, if it was listened to. */
  readonly lines: readonly string[] | undefined;
}

const SCRIPT_LENGTH = 40;

/** The plan of a seed. */
export function planOf(seed: string): Plan {
  const dice = new Dice(`plan ${seed}`);
  const beginning = beginningBy(dice);
  const bounds = boundsBy(dice);
  const weather = weatherBy(dice);
  return { seed, beginning, bounds, weather, script: scriptBy(dice, beginning, SCRIPT_LENGTH) };
}

/** Plays a plan. */
export async function run(plan: Plan, listened = false): Promise<Outcome> {
  const house = new SimulatedHouse(plan, listened);
  try {
    await house.play();
  } catch (error) {
    house.auditor.violate("S0", error instanceof Error ? error.stack ?? error.message : String(error));
  }
  const { auditor, trace } = house;
  return {
    violations: auditor.violations,
    hash: trace.hash,
    faults: trace.faults,
    steps: trace.steps,
    company_days: auditor.company_days,
    events: auditor.told.count,
    lines: trace.lines,
  };
}
