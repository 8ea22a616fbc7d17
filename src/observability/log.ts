import { configure, getLogger, jsonLinesFormatter, type Sink } from "@logtape/logtape";
import type { Delivery } from "../alerts/store.ts";
import type { LogLevel } from "../config/environment.ts";
import { LineBuffer } from "./line_buffer.ts";
import { isTransientError } from "../postgres/transient_error.ts";

/** These levels are written at once: the process may end for their reason. The others wait for a batch. */
const URGENT: ReadonlySet<string> = new Set(["warning", "error", "fatal"]);

/**
 * Configures the log: JSON lines on standard output, for every level and in order. Standard error has only the reason why
 * the service cannot start. Call it once, at the start of the process.
 */
export async function configureLog(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: { output: outputSink() },
    loggers: [
      { category: ["poli-credits"], sinks: ["output"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: ["output"], lowestLevel: "warning" },
    ],
  });
}

/** The events after which the process may end. */
const ENDS = ["unload", "error", "unhandledrejection"] as const;

/** Creates the sink. Lines that wait are written when the process exits, also by an uncaught error; a kill loses them. */
function outputSink(): Sink {
  // A console ends each write with a line break, writes it whole, and ignores a closed pipe.
  const lines = new LineBuffer((text) => console.log(text.slice(0, -1)));
  for (const end of ENDS) globalThis.addEventListener(end, () => lines.flush());
  return (record) => lines.add(jsonLinesFormatter(record), URGENT.has(record.level));
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

/** Logs a delivery of an alert that is not attempted again. */
export function logAbandoned({ endpoint, id, content: { type } }: Delivery, failure: string): void {
  const facts = { endpoint: endpoint.id, id, type, failure };
  log.warn("Abandoned delivery {id} of {type} to endpoint {endpoint}: {failure}", facts);
}

let outage_logged_at_ms = -Infinity;

function levelOf(error: unknown): "error" | "debug" {
  if (!isTransientError(error)) return "error";
  const now_ms = performance.now();
  if (now_ms - outage_logged_at_ms < OUTAGE_LOG_INTERVAL_MS) return "debug";
  outage_logged_at_ms = now_ms;
  return "error";
}
