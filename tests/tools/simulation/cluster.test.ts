import assert from "node:assert/strict";
import { addRun, emptyCoverage } from "../../../tools/simulation/coverage.ts";
import { describePlan } from "../../../tools/simulation/describe.ts";
import { clusteredPlanOf, planOf, simulate } from "../../../tools/simulation/run.ts";

/** The seeds of clusters that every test run plays, beside those among the seeds of `simulation.test.ts`. */
const SEEDS = 20;

Deno.test("every invariant holds on several nodes while nodes, NATS, Postgres and their links fail", async () => {
  const coverage = emptyCoverage();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const plan = clusteredPlanOf(String(seed));
    const result = await simulate(plan);
    assert.deepEqual(result.violations, [], `seed ${seed} of a cluster:\n${describePlan(plan)}`);
    addRun(coverage, result);
  }
  for (
    const fault of [
      "node added",
      "node killed",
      "node drained",
      "node paused past its lease",
      "all nodes paused",
      "cut off from NATS",
      "cut off from Postgres",
      "Postgres restarted",
      "NATS stopped",
      "NATS silent",
      "subscription lost",
      "message lost",
      "renewal lost",
      "renewal delayed",
      "clocks of another pace",
      "clock forward",
      "clock back",
      "lease ended",
      "lease ended in a write",
      "owner changed",
      "owner unreachable",
    ] as const
  ) {
    assert.ok(coverage.faults[fault] > 0, `${fault} never fired`);
  }
});

Deno.test("when faults end, time is skipped only once every node has its subscriptions again", async () => {
  // A node whose lease was renewed 4 s late had not noticed yet that NATS had forgotten its subscriptions.
  const { violations } = await simulate(planOf("9057467"));
  assert.deepEqual(violations, []);
});

Deno.test("a seed decides whether its processes are the nodes of a cluster", () => {
  const plans = Array.from({ length: 40 }, (_, seed) => planOf(String(seed)));
  const clustered = plans.filter(({ cluster }) => cluster !== undefined);
  assert.ok(clustered.length > 4 && clustered.length < 20, `${clustered.length} of ${plans.length}`);
  for (const { setup } of clustered) assert.ok(setup.processes >= 2);
});

Deno.test("a seed of a cluster gives the same run, step by step", async () => {
  const plan = clusteredPlanOf("7");
  const first = await simulate(plan, true);
  await simulate(clusteredPlanOf("8"));
  const again = await simulate(plan, true);
  assert.equal(again.hash, first.hash);
  assert.deepEqual(again.lines, first.lines);
});
