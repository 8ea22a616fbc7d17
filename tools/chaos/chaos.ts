import { join } from "node:path";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { auditCompanies, type CheckedEnvironment, type RoundReport } from "./checks.ts";
import { CITUS_URL } from "./citus_faults.ts";
import { ClusterEnvironment } from "./cluster_environment.ts";
import { runClusterRound } from "./cluster_round.ts";
import type { AnyFault, Fault } from "./faults.ts";
import { type FaultReport, formatRound } from "./report.ts";
import { runRound } from "./round.ts";
import { ReplicatedPostgres } from "./replicated_postgres.ts";
import { SmallDisk } from "./small_disk.ts";
import { createDistributedSchema } from "../distribute/distributed_schema.ts";
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

/** The environments of faults that share one Postgres outside the service. */
const EXTERNAL: readonly AnyFault["environment"][] = ["postgres", "proxy", "cluster"];

/** Three nodes open up to 84 connections, and one that was killed leaves its own behind for a moment. */
const EXTERNAL_SETTINGS = { max_connections: "200" };

/** Runs rounds of each fault. The data of rounds with violations is kept. */
export async function runChaos(faults: readonly AnyFault[], options: ChaosOptions): Promise<FaultReport[]> {
  const external_postgres = faults.some(({ environment }) => EXTERNAL.includes(environment))
    ? await options.startPostgres(join(options.folder, "postgres"), EXTERNAL_SETTINGS)
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
  fault: AnyFault,
  options: ChaosOptions,
  external_postgres: EmbeddedPostgres | undefined,
): Promise<FaultReport> {
  const reason = await fault.unavailable?.();
  if (reason !== undefined) {
    options.log(`${fault.name}: skipped: ${reason}`);
    return { fault, rounds: [], violations: [], skipped: reason };
  }
  if (fault.environment === "cluster") {
    return await runRounds(fault, options, {
      open: (number) =>
        ClusterEnvironment.open(external_postgres!, databaseOf(fault, number), fault.proxies_nats),
      run: (environment, number, random) => runClusterRound(environment, fault, number, random),
    });
  }
  if (fault.environment === "replicated") {
    await using replicated = await ReplicatedPostgres.start(
      join(options.folder, fault.name),
      options.startPostgres,
    );
    return await runRounds(fault, options, serviceRounds(fault, options, { replicated }));
  }
  if (fault.environment !== "small_disk") {
    return await runRounds(fault, options, serviceRounds(fault, options, { postgres: external_postgres }));
  }
  await using disk = await SmallDisk.mount(join(options.folder, "small_disk"), SMALL_DISK_MEGABYTES);
  if (disk === undefined) {
    const skipped = "a small disk cannot be mounted here; it needs root and a container that allows mounts";
    options.log(`${fault.name}: skipped: ${skipped}`);
    return { fault, rounds: [], violations: [], skipped };
  }
  const postgres = await options.startPostgres(join(disk.path, "postgres"), SMALL_DISK_SETTINGS);
  try {
    return await runRounds(fault, options, serviceRounds(fault, options, { postgres, disk }));
  } finally {
    await postgres.stop();
  }
}

/** How a fault's environment is opened, and one round run in it. */
interface Rounds<Environment extends CheckedEnvironment> {
  open(number: number): Promise<Environment>;
  run(environment: Environment, number: number, random: SeededRandom): Promise<RoundReport>;
}

async function runRounds<Environment extends CheckedEnvironment>(
  fault: AnyFault,
  options: ChaosOptions,
  { open, run }: Rounds<Environment>,
): Promise<FaultReport> {
  const rounds: RoundReport[] = [];
  const violations: string[] = [];
  const random = new SeededRandom(`${options.seed} ${fault.name}`);
  let environment: Environment | undefined;
  let unaudited: string[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const label = `${fault.name} ${number}/${options.rounds}`;
    environment ??= await open(number);
    const round_violations: string[] = [];
    try {
      const report = await run(environment, number, random);
      options.log(`${label}: ${formatRound(report)}`);
      rounds.push(report);
      unaudited.push(...report.companies);
      round_violations.push(...report.violations);
      if (number % AUDIT_EVERY === 0 || number === options.rounds) {
        round_violations.push(...await auditCompanies(environment, unaudited));
        options.log(`${label}: audited ${unaudited.length} companies`);
        unaudited = [];
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
      unaudited = [];
    }
  }
  return { fault, rounds, violations };
}

/** Returns the rounds of a fault of one service. */
function serviceRounds(
  fault: Fault,
  { folder }: ChaosOptions,
  parts: Pick<EnvironmentSettings, "postgres" | "replicated" | "disk">,
): Rounds<ChaosEnvironment> {
  const { environment, process } = fault;
  return {
    open: async (number) => {
      const database = databaseOf(fault, number);
      const data_dir = join(folder, database);
      const settings = { data_dir, ...process === undefined ? {} : { process: process(data_dir) } };
      if (environment === "embedded") return await ChaosEnvironment.open(settings);
      if (environment === "citus") {
        const schema = await createDistributedSchema(CITUS_URL!, "chaos");
        return await ChaosEnvironment.open({ ...settings, schema });
      }
      const proxied = environment === "proxy" || environment === "replicated";
      return await ChaosEnvironment.open({ ...parts, ...settings, database, proxied });
    },
    run: (opened, number, random) => runRound(opened, fault, number, random),
  };
}

/** The database of the rounds from a number on. */
function databaseOf({ name }: AnyFault, number: number): string {
  return `${name}_from_${number}`;
}

function lastLogLines({ output }: CheckedEnvironment): string {
  const lines = output.split("\n").filter((line) => !line.includes("poli-credits.http"));
  return `last log lines of the service: ${lines.slice(-5).join(" | ")}`;
}
