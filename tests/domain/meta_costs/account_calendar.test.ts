import assert from "node:assert/strict";
import { accountCalendar } from "../../../src/domain/meta_costs/account_calendar.ts";
import type { LocalDate } from "../../../src/domain/types.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS } from "../../support/zone_data.ts";

const VANCOUVER = "America/Vancouver";

/** Returns dates of December 2026 in Vancouver with their ends by the data that changes clocks. */
function stored(...days: readonly number[]) {
  return days.map((day) => {
    const local_date = `2026-12-${String(day).padStart(2, "0")}` as LocalDate;
    return { time_zone: VANCOUVER, local_date, ended_at_ms: Date.UTC(2026, 11, day + 1, 8) };
  });
}

Deno.test("stored dates end at their stored instants, and the others by the zone data", () => {
  const calendar = accountCalendar(VANCOUVER, stored(4, 5), VANCOUVER_STAYS);
  const dateOf = (day: number, hour: number) => calendar.dateOf(Date.UTC(2026, 11, day, hour, 30));
  assert.deepEqual([dateOf(4, 6), dateOf(4, 7)], ["2026-12-03", "2026-12-04"]);
  assert.deepEqual([dateOf(5, 7), dateOf(5, 8)], ["2026-12-04", "2026-12-05"]);
  assert.deepEqual([dateOf(6, 7), dateOf(6, 8)], ["2026-12-05", "2026-12-06"]);
  assert.deepEqual([dateOf(7, 6), dateOf(7, 7)], ["2026-12-06", "2026-12-07"]);
});

Deno.test("without stored dates the zone data decides all of them", () => {
  const at_ms = Date.UTC(2026, 11, 5, 7, 30);
  assert.equal(accountCalendar(VANCOUVER, [], VANCOUVER_STAYS).dateOf(at_ms), "2026-12-05");
  assert.equal(accountCalendar(VANCOUVER, [], VANCOUVER_CHANGES_CLOCKS).dateOf(at_ms), "2026-12-04");
});

Deno.test("of dates with a gap only those after it count, each at its own instant", () => {
  const calendar = accountCalendar(VANCOUVER, stored(1, 2, 10, 20, 21), VANCOUVER_STAYS);
  assert.deepEqual(calendar.fixed.last, "2026-12-21");
  assert.deepEqual(calendar.fixed.ends_ms, [20, 21].map((day) => Date.UTC(2026, 11, day + 1, 8)));
  assert.equal(calendar.dateOf(Date.UTC(2026, 11, 21, 7, 30)), "2026-12-20");
  assert.equal(calendar.dateOf(Date.UTC(2026, 11, 11, 7, 30)), "2026-12-11");
});
