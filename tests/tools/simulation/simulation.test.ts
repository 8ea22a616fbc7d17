import assert from "node:assert/strict";
import { planOf, simulate } from "../../../tools/simulation/run.ts";
import { shrink } from "../../../tools/simulation/shrink.ts";
import { addRun, emptyCoverage } from "../../../tools/simulation/coverage.ts";
import { describePlan } from "../../../tools/simulation/describe.ts";

/** The seeds that every test run plays. `deno task simulate` plays any number. */
const SEEDS = 60;

Deno.test("every invariant holds under all faults", async () => {
  const coverage = emptyCoverage();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await simulate(planOf(String(seed)));
    assert.deepEqual(result.violations, [], `to repeat it: deno task simulate --seed ${seed}`);
    addRun(coverage, result);
  }
  for (
    const fault of [
      "crash",
      "fenced off",
      "write done, reply lost",
      "days late",
      "month end",
      "other spelling",
      "sender named differently",
      "moved number",
    ] as const
  ) {
    assert.ok(coverage.faults[fault] > 0, `${fault} never fired`);
  }
});

Deno.test("a seed gives the same run, step by step, independent of earlier runs", async () => {
  for (const seed of ["3", "14", "15"]) {
    const first = await simulate(planOf(seed), true);
    await simulate(planOf("92"));
    const again = await simulate(planOf(seed), true);
    assert.equal(again.hash, first.hash);
    assert.deepEqual(again.lines, first.lines);
  }
  assert.notEqual((await simulate(planOf("3"))).hash, (await simulate(planOf("14"))).hash);
});

Deno.test("a failing plan is shrunk to the steps that make it fail, and described in plain words", async () => {
  // Pretends that a crash after an outbound template fails when answers can be lost.
  const broken = (plan: ReturnType<typeof planOf>) => {
    const template = plan.script.findIndex((step) =>
      step.do === "deliver" && step.events.some(({ kind }) => kind === "sent")
    );
    const crash = plan.script.findLastIndex((step) => step.do === "crash");
    return Promise.resolve(
      template >= 0 && crash > template && plan.fault_profile.answer_lost > 0 ? "SIM-1" : undefined,
    );
  };
  let seed = 1;
  while (await broken(planOf(String(seed))) === undefined) seed++;
  const smallest = await shrink(planOf(String(seed)), undefined, broken);
  assert.deepEqual(smallest.script.map((step) => step.do), ["deliver", "crash"]);
  assert.ok(smallest.script[0]!.do === "deliver" && smallest.script[0]!.events.length === 1);
  const { answer_lost, ...others } = smallest.fault_profile;
  assert.ok(answer_lost > 0 && Object.values(others).every((likely) => likely === 0));
  assert.match(describePlan(smallest), /1\. Meta delivers: sent .*\n +2\. process \d is killed/);
});
