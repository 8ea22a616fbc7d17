import assert from "node:assert/strict";
import fc from "fast-check";
import { formatInstant } from "../../../src/http/kit/fields.ts";

Deno.test("an instant is written in UTC, without zeros at the end of its fraction", () => {
  const text = (instant: string) => formatInstant(Temporal.Instant.from(instant).epochMilliseconds);
  assert.equal(text("2026-11-23T10:00:00-03:00"), "2026-11-23T13:00:00Z");
  assert.equal(text("2026-11-23T13:00:10.5Z"), "2026-11-23T13:00:10.5Z");
  assert.equal(text("2026-11-23T13:00:00.120Z"), "2026-11-23T13:00:00.12Z");
  assert.equal(text("2026-11-23T13:00:00.001Z"), "2026-11-23T13:00:00.001Z");
});

Deno.test("an instant of any year is written as Temporal writes it", () => {
  const MAX_MS = 8.64e15;
  fc.assert(
    fc.property(fc.integer({ min: -MAX_MS, max: MAX_MS }), fc.constantFrom(1, 10, 1_000), (ms, unit) => {
      const at_ms = ms - ms % unit;
      assert.equal(formatInstant(at_ms), Temporal.Instant.fromEpochMilliseconds(at_ms).toString());
    }),
  );
});
