/**
 * `deno task chaos`: hurts real processes on a real Postgres, round after round, and counts what they say against
 * what they were sent.
 *
 *     deno task chaos [--rounds=10] [--only=kill,swallow] [--folder=./data/chaos] [--seed=...]
 *
 * Exit codes: 0 nothing was lost or counted twice, 1 something was: it is named, and its data is kept.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { runChaos } from "./chaos.ts";
import { FAULTS } from "./faults.ts";
import { formatReports } from "./report.ts";

if (import.meta.main) {
  const { rounds, only, folder, seed } = optionsFrom(Deno.args);
  await Deno.mkdir(folder, { recursive: true, mode: 0o711 });
  console.log(
    `${rounds} rounds of ${only.map(({ name }) => name).join(", ")}; seed ${seed}; data in ${folder}`,
  );
  const results = await runChaos(only, {
    folder: await Deno.realPath(folder),
    rounds,
    seed,
    startPostgres: (data_dir, settings) => startEmbeddedPostgres({ data_dir, settings }),
    log: (line) => console.log(line),
  });
  console.log(`\n${formatReports(results)}`);
  const violations = results.flatMap(({ violations }) => violations);
  if (violations.length > 0) {
    console.log(`${violations.length} violations. The data is kept in ${folder}:`);
    for (const violation of violations) console.log(`- ${violation}`);
    Deno.exit(1);
  }
  await Deno.remove(folder, { recursive: true });
  console.log("Every 200 was durable, and counted once.");
  Deno.exit(0);
}

function optionsFrom(args: readonly string[]) {
  const given = new Map(args.map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
  const rounds = Number(given.get("rounds") ?? 10);
  if (!(rounds > 0)) throw new Error("--rounds must be a number greater than 0");
  const names = given.get("only")?.split(",") ?? FAULTS.map(({ name }) => name);
  const unknown = names.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) {
    throw new Error(`--only=${unknown} is none of ${FAULTS.map(({ name }) => name).join(", ")}`);
  }
  return {
    rounds,
    only: FAULTS.filter(({ name }) => names.includes(name)),
    folder: given.get("folder") ?? "./data/chaos",
    seed: given.get("seed") ?? crypto.randomUUID().slice(0, 8),
  };
}
