/**
 * Measures what counting Meta's costs takes: the service with it, and with `META_COSTS=0`, in one run.
 *
 *     deno run -A tools/bench/meta_costs.ts [ROUNDS] [SECONDS]
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { CASES } from "./cases.ts";
import { formatCase } from "./report.ts";
import { roundsOf } from "./rounds.ts";
import { newSetup, startService, startWithoutCosts } from "./servers.ts";

const FOLDER = "./data/meta_costs";
const ROUNDS = 7;
const SPAN_S = 3;

async function main(): Promise<void> {
  const [rounds = ROUNDS, span_s = SPAN_S] = Deno.args.map(Number);
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const cases = CASES.filter(({ unit }) => unit === "message").filter(({ name }) =>
    !name.startsWith("messages")
  );
  const setup = newSetup(postgres, cases.flatMap(({ companies }) => companies));
  await using without = await startWithoutCosts(setup);
  await using service = await startService(setup);
  const tables: string[] = [];
  for (const bench_case of cases) {
    const plan = { rounds, span_ms: span_s * 1_000 };
    tables.push(formatCase(bench_case, await roundsOf(bench_case, [without, service], setup, plan)));
  }
  console.log(`\n${tables.join("\n")}`);
}

if (import.meta.main) await main();
