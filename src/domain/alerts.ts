import type { CompanyId } from "./types.ts";
import type { Period } from "./period.ts";

/** What a platform can be told of without asking (rulebook, "Alerts"). */
export const ALERT_TYPES = ["package.nearly_used", "package.used_up", "month.closed"] as const;

export type AlertType = (typeof ALERT_TYPES)[number];

/** A package of which so much is used, in per cent, is nearly used. */
export const NEARLY_USED_PERCENT = 80;

/** A month of a company that there is something to tell of. */
export interface Alert {
  readonly company: CompanyId;
  readonly type: AlertType;
  /** As the month stood when it was found to be so. */
  readonly period: Period;
}

/**
 * What there is to tell of a month: the last that it has come to. What it has come to since it was looked at last is
 * told at once, so a month that went past all of its package in one go is told of once.
 */
export function alertOf(period: Period): AlertType | undefined {
  const { granted, consumed, closed } = period;
  if (closed) return "month.closed";
  if (granted === 0) return undefined;
  if (consumed >= granted) return "package.used_up";
  return consumed * 100 >= granted * NEARLY_USED_PERCENT ? "package.nearly_used" : undefined;
}
