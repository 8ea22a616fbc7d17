import { firstDateOf, monthOf, nextMonth } from "../calendar.ts";
import type { Month } from "../types.ts";
import { calendarFrom } from "./charges.ts";
import type { MonthRows } from "./month_rows.ts";

/**
 * Returns the first month whose facts are all stored, if this one is earlier; undefined if no fact of this one is deleted.
 * Dates before the first charge of the month had no fact that charges.
 */
export function firstMonthRetained(rows: MonthRows): Month | undefined {
  const { totals, facts_kept_from_ms = -Infinity } = rows;
  if (totals.length === 0) return undefined;
  const calendar = calendarFrom(rows);
  const first = totals.map(({ local_date }) => local_date).reduce((a, b) => a < b ? a : b);
  if (calendar.day(first).start_ms >= facts_kept_from_ms) return undefined;
  const month = monthOf(calendar.dateOf(facts_kept_from_ms));
  return calendar.day(firstDateOf(month)).start_ms >= facts_kept_from_ms ? month : nextMonth(month);
}
