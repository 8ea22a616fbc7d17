import type { Plan } from "./simulated_service.ts";
import { simulate } from "./run.ts";
import type { Step } from "./actions.ts";
import { type FaultProfile, NO_FAULTS } from "./fault_profile.ts";

/** Runs at most, however much could still be tried. */
const TRIES_MAX = 2_000;

/**
 * The least plan that still breaks the same invariant: without the faults it does not need, then without the steps,
 * in ever smaller pieces, until nothing more can be taken away.
 *
 * @param broken the first invariant a plan breaks
 * @param hear is told of each plan that is smaller and still fails
 */
export async function shrink(
  failing: Plan,
  hear: (smaller: Plan) => void = () => {},
  broken: (plan: Plan) => Promise<string | undefined> = firstBroken,
): Promise<Plan> {
  const invariant = await broken(failing);
  let least = failing;
  let tries = 0;
  const take = async (smaller: Plan): Promise<boolean> => {
    if (tries++ >= TRIES_MAX) return false;
    if (await broken(smaller) !== invariant) return false;
    least = smaller;
    hear(least);
    return true;
  };
  let before: Plan;
  do {
    before = least;
    for (const fault of Object.keys(NO_FAULTS) as (keyof FaultProfile)[]) {
      if (least.fault_profile[fault] > 0) {
        await take({ ...least, fault_profile: { ...least.fault_profile, [fault]: 0 } });
      }
    }
    for (let length = Math.max(1, least.script.length >> 1); length >= 1; length >>= 1) {
      for (let at = 0; at < least.script.length;) {
        const left = least.script.toSpliced(at, length);
        if (!await take({ ...least, script: left })) at += length;
      }
    }
    for (let at = 0; at < least.script.length; at++) {
      for (const simpler of simplerThan(least.script[at]!)) {
        await take({ ...least, script: least.script.with(at, simpler) });
      }
    }
  } while (least !== before && tries < TRIES_MAX);
  return least;
}

async function firstBroken(plan: Plan): Promise<string | undefined> {
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
