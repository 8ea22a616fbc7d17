import { configure, getConsoleSink, getLogger, jsonLinesFormatter } from "@logtape/logtape";
import type { LogLevel } from "../config/environment.ts";
import { isTransientError } from "../postgres/transient_error.ts";

/** Every level goes to standard output, in order; standard error has only the reason why the service cannot start. */
const LEVEL_MAP = {
  trace: "log",
  debug: "log",
  info: "log",
  warning: "log",
  error: "log",
  fatal: "log",
} as const;

/** Configures the log: JSON lines on standard output. Call it once, at the start of the process. */
export async function configureLog(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: { console: getConsoleSink({ formatter: jsonLinesFormatter, levelMap: LEVEL_MAP }) },
    loggers: [
      { category: ["poli-credits"], sinks: ["console"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "warning" },
    ],
  });
}

const log = getLogger(["poli-credits"]);

/** Transient errors of all contexts together are logged at most this often. */
const OUTAGE_LOG_INTERVAL_MS = 1_000;

/**
 * Returns a function that logs errors of a context: their stack only, because other properties of a driver's error can
 * quote rows. During an outage every company fails: transient errors past one a second are logged at `debug`.
 */
export function reportError(context: string): (error: unknown) => void {
  return (error) => {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    log[levelOf(error)]("{context}: {stack}", { context, stack });
  };
}

let outage_logged_at_ms = -Infinity;

function levelOf(error: unknown): "error" | "debug" {
  if (!isTransientError(error)) return "error";
  const now_ms = performance.now();
  if (now_ms - outage_logged_at_ms < OUTAGE_LOG_INTERVAL_MS) return "debug";
  outage_logged_at_ms = now_ms;
  return "error";
}
