/** Keeps a session within one day of the documents' companies: at midnight their windows close. */

import { sleep } from "../../src/time/sleep.ts";

/** The time zone of the companies in the documents. */
const ZONE = "America/Sao_Paulo";
/** Longer than a session takes on a busy machine. */
const SESSION_MAX = Temporal.Duration.from({ minutes: 3 });

/** Waits until the next midnight if a session would not end before it. */
export async function startWithinOneDay(): Promise<void> {
  await sleep(waitMs(Temporal.Now.zonedDateTimeISO(ZONE)));
}

/** Returns how long a session that would begin now waits. */
export function waitMs(now: Temporal.ZonedDateTime): number {
  const midnight = now.add({ days: 1 }).startOfDay();
  const left = now.until(midnight);
  if (Temporal.Duration.compare(left, SESSION_MAX) >= 0) return 0;
  // A second more, for clocks that differ by less.
  return Math.ceil(left.total("milliseconds")) + 1_000;
}
