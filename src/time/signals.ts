/** A second signal forces the exit only after this delay: one Ctrl-C through `npx` can arrive twice at once. */
const FORCED_AFTER_MS = 1_000;

/** Resolves at the first SIGTERM or Ctrl-C. Another one, a second later or more, exits the process at once. */
export function untilSignalled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let first_ms: number | undefined;
  const onSignal = () => {
    const now_ms = performance.now();
    first_ms ??= now_ms;
    if (now_ms - first_ms >= FORCED_AFTER_MS) Deno.exit(130);
    resolve();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  return promise;
}
