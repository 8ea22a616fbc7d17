/** Told of what happens to the embedded Postgres, in whole sentences. */
export type Log = (level: "debug" | "info" | "warning" | "error", message: string) => void;

/** Waits for `duration_ms`, or less when the signal is aborted, which it does not report. */
export function pause(duration_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, duration_ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    function end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}

/** Whether a promise settles within `duration_ms`. */
export async function settlesWithin(promise: Promise<unknown>, duration_ms: number): Promise<boolean> {
  const giveUp = new AbortController();
  const settled = promise.then(() => true, () => true);
  const passed = pause(duration_ms, giveUp.signal).then(() => false);
  const result = await Promise.race([settled, passed]);
  giveUp.abort();
  return result;
}
