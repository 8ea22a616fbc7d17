import assert from "node:assert/strict";
import { planOf, simulate } from "../../../tools/simulation/run.ts";
import { shrink } from "../../../tools/simulation/shrink.ts";
import { addRun, emptyCoverage } from "../../../tools/simulation/coverage.ts";
import { describePlan } from "../../../tools/simulation/describe.ts";

/** The share of the simulation that every run of the tests plays; `deno task sim` plays as many as it is told to. */
const SEEDS = 60;

Deno.test("whatever goes wrong, every invariant holds", async () => {
  const tally = emptyCoverage();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await simulate(planOf(String(seed)));
    assert.deepEqual(outcome.violations, [], `deno task sim --seed ${seed} plays it again`);
    addRun(tally, outcome);
  }
  for (const fault of ["crash", "fenced off", "write done, reply lost", "days late", "month end"] as const) {
    assert.ok(tally.faults[fault] > 0, `${fault} was never simulated`);
  }
});

Deno.test("a seed is one run, whatever was played before it, down to the last step", async () => {
  for (const seed of ["3", "14", "15"]) {
    const first = await simulate(planOf(seed), true);
    await simulate(planOf("92"));
    const again = await simulate(planOf(seed), true);
    assert.equal(again.hash, first.hash);
    assert.deepEqual(again.lines, first.lines);
  }
  assert.notEqual((await simulate(planOf("3"))).hash, (await simulate(planOf("14"))).hash);
});

Deno.test("a plan that fails is shrunk to what makes it fail, and told in words", async () => {
  // As if it failed whenever a crash comes after an outbound template, with answers that can get lost.
  const broken = (plan: ReturnType<typeof planOf>) => {
    const template = plan.script.findIndex((step) =>
      step.do === "deliver" && step.events.some(({ kind }) => kind === "sent")
    );
    const crash = plan.script.findLastIndex((step) => step.do === "crash");
    return Promise.resolve(
      template >= 0 && crash > template && plan.fault_profile.answer_lost > 0 ? "S1" : undefined,
    );
  };
  let seed = 1;
  while (await broken(planOf(String(seed))) === undefined) seed++;
  const least = await shrink(planOf(String(seed)), undefined, broken);
  assert.deepEqual(least.script.map((step) => step.do), ["deliver", "crash"]);
  assert.ok(least.script[0]!.do === "deliver" && least.script[0]!.events.length === 1);
  const { answer_lost, ...others } = least.fault_profile;
  assert.ok(answer_lost > 0 && Object.values(others).every((likely) => likely === 0));
  assert.match(describePlan(least), /1\. Meta delivers: sent .*\n +2\. process \d is killed/);
});
