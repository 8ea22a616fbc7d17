import { sleep } from "../../src/time/sleep.ts";

const POLL_MS = 50;

/**
 * Waits until a condition holds.
 *
 * @param what the condition in words
 * @throws {Error} when it does not hold within `within_ms`, or the check throws
 */
export async function until(
  what: string,
  within_ms: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const until_ms = performance.now() + within_ms;
  while (!await holds()) {
    if (performance.now() > until_ms) throw new Error(`not within ${within_ms / 1000} s: ${what}`);
    await sleep(POLL_MS);
  }
}
