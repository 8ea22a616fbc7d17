import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays, Calendar, nextDate, previousDate } from "../../src/domain/calendar.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { dayIn, instants, moves, utc, ZONES } from "../support/calendars.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS, zoneDataWith } from "../support/zone_data.ts";

Deno.test("days that have begun keep their instants under other zone data; only later ones follow it", () => {
  const vancouver = [{ time_zone: "America/Vancouver", effective_from: "0001-01-01" as LocalDate }];
  const ends_ms = ["28", "29", "30"].map((day) => utc(`2026-11-${day}T08:00:00Z`));
  const fixed = { last: "2026-11-29" as LocalDate, ends_ms };
  const moved = new Calendar(vancouver, { fixed, zone_data: VANCOUVER_STAYS });
  assert.equal(moved.dateOf(utc("2026-11-30T07:30:00Z")), "2026-11-29");
  assert.deepEqual(dayIn(moved, "2026-11-29"), {
    from: "2026-11-29T08:00:00Z",
    to: "2026-11-30T08:00:00Z",
    hours: 24,
  });
  assert.deepEqual(dayIn(moved, "2026-11-30"), {
    from: "2026-11-30T08:00:00Z",
    to: "2026-12-01T07:00:00Z",
    hours: 23,
  });
  assert.equal(dayIn(moved, "2026-12-01").hours, 24);
});

Deno.test("days before the fixed ones follow the zone data and end where the fixed ones begin", () => {
  const vancouver = [{ time_zone: "America/Vancouver", effective_from: "0001-01-01" as LocalDate }];
  const fixed = { last: "2026-11-29" as LocalDate, ends_ms: [utc("2026-11-30T06:00:00Z")] };
  const moved = new Calendar(vancouver, { fixed, zone_data: VANCOUVER_CHANGES_CLOCKS });
  assert.equal(dayIn(moved, "2026-11-29").from, "2026-11-29T08:00:00Z");
  assert.equal(moved.dateOf(utc("2026-11-29T07:59:59Z")), "2026-11-28");
  assert.equal(moved.dateOf(utc("2026-11-30T05:59:59Z")), "2026-11-29");
  assert.equal(moved.dateOf(utc("2026-11-30T06:00:00Z")), "2026-11-30");
});

Deno.test("days follow each other without gap or overlap where fixed days and other zone data meet", () => {
  fc.assert(fc.property(fixedCalendars(), instants(), ({ moved, given }, at_ms) => {
    const date = moved.dateOf(at_ms);
    const day = moved.day(date);
    assert.ok(day.start_ms <= at_ms && at_ms < day.end_ms);
    assert.equal(moved.day(nextDate(date)).start_ms, day.end_ms);
    assert.equal(moved.day(previousDate(date)).end_ms, day.start_ms);
    const { last, ends_ms } = moved.fixed;
    ends_ms.forEach((end_ms, i) =>
      assert.equal(moved.day(addDays(last, i + 1 - ends_ms.length)).end_ms, end_ms)
    );
    if (at_ms >= ends_ms[0]! && at_ms < ends_ms.at(-1)!) assert.equal(date, given.dateOf(at_ms));
  }));
});

Deno.test("dates never go back where fixed days and other zone data meet", () => {
  fc.assert(fc.property(fixedCalendars(), instants(), instants(), ({ moved }, a, b) => {
    const [earlier, later] = a <= b ? [a, b] : [b, a];
    assert.ok(moved.dateOf(earlier) <= moved.dateOf(later));
  }));
});

/** Calendars that begin by the runtime's zone data, and after some fixed days go on by another's. */
function fixedCalendars(): fc.Arbitrary<{ moved: Calendar; given: Calendar }> {
  const others = ["-12:00", "-02:30", "+00:00", "+05:30", "+14:00", "Pacific/Apia", "America/St_Johns"];
  return fc.tuple(
    moves(),
    instants(),
    fc.integer({ min: 1, max: 60 }),
    fc.array(fc.constantFrom(...others), {
      minLength: 9,
      maxLength: 9,
    }),
  ).map(([given, today_ms, days, rules]) => {
    const last = given.dateOf(today_ms);
    const dates = Array.from({ length: days }, (_, i) => addDays(last, i + 1 - days));
    const fixed = { last, ends_ms: dates.map((date) => given.day(date).end_ms) };
    const zone_data = zoneDataWith(Object.fromEntries(ZONES.map((zone, i) => [zone, rules[i]!])));
    return { given, moved: new Calendar(given.versions, { fixed, zone_data }) };
  });
}
