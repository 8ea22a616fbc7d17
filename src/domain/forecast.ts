import { addDays, lastDateOf, monthOf } from "./calendar.ts";
import type { Credits, LocalDate } from "./names.ts";
import { credits } from "./names.ts";

/** What a forecast is made from: credits consumed on each closed day, oldest first, days without any included. */
export interface ConsumptionHistory {
  /** Closed local dates, without a gap, up to yesterday. */
  readonly days: readonly { readonly date: LocalDate; readonly credits: Credits }[];
  readonly today: LocalDate;
  /** What is left of the package now. */
  readonly available: Credits;
  readonly excess: Credits;
  /** Consumed today so far. */
  readonly consumed_today: Credits;
}

/** When the package is expected to run out, and what is expected beyond it by the end of the month. */
export interface Forecast {
  /** The expected local date; null if the package is expected to last the month. */
  readonly runs_out_on: LocalDate | null;
  /** By the busiest and the calmest of comparable paces; an end is null if it lasts the month at that pace. */
  readonly runs_out_between: readonly [LocalDate | null, LocalDate | null];
  readonly expected_excess: Credits;
  readonly method: string;
}

export interface InsufficientHistory {
  readonly insufficient_data: true;
  readonly needs: string;
}

/** Fewer closed days say too little of how a week goes. */
const DAYS_MIN = 7;
/** Four weeks: what is older says little of now. */
const DAYS_MAX = 28;
/** Eight of ten comparable months lie between the paces this many standard errors from the mean. */
const BAND_ERRORS = 1.28;

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
      needs: `${more} more closed ${more === 1 ? "day" : "days"} of history`,
    };
  }
  const pace = paceOf(days);
  const expected = project(history, pace, 0);
  const method = days.length >= 2 * DAYS_MIN
    ? `mean of each weekday over ${days.length} closed days, band of ${BAND_ERRORS} standard errors`
    : `mean of ${days.length} closed days, band of ${BAND_ERRORS} standard errors`;
  return {
    runs_out_on: expected.runs_out_on,
    runs_out_between: [
      project(history, pace, BAND_ERRORS).runs_out_on,
      project(history, pace, -BAND_ERRORS).runs_out_on,
    ],
    expected_excess: expected.excess,
    method,
  };
}

/** Credits a day of the week takes, and how sure that is. */
interface Pace {
  expectedOn(date: LocalDate): number;
  /** Standard error of the mean of a day. */
  readonly error: number;
}

function paceOf(days: ConsumptionHistory["days"]): Pace {
  const mean = meanOf(days.map((day) => day.credits));
  const by_weekday = new Map<number, number[]>();
  for (const { date, credits } of days) {
    const weekday = weekdayOf(date);
    by_weekday.set(weekday, [...(by_weekday.get(weekday) ?? []), credits]);
  }
  const weekly = days.length >= 2 * DAYS_MIN;
  const expectedOn = (date: LocalDate) => weekly ? meanOf(by_weekday.get(weekdayOf(date))!) : mean;
  const squares = days.map(({ date, credits }) => (credits - expectedOn(date)) ** 2);
  const spread = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (days.length - 1));
  return { expectedOn, error: spread / Math.sqrt(days.length) };
}

function project(
  history: ConsumptionHistory,
  pace: Pace,
  errors: number,
): { runs_out_on: LocalDate | null; excess: Credits } {
  const last = lastDateOf(monthOf(history.today));
  let beyond: number = history.excess;
  let remaining: number = history.available;
  let runs_out_on: LocalDate | null = remaining === 0 ? history.today : null;
  for (let date = history.today; date <= last; date = addDays(date, 1)) {
    const whole_day = Math.max(0, pace.expectedOn(date) + errors * pace.error);
    const still_to_come = date === history.today
      ? Math.max(0, whole_day - history.consumed_today)
      : whole_day;
    remaining -= still_to_come;
    if (remaining < 0) {
      beyond -= remaining;
      remaining = 0;
      runs_out_on ??= date;
    }
  }
  return { runs_out_on, excess: credits(Math.round(beyond)) };
}

function weekdayOf(date: LocalDate): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

function meanOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
}
