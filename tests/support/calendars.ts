/** Calendars of companies that move between time zones, for tests. */

import fc from "fast-check";
import { Calendar, type ZoneVersion } from "../../src/domain/calendar.ts";
import type { LocalDate } from "../../src/domain/types.ts";

const HOUR_MS = 3_600_000;

/** Builds a calendar of a first zone and moves, each `[from, zone]`. */
export function calendar(first: string, ...moves: readonly (readonly [string, string])[]): Calendar {
  return new Calendar([
    { time_zone: first, effective_from: "0001-01-01" as LocalDate },
    ...moves.map(([effective_from, time_zone]) => ({
      time_zone,
      effective_from: effective_from as LocalDate,
    })),
  ]);
}

/** Shows a day of a zone. */
export function dayOf(time_zone: string, date: string): ReturnType<typeof dayIn> {
  return dayIn(calendar(time_zone), date);
}

/** Shows a day of a calendar: its start, end and hours. */
export function dayIn(calendar: Calendar, date: string): { from: string; to: string; hours: number } {
  const { start_ms, end_ms } = calendar.day(date as LocalDate);
  return { from: instant(start_ms), to: instant(end_ms), hours: (end_ms - start_ms) / HOUR_MS };
}

function instant(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}

/** Parses an instant to milliseconds. */
export function utc(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

/** Zones with midnights at all kinds of times. */
export const ZONES = [
  "America/Sao_Paulo",
  "America/New_York",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "Pacific/Apia",
  "Europe/Berlin",
];

/** One of the zones. */
export function zones(): fc.Arbitrary<string> {
  return fc.constantFrom(...ZONES);
}

/** Companies that move up to three times, some of them day after day. */
export function moves(): fc.Arbitrary<Calendar> {
  return fc.tuple(zones(), fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), zones()), { maxLength: 3 }))
    .map(([first, later]) => {
      const versions: ZoneVersion[] = [{ time_zone: first, effective_from: "0001-01-01" as LocalDate }];
      let effective_from = Temporal.PlainDate.from("2011-12-20");
      for (const [days, time_zone] of later) {
        effective_from = effective_from.add({ days });
        versions.push({ time_zone, effective_from: effective_from.toString() as LocalDate });
      }
      return new Calendar(versions);
    });
}

/** Around the moves, and Samoa's own. */
export function instants(): fc.Arbitrary<number> {
  return fc.integer({ min: utc("2011-12-15T00:00:00Z"), max: utc("2012-05-01T00:00:00Z") });
}
