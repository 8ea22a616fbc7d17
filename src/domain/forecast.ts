import { addDays, lastDateOf, monthOf } from "./calendar.ts";
import type { Credits, LocalDate } from "./types.ts";
import { credits, NO_CREDITS } from "./types.ts";

/** The input of a forecast: credits by the date they were consumed on. */
export interface ConsumptionHistory {
  /** Closed local dates up to yesterday, without a gap; unused days have 0 credits. */
  readonly days: readonly { readonly date: LocalDate; readonly credits: Credits }[];
  readonly today: LocalDate;
  /** Consumed today so far. */
  readonly consumed_today: Credits;
  /** The share of today that has passed, from 0 to 1. Default 0. */
  readonly day_passed?: number;
  /** Granted in the current month, including scheduled grants; 0 without a package. */
  readonly granted: Credits;
  /** The date of the last scheduled grant; undefined when all credits are granted. */
  readonly granted_on?: LocalDate | undefined;
  /** Consumed in the current month, today included. */
  readonly consumed: Credits;
  /** The date on which the available credits came to 0, by the ledger; undefined while some are left. */
  readonly used_up_on?: LocalDate | undefined;
}

/** The expected end of the package, and the expected excess by the end of the month. */
export interface Forecast {
  /**
   * The local date on which the last credit of the package is or was used, not before its last grant; null if the package
   * lasts the month.
   */
  readonly runs_out_on: LocalDate | null;
  /** The earliest and latest date of the 80 % band. */
  readonly runs_out_between: readonly [LocalDate | null, LocalDate | null];
  readonly expected_excess: Credits;
  /** Credits of the package expected to expire when the month ends. */
  readonly expected_left: Credits;
  /** The lowest and highest number of the 80 % band. */
  readonly left_between: readonly [Credits, Credits];
  /** The number of closed days used. */
  readonly closed_days: number;
  readonly method: string;
}

/** The result with fewer than 7 closed days. */
export interface InsufficientHistory {
  readonly insufficient_data: true;
  readonly closed_days_missing: number;
  readonly needs: string;
}

/** A forecast needs one full week. */
export const DAYS_MIN = 7;
/** Four weeks; older days predict little. */
export const DAYS_MAX = 28;
/** 80 % of a normal distribution lies within this many standard deviations of its mean. */
const BAND_DEVIATIONS = 1.28;
/** The share of a day from which on its own pace counts: the first hours predict little. */
const OWN_PACE_FROM = 0.25;
/** Amounts that differ by less are equal: sums of means are not whole numbers. */
const TOLERANCE = 1e-6;

/**
 * Forecasts the rest of the current month from the mean of each weekday over up to 28 closed days (one mean for all
 * days with fewer than 14). From its first quarter on, today goes on at its own pace if that is faster. The band comes
 * from the standard deviation of the days.
 */
export function forecast(history: ConsumptionHistory): Forecast | InsufficientHistory {
  const days = history.days.slice(-DAYS_MAX);
  if (days.length < DAYS_MIN) {
    const more = DAYS_MIN - days.length;
    return {
      insufficient_data: true,
      closed_days_missing: more,
      needs: `${more} more closed ${more === 1 ? "day" : "days"} of history`,
    };
  }
  const pace = paceOf(days);
  const by_weekday = days.length >= 2 * DAYS_MIN ? "mean of each weekday" : "mean";
  return {
    runs_out_on: runsOutOn(history, pace, 0),
    runs_out_between: [
      runsOutOn(history, pace, BAND_DEVIATIONS),
      runsOutOn(history, pace, -BAND_DEVIATIONS),
    ],
    expected_excess: expectedExcess(history, pace),
    expected_left: leftAtEnd(history, pace, 0),
    left_between: [leftAtEnd(history, pace, BAND_DEVIATIONS), leftAtEnd(history, pace, -BAND_DEVIATIONS)],
    closed_days: days.length,
    method: `${by_weekday} over ${days.length} closed days, and today at its own pace if that is faster; ` +
      "the band is where 8 of 10 months like them end up",
  };
}

