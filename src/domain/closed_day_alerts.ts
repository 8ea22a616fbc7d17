/** The alerts of a company's days: checked when a day is closed, and for unusual use also during the day. */

import { type Alert, type AlertThresholds, figuresOf } from "./alerts.ts";
import { addDays, daysBetween, monthOf, nextDate } from "./calendar.ts";
import { cancelsOn, commitmentEndsOn, type ContractVersion, termsOn } from "./contract.ts";
import { DAYS_MAX, DAYS_MIN, forecast } from "./forecast.ts";
import { compareToday, unusualFrom } from "./pace.ts";
import { scheduledGrantIn } from "./package_end.ts";
import { newPeriod, type Period } from "./period.ts";
import type { ClosedDay, DatedTotal } from "./reports.ts";
import { type CompanyId, credits, type LocalDate } from "./types.ts";

/** A commitment is ending from this many days before its last date on. */
export const COMMITMENT_NOTICE_DAYS = 30;

/** The use of a company's last days. */
export interface DailyUse {
  readonly company: CompanyId;
  /** The company's first closed day; undefined when it has none. */
  readonly first_closed: LocalDate | undefined;
  /** Current totals of the days that are compared. */
  readonly totals: readonly DatedTotal[];
}

/** The days of a company that were closed since the last check, and what their alerts depend on. */
export interface UncheckedDays extends DailyUse {
  /** In order of date. */
  readonly closed: readonly (ClosedDay & { readonly closed_at_ms: number })[];
  readonly closed_through: LocalDate;
  /** The month of the current date; undefined when nothing was granted or consumed in it. */
  readonly period: Period | undefined;
  readonly contract: readonly ContractVersion[];
  readonly thresholds: AlertThresholds;
}

/** The outcome of a check of closed days. */
export interface DayCheck {
  readonly company: CompanyId;
  readonly closed_through: LocalDate;
  /** The current date is worth another check for unusual use from this many credits on; undefined: it cannot be unusual. */
  readonly spike_from: number | undefined;
  readonly alerts: readonly Alert[];
}

/**
 * Checks the days that were closed since the last check. Each day is announced, and compared with the days before it. The
 * forecast and the commitment are checked once, for the date that begins.
 */
export function checkClosedDays(days: UncheckedDays): DayCheck {
  const { company, closed, closed_through } = days;
  const today = nextDate(closed_through);
  const alerts = closed.flatMap((day) => [
    dayClosedAlert(company, day),
    spikeAlert(days, day.local_date, day.closed_at_ms),
  ]);
  const last = closed.at(-1);
  if (last !== undefined) {
    alerts.push(
      runsOutAlert(days, today, last.closed_at_ms),
      commitmentAlert(days, today, last.closed_at_ms),
    );
  }
  const compared = comparedDays(days, today);
  return {
    company,
    closed_through,
    spike_from: compared && unusualFrom(days.totals, compared.first, today),
    alerts: alerts.filter((alert) => alert !== undefined),
  };
}

/** Returns the alert of a date whose use is unusual (rulebook, "Forecast"), compared with the closed days before it. */
export function spikeAlert(use: DailyUse, date: LocalDate, happened_at_ms: number): Alert | undefined {
  const compared = comparedDays(use, date);
  if (compared === undefined) return undefined;
  const { consumed, usual, times, is_unusual, reason } = compareToday(use.totals, compared.first, date);
  if (!is_unusual) return undefined;
  const data = { company: use.company, date, consumed, usual, times, reason };
  return { type: "usage.spike", data, topic: `spike ${date}`, level: 0, happened_at_ms };
}

function dayClosedAlert(
  company: CompanyId,
  { local_date: date, totals, closed_at_ms }: UncheckedDays["closed"][number],
): Alert {
  const consumed = credits(totals.reduce((sum, total) => sum + total.credits, 0));
  const data = { company, date, consumed, totals };
  return { type: "day.closed", data, topic: `day ${date}`, level: 0, happened_at_ms: closed_at_ms };
}

/** Returns the alert of a package that is expected to run out soon, by the forecast at the start of a date. */
function runsOutAlert(days: UncheckedDays, today: LocalDate, happened_at_ms: number): Alert | undefined {
  const { company, contract, totals, thresholds: { runs_out_days } } = days;
  const compared = comparedDays(days, today);
  if (runs_out_days === null || compared === undefined) return undefined;
  const period = days.period ?? newPeriod(monthOf(today), false);
  const scheduled = scheduledGrantIn(contract, today);
  const granted = credits(Math.max(period.granted, scheduled?.granted ?? 0));
  // `package.used_up` reports a package of which nothing is left.
  if (period.consumed >= granted) return undefined;
  const estimate = forecast({
    days: datesFrom(compared).map((date) => ({ date, credits: consumedOn(totals, date) })),
    today,
    consumed_today: credits(0),
    granted,
    granted_on: scheduled?.on,
    consumed: credits(Math.max(0, period.consumed - consumedOn(totals, today))),
  });
  if ("insufficient_data" in estimate || estimate.runs_out_on === null) return undefined;
  const { runs_out_on, runs_out_between } = estimate;
  const days_left = daysBetween(today, runs_out_on);
  if (days_left > runs_out_days) return undefined;
  return {
    type: "forecast.runs_out",
    data: { ...figuresOf(company, period), runs_out_on, runs_out_between, days_left },
    topic: `forecast ${period.month} ${granted}`,
    level: 0,
    happened_at_ms,
  };
}

function commitmentAlert(
  { company, contract }: UncheckedDays,
  today: LocalDate,
  happened_at_ms: number,
): Alert | undefined {
  const ends_on = commitmentEndsOn(termsOn(contract, today));
  if (ends_on === null) return undefined;
  const days_left = daysBetween(today, ends_on);
  if (days_left < 0 || days_left > COMMITMENT_NOTICE_DAYS) return undefined;
  return {
    type: "commitment.ending",
    data: { company, ends_on, days_left, cancels_on: cancelsOn(contract, today) },
    topic: `commitment ${ends_on}`,
    level: 0,
    happened_at_ms,
  };
}

/** The closed days with which a date is compared. */
interface ComparedDays {
  readonly first: LocalDate;
  readonly count: number;
}

/** Returns the closed days with which a date is compared: those of the forecast. Undefined when they are too few. */
function comparedDays({ first_closed }: DailyUse, date: LocalDate): ComparedDays | undefined {
  if (first_closed === undefined) return undefined;
  const count = Math.min(DAYS_MAX, daysBetween(first_closed, date));
  return count < DAYS_MIN ? undefined : { first: addDays(date, -count), count };
}

function datesFrom({ first, count }: ComparedDays): LocalDate[] {
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}

function consumedOn(totals: readonly DatedTotal[], date: LocalDate) {
  return credits(totals.reduce((sum, total) => total.local_date === date ? sum + total.credits : sum, 0));
}
