import type { FaultReport } from "./chaos.ts";
import type { RoundReport } from "./round.ts";

/** One round, in a line. */
export function lineOf(report: RoundReport): string {
  const { answers, deliveries, unanswered, windows, balances_seen, elapsed_ms, wrong } = report;
  const { durable, unavailable, none } = answers;
  const verdict = wrong.length === 0 ? "all there, once" : `${wrong.length} WRONG`;
  return `${deliveries} deliveries (answered 200: ${durable}, 503: ${unavailable}, none: ${none}; ` +
    `${unanswered} sent again), ${windows} windows, ${balances_seen} balances seen: ${verdict} ` +
    `(${(elapsed_ms / 1000).toFixed(1)} s)`;
}

/** All faults, as a table in Markdown. */
export function tableOf(reports: readonly FaultReport[]): string {
  const head = [
    "| fault | rounds | deliveries | answered 200 | 503 | no answer | windows | violations | s a round |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  ];
  const rows = reports.map(({ fault, rounds, wrong, skipped }) => {
    if (skipped !== undefined) return `| ${fault.says} | skipped: ${skipped} | | | | | | | |`;
    const sum = (figure: (round: RoundReport) => number) =>
      rounds.reduce((total, round) => total + figure(round), 0);
    return `| ${
      [
        fault.says,
        rounds.length,
        sum(({ deliveries }) => deliveries).toLocaleString("en"),
        sum(({ answers }) => answers.durable).toLocaleString("en"),
        sum(({ answers }) => answers.unavailable).toLocaleString("en"),
        sum(({ answers }) => answers.none).toLocaleString("en"),
        sum(({ windows }) => windows).toLocaleString("en"),
        wrong.length,
        (sum(({ elapsed_ms }) => elapsed_ms) / 1000 / Math.max(1, rounds.length)).toFixed(1),
      ].join(" | ")
    } |`;
  });
  return [...head, ...rows, ""].join("\n");
}
