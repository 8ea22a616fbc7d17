import assert from "node:assert/strict";
import { planOf, run } from "../../../tools/simulation/run.ts";
import { shrunk } from "../../../tools/simulation/shrink.ts";
import { addRun, newTally } from "../../../tools/simulation/coverage.ts";
import { inWords } from "../../../tools/simulation/describe.ts";

/** The share of the simulation that every run of the tests plays; `deno task sim` plays as many as it is told to. */
const SEEDS = 60;

Deno.test("whatever goes wrong, every invariant holds", async () => {
  const tally = newTally();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await run(planOf(String(seed)));
    assert.deepEqual(outcome.violations, [], `deno task sim --seed ${seed} plays it again`);
    addRun(tally, outcome);
  }
  for (const fault of ["crash", "fenced off", "write done, reply lost", "days late", "month end"] as const) {
    assert.ok(tally.faults[fault] > 0, `${fault} was never simulated`);
  }
});

Deno.test("a seed is one run, whatever was played before it, down to the last step", async () => {
  for (const seed of ["3", "14", "15"]) {
    const first = await run(planOf(seed), true);
    await run(planOf("92"));
    const again = await run(planOf(seed), true);
    assert.equal(again.hash, first.hash);
    assert.deepEqual(again.lines, first.lines);
  }
  assert.notEqual((await run(planOf("3"))).hash, (await run(planOf("14"))).hash);
});

Deno.test("a plan that fails is shrunk to what makes it fail, and told in words", async () => {
  // As if it failed whenever a crash comes after an outbound template, with answers that can get lost.
  const broken = (plan: ReturnType<typeof planOf>) => {
    const template = plan.script.findIndex((step) =>
      step.do === "deliver" && step.events.some(({ kind }) => kind === "sent")
    );
    const crash = plan.script.findLastIndex((step) => step.do === "crash");
    return Promise.resolve(
      template >= 0 && crash > template && plan.weather.answer_lost > 0 ? "S1" : undefined,
    );
  };
  let seed = 1;
  while (await broken(planOf(String(seed))) === undefined) seed++;
  const least = await shrunk(planOf(String(seed)), undefined, broken);
  assert.deepEqual(least.script.map((step) => step.do), ["deliver", "crash"]);
  assert.ok(least.script[0]!.do === "deliver" && least.script[0]!.events.length === 1);
  const { answer_lost, ...others } = least.weather;
  assert.ok(answer_lost > 0 && Object.values(others).every((likely) => likely === 0));
  assert.match(inWords(least), /1\. Meta delivers: sent .*\n +2\. process \d is killed/);
});
