import assert from "node:assert/strict";
import { memoryLimits, readHeap } from "../../src/config/memory_limits.ts";

const GB = 2 ** 30;

Deno.test("every bound grows with the heap, up to a maximum, and none is zero", () => {
  const [small, large, largest] = [memoryLimits(GB / 4), memoryLimits(GB), memoryLimits(64 * GB)];
  for (const name of Object.keys(small) as (keyof typeof small)[]) {
    assert.ok(small[name] > 0, name);
    assert.ok(small[name] < large[name], name);
    assert.ok(large[name] <= largest[name], name);
  }
  assert.deepEqual([largest.active_max, largest.cost_in_flight_max], [20_000, 200_000]);
});

Deno.test("items, companies and commands in flight take at most two thirds of the heap together", () => {
  for (const heap_bytes of [GB / 4, GB, 4 * GB, 64 * GB]) {
    const { total_items_in_memory_max, active_max, cost_in_flight_max } = memoryLimits(heap_bytes);
    const bytes = total_items_in_memory_max * 1_000 + active_max * 20_000 + cost_in_flight_max * 4_000;
    assert.ok(bytes <= heap_bytes * 2 / 3, `${bytes} of ${heap_bytes} bytes`);
  }
});

Deno.test("one company takes at most a quarter of the items and of the cost in flight", () => {
  const limits = memoryLimits(GB);
  assert.ok(limits.items_in_memory_max <= limits.total_items_in_memory_max / 4);
  assert.ok(limits.queued_cost_max <= limits.cost_in_flight_max / 4);
});

Deno.test("the limit of the heap is the one that V8 was started with", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--v8-flags=--max-old-space-size=300",
      `import { readHeap } from ${
        JSON.stringify(new URL("../../src/config/memory_limits.ts", import.meta.url).href)
      };
      console.log(readHeap().limit_bytes);`,
    ],
  }).output();
  const limit_bytes = Number(new TextDecoder().decode(stdout));
  assert.ok(limit_bytes >= 290 * 2 ** 20 && limit_bytes <= 310 * 2 ** 20, `${limit_bytes} bytes`);
  assert.ok(readHeap().used_bytes > 0);
});
