import { sleep } from "../time/sleep.ts";

/** Takes log messages of the embedded Postgres, in whole sentences. */
export type Log = (level: "debug" | "info" | "warning" | "error", message: string) => void;

/** Tells whether a promise settles within `duration_ms`. */
export async function settlesWithin(promise: Promise<unknown>, duration_ms: number): Promise<boolean> {
  const giveUp = new AbortController();
  const settled = promise.then(() => true, () => true);
  const passed = sleep(duration_ms, giveUp.signal).then(() => false);
  const result = await Promise.race([settled, passed]);
  giveUp.abort();
  return result;
}
