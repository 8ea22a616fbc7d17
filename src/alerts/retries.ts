import { HOUR_MS, MINUTE_MS } from "../time/units.ts";

/** Waits after each failure, close to the schedule of Standard Webhooks: three days in total. */
const WAITS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;

/**
 * Returns when to attempt a delivery again; undefined when it must be abandoned.
 *
 * @param failures the failed attempts so far, including the one that failed now: at least 1
 */
export function nextAttemptAt(failures: number, now_ms: number): number | undefined {
  const wait_ms = WAITS_MS[failures - 1];
  return wait_ms === undefined ? undefined : now_ms + wait_ms;
}
