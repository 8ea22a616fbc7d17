import assert from "node:assert/strict";
import { differingZones, formatOffset } from "../../../tools/zones/compare.ts";
import { type PackedZoneData, unpackZones } from "../../../tools/zones/packed.ts";

const [FROM, TO] = ["2026-11-29T00:00:00Z", "2027-11-29T00:00:00Z"].map(utc) as [number, number];
/** 2027-03-14, 10:00 UTC and 2027-11-07, 09:00 UTC, as minutes since 1970. */
const [SPRING, AUTUMN] = [utc("2027-03-14T10:00:00Z") / 60_000, utc("2027-11-07T09:00:00Z") / 60_000];

Deno.test("packed zones unpack to offsets and their last instants, under every name", () => {
  const zones = unpackZones(
    published(`America/Los_Angeles|PST PDT|80 70|010|${base60(SPRING)} ${base60(AUTUMN - SPRING)}`),
  );
  assert.deepEqual(zones.map(({ name }) => name), ["America/Los_Angeles", "US/Pacific"]);
  for (const { offsets } of zones) {
    assert.deepEqual(offsets, [
      { until_ms: SPRING * 60_000, offset_minutes: -480 },
      { until_ms: AUTUMN * 60_000, offset_minutes: -420 },
      { until_ms: Infinity, offset_minutes: -480 },
    ]);
  }
});

Deno.test("a zone east of UTC, and one with half hours, unpack to positive minutes", () => {
  const [kolkata, utc_zone] = unpackZones({
    version: "test",
    zones: ["Asia/Kolkata|IST|-5u|0|", "Etc/UTC|UTC|0|0|"],
    links: [],
  });
  assert.deepEqual(kolkata!.offsets, [{ until_ms: Infinity, offset_minutes: 330 }]);
  assert.deepEqual(utc_zone!.offsets, [{ until_ms: Infinity, offset_minutes: 0 }]);
});

Deno.test("zones with equal rules do not differ", () => {
  const packed = `America/Los_Angeles|PST PDT|80 70|010|${base60(SPRING)} ${base60(AUTUMN - SPRING)}`;
  assert.deepEqual(differingZones(unpackZones(published(packed)), FROM, TO), []);
});

Deno.test("a zone that no longer changes its clocks differs from the first change on, with both offsets", () => {
  const differences = differingZones(unpackZones(published("America/Los_Angeles|PST|80|0|")), FROM, TO);
  const expected = { at_ms: SPRING * 60_000, runtime_minutes: -420, published_minutes: -480 };
  assert.deepEqual(differences, [
    { zone: "America/Los_Angeles", ...expected },
    { zone: "US/Pacific", ...expected },
  ]);
});

Deno.test("a change that only the published data have is found at its instant", () => {
  const packed = {
    version: "test",
    zones: [`America/Sao_Paulo|-03 -02|30 20|01|${base60(SPRING)}`],
    links: [],
  };
  assert.deepEqual(differingZones(unpackZones(packed), FROM, TO), [
    { zone: "America/Sao_Paulo", at_ms: SPRING * 60_000, runtime_minutes: -180, published_minutes: -120 },
  ]);
  assert.deepEqual(differingZones(unpackZones(packed), FROM, SPRING * 60_000), []);
});

Deno.test("a zone that the runtime does not know differs at once", () => {
  const packed = { version: "test", zones: ["America/Atlantis|A|30|0|"], links: [] };
  assert.deepEqual(differingZones(unpackZones(packed), FROM, TO), [
    { zone: "America/Atlantis", at_ms: FROM, runtime_minutes: undefined, published_minutes: -180 },
  ]);
});

Deno.test("offsets are written with sign, hours and minutes", () => {
  assert.deepEqual([-480, 0, 345].map(formatOffset), ["-08:00", "+00:00", "+05:45"]);
});

function published(zone: string): PackedZoneData {
  return { version: "test", zones: [zone], links: ["America/Los_Angeles|US/Pacific"] };
}

/** Writes a whole number in base 60. */
function base60(value: number): string {
  const digit = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"[value % 60]!;
  return value < 60 ? digit : base60(Math.floor(value / 60)) + digit;
}

function utc(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}
