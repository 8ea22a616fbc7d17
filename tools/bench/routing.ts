/**
 * Measures what several nodes cost: the service alone, one node with NATS, and two nodes of which each gets half of the
 * requests, so that about half of them are for a company of the other one. All in one run, by rate and processor time.
 *
 *     deno run -A tools/bench/routing.ts [ROUNDS] [SECONDS]
 *
 * It needs `nats-server` (`apt-get install nats-server`). The processor time of the NATS server counts as the nodes'.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { NatsServer } from "../../tests/support/cluster/nats_server.ts";
import { CASES } from "./cases.ts";
import { formatCase } from "./report.ts";
import { roundsOf } from "./rounds.ts";
import { newSetup, startNodes, startService } from "./servers.ts";

const FOLDER = "./data/routing";
const ROUNDS = 5;
const SPAN_S = 4;
const MEASURED = ["conversation/1", "conversation/50", "opening/1", "balance"];

async function main(): Promise<void> {
  const [rounds = ROUNDS, span_s = SPAN_S] = Deno.args.map(Number);
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const cases = CASES.filter(({ name }) => MEASURED.includes(name));
  const setup = newSetup(postgres, cases.flatMap(({ companies }) => companies));
  await using nats_of_one = await NatsServer.start();
  await using nats_of_two = await NatsServer.start();
  await using solo = await startService(setup);
  await using one = await startNodes(setup, "one node", nats_of_one);
  await using two = await startNodes(setup, "two nodes", nats_of_two);
  const plan = { rounds, span_ms: span_s * 1_000 };
  const tables: string[] = [];
  for (const bench_case of cases) {
    tables.push(formatCase(bench_case, await roundsOf(bench_case, [solo, one, two], setup, plan)));
  }
  console.log(`\n${tables.join("\n")}`);
}

if (import.meta.main) await main();
