import { emptyFaultCounts, type FaultCounts, FAULTS } from "./trace.ts";
import type { RunResult } from "./run.ts";

/** What many runs came to. */
export interface Coverage {
  seeds: number;
  steps: number;
  company_days: number;
  events: number;
  readonly faults: FaultCounts;
}

export function emptyCoverage(): Coverage {
  return { seeds: 0, steps: 0, company_days: 0, events: 0, faults: emptyFaultCounts() };
}

export function addRun(tally: Coverage, { steps, company_days, events, faults }: RunResult): void {
  addCoverage(tally, { seeds: 1, steps, company_days, events, faults });
}

export function addCoverage(tally: Coverage, other: Coverage): void {
  tally.seeds += other.seeds;
  tally.steps += other.steps;
  tally.company_days += other.company_days;
  tally.events += other.events;
  for (const fault of FAULTS) tally.faults[fault] += other.faults[fault];
}

/** One line, for whoever waits. */
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
    `${whole(fired)} faults and rarities${
      never.length === 0 ? "" : ` (not yet: ${never.join(", ")})`
    }, ${speed} seeds a second`;
}

/** How often everything that was meant to happen did. */
export function faultTable({ faults }: Coverage): string {
  const width = Math.max(...FAULTS.map((fault) => fault.length));
  return FAULTS.map((fault) => `${fault.padEnd(width)} ${whole(faults[fault]).padStart(14)}`).join("\n");
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}
