import { addDays, addMonths, daysBetween, daysIn, firstDateOf, monthOf } from "./calendar.ts";
import type { DatedTotal } from "./reports.ts";
import type { Credits, Direction, FeatureCode, LocalDate, Month } from "./types.ts";
import { credits } from "./types.ts";

/** How today's use compares with the usual day. */
export interface Today {
  readonly consumed: Credits;
  /** The mean of the closed days, in whole credits. */
  readonly usual: Credits;
  /** Today's use divided by that of the usual day, with one decimal place; null when nothing is usual. */
  readonly times: number | null;
  /** Whether today's use is far above the usual. */
  readonly is_unusual: boolean;
  /** The feature that grew most, when today is unusual. */
  readonly reason: UnusualFeature | null;
}

/** A feature whose use today is far above its usual use. */
export interface UnusualFeature {
  readonly feature: FeatureCode;
  readonly direction: Direction;
  readonly consumed: Credits;
  readonly usual: Credits;
}

/** The use of the month before, up to the day of the month that today is. */
export interface LastMonth {
  readonly period: Month;
  readonly through: LocalDate;
  readonly consumed: Credits;
}

/** A day is unusual from this multiple of the usual day on, if it is also that many credits above it. */
const UNUSUAL_TIMES = 3;
const UNUSUAL_CREDITS = 20;

/**
 * Compares today with the mean of the closed days.
 *
 * @param totals the totals of today and of the closed days; others are ignored
 * @param first the first closed day of the comparison
 */
export function compareToday(totals: readonly DatedTotal[], first: LocalDate, today: LocalDate): Today {
  const days = Math.max(1, daysBetween(first, today));
  const before = totals.filter(({ local_date }) => local_date >= first && local_date < today);
  const of_today = totals.filter(({ local_date }) => local_date === today);
  const consumed = sumOf(of_today);
  const usual = sumOf(before) / days;
  const is_unusual = consumed >= UNUSUAL_TIMES * usual && consumed - usual >= UNUSUAL_CREDITS;
  const grown = of_today.map(({ feature, direction, credits: used }) => {
    const same = before.filter((one) => one.feature === feature && one.direction === direction);
    return { feature, direction, consumed: used, usual: credits(Math.round(sumOf(same) / days)) };
  }).sort((a, b) => (b.consumed - b.usual) - (a.consumed - a.usual));
  return {
    consumed: credits(consumed),
    usual: credits(Math.round(usual)),
    times: usual === 0 ? null : Math.round(10 * consumed / usual) / 10,
    is_unusual,
    reason: is_unusual ? grown[0] ?? null : null,
  };
}

/**
 * Returns the credits from which a date can be unusual, rounded down.
 *
 * @param first the first closed day of the comparison
 */
export function unusualFrom(totals: readonly DatedTotal[], first: LocalDate, today: LocalDate): number {
  const before = totals.filter(({ local_date }) => local_date >= first && local_date < today);
  const usual = sumOf(before) / Math.max(1, daysBetween(first, today));
  return Math.floor(Math.max(UNUSUAL_TIMES * usual, usual + UNUSUAL_CREDITS));
}

/** Sums the month before up to the same day of the month; null if nothing was used in that month. */
export function lastMonthOf(totals: readonly DatedTotal[], today: LocalDate): LastMonth | null {
  const period = addMonths(monthOf(today), -1);
  const day = Math.min(Number(today.slice(8)), daysIn(period));
  const through = addDays(firstDateOf(period), day - 1);
  const of_period = totals.filter(({ local_date }) => monthOf(local_date) === period);
  if (of_period.length === 0) return null;
  const consumed = sumOf(of_period.filter(({ local_date }) => local_date <= through));
  return { period, through, consumed: credits(consumed) };
}

function sumOf(totals: readonly { readonly credits: number }[]): number {
  return totals.reduce((sum, { credits }) => sum + credits, 0);
}
