import { configure, getConsoleSink, jsonLinesFormatter } from "@logtape/logtape";
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
