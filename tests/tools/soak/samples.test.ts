import assert from "node:assert/strict";
import { thirdsOf } from "../../../tools/soak/samples.ts";

function samplesOf(...resident_bytes: readonly number[]) {
  return resident_bytes.map((bytes, i) => ({ at_ms: 5_000 + i * 1_000, resident_bytes: bytes }));
}

Deno.test("the first and the last third are compared, and the middle counts for neither", () => {
  const { first_bytes, last_bytes, is_level } = thirdsOf(samplesOf(100, 110, 900, 900, 105, 115));
  assert.deepEqual([first_bytes, last_bytes, is_level], [105, 110, true]);
});

Deno.test("memory that is more than a tenth higher at the end is not level", () => {
  assert.equal(thirdsOf(samplesOf(100, 100, 100, 100, 110, 110)).is_level, true);
  assert.equal(thirdsOf(samplesOf(100, 100, 100, 100, 111, 111)).is_level, false);
});

Deno.test("thirds are of time, not of samples", () => {
  const samples = [
    { at_ms: 0, resident_bytes: 100 },
    { at_ms: 1, resident_bytes: 100 },
    { at_ms: 2, resident_bytes: 100 },
    { at_ms: 1_500, resident_bytes: 500 },
    { at_ms: 3_000, resident_bytes: 120 },
  ];
  assert.deepEqual(thirdsOf(samples), { first_bytes: 100, last_bytes: 120, is_level: false });
});

Deno.test("two samples have no thirds", () => {
  assert.throws(() => thirdsOf(samplesOf(1, 2)), RangeError);
});
