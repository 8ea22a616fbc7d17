/** `deno task bench`: measures signed webhooks and calls of the API against bare Hono and the baseline. See README.md. */

import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { positiveNumber, runTool, UsageError, type Values } from "../command_line.ts";
import { type Case, CASES } from "./cases.ts";
import type { Plan } from "./measure.ts";
import { roundsOf } from "./rounds.ts";
import { formatCase, median } from "./report.ts";
import { type Ratios, ratiosIn, recordRatios, releasedRatios, slowerThan } from "./released_ratios.ts";
import {
  newSetup,
  POOL_SIZE,
  startBareHono,
  startBaseline,
  startOnCitus,
  startOtherCheckout,
  startService,
} from "./servers.ts";

const CASE_NAMES = CASES.map(({ name }) => name).join(", ");
/** The baseline takes two seconds for each of so many webhooks of fifty: a span is several times that. */
const SPAN_S = 6;

/** The data of one run, on the disk that the service uses. */
const FOLDER = "./data/bench";

/** The plan of `--quick`: one message a webhook in each mix that a company knows, and a balance. */
const QUICK = { cases: ["conversation/1", "opening/1", "campaign/1", "balance"], rounds: 3, seconds: 2 };

const USAGE =
  `deno task bench [--only CASES] [--quick] [--check | --record] [--rounds N] [--seconds S] [--connections N]
                [--pool N] [--against FOLDER] [--citus URL] [--services]

  --only CASES      these cases only, separated by commas: ${CASE_NAMES}
  --quick           ${
    QUICK.cases.join(", ")
  } in ${QUICK.rounds} rounds of ${QUICK.seconds} s: about three minutes
  --check           compares the ratios with those of the last release, with wide bounds
  --record          writes the ratios as those of a release
  --rounds N        rounds of each case (default 5)
  --seconds S       seconds of each span (default ${SPAN_S})
  --connections N   concurrent requests (default 256 webhooks, 32 calls, or 8 calls with a thousand usages)
  --pool N          connections of the baseline's pool (default ${POOL_SIZE})
  --against FOLDER  measures the service of another checkout too, in the same rounds
  --citus URL       measures the service on a Citus cluster too: the coordinator's database, as its owner
  --services        measures the services alone, without bare Hono and the baselines
  --help            print this text

Exit codes: 0 the measurements are printed; 1 a checked ratio is too low; 2 the command line does not fit.`;

const OPTIONS = {
  only: { type: "string" },
  quick: { type: "boolean" },
  check: { type: "boolean" },
  record: { type: "boolean" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  connections: { type: "string" },
  pool: { type: "string" },
  against: { type: "string" },
  citus: { type: "string" },
  services: { type: "boolean" },
} as const;

interface Settings {
  readonly plan: Plan;
  readonly pool_size: number;
  readonly cases: readonly Case[];
  /** The folder of another checkout. */
  readonly against: URL | undefined;
  /** The database of a Citus cluster. */
  readonly citus: string | undefined;
  /** What to do with the ratios. */
  readonly ratios: "print" | "check" | "record";
}

function settingsFrom(values: Values<typeof OPTIONS>): Settings {
  const { only, quick, check, record, rounds, seconds, connections, pool, against, citus, services } = values;
  if (check && record) throw new UsageError("--check and --record exclude each other.");
  const chosen = chosenCases(only?.split(",") ?? (quick ? QUICK.cases : undefined));
  return {
    plan: {
      rounds: positiveNumber("rounds", rounds, quick ? QUICK.rounds : 5),
      span_ms: positiveNumber("seconds", seconds, quick ? QUICK.seconds : SPAN_S) * 1000,
    },
    ratios: check ? "check" : record ? "record" : "print",
    pool_size: positiveNumber("pool", pool, POOL_SIZE),
    against: against === undefined ? undefined : pathToFileURL(`${resolve(against)}/`),
    citus,
    cases: chosen.map((each) => ({
      ...each,
      references: services ? [] : each.references,
      connections: positiveNumber("connections", connections, each.connections),
    })),
  };
}

function chosenCases(names: readonly string[] | undefined): readonly Case[] {
  const unknown = names?.find((name) => CASES.every((each) => each.name !== name));
  if (unknown !== undefined) throw new UsageError(`There is no case "${unknown}". Cases: ${CASE_NAMES}.`);
  return CASES.filter(({ name }) => names?.includes(name) ?? true);
}

async function run(values: Values<typeof OPTIONS>): Promise<number> {
  const settings = settingsFrom(values);
  // Ctrl-C ends the servers and with them the current span; everything is then stopped in order.
  Deno.addSignalListener("SIGINT", () => {});
  return await reportOn(await bench(settings), settings);
}

/** Compares the ratios, or records them. @returns the exit code */
async function reportOn(measured: Ratios, { ratios }: Settings): Promise<number> {
  if (ratios === "record") await recordRatios(measured);
  if (ratios !== "check") return 0;
  const slower = slowerThan(await releasedRatios(), measured);
  print(slower.length === 0 ? "No ratio is far below that of the last release." : slower.join("\n"));
  return slower.length === 0 ? 0 : 1;
}

/** Measures and prints the cases. @returns their ratios to the references */
async function bench({ plan, pool_size, cases, against, citus }: Settings): Promise<Ratios> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const setup = newSetup(postgres, CASES.flatMap(({ companies }) => companies), pool_size);
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
  await using on_citus = citus === undefined ? undefined : await startOnCitus(setup, citus);
  const services = [other, on_citus, service].filter((each) => each !== undefined);
  const tables: string[] = [];
  let ratios: Ratios = {};
  for (const bench_case of cases) {
    const references = [bare_hono, baseline, concurrent].filter(({ name }) =>
      bench_case.references.includes(name)
    );
    const rounds = await roundsOf(bench_case, [...references, ...services], setup, plan);
    tables.push(formatCase(bench_case, rounds));
    ratios = { ...ratios, ...ratiosIn(bench_case, rounds) };
  }
  print(`\n${tables.join("\n")}`);
  print("Every answer was 200, and after each span every company's consumption matched what it was sent.");
  return ratios;
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
