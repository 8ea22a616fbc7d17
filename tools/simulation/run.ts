import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { type Plan, SimulatedService } from "./simulated_service.ts";
import type { Violation } from "./oracle/auditor.ts";
import { randomScript, randomSetup } from "./script.ts";
import type { FaultCounts } from "./trace.ts";
import { randomClusterPlan } from "./cluster/fault_profile.ts";
import { randomNodeCount, withNodeFaults } from "./cluster/script.ts";
import { randomFaultProfile, randomLimits } from "./fault_profile.ts";

/** The result of one run. */
export interface RunResult {
  readonly violations: readonly Violation[];
  /** The hash of the trace: equal for two runs of one plan. */
  readonly hash: string;
  readonly faults: FaultCounts;
  readonly steps: number;
  readonly company_days: number;
  /** Events, sends and usages that were submitted to the service. */
  readonly events: number;
  /** The lines of the trace, if the run kept them. */
  readonly lines: readonly string[] | undefined;
}

const SCRIPT_LENGTH = 40;

/** How many of the seeds play a cluster. */
const CLUSTERED = 0.25;

/** Makes the plan of a seed, which decides whether the processes are the nodes of a cluster. */
export function planOf(seed: string): Plan {
  return new SeededRandom(`cluster ${seed}`).chance(CLUSTERED) ? clusteredPlanOf(seed) : soloPlanOf(seed);
}

/** Makes the plan of a seed whose processes are the nodes of a cluster. */
export function clusteredPlanOf(seed: string): Plan {
  const solo = soloPlanOf(seed);
  const random = new SeededRandom(`nodes ${seed}`);
  const setup = { ...solo.setup, processes: randomNodeCount(random) };
  const script = withNodeFaults(random, solo.script, setup);
  return { ...solo, setup, script, cluster: randomClusterPlan(random) };
}

/** Makes the plan of a seed whose processes share a database and nothing else. */
function soloPlanOf(seed: string): Plan {
  const random = new SeededRandom(`plan ${seed}`);
  const setup = randomSetup(random);
  const limits = randomLimits(random);
  const fault_profile = randomFaultProfile(random);
  return {
    seed,
    setup,
    limits,
    fault_profile,
    script: randomScript(random, setup, SCRIPT_LENGTH),
  };
}

/** Runs a plan and checks every invariant. */
export async function simulate(plan: Plan, keeps_lines = false): Promise<RunResult> {
  const service = new SimulatedService(plan, keeps_lines);
  try {
    await service.play();
  } catch (error) {
    service.auditor.reportViolation(
      "SIM-0",
      error instanceof Error ? error.stack ?? error.message : String(error),
    );
  }
  const { auditor, trace } = service;
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
