import type { Plan } from "./simulated_service.ts";
import { simulate } from "./run.ts";
import type { Step } from "./actions.ts";
import { type FaultProfile, NO_FAULTS } from "./fault_profile.ts";
import { NO_CLUSTER_FAULTS } from "./cluster/fault_profile.ts";

/** The most runs that one shrinking makes. */
const TRIES_MAX = 2_000;

/**
 * Shrinks a failing plan to the smallest that still breaks the same invariant: removes faults, then steps in ever
 * smaller pieces, then details of steps, until nothing more can be removed.
 *
 * @param onSmaller receives each smaller plan that still fails
 * @param findBrokenInvariant returns the first invariant that a plan breaks
 */
export async function shrink(
  failing: Plan,
  onSmaller: (smaller: Plan) => void = () => {},
  findBrokenInvariant: (plan: Plan) => Promise<string | undefined> = firstBrokenInvariant,
): Promise<Plan> {
  const invariant = await findBrokenInvariant(failing);
  let smallest = failing;
  let tries = 0;
  const tryPlan = async (smaller: Plan): Promise<boolean> => {
    if (tries++ >= TRIES_MAX) return false;
    if (await findBrokenInvariant(smaller) !== invariant) return false;
    smallest = smaller;
    onSmaller(smallest);
    return true;
  };
  let before: Plan;
  do {
    before = smallest;
    for (const fault of Object.keys(NO_FAULTS) as (keyof FaultProfile)[]) {
      if (smallest.fault_profile[fault] > 0) {
        await tryPlan({ ...smallest, fault_profile: { ...smallest.fault_profile, [fault]: 0 } });
      }
    }
    const { cluster } = smallest;
    if (cluster !== undefined && cluster.fault_profile !== NO_CLUSTER_FAULTS) {
      await tryPlan({ ...smallest, cluster: { ...cluster, fault_profile: NO_CLUSTER_FAULTS } });
    }
    for (let length = Math.max(1, smallest.script.length >> 1); length >= 1; length >>= 1) {
      for (let at = 0; at < smallest.script.length;) {
        const remaining = smallest.script.toSpliced(at, length);
        if (!await tryPlan({ ...smallest, script: remaining })) at += length;
      }
    }
    for (let at = 0; at < smallest.script.length; at++) {
      for (const simpler of simplerThan(smallest.script[at]!)) {
        await tryPlan({ ...smallest, script: smallest.script.with(at, simpler) });
      }
    }
  } while (smallest !== before && tries < TRIES_MAX);
  return smallest;
}

async function firstBrokenInvariant(plan: Plan): Promise<string | undefined> {
  return (await simulate(plan)).violations[0]?.invariant;
}

function simplerThan(step: Step): Step[] {
  const simpler: Step[] = [];
  if (step.events_after > 0) {
    simpler.push({ ...step, events_after: 0 }, { ...step, events_after: step.events_after >> 1 });
  }
  if ("copies" in step && step.copies > 1) simpler.push({ ...step, copies: 1 });
  if (step.do === "deliver" && step.events.length > 1) {
    step.events.forEach((_, at) => simpler.push({ ...step, events: step.events.toSpliced(at, 1) }));
  }
  if (step.do === "use" && step.items.length > 1) {
    step.items.forEach((_, at) => simpler.push({ ...step, items: step.items.toSpliced(at, 1) }));
  }
  return simpler;
}
