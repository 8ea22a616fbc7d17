import { configure, getConsoleSink, getLogger, jsonLinesFormatter } from "@logtape/logtape";
import type { LogLevel } from "./config.ts";

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

/** What logs the errors of a place: their stack and nothing else, for what a driver hangs on them can quote a row. */
export function report(where: string): (error: unknown) => void {
  return (error) => {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    log.error("{where}: {stack}", { where, stack });
  };
}
