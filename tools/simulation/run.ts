import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { type Plan, SimulatedService } from "./simulated_service.ts";
import type { Violation } from "./oracle/auditor.ts";
import { randomScript, randomSetup } from "./script.ts";
import type { FaultCounts } from "./trace.ts";
import { randomFaultProfile, randomLimits } from "./fault_profile.ts";

/** What came of one run. */
export interface RunResult {
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
  const dice = new SeededRandom(`plan ${seed}`);
  const setup = randomSetup(dice);
  const limits = randomLimits(dice);
  const fault_profile = randomFaultProfile(dice);
  return {
    seed,
    setup,
    limits,
    fault_profile,
    script: randomScript(dice, setup, SCRIPT_LENGTH),
  };
}

/** Plays a plan. */
export async function simulate(plan: Plan, listened = false): Promise<RunResult> {
  const house = new SimulatedService(plan, listened);
  try {
    await house.play();
  } catch (error) {
    house.auditor.reportViolation(
      "S0",
      error instanceof Error ? error.stack ?? error.message : String(error),
    );
  }
  const { auditor, trace } = house;
  return {
    violations: auditor.violations,
    hash: trace.hash,
    faults: trace.faults,
    steps: trace.steps,
    company_days: auditor.company_days,
    events: auditor.submitted.count,
    lines: trace.lines,
  };
}
