import assert from "node:assert/strict";
import { RateCounter } from "../../../src/http/middleware/rate_counter.ts";

Deno.test("the second of an id begins with its first request, and another id has its own", () => {
  let now_ms = 900;
  const counter = new RateCounter("key", 2, () => now_ms);
  assert.deepEqual([counter.count("one", 1), counter.count("one", 1), counter.count("one", 1)], [1, 0, -1]);
  now_ms = 1_899;
  assert.deepEqual([counter.count("one", 1), counter.count("other", 1)], [-2, 1]);
  now_ms = 1_900;
  assert.deepEqual([counter.count("one", 1), counter.count("other", 1)], [1, 0]);
});

Deno.test("ids whose second has ended do not stay in memory", () => {
  let now_ms = 0;
  const counter = new RateCounter("key", 10, () => now_ms);
  for (let id = 0; id < 1_000; id++) counter.count(`key ${id}`, 1);
  assert.equal(counter.size, 1_000);
  now_ms = 1_000;
  counter.count("key 5", 1);
  assert.equal(counter.size, 1);
});
