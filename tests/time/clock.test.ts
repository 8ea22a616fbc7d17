import assert from "node:assert/strict";
import { TestClock } from "../../src/time/clock.ts";

/** A machine clock that advances by a millisecond at each reading. */
function tickingClock() {
  let now_ms = 1_000;
  return { now_ms: () => ++now_ms, is_certain: true, is_confirmed: true };
}

function offsetStore() {
  const written: number[] = [];
  return { written, write: (offset_ms: number) => Promise.resolve(void written.push(offset_ms)) };
}

Deno.test("setting the test clock to its current time keeps its offset, although time passes meanwhile", async () => {
  const store = offsetStore();
  const clock = new TestClock(5_000, store, tickingClock());
  assert.equal(await clock.set((now_ms) => now_ms), true);
  assert.deepEqual(store.written, [5_000]);
});

Deno.test("advancing the test clock by an hour adds exactly an hour, and it cannot be moved back", async () => {
  const store = offsetStore();
  const clock = new TestClock(5_000, store, tickingClock());
  assert.equal(await clock.set((now_ms) => now_ms + 3_600_000), true);
  assert.equal(await clock.set((now_ms) => now_ms - 1), false);
  assert.deepEqual(store.written, [3_605_000]);
});
