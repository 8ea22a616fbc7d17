import { addDays, firstDateOf, lastDateOf, monthOf } from "./calendar.ts";
import type { Credits, LocalDate } from "./types.ts";
import { credits, NO_CREDITS } from "./types.ts";

/** What a forecast is made from: credits by the date they were consumed on. */
export interface ConsumptionHistory {
  /** Closed local dates up to yesterday, without a gap: days without use included. */
  readonly days: readonly { readonly date: LocalDate; readonly credits: Credits }[];
  readonly today: LocalDate;
  /** Consumed today so far. */
  readonly consumed_today: Credits;
  /** Granted in the current month, also what is yet to come of it; none without a package. */
  readonly granted: Credits;
  /** Consumed in the current month, today included. */
  readonly consumed: Credits;
}

/** When the package is expected to run out, and what is expected beyond it by the end of the month. */
export interface Forecast {
  /** The local date the last credit of the package is expected to be used on, or was; null if it lasts the month. */
  readonly runs_out_on: LocalDate | null;
  /** The same if it goes fast, and if it goes slowly: eight of ten times it comes in between. */
  readonly runs_out_between: readonly [LocalDate | null, LocalDate | null];
  readonly expected_excess: Credits;
  /** Credits of the package expected to be left when the month ends, and to expire with it. */
  readonly expected_left: Credits;
  /** The same if it goes fast, and if it goes slowly. */
  readonly left_between: readonly [Credits, Credits];
  /** How many closed days it is made from. */
  readonly closed_days: number;
  readonly method: string;
}

export interface InsufficientHistory {
  readonly insufficient_data: true;
  readonly closed_days_missing: number;
  readonly needs: string;
}

/** Fewer closed days say too little of how a week goes. */
const DAYS_MIN = 7;
/** Four weeks: what is older says little of now. */
const DAYS_MAX = 28;
/** Eight of ten draws of a normal distribution lie within so many standard deviations of its mean. */
const BAND_DEVIATIONS = 1.28;
/** Sums of means are no whole numbers: what differs by less is the same. */
const TOLERANCE = 1e-6;

/**
 * Forecasts the rest of the current month by the mean of each weekday over up to 28 closed days (by the
 * plain mean while there are fewer than 14), the band by the spread of the days around it.
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
    method:
      `${by_weekday} over ${days.length} closed days; the band is where 8 of 10 months like them end up`,
  };
}

/** What the days so far tell of those to come. */
interface Pace {
  /** Credits a date is expected to take. */
  expectedOn(date: LocalDate): number;
  /** How far so many days together may be from what is expected of them: one standard deviation. */
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
    // Each day varies by itself, and the means are only as sure as the days they are of: these errors add up.
    spreadOver: (count) => deviation * Math.sqrt(count + count ** 2 / days.length),
  };
}

/** The date the package runs out on, at a pace so many deviations off what is expected. */
function runsOutOn(history: ConsumptionHistory, pace: Pace, deviations: number): LocalDate | null {
  const left = history.granted - history.consumed;
  if (history.granted === 0) return null;
  if (left <= 0) return usedUpOn(history);
  const last = lastDateOf(monthOf(history.today));
  let expected = 0;
  let count = 0;
  for (let date = history.today; date <= last; date = addDays(date, 1)) {
    expected += stillToCome(history, pace, date);
    const left_then = left - expected - deviations * pace.spreadOver(++count);
    // What is used up as the month ends has lasted it.
    if (left_then < -TOLERANCE || (left_then <= TOLERANCE && date < last)) return date;
  }
  return null;
}

/** The date on which as much as has been granted was used; today if that was before the days that are known. */
function usedUpOn({ days, today, granted }: ConsumptionHistory): LocalDate {
  const first = firstDateOf(monthOf(today));
  let used = 0;
  for (const { date, credits } of days) {
    if (date < first) continue;
    used += credits;
    if (used >= granted) return date;
  }
  return today;
}

function expectedExcess(history: ConsumptionHistory, pace: Pace): Credits {
  return wholeAbove(history.consumed + restOfMonth(history, pace).expected - history.granted);
}

/** Credits left at a pace so many deviations off what is expected. */
function leftAtEnd(history: ConsumptionHistory, pace: Pace, deviations: number): Credits {
  const { expected, days } = restOfMonth(history, pace);
  // However slowly it goes, nothing that was consumed comes back.
  const to_come = Math.max(0, expected + deviations * pace.spreadOver(days));
  return wholeAbove(history.granted - history.consumed - to_come);
}

/** What is expected from now to the end of the month, and of how many days. */
function restOfMonth(history: ConsumptionHistory, pace: Pace): { expected: number; days: number } {
  const last = lastDateOf(monthOf(history.today));
  let expected = 0;
  let days = 0;
  for (let date = history.today; date <= last; date = addDays(date, 1)) {
    expected += stillToCome(history, pace, date);
    days++;
  }
  return { expected, days };
}

/** Whole credits, none when there would be fewer. */
function wholeAbove(amount: number): Credits {
  if (amount <= 0) return NO_CREDITS;
  return credits(Math.min(Math.round(amount), Number.MAX_SAFE_INTEGER));
}

function stillToCome(history: ConsumptionHistory, pace: Pace, date: LocalDate): number {
  const expected = pace.expectedOn(date);
  return date === history.today ? Math.max(0, expected - history.consumed_today) : expected;
}

function weekdayOf(date: LocalDate): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

function meanOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
}
