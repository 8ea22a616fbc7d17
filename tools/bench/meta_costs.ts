/**
 * Measures what counting Meta's costs takes: the service with it, and with `META_COSTS=0`, in one run.
 *
 *     deno run -A tools/bench/meta_costs.ts [ROUNDS] [SECONDS]
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { type Case, CASES } from "./cases.ts";
import type { Plan } from "./measure.ts";
import { formatCase } from "./report.ts";
import { roundsOf } from "./rounds.ts";
import { newSetup, startService, startWithoutCosts } from "./servers.ts";

const FOLDER = "./data/meta_costs";
const ROUNDS = 7;
const SPAN_S = 3;

async function main(): Promise<void> {
  const [rounds = ROUNDS, span_s = SPAN_S] = Deno.args.map(Number);
  const cases = CASES.filter(({ unit, name }) => unit === "message" && name !== "messages");
  const tables: string[] = [];
  for (const bench_case of cases) tables.push(await measure(bench_case, { rounds, span_ms: span_s * 1_000 }));
  console.log(`\n${tables.join("\n")}`);
}

/** Measures a case on new databases: services whose memory is full of the last case would read companies again. */
async function measure(bench_case: Case, plan: Plan): Promise<string> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const setup = newSetup(postgres, bench_case.companies);
  await using without = await startWithoutCosts(setup);
  await using service = await startService(setup);
  return formatCase(bench_case, await roundsOf(bench_case, [without, service], setup, plan));
}

if (import.meta.main) await main();
