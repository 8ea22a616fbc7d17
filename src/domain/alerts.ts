import type { CompanyId } from "./types.ts";
import type { Period } from "./period.ts";

/** The events that a webhook endpoint can subscribe to (rulebook, "Alerts"). */
export const ALERT_TYPES = ["package.nearly_used", "package.used_up", "month.closed"] as const;

/** The type of an alert. */
export type AlertType = (typeof ALERT_TYPES)[number];

/** A package counts as nearly used from this percentage on. */
export const NEARLY_USED_PERCENT = 80;

/** A threshold that a company's month has reached. */
export interface Alert {
  readonly company: CompanyId;
  readonly type: AlertType;
  /** The month as it was when the threshold was found. */
  readonly period: Period;
}

/**
 * Returns the highest threshold that a month has reached, if any. A month that passes several thresholds between two
 * checks causes one alert, for the highest.
 */
export function alertOf(period: Period): AlertType | undefined {
  const { granted, consumed, closed } = period;
  if (closed) return "month.closed";
  if (granted === 0) return undefined;
  if (consumed >= granted) return "package.used_up";
  return consumed * 100 >= granted * NEARLY_USED_PERCENT ? "package.nearly_used" : undefined;
}
