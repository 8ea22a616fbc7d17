/** What a company's alerts say, and when they are raised (rulebook, "Alerts"). */

import type { QuarantineReason } from "./company/command.ts";
import type { DayTotal } from "./company/state.ts";
import { availableIn, excessIn, type Period } from "./period.ts";
import type { UnusualFeature } from "./pace.ts";
import type { CompanyId, Credits, LocalDate, Month } from "./types.ts";

/** The events that a webhook endpoint can subscribe to (rulebook, "Alerts"). */
export const ALERT_TYPES = [
  "package.nearly_used",
  "package.used_up",
  "forecast.runs_out",
  "usage.spike",
  "commitment.ending",
  "quarantine.not_empty",
  "day.closed",
  "month.closed",
] as const;

/** The type of an alert. */
export type AlertType = (typeof ALERT_TYPES)[number];

/** When a company wants to be alerted. */
export interface AlertThresholds {
  /** Percentages of the package, from 1 to 99, in ascending order. */
  readonly used_percents: readonly number[];
  /** Available credits of the package, in descending order. */
  readonly credits_left: readonly number[];
  /** A package is expected to run out within this many days; null: no such alert. */
  readonly runs_out_days: number | null;
}

/** The thresholds of a company that has none of its own. */
export const DEFAULT_THRESHOLDS: AlertThresholds = {
  used_percents: [80],
  credits_left: [],
  runs_out_days: 7,
};

/** The figures of a month. */
export interface MonthFigures {
  readonly company: CompanyId;
  readonly period: Month;
  readonly granted: Credits;
  readonly consumed: Credits;
  readonly available: Credits;
  readonly excess: Credits;
}

/** A threshold that a month has reached: one of the two. */
export type ReachedThreshold = { readonly used_percent: number } | { readonly credits_left: number };

/** What an alert says, by its type. */
export type AlertContent =
  | {
    readonly type: "package.nearly_used";
    readonly data: MonthFigures & { readonly threshold: ReachedThreshold };
  }
  | { readonly type: "package.used_up" | "month.closed"; readonly data: MonthFigures }
  | {
    readonly type: "forecast.runs_out";
    readonly data: MonthFigures & {
      readonly runs_out_on: LocalDate;
      /** The earliest and latest date of the forecast's band; null: not in this month. */
      readonly runs_out_between: readonly [LocalDate | null, LocalDate | null];
      readonly days_left: number;
    };
  }
  | {
    readonly type: "usage.spike";
    readonly data: {
      readonly company: CompanyId;
      readonly date: LocalDate;
      readonly consumed: Credits;
      readonly usual: Credits;
      readonly times: number | null;
      readonly reason: UnusualFeature | null;
    };
  }
  | {
    readonly type: "commitment.ending";
    readonly data: {
      readonly company: CompanyId;
      readonly ends_on: LocalDate;
      readonly days_left: number;
      /** The last date of the package, if its cancellation is scheduled. */
      readonly cancels_on: LocalDate | null;
    };
  }
  | {
    readonly type: "quarantine.not_empty";
    readonly data: {
      /** Null for events that belong to no company. */
      readonly company: CompanyId | null;
      /** The UTC date of their arrival. */
      readonly date: LocalDate;
      /** Waiting events by reason, those of earlier days included. */
      readonly waiting: readonly { readonly reason: QuarantineReason; readonly events: number }[];
    };
  }
  | {
    readonly type: "day.closed";
    readonly data: {
      readonly company: CompanyId;
      readonly date: LocalDate;
      readonly consumed: Credits;
      readonly totals: readonly DayTotal[];
    };
  };

/** An alert to raise. */
export type Alert = AlertContent & {
  /**
   * What it is about, within its company. Of the alerts with one topic, an alert is raised only if its level is higher than
   * every level raised before.
   */
  readonly topic: string;
  readonly level: number;
  /** When it happened. Undefined: a state that lasts, of which endpoints that are created later are informed too. */
  readonly happened_at_ms: number | undefined;
};

/** A company's month, with what its alerts depend on. */
export interface AlertMonth {
  readonly company: CompanyId;
  readonly period: Period;
  /** When the month was closed. */
  readonly closed_at_ms: number | undefined;
  readonly thresholds: AlertThresholds;
}

/**
 * Returns the alert of a month: that of its closing, or of the highest threshold that it has reached. A month that passes
 * several thresholds between two checks causes one alert.
 */
export function alertOfMonth({ company, period, closed_at_ms, thresholds }: AlertMonth): Alert | undefined {
  const { month, granted, consumed, closed } = period;
  const data = figuresOf(company, period);
  if (closed) {
    return { type: "month.closed", data, topic: `month ${month}`, level: 0, happened_at_ms: closed_at_ms };
  }
  // A grant changes the topic: the larger package has its own alerts.
  const topic = `package ${month} ${granted}`;
  if (granted === 0) return undefined;
  if (consumed >= granted) {
    return { type: "package.used_up", data, topic, level: granted, happened_at_ms: undefined };
  }
  const reached = thresholdsOf(granted, thresholds).findLast(({ from }) => consumed >= from);
  if (reached === undefined) return undefined;
  const { from: level, threshold } = reached;
  return {
    type: "package.nearly_used",
    data: { ...data, threshold },
    topic,
    level,
    happened_at_ms: undefined,
  };
}

/** Returns the alert of events in quarantine that arrived on a UTC date. */
export function quarantineAlert(
  company: CompanyId | undefined,
  date: LocalDate,
  waiting: readonly { readonly reason: QuarantineReason; readonly events: number }[],
  happened_at_ms: number,
): Alert {
  const data = { company: company ?? null, date, waiting };
  return { type: "quarantine.not_empty", data, topic: `quarantine ${date}`, level: 0, happened_at_ms };
}

/** Returns the figures of a month. */
export function figuresOf(company: CompanyId, period: Period): MonthFigures {
  const { month, granted, consumed } = period;
  return {
    company,
    period: month,
    granted,
    consumed,
    available: availableIn(period),
    excess: excessIn(period),
  };
}

/** Returns the thresholds of a package, each with the consumed credits from which it is reached, in ascending order. */
function thresholdsOf(granted: Credits, { used_percents, credits_left }: AlertThresholds) {
  return [
    // Of two that are reached at once, the percentage is named.
    ...credits_left.map((left) => ({ from: granted - left, threshold: { credits_left: left } })),
    ...used_percents.map((percent) => {
      return { from: Math.ceil(granted * percent / 100), threshold: { used_percent: percent } };
    }),
  ].filter(({ from }) => from > 0).sort((a, b) => a.from - b.from);
}
