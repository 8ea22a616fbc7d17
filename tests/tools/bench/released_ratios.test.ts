import assert from "node:assert/strict";
import { CASES } from "../../../tools/bench/cases.ts";
import type { Measurement } from "../../../tools/bench/measure.ts";
import { ratiosIn, slowerThan } from "../../../tools/bench/released_ratios.ts";

const RELEASED = { "opening/1": { "bare Hono": 0.2, "baseline": 2 } };

Deno.test("a ratio is the median of those within each round, and another checkout is no reference", () => {
  const rounds = [[100, 10, 50], [200, 30, 50], [100, 90, 50]].map(([bare, ours, other]) => [
    measurement("bare Hono", bare!),
    measurement("Poli Credits", ours!),
    measurement("other checkout", other!),
  ]);
  assert.deepEqual(ratiosIn(CASES[2]!, rounds), { "opening/1": { "bare Hono": 0.15 } });
});

Deno.test("a ratio well below the released one is named, with both values", () => {
  assert.deepEqual(slowerThan(RELEASED, { "opening/1": { "bare Hono": 0.15, baseline: 1.3 } }), [
    "opening/1: 1.3 times baseline, below 0.7 of the released 2",
  ]);
  assert.deepEqual(slowerThan(RELEASED, { "opening/1": { "bare Hono": 0.14, baseline: 4 } }), []);
});

Deno.test("a case without a released ratio is named instead of passed over", () => {
  const [line] = slowerThan(RELEASED, { "day/1": { "bare Hono": 0.5 } });
  assert.match(line!, /day\/1: no released ratio to bare Hono/);
});

function measurement(contender: Measurement["contender"], requests_per_s: number): Measurement {
  const cpu = { server: undefined, postgres: undefined, load: undefined };
  return { contender, requests_per_s, p50_ms: 1, p99_ms: 1, cpu };
}
