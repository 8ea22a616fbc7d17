/** `deno task bench`: measures signed webhooks and calls of the API against bare Hono and the baseline. See README.md. */

import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { positiveNumber, runTool, UsageError, type Values } from "../command_line.ts";
import { type Case, CASES } from "./cases.ts";
import { ContenderRun, type Measurement, type Plan } from "./measure.ts";
import { caseName, formatCase, formatMeasurement, median } from "./report.ts";
import { zoneAtNoon } from "./zone_at_noon.ts";
import {
  type BenchSetup,
  type Contender,
  startBareHono,
  startBaseline,
  startOtherCheckout,
  startService,
} from "./servers.ts";

const CASE_NAMES = CASES.map(({ name }) => name).join(", ");
/** The baseline takes two seconds for each of so many webhooks of fifty: a span is several times that. */
const SPAN_S = 6;

/** The data of one run, on the disk that the service uses. */
const FOLDER = "./data/bench";

const USAGE =
  `deno task bench [--only CASE] [--rounds N] [--seconds S] [--connections N] [--pool N] [--against FOLDER]

  --only CASE       this case only: ${CASE_NAMES}
  --rounds N        rounds of each case (default 5)
  --seconds S       seconds of each span (default ${SPAN_S})
  --connections N   concurrent requests (default 256 webhooks, 32 calls, or 8 calls with a thousand usages)
  --pool N          connections of the baseline's pool (default 10)
  --against FOLDER  measures the service of another checkout too, in the same rounds
  --help            print this text

Exit codes: 0 the measurements are printed; 2 the command line does not fit.`;

const OPTIONS = {
  only: { type: "string" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  connections: { type: "string" },
  pool: { type: "string" },
  against: { type: "string" },
} as const;

interface Settings {
  readonly plan: Plan;
  readonly pool_size: number;
  readonly cases: readonly Case[];
  /** The folder of another checkout. */
  readonly against: URL | undefined;
}

function settingsFrom(values: Values<typeof OPTIONS>): Settings {
  const { only, rounds, seconds, connections, pool, against } = values;
  const chosen = CASES.filter((each) => only === undefined || only === each.name);
  if (chosen.length === 0) {
    throw new UsageError(`There is no case "${only}". Cases: ${CASE_NAMES}.`);
  }
  return {
    plan: {
      rounds: positiveNumber("rounds", rounds, 5),
      span_ms: positiveNumber("seconds", seconds, SPAN_S) * 1000,
    },
    pool_size: positiveNumber("pool", pool, 10),
    against: against === undefined ? undefined : pathToFileURL(`${resolve(against)}/`),
    cases: chosen.map((each) => ({
      ...each,
      connections: positiveNumber("connections", connections, each.connections),
    })),
  };
}

async function run(values: Values<typeof OPTIONS>): Promise<number> {
  const settings = settingsFrom(values);
  // Ctrl-C ends the servers and with them the current span; everything is then stopped in order.
  Deno.addSignalListener("SIGINT", () => {});
  await bench(settings);
  return 0;
}

async function bench({ plan, pool_size, cases, against }: Settings): Promise<void> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const setup: BenchSetup = {
    postgres,
    companies: CASES.flatMap(({ companies }) => companies),
    app_secret: crypto.randomUUID(),
    admin_key: `bench-${crypto.randomUUID()}`,
    time_zone: zoneAtNoon(),
    pool_size,
  };
  print(
    `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, ${Deno.build.os}; Postgres with fsync`,
  );
  print(`a write of 8 kB and its fsync take ${fsyncTime(FOLDER).toFixed(2)} ms here (median of 200)`);
  print(`${plan.rounds} rounds of ${plan.span_ms / 1000} s; the baseline has a pool of ${pool_size}\n`);
  await using bare_hono = await startBareHono(setup);
  await using baseline = await startBaseline(setup, "baseline");
  await using concurrent = await startBaseline(setup, "concurrent baseline");
  await using other = against && await startOtherCheckout(setup, against);
  await using service = await startService(setup);
  const services = other === undefined ? [service] : [other, service];
  const tables: string[] = [];
  for (const bench_case of cases) {
    const references = [bare_hono, baseline, concurrent].filter(({ name }) =>
      bench_case.references.includes(name)
    );
    const rounds = await roundsOf(bench_case, [...references, ...services], setup, plan);
    tables.push(formatCase(bench_case, rounds));
  }
  print(`\n${tables.join("\n")}`);
  print("Every answer was 200, and after each span every company's consumption matched what it was sent.");
}

async function roundsOf(
  bench_case: Case,
  contenders: readonly Contender[],
  setup: BenchSetup,
  plan: Plan,
): Promise<Measurement[][]> {
  const runs = contenders.map((contender) => new ContenderRun(contender, bench_case, setup, plan));
  const rounds: Measurement[][] = [];
  for (let round = 0; round < plan.rounds; round++) {
    print(`${caseName(bench_case)}: round ${round + 1} of ${plan.rounds}`);
    const measurements: Measurement[] = [];
    // The order rotates, so that no server always follows the same one.
    for (let turn = 0; turn < runs.length; turn++) {
      const measurement = await runs[(round + turn) % runs.length]!.measure();
      print(`  ${formatMeasurement(measurement)}`);
      measurements.push(measurement);
    }
    rounds.push(measurements);
  }
  return rounds;
}

/** Measures how long the disk takes to make a page durable, which every commit waits for. */
function fsyncTime(folder: string): number {
  const path = join(folder, "fsync");
  using file = Deno.openSync(path, { write: true, create: true });
  const page = new Uint8Array(8_192);
  const times_ms = Array.from({ length: 200 }, () => {
    // Always the same page, because Postgres allocates its log before writing to it.
    file.seekSync(0, Deno.SeekMode.Start);
    const started_ms = performance.now();
    file.writeSync(page);
    file.syncDataSync();
    return performance.now() - started_ms;
  });
  Deno.removeSync(path);
  return median(times_ms);
}

function print(text: string): void {
  console.log(text);
}

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));
