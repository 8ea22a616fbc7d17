import { emptyFaultCounts, type FaultCounts, FAULTS } from "./trace.ts";
import type { RunResult } from "./run.ts";

/** The sums of many runs. */
export interface Coverage {
  seeds: number;
  steps: number;
  company_days: number;
  events: number;
  readonly faults: FaultCounts;
}

/** Returns coverage of no runs. */
export function emptyCoverage(): Coverage {
  return { seeds: 0, steps: 0, company_days: 0, events: 0, faults: emptyFaultCounts() };
}

/** Adds one run to a coverage. */
export function addRun(coverage: Coverage, { steps, company_days, events, faults }: RunResult): void {
  addCoverage(coverage, { seeds: 1, steps, company_days, events, faults });
}

/** Adds a coverage to another. */
export function addCoverage(coverage: Coverage, other: Coverage): void {
  coverage.seeds += other.seeds;
  coverage.steps += other.steps;
  coverage.company_days += other.company_days;
  coverage.events += other.events;
  for (const fault of FAULTS) coverage.faults[fault] += other.faults[fault];
}

/** Formats the progress so far as one line. */
export function progressLine(
  { seeds, steps, company_days, events, faults }: Coverage,
  seconds: number,
): string {
  const never = FAULTS.filter((fault) => faults[fault] === 0);
  const speed = seconds > 0 ? (seeds / seconds).toFixed(1) : "-";
  const fired = FAULTS.reduce((sum, fault) => sum + faults[fault], 0);
  return `${whole(seeds)} seeds, ${whole(company_days)} company-days, ${whole(events)} events, ${
    whole(steps)
  } steps, ` +
    `${whole(fired)} faults and rare events${
      never.length === 0 ? "" : ` (not yet: ${never.join(", ")})`
    }, ${speed} seeds a second`;
}

/** Formats how often each fault and rare event fired. */
export function faultTable({ faults }: Coverage): string {
  const width = Math.max(...FAULTS.map((fault) => fault.length));
  return FAULTS.map((fault) => `${fault.padEnd(width)} ${whole(faults[fault]).padStart(14)}`).join("\n");
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}
