/**
 * Waits.
 *
 * @throws the signal's reason when it aborts
 */
export function sleep(duration_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, duration_ms);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** Creates a controller that also aborts with the signal, if there is one. The caller aborts it at the end. */
export function linkedController(signal: AbortSignal | undefined): AbortController {
  const controller = new AbortController();
  if (signal === undefined) return controller;
  if (signal.aborted) controller.abort(signal.reason);
  signal.addEventListener("abort", () => controller.abort(signal.reason), { signal: controller.signal });
  return controller;
}
