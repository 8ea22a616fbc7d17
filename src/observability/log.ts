import { configure, getConsoleSink, getLogger, jsonLinesFormatter } from "@logtape/logtape";
import type { LogLevel } from "../config/environment.ts";
import { isTransientError } from "../postgres/transient_error.ts";

/** Sends the log to standard output, a JSON object a line. Called once, by whoever starts the process. */
export async function configureLog(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: { console: getConsoleSink({ formatter: jsonLinesFormatter }) },
    loggers: [
      { category: ["poli-credits"], sinks: ["console"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "warning" },
    ],
  });
}

const log = getLogger(["poli-credits"]);

/** How often an outage is told of, all its places together. */
const OUTAGE_TOLD_EVERY_MS = 1_000;

/**
 * What logs the errors of a place: their stack and nothing else, for what a driver hangs on them can quote a row. An
 * outage is met by every company that is asked for: what is past one a second is logged at `debug`.
 */
export function reportError(context: string): (error: unknown) => void {
  return (error) => {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    log[levelOf(error)]("{where}: {stack}", { context, stack });
  };
}

let outage_told_ms = -Infinity;

function levelOf(error: unknown): "error" | "debug" {
  if (!isTransientError(error)) return "error";
  const now_ms = performance.now();
  if (now_ms - outage_told_ms < OUTAGE_TOLD_EVERY_MS) return "debug";
  outage_told_ms = now_ms;
  return "error";
}
