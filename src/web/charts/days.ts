/** Sums the usage and grants of a month by day for the charts and their tables. */

import { addDays, daysIn, firstDateOf } from "../../domain/calendar.ts";
import type { LocalDate, Month } from "../../domain/types.ts";
import type { PageView } from "../report/view.ts";
import { DAY_MS } from "../../time/units.ts";

/** One local date of the displayed month. */
export interface Day {
  readonly date: LocalDate;
  /** 0 for the first day of the month. */
  readonly index: number;
  /** Days from the start of the month to the end of this day, or to now for today. */
  readonly ends_at: number;
  readonly consumed: number;
  /** Credits granted on this date. */
  readonly granted: number;
  /** Credits available at the end of the date, or now. */
  readonly available_after: number;
  readonly excess_after: number;
  readonly consumed_after: number;
  /** Credits that would be left if the package were used at an even pace. */
  readonly even_pace: number;
}

/** Returns the dates of the displayed month that have begun. */
export function daysOf({ statement, company, usage, grants, balance }: PageView): Day[] {
  const month = statement.period as Month;
  const length = daysIn(month);
  const consumed = sumsBy(usage.map(({ day, credits }) => [day, credits]));
  const granted = sumsBy(grants.map(({ local_date, credits }) => [local_date, credits]));
  const days: Day[] = [];
  let consumed_after = 0;
  let granted_after = 0;
  for (let index = 0; index < length; index++) {
    const date = addDays(firstDateOf(month), index);
    if (date > company.today) break;
    consumed_after += consumed.get(date) ?? 0;
    granted_after += granted.get(date) ?? 0;
    days.push({
      date,
      index,
      ends_at: index + (date === company.today ? shareOfToday(balance) : 1),
      consumed: consumed.get(date) ?? 0,
      granted: granted.get(date) ?? 0,
      available_after: Math.max(0, granted_after - consumed_after),
      excess_after: Math.max(0, consumed_after - granted_after),
      consumed_after,
      even_pace: statement.granted * (1 - (index + 1) / length),
    });
  }
  return days;
}

function sumsBy(amounts: readonly (readonly [date: string, credits: number])[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [date, credits] of amounts) sums.set(date, (sums.get(date) ?? 0) + credits);
  return sums;
}

/** Returns the share of today that has passed. A day of 23 or 25 hours is drawn as one of 24. */
function shareOfToday({ as_of, open_windows }: PageView["balance"]): number {
  const left_ms = Date.parse(open_windows.closes_at) - Date.parse(as_of);
  return 1 - Math.min(1, Math.max(0, left_ms / DAY_MS));
}
