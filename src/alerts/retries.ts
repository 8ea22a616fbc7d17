const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long to wait after each failure, about as Standard Webhooks recommends: for three days, then it is given up. */
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

/** When to try again after so many failures; undefined when it has been tried long enough. */
export function nextAttemptAt(failures: number, now_ms: number): number | undefined {
  const wait_ms = WAITS_MS[failures - 1];
  return wait_ms === undefined ? undefined : now_ms + wait_ms;
}
