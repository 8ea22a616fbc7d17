import { Calendar, daysBetween } from "../calendar.ts";
import type { LocalDate } from "../types.ts";
import type { ZoneData } from "../zone_data.ts";

/** A date in the time zone of a Meta account, with its stored end. */
export interface AccountDay {
  readonly time_zone: string;
  readonly local_date: LocalDate;
  readonly ended_at_ms: number;
}

/** Returns the key of a day among those of a company, in order of zone and date. */
export function accountDayKey({ time_zone, local_date }: AccountDay): string {
  return `${time_zone} ${local_date}`;
}

/**
 * Builds the calendar of an account's time zone. Other zone data moves no date whose end is stored.
 *
 * @param stored days of the zone in order of date. Before a missing date none counts: they are long past
 * @param zone_data decides the other dates; by default the runtime's
 */
export function accountCalendar(
  time_zone: string,
  stored: readonly AccountDay[],
  zone_data?: ZoneData,
): Calendar {
  const zone = [{ time_zone, effective_from: "0001-01-01" as LocalDate }];
  const last = stored.at(-1)?.local_date;
  if (last === undefined) return new Calendar(zone, { zone_data });
  let first = 0;
  while (daysBetween(stored[first]!.local_date, last) >= stored.length - first) first++;
  const ends_ms = stored.slice(first).map(({ ended_at_ms }) => ended_at_ms);
  return new Calendar(zone, { fixed: { last, ends_ms }, zone_data });
}
