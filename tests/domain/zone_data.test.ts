import assert from "node:assert/strict";
import { isTimeZone, RUNTIME_ZONE_DATA } from "../../src/domain/zone_data.ts";
import type { LocalDate } from "../../src/domain/types.ts";

Deno.test("a time zone is a name that has rules, or an offset in civil use", () => {
  const valid = [
    "America/Sao_Paulo",
    "UTC",
    "Asia/Kathmandu",
    "-07:00",
    "+05:30",
    "+00:00",
    "-12:00",
    "+14:00",
  ];
  for (const name of valid) assert.equal(isTimeZone(name), true, name);
  const names = ["", "America/Atlantis", "Brasília", "GMT-3"];
  const offsets = [
    "-3",
    "+0545",
    "-03",
    "+05:60",
    "+5:30",
    "-12:01",
    "+14:01",
    "-00:00",
    "+05:30:00",
    "−03:00",
  ];
  for (const name of [...names, ...offsets]) assert.equal(isTimeZone(name), false, name);
});

Deno.test("a fixed offset has its midnight there all year", () => {
  for (const date of ["2026-01-01", "2026-07-01"] as LocalDate[]) {
    const start_ms = RUNTIME_ZONE_DATA.startOfDay(date, "-07:00");
    assert.equal(start_ms, Temporal.Instant.from(`${date}T07:00:00Z`).epochMilliseconds);
    assert.equal(RUNTIME_ZONE_DATA.dateOn(start_ms, "-07:00"), date);
    assert.ok(RUNTIME_ZONE_DATA.dateOn(start_ms - 1, "-07:00") < date);
  }
});
