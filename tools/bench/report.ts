/** Formats the measurements. */

import type { Case } from "./cases.ts";
import type { Measurement } from "./measure.ts";
import type { ContenderName } from "./servers.ts";

/** The name of the measured service. */
export const OURS: ContenderName = "Poli Credits";
/** The order of the servers in a report. */
export const ORDER: readonly ContenderName[] = [
  "bare Hono",
  "baseline",
  "concurrent baseline",
  "other checkout",
  "on Citus",
  "small store",
  "one node",
  "two nodes",
  "without costs",
  OURS,
];

const PLURALS = { message: "messages", usage: "usages", query: "queries" } as const satisfies Record<
  Case["unit"],
  string
>;

/** Returns the name of a case. */
export function caseName({ title, connections }: Case): string {
  return `${title}, ${connections} connections`;
}

/** Formats one span as a line. */
export function formatMeasurement(measurement: Measurement): string {
  const { contender, requests_per_s, p50_ms, p99_ms, cpu } = measurement;
  const latency = `p50 ${fixed(p50_ms)} ms, p99 ${fixed(p99_ms)} ms`;
  const shares = `of a core: server ${percent(cpu.server)}, Postgres ${percent(cpu.postgres)}, load ${
    percent(cpu.load)
  }`;
  return `${contender.padEnd(19)} ${whole(requests_per_s).padStart(7)} requests/s  ${latency}  (${shares})`;
}

/**
 * Formats one case as a Markdown table.
 *
 * @param rounds the measurements of each round, in any order
 */
export function formatCase(measured: Case, rounds: readonly (readonly Measurement[])[]): string {
  const measurements = rounds.flat();
  const head = [
    `### ${caseName(measured)}`,
    "",
    `| server | requests/s: median (least to most) | ${
      PLURALS[measured.unit]
    }/s | p50, p99 | µs of CPU a ${measured.unit}: server, Postgres |`,
    "| --- | --- | --- | --- | --- |",
  ];
  const rows = namesIn(rounds).map((name) => {
    const own = measurements.filter(({ contender }) => contender === name);
    const rates = own.map(({ requests_per_s }) => requests_per_s);
    const medianOf = (figure: (measurement: Measurement) => number) => median(own.map(figure));
    return `| ${
      [
        name,
        `${whole(median(rates))} (${whole(Math.min(...rates))} to ${whole(Math.max(...rates))})`,
        whole(median(rates) * measured.units_each),
        `${fixed(medianOf((r) => r.p50_ms))}, ${fixed(medianOf((r) => r.p99_ms))} ms`,
        (["server", "postgres"] as const)
          .map((part) => microseconds(medianOf((r) => cpuEach(r, measured, [part])))).join(", "),
      ].join(" | ")
    } |`;
  });
  return [...head, ...rows, "", ...ratiosOf(measured, rounds), ""].join("\n");
}

/** Returns the service's ratios to the others: the median of the ratios within each round. */
function ratiosOf(measured: Case, rounds: readonly (readonly Measurement[])[]): string[] {
  return namesIn(rounds).filter((name) => name !== OURS).map((against) => {
    const ratios = rounds.map((round) => rateIn(round, OURS) / rateIn(round, against));
    const spared = median(rounds.map((round) => {
      return cpuEach(readingIn(round, against), measured) / cpuEach(readingIn(round, OURS), measured);
    }));
    const goal = measured.goals[against];
    const median_ratio = median(ratios);
    const spread = `${ratio(Math.min(...ratios))} to ${ratio(Math.max(...ratios))}`;
    const verdict = goal === undefined
      ? ""
      : `; goal ${goal}: ${median_ratio >= goal ? "reached" : "MISSED"}`;
    const cpu = Number.isNaN(spared)
      ? ""
      : `; ${against} takes ${ratio(spared)} times our CPU a ${measured.unit}`;
    return `- ${ratio(median_ratio)} times ${against} (${spread})${verdict}${cpu}`;
  });
}

function namesIn(rounds: readonly (readonly Measurement[])[]): ContenderName[] {
  return ORDER.filter((name) => rounds[0]?.some(({ contender }) => contender === name));
}

/** Returns the rate of one server in a round. */
export function rateIn(round: readonly Measurement[], name: ContenderName): number {
  return readingIn(round, name).requests_per_s;
}

function readingIn(round: readonly Measurement[], name: ContenderName): Measurement {
  return round.find(({ contender }) => contender === name)!;
}

/** Returns the processor time per unit in µs. Other work on the machine changes it less than a rate. */
function cpuEach(
  { cpu, requests_per_s }: Measurement,
  { units_each }: Case,
  parts: readonly ("server" | "postgres")[] = ["server", "postgres"],
): number {
  const share = parts.reduce((sum, part) => sum + (cpu[part] ?? NaN), 0);
  return share * 1_000_000 / (requests_per_s * units_each);
}

/** Returns the median; of an even number, the mean of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function whole(count: number): string {
  return Math.round(count).toLocaleString("en");
}

function fixed(duration_ms: number): string {
  return duration_ms.toFixed(1);
}

function ratio(value: number): string {
  return value.toFixed(2);
}

function microseconds(value: number): string {
  return Number.isNaN(value) ? "?" : value.toFixed(value < 10 ? 1 : 0);
}

function percent(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? "?" : `${Math.round(100 * share)} %`;
}
