import type { Case } from "./cases.ts";
import { ContenderRun, type Measurement, type Plan } from "./measure.ts";
import { caseName, formatMeasurement } from "./report.ts";
import type { BenchSetup, Contender } from "./servers.ts";

/** Measures servers in turn, round by round, and prints each span. @returns the measurements of each round */
export async function roundsOf(
  bench_case: Case,
  contenders: readonly Contender[],
  setup: BenchSetup,
  plan: Plan,
): Promise<Measurement[][]> {
  const runs = contenders.map((contender) => new ContenderRun(contender, bench_case, setup, plan));
  const rounds: Measurement[][] = [];
  for (let round = 0; round < plan.rounds; round++) {
    console.log(`${caseName(bench_case)}: round ${round + 1} of ${plan.rounds}`);
    const measurements: Measurement[] = [];
    // The order rotates, so that no server always follows the same one.
    for (let turn = 0; turn < runs.length; turn++) {
      const measurement = await runs[(round + turn) % runs.length]!.measure();
      console.log(`  ${formatMeasurement(measurement)}`);
      measurements.push(measurement);
    }
    rounds.push(measurements);
  }
  return rounds;
}
