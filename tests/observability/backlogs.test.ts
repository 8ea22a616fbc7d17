import assert from "node:assert/strict";
import { Backlogs } from "../../src/observability/backlogs.ts";

function backlogsOf(first_due_ms: number | undefined) {
  const store = { first_due_ms, answers: true };
  const clock = { at_ms: 1_000_000, now_ms: () => clock.at_ms };
  const read = <T>(value: T) =>
    store.answers ? Promise.resolve(value) : Promise.reject(new Error("no answer"));
  const backlogs = new Backlogs({
    quarantined: () => read(new Map([["unknown_phone_number", 3]] as const)),
    firstDue: () => read(store.first_due_ms),
  }, clock);
  return { store, clock, backlogs };
}

Deno.test("the scheduler's lag is 0 until a day has ended, and then grows, also while Postgres does not answer", async () => {
  const { store, clock, backlogs } = backlogsOf(1_060_000);
  assert.equal(backlogs.scheduler_lag_s, 0);
  await backlogs.measure();
  assert.equal(backlogs.scheduler_lag_s, 0);
  clock.at_ms = 1_090_000;
  assert.equal(backlogs.scheduler_lag_s, 30);
  store.answers = false;
  await assert.rejects(backlogs.measure(), /no answer/);
  clock.at_ms = 1_360_000;
  assert.equal(backlogs.scheduler_lag_s, 300);
  assert.deepEqual([...backlogs.quarantined], [["unknown_phone_number", 3]]);
  Object.assign(store, { answers: true, first_due_ms: 87_000_000 });
  await backlogs.measure();
  assert.equal(backlogs.scheduler_lag_s, 0);
});

Deno.test("without companies the scheduler has no lag", async () => {
  const { backlogs } = backlogsOf(undefined);
  await backlogs.measure();
  assert.equal(backlogs.scheduler_lag_s, 0);
});
