import type { Fault } from "./faults.ts";
import type { RoundReport } from "./round.ts";

/** The result of one fault's rounds. */
export interface FaultReport {
  readonly fault: Fault;
  readonly rounds: readonly RoundReport[];
  /** Why the fault was skipped, if it was. */
  readonly skipped?: string;
  /** Data that was lost or counted twice, and errors that stopped a round. */
  readonly violations: readonly string[];
}

/** Formats one round as a line. */
export function formatRound(report: RoundReport): string {
  const { answers, deliveries, unanswered, windows, balances_seen, elapsed_ms, violations } = report;
  const { durable, unavailable, none } = answers;
  const verdict = violations.length === 0 ? "ok" : `${violations.length} VIOLATIONS`;
  return `${deliveries} deliveries (answers 200: ${durable}, 503: ${unavailable}, none: ${none}; ` +
    `${unanswered} retried after the fault), ${windows} windows, ${balances_seen} balances seen: ${verdict} ` +
    `(${(elapsed_ms / 1000).toFixed(1)} s)`;
}

/** Formats all faults as a Markdown table. */
export function formatReports(reports: readonly FaultReport[]): string {
  const head = [
    "| fault | rounds | deliveries | answered 200 | 503 | no answer | windows | violations | s per round |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  ];
  const rows = reports.map(({ fault, rounds, violations, skipped }) => {
    if (skipped !== undefined) return `| ${fault.description} | skipped: ${skipped} | | | | | | | |`;
    const sum = (figure: (round: RoundReport) => number) =>
      rounds.reduce((total, round) => total + figure(round), 0);
    return `| ${
      [
        fault.description,
        rounds.length,
        sum(({ deliveries }) => deliveries).toLocaleString("en"),
        sum(({ answers }) => answers.durable).toLocaleString("en"),
        sum(({ answers }) => answers.unavailable).toLocaleString("en"),
        sum(({ answers }) => answers.none).toLocaleString("en"),
        sum(({ windows }) => windows).toLocaleString("en"),
        violations.length,
        (sum(({ elapsed_ms }) => elapsed_ms) / 1000 / Math.max(1, rounds.length)).toFixed(1),
      ].join(" | ")
    } |`;
  });
  return [...head, ...rows, ""].join("\n");
}
