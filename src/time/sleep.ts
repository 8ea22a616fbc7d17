/** Resolves after a duration, or at once when the signal aborts. Never rejects. */
export function sleep(duration_ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, duration_ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
