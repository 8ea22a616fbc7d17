import { join } from "node:path";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import type { Fault } from "./faults.ts";
import { type FaultReport, formatRound } from "./report.ts";
import { auditRounds, type RoundReport, runRound } from "./round.ts";
import { ReplicatedPostgres } from "./replicated_postgres.ts";
import { SmallDisk } from "./small_disk.ts";
import { ChaosEnvironment, type EnvironmentSettings } from "./environment.ts";

/** The options of a chaos run. */
export interface ChaosOptions {
  /** The folder of all data. */
  readonly folder: string;
  /** Rounds of each fault. */
  readonly rounds: number;
  readonly seed: string;
  /** Starts a Postgres outside the service. */
  startPostgres(data_dir: string, settings: Record<string, string>): Promise<EmbeddedPostgres>;
  /** Prints a line of progress. */
  log(line: string): void;
}

/** The rounds that share one environment and its database: earlier rounds' data must stay correct. */
const ROUNDS_PER_ENVIRONMENT = 20;
const AUDIT_EVERY = 10;
const SMALL_DISK_MEGABYTES = 240;
/**
 * Settings for a small disk: a small log leaves room for data, and shared memory stays off the disk, as in the service.
 * With `mmap`, a full disk sometimes left Postgres 18 in a recovery without any process.
 */
const SMALL_DISK_SETTINGS = {
  max_wal_size: "64MB",
  min_wal_size: "32MB",
  dynamic_shared_memory_type: "posix",
};

/** Runs rounds of each fault. The data of rounds with violations is kept. */
export async function runChaos(faults: readonly Fault[], options: ChaosOptions): Promise<FaultReport[]> {
  const external_postgres =
    faults.some(({ environment }) => environment === "postgres" || environment === "proxy")
      ? await options.startPostgres(join(options.folder, "postgres"), {})
      : undefined;
  try {
    const reports: FaultReport[] = [];
    for (const fault of faults) reports.push(await runFault(fault, options, external_postgres));
    return reports;
  } finally {
    await external_postgres?.stop();
  }
}

async function runFault(
  fault: Fault,
  options: ChaosOptions,
  external_postgres: EmbeddedPostgres | undefined,
): Promise<FaultReport> {
  const reason = await fault.unavailable?.();
  if (reason !== undefined) {
    options.log(`${fault.name}: skipped: ${reason}`);
    return { fault, rounds: [], violations: [], skipped: reason };
  }
  if (fault.environment === "replicated") {
    await using replicated = await ReplicatedPostgres.start(
      join(options.folder, fault.name),
      options.startPostgres,
    );
    return await runRounds(fault, options, { replicated });
  }
  if (fault.environment !== "small_disk") {
    return await runRounds(fault, options, { postgres: external_postgres });
  }
  await using disk = await SmallDisk.mount(join(options.folder, "small_disk"), SMALL_DISK_MEGABYTES);
  if (disk === undefined) {
    const skipped = "a small disk cannot be mounted here; it needs root and a container that allows mounts";
    options.log(`${fault.name}: skipped: ${skipped}`);
    return { fault, rounds: [], violations: [], skipped };
  }
  const postgres = await options.startPostgres(join(disk.path, "postgres"), SMALL_DISK_SETTINGS);
  try {
    return await runRounds(fault, options, { postgres, disk });
  } finally {
    await postgres.stop();
  }
}

async function runRounds(
  fault: Fault,
  options: ChaosOptions,
  parts: Pick<EnvironmentSettings, "postgres" | "replicated" | "disk">,
): Promise<FaultReport> {
  const rounds: RoundReport[] = [];
  const violations: string[] = [];
  const random = new SeededRandom(`${options.seed} ${fault.name}`);
  let environment: ChaosEnvironment | undefined;
  let unaudited_rounds: number[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const label = `${fault.name} ${number}/${options.rounds}`;
    environment ??= await openEnvironment(fault, options, number, parts);
    const round_violations: string[] = [];
    try {
      const report = await runRound(environment, fault, number, random);
      options.log(`${label}: ${formatRound(report)}`);
      rounds.push(report);
      unaudited_rounds.push(number);
      round_violations.push(...report.violations);
      if (number % AUDIT_EVERY === 0 || number === options.rounds) {
        round_violations.push(...await auditRounds(environment, unaudited_rounds));
        options.log(`${label}: audited the companies of ${unaudited_rounds.length} rounds`);
        unaudited_rounds = [];
      }
    } catch (error) {
      round_violations.push(
        `the round stopped with an error: ${(error as Error).message}`,
        lastLogLines(environment),
      );
    }
    for (const violation of round_violations) options.log(`  VIOLATION: ${violation}`);
    violations.push(...round_violations.map((violation) => `${label}: ${violation}`));
    if (round_violations.length > 0 || number % ROUNDS_PER_ENVIRONMENT === 0 || number === options.rounds) {
      await environment.close(round_violations.length > 0);
      environment = undefined;
      unaudited_rounds = [];
    }
  }
  return { fault, rounds, violations };
}

function openEnvironment(
  { name, environment, process }: Fault,
  { folder }: ChaosOptions,
  number: number,
  parts: Pick<EnvironmentSettings, "postgres" | "replicated" | "disk">,
): Promise<ChaosEnvironment> {
  const database = `${name}_from_${number}`;
  const data_dir = join(folder, database);
  const settings = { data_dir, ...process === undefined ? {} : { process: process(data_dir) } };
  if (environment === "embedded") return ChaosEnvironment.open(settings);
  const proxied = environment === "proxy" || environment === "replicated";
  return ChaosEnvironment.open({ ...parts, ...settings, database, proxied });
}

function lastLogLines({ service }: ChaosEnvironment): string {
  const lines = service.output.split("\n").filter((line) => !line.includes("poli-credits.http"));
  return `last log lines of the service: ${lines.slice(-5).join(" | ")}`;
}
