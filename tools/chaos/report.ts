import type { FaultReport } from "./chaos.ts";
import type { RoundReport } from "./round.ts";

/** One round, in a line. */
export function formatRound(report: RoundReport): string {
  const { answers, deliveries, unanswered, windows, balances_seen, elapsed_ms, violations } = report;
  const { waitForDurable, unavailable, none } = answers;
  const verdict = violations.length === 0 ? "all there, once" : `${violations.length} WRONG`;
  return `${deliveries} deliveries (answered 200: ${waitForDurable}, 503: ${unavailable}, none: ${none}; ` +
    `${unanswered} sent again), ${windows} windows, ${balances_seen} balances seen: ${verdict} ` +
    `(${(elapsed_ms / 1000).toFixed(1)} s)`;
}

/** All faults, as a table in Markdown. */
export function formatReports(reports: readonly FaultReport[]): string {
  const head = [
    "| fault | rounds | deliveries | answered 200 | 503 | no answer | windows | violations | s a round |",
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
        sum(({ answers }) => answers.waitForDurable).toLocaleString("en"),
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
