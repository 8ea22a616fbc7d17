import assert from "node:assert/strict";
import { MemoryPressure } from "../../src/observability/memory_pressure.ts";

function pressureOf(used: readonly number[]): { count: number; relieved: number } {
  const left = [...used];
  let relieved = 0;
  const pressure = new MemoryPressure({
    readHeap: () => ({ used_bytes: left.shift()!, limit_bytes: 100 }),
    relieve: () => (relieved++, Promise.resolve()),
  });
  for (const _ of used) pressure.sample();
  return { count: pressure.count, relieved };
}

Deno.test("memory is freed when three samples in a row are above the threshold", () => {
  assert.deepEqual(pressureOf([81, 90]), { count: 0, relieved: 0 });
  assert.deepEqual(pressureOf([81, 90, 85]), { count: 1, relieved: 1 });
});

Deno.test("garbage that V8 collects is no memory pressure", () => {
  assert.deepEqual(pressureOf([95, 95, 40, 95, 95, 80, 95, 95]), { count: 0, relieved: 0 });
});

Deno.test("memory is freed again, every three samples, while it stays short", () => {
  assert.deepEqual(pressureOf(Array(9).fill(90)), { count: 3, relieved: 3 });
});
