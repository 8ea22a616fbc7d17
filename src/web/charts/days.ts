/**
 * The days of a month for the charts and their tables. Use is counted on its own date. The balances are those of the
 * ledger at the end of each date, so an entry that came late changes the balance on the day it was posted.
 */

import { daysIn } from "../../domain/calendar.ts";
import type { Month } from "../../domain/types.ts";
import type { DatedBalance, PageView } from "../report/view.ts";
import { DAY_MS } from "../../time/units.ts";

/** One local date of the displayed month. */
export interface Day {
  readonly date: string;
  /** 0 for the first day of the month. */
  readonly index: number;
  /** Days from the start of the month to the end of this day, or to now for today. */
  readonly ends_at: number;
  /** Credits used on this date, whenever they were posted. */
  readonly consumed: number;
  /** Credits charged on this day, whichever date they were used on. */
  readonly posted: number;
  /** The grants of this day, in the order they were posted. */
  readonly grants: readonly DatedBalance[];
  /** Credits available at the end of the date, or now. */
  readonly available_after: number;
  readonly excess_after: number;
  /** Credits charged from the start of the month to the end of this day. */
  readonly posted_after: number;
  /** Credits that would be left at the end of the day at an even pace; undefined before the package began. */
  readonly even_pace: number | undefined;
}

/** Returns the dates of the displayed month that have begun. */
export function daysOf(view: PageView): Day[] {
  const { company, usage, grants, balance, day_balances } = view;
  const consumed = sumsBy(usage.map(({ day, credits }) => [day, credits]));
  const days: Day[] = [];
  let granted_after = 0;
  let posted_after = 0;
  for (const [index, { local_date: date, available_after, excess_after }] of day_balances.entries()) {
    // The newest grant is first.
    const of_day = grants.filter(({ local_date }) => local_date === date).toReversed();
    for (const { credits } of of_day) granted_after += credits;
    const posted = granted_after - available_after + excess_after - posted_after;
    posted_after += posted;
    days.push({
      date,
      index,
      ends_at: index + (date === company.today ? shareOfToday(balance) : 1),
      consumed: consumed.get(date) ?? 0,
      posted,
      grants: of_day,
      available_after,
      excess_after,
      posted_after,
      even_pace: evenPaceAt(view, index + 1),
    });
  }
  return days;
}

/**
 * Returns the credits that would be left if each grant were used at an even pace from its date to the end of the month;
 * undefined before the first grant.
 *
 * @param at days since the start of the month
 */
export function evenPaceAt({ statement, grants }: PageView, at: number): number | undefined {
  const length = daysIn(statement.period as Month);
  const begun = grants.map(({ local_date, credits }) => ({ from: indexOf(local_date), credits }))
    .filter(({ from }) => from < at);
  if (begun.length === 0) return undefined;
  return begun.reduce((sum, { from, credits }) => sum + credits * (length - at) / (length - from), 0);
}

/** Returns the line of the even pace: from each grant on, down to nothing at the end of the month. */
export function evenPaceLine(view: PageView): (readonly [day: number, credits: number])[] {
  const { grants, statement } = view;
  const points: (readonly [number, number])[] = [];
  for (const { local_date, credits } of grants.toReversed()) {
    const at = indexOf(local_date);
    const before = evenPaceAt(view, at);
    // A second grant of one day is on top of the first.
    const start = points.at(-1)?.[0] === at ? points.at(-1)![1] : before ?? 0;
    if (before !== undefined && start === before) points.push([at, before]);
    points.push([at, start + credits]);
  }
  return points.length === 0 ? [] : [...points, [daysIn(statement.period as Month), 0]];
}

/** Returns the days from the start of the month to a date in it. */
export function indexOf(date: string): number {
  return Number(date.slice(8)) - 1;
}

/** The package and the excess after the closing, if entries after it changed them; otherwise undefined. */
export function afterClosing({ statement }: PageView, days: readonly Day[]): DatedBalance | undefined {
  const last = days.at(-1);
  if (statement.status === "open" || last === undefined) return undefined;
  const { expired, excess } = statement;
  if (last.available_after === expired && last.excess_after === excess) return undefined;
  return { local_date: last.date, available_after: expired, excess_after: excess };
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
