/** `deno task chaos`: injects faults into real processes on a real Postgres, and compares the result with the deliveries. */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { positiveNumber, runTool, UsageError, type Values } from "../command_line.ts";
import { runChaos } from "./chaos.ts";
import { FAULTS } from "./faults.ts";
import { asJson, formatReports } from "./report.ts";

const FAULT_NAMES = FAULTS.map(({ name }) => name).join(", ");

const USAGE = `deno task chaos [--rounds N] [--only FAULT,...] [--folder PATH] [--seed SEED] [--json PATH]

  --rounds N      rounds of each fault (default 10)
  --only FAULT    these faults only, separated by commas: ${FAULT_NAMES}
  --folder PATH   the folder of all data (default ./data/chaos)
  --seed SEED     the seed of all random choices (default: a new one, which is printed)
  --json PATH     also write the results of every round to this file, as JSON
  --help          print this text

Exit codes: 0 nothing was lost or counted twice; 1 something was: it is named and its data is kept; 2 the command line
does not fit.`;

const OPTIONS = {
  rounds: { type: "string" },
  only: { type: "string" },
  folder: { type: "string" },
  seed: { type: "string" },
  json: { type: "string" },
} as const;

async function run(values: Values<typeof OPTIONS>): Promise<number> {
  const { rounds, faults, folder, seed } = settingsFrom(values);
  await Deno.mkdir(folder, { recursive: true, mode: 0o711 });
  console.log(
    `${rounds} rounds of ${faults.map(({ name }) => name).join(", ")}; seed ${seed}; data in ${folder}`,
  );
  const reports = await runChaos(faults, {
    folder: await Deno.realPath(folder),
    rounds,
    seed,
    startPostgres: (data_dir, settings) => startEmbeddedPostgres({ data_dir, settings }),
    log: (line) => console.log(line),
  });
  console.log(`\n${formatReports(reports)}`);
  if (values.json !== undefined) await Deno.writeTextFile(values.json, asJson(seed, reports));
  const violations = reports.flatMap((report) => report.violations);
  if (violations.length > 0) {
    console.log(`${violations.length} violations. The data is kept in ${folder}:`);
    for (const violation of violations) console.log(`- ${violation}`);
    return 1;
  }
  await Deno.remove(folder, { recursive: true });
  console.log("Every delivery answered 200 was durable and counted once.");
  return 0;
}

function settingsFrom({ rounds, only, folder, seed }: Values<typeof OPTIONS>) {
  const names = only?.split(",") ?? FAULTS.map(({ name }) => name);
  const unknown = names.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) throw new UsageError(`There is no fault "${unknown}". Faults: ${FAULT_NAMES}.`);
  return {
    rounds: positiveNumber("rounds", rounds, 10),
    faults: FAULTS.filter(({ name }) => names.includes(name)),
    folder: folder ?? "./data/chaos",
    seed: seed ?? crypto.randomUUID().slice(0, 8),
  };
}

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));