/** The pace of consumption, from the closed days. */
interface Pace {
  /** Returns the expected credits of a date. */
  expectedOn(date: LocalDate): number;
  /** Returns one standard deviation of the sum of that many days. */
  spreadOver(days: number): number;
}

function paceOf(days: ConsumptionHistory["days"]): Pace {
  const weekly = days.length >= 2 * DAYS_MIN;
  const groups = Map.groupBy(days, ({ date }) => weekly ? weekdayOf(date) : 0);
  const means = new Map(
    [...groups].map(([group, of_it]) => [group, meanOf(of_it.map((day) => day.credits))]),
  );
  const expectedOn = (date: LocalDate) => means.get(weekly ? weekdayOf(date) : 0)!;
  const squares = days.map(({ date, credits }) => (credits - expectedOn(date)) ** 2);
  const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (days.length - means.size));
  return {
    expectedOn,
    // The error of the days and the error of the means add up.
    spreadOver: (count) => deviation * Math.sqrt(count + count ** 2 / days.length),
  };
}

/** Returns the date the package runs out on, at a pace that many deviations from the expected one. */
function runsOutOn(history: ConsumptionHistory, pace: Pace, deviations: number): LocalDate | null {
  const left = history.granted - history.consumed;
  if (history.granted === 0) return null;
  if (left <= 0) return notBefore(history.granted_on, history.used_up_on ?? history.today);
  const last = lastDateOf(monthOf(history.today));
  let expected = 0;
  let count = 0;
  for (let date = history.today; date <= last; date = addDays(date, 1)) {
    expected += expectedFromNow(history, pace, date);
    const left_then = left - expected - deviations * pace.spreadOver(++count);
    // A package used up on the last date lasts the month.
    if (left_then < -TOLERANCE || (left_then <= TOLERANCE && date < last)) {
      return notBefore(history.granted_on, date);
    }
  }
  return null;
}

/** Returns a date, or the date of the last grant if that is later: use before it is covered by it. */
function notBefore(granted_on: LocalDate | undefined, date: LocalDate): LocalDate {
  return granted_on !== undefined && granted_on > date ? granted_on : date;
}

function expectedExcess(history: ConsumptionHistory, pace: Pace): Credits {
  return wholeAbove(history.consumed + restOfMonth(history, pace).expected - history.granted);
}

/** Returns the credits left at the end of the month, at a pace that many deviations from the expected one. */
function leftAtEnd(history: ConsumptionHistory, pace: Pace, deviations: number): Credits {
  const { expected, days } = restOfMonth(history, pace);
  // Consumed credits never come back, even at the slowest pace.
  const to_come = Math.max(0, expected + deviations * pace.spreadOver(days));
  return wholeAbove(history.granted - history.consumed - to_come);
}

/** Returns the expected credits from now to the end of the month, and the number of days. */
function restOfMonth(history: ConsumptionHistory, pace: Pace): { expected: number; days: number } {
  const last = lastDateOf(monthOf(history.today));
  let expected = 0;
  let days = 0;
  for (let date = history.today; date <= last; date = addDays(date, 1)) {
    expected += expectedFromNow(history, pace, date);
    days++;
  }
  return { expected, days };
}

/** Rounds to whole credits; 0 for a negative amount. */
function wholeAbove(amount: number): Credits {
  if (amount <= 0) return NO_CREDITS;
  return credits(Math.min(Math.round(amount), Number.MAX_SAFE_INTEGER));
}

function expectedFromNow(history: ConsumptionHistory, pace: Pace, date: LocalDate): number {
  const expected = pace.expectedOn(date);
  return date === history.today ? restOfToday(history, expected) : expected;
}

/** Returns the expected credits of the rest of today: what is missing to the mean, or today's own pace if it is faster. */
function restOfToday({ consumed_today, day_passed = 0 }: ConsumptionHistory, expected: number): number {
  const own = day_passed < OWN_PACE_FROM ? 0 : consumed_today * (1 - day_passed) / day_passed;
  return Math.max(0, expected - consumed_today, own);
}

function weekdayOf(date: LocalDate): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

function meanOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
}
