import { addDays, firstDateOf, lastDateOf, monthOf } from "./calendar.ts";
import type { LocalDate, Month } from "./types.ts";
import { DAY_MS } from "../time/units.ts";

/** The furthest that a timestamp may be ahead of our clock. */
export const FUTURE_LIMIT_MS = 5 * 60_000;

/** The oldest fact that is accepted. Meta redelivers for 7 days; one day is margin. Older events stay in quarantine. */
export const LATENESS_LIMIT_DAYS = 8;
/** {@link LATENESS_LIMIT_DAYS} in milliseconds. */
export const LATENESS_LIMIT_MS = LATENESS_LIMIT_DAYS * DAY_MS;

/**
 * How long after it was sent Meta delivers a message. Source: Meta, Cloud API, "Messages": a message that cannot be
 * delivered for 30 days is dropped.
 */
export const DELIVERED_WITHIN_MS = 30 * DAY_MS;

/**
 * The shortest retention of facts. After it no fact of the month can arrive, and no status that moves one of its
 * messages: Meta stops delivering after 30 days.
 */
export const FACTS_KEPT_DAYS_MIN = 35;

/**
 * Days, up to the last closed one, whose totals an actor keeps in memory. A month can change until the lateness limit
 * after its end: 39 days for the longest month, plus a margin.
 */
export const DAYS_HELD = 45;

/** Returns the last local date on which facts of a month are accepted. */
export function finalAfter(month: Month): LocalDate {
  return addDays(lastDateOf(month), LATENESS_LIMIT_DAYS);
}

/** Returns the first local date that can still change: the first of the oldest month that is not final. */
export function openFrom(today: LocalDate): LocalDate {
  return firstDateOf(monthOf(addDays(today, -LATENESS_LIMIT_DAYS)));
}
