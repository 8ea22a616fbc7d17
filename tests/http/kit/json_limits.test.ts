import assert from "node:assert/strict";
import fc from "fast-check";
import { exceedsLimits } from "../../../src/http/kit/json_limits.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Counts names, values, lists and objects of a JSON value, and its levels, the slow way. */
function measure(value: unknown): { parts: number; depth: number } {
  if (typeof value !== "object" || value === null) return { parts: 1, depth: 0 };
  const names = Array.isArray(value) ? 0 : Object.keys(value).length;
  const inner = Object.values(value).map(measure);
  return {
    parts: 1 + names + inner.reduce((sum, { parts }) => sum + parts, 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  };
}

Deno.test("a JSON text exceeds limits exactly when its value has more parts or levels", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 6 }), fc.nat(40), fc.nat(6), (json, parts, depth) => {
    const value = measure(JSON.parse(json));
    // An empty list counts as if it had an item.
    const empty = json.replaceAll(/"(?:[^"\\]|\\.)*"/g, "0").match(/\[\s*\]|\{\s*\}/g)?.length ?? 0;
    const exceeds = exceedsLimits(bytes(json), { parts, depth });
    assert.equal(exceeds, value.parts + empty > parts || value.depth > depth);
  }));
});

Deno.test("brackets, commas and escaped quotes in a text are not counted", () => {
  const limits = { parts: 2, depth: 1 };
  for (const text of ["[[[[", ",,,,:::", '"', '\\"[', "\\\\", "é[", "\u2028{"]) {
    assert.equal(exceedsLimits(bytes(JSON.stringify([text])), limits), false, text);
  }
  assert.equal(exceedsLimits(bytes('["\\\\",[]]'), limits), true);
});

Deno.test("a text that is not JSON is counted too", () => {
  assert.equal(exceedsLimits(bytes("[".repeat(100)), { parts: 1_000, depth: 99 }), true);
  assert.equal(exceedsLimits(bytes("]".repeat(100)), { parts: 1_000, depth: 8 }), false);
  assert.equal(exceedsLimits(bytes(",".repeat(100)), { parts: 99, depth: 8 }), true);
});
