import assert from "node:assert/strict";
import { TestClock } from "../../src/time/clock.ts";

/** A machine whose time goes on by a millisecond each time that somebody looks. */
function running(): { now_ms(): number } {
  let now_ms = 1_000;
  return { now_ms: () => ++now_ms };
}

function kept() {
  const written: number[] = [];
  return { written, write: (offset_ms: number) => Promise.resolve(void written.push(offset_ms)) };
}

Deno.test("the test clock moved by nothing stands where it is, however it runs on meanwhile", async () => {
  const store = kept();
  const clock = new TestClock(5_000, store, running());
  assert.equal(await clock.set((now_ms) => now_ms), true);
  assert.deepEqual(store.written, [5_000]);
});

Deno.test("the test clock moved by an hour is an hour further ahead, to the millisecond, and is not moved back", async () => {
  const store = kept();
  const clock = new TestClock(5_000, store, running());
  assert.equal(await clock.set((now_ms) => now_ms + 3_600_000), true);
  assert.equal(await clock.set((now_ms) => now_ms - 1), false);
  assert.deepEqual(store.written, [3_605_000]);
});
