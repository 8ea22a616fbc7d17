import { median } from "../bench/report.ts";
import type { RoundReport } from "./checks.ts";
import type { AnyFault } from "./faults.ts";
import type { Ownership } from "./prober.ts";

/** The result of one fault's rounds. */
export interface FaultReport {
  readonly fault: AnyFault;
  readonly rounds: readonly RoundReport[];
  /** Why the fault was skipped, if it was. */
  readonly skipped?: string;
  /** Data that was lost or counted twice, and errors that stopped a round. */
  readonly violations: readonly string[];
}

/** Formats one round as a line. */
export function formatRound(report: RoundReport): string {
  const { answers, deliveries, unanswered, windows, balances_seen, elapsed_ms, violations, ownership } =
    report;
  const { durable, unavailable, none } = answers;
  const verdict = violations.length === 0 ? "ok" : `${violations.length} VIOLATIONS`;
  return `${deliveries} deliveries (answers 200: ${durable}, 503: ${unavailable}, none: ${none}; ` +
    `${unanswered} retried after the fault), ${windows} windows, ${balances_seen} balances seen` +
    `${ownership === undefined ? "" : `, ${formatOwnership(ownership)}`}: ${verdict} ` +
    `(${(elapsed_ms / 1000).toFixed(1)} s)`;
}

function formatOwnership({ gaps_ms, slowest_ms, answers: { unavailable, late } }: Ownership): string {
  const slowest = `slowest read ${seconds(slowest_ms)} s`;
  if (gaps_ms.length === 0) return `no company without an owner, ${slowest}`;
  return `${gaps_ms.length} companies without an owner for ${seconds(median(gaps_ms))} s (median), ` +
    `${seconds(Math.max(...gaps_ms))} s (worst), ${unavailable} reads 503, ${late} late, ${slowest}`;
}

/** Formats all faults as Markdown tables. */
export function formatReports(reports: readonly FaultReport[]): string {
  const of_clusters = reports.filter(({ rounds }) => rounds.some(({ ownership }) => ownership !== undefined));
  const tables = [formatAnswers(reports), ...of_clusters.length === 0 ? [] : [formatOwnerships(of_clusters)]];
  return tables.join("\n");
}

/** Returns the results of all rounds as JSON. */
export function asJson(seed: string, reports: readonly FaultReport[]): string {
  const faults = reports.map(({ fault: { name, description }, ...rest }) => ({ name, description, ...rest }));
  return `${JSON.stringify({ seed, faults }, null, 2)}\n`;
}

function formatAnswers(reports: readonly FaultReport[]): string {
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

/** Formats how long companies had no owner, of all rounds of each fault together. */
function formatOwnerships(reports: readonly FaultReport[]): string {
  const rows = reports.map(({ fault, rounds }) => {
    const of_rounds = rounds.flatMap(({ ownership }) => ownership ?? []);
    const gaps_ms = of_rounds.flatMap((ownership) => ownership.gaps_ms);
    const companies = rounds.reduce((sum, round) => sum + round.companies.length, 0);
    const sum = (kind: keyof Ownership["answers"]) =>
      of_rounds.reduce((total, { answers }) => total + answers[kind], 0).toLocaleString("en");
    return `| ${
      [
        fault.description,
        rounds.length,
        `${gaps_ms.length} of ${companies}`,
        gaps_ms.length === 0 ? "none" : seconds(median(gaps_ms)),
        gaps_ms.length === 0 ? "none" : seconds(Math.max(...gaps_ms)),
        sum("ok"),
        sum("unavailable"),
        sum("late"),
        seconds(Math.max(...of_rounds.map(({ slowest_ms }) => slowest_ms))),
      ].join(" | ")
    } |`;
  });
  return [
    "| fault | rounds | companies without an owner | median, s | worst, s | reads 200 | reads 503 | reads late | slowest read, s |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function seconds(duration_ms: number): string {
  return (duration_ms / 1000).toFixed(2);
}
