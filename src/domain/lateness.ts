import { addDays, lastDateOf } from "./calendar.ts";
import type { LocalDate, Month } from "./types.ts";
import { DAY_MS } from "../time/units.ts";

/** How far a timestamp may be ahead of our clock. */
export const FUTURE_LIMIT_MS = 5 * 60_000;

/** Meta redelivers for 7 days; a day more is a margin. What is older stays in quarantine. */
export const LATENESS_LIMIT_DAYS = 8;
export const LATENESS_LIMIT_MS = LATENESS_LIMIT_DAYS * DAY_MS;

/**
 * Facts are kept for as many days at least. By then no fact of the month can arrive any more, and none that tells when
 * a message of it left: Meta gives up delivering after 30 days.
 */
export const FACTS_KEPT_DAYS_MIN = 35;

/**
 * Days up to the last closed one whose totals an actor holds, and with them the months they are of: a month can change
 * until the lateness limit after its end, which makes 39 days of the longest, and some more do no harm.
 */
export const DAYS_HELD = 45;

/** The last local date on which facts of a month may still be accepted. */
export function finalAfter(month: Month): LocalDate {
  return addDays(lastDateOf(month), LATENESS_LIMIT_DAYS);
}
