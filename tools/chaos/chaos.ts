import { join } from "node:path";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import type { Fault } from "./faults.ts";
import { formatRound } from "./report.ts";
import { auditRounds, type RoundReport, runRound } from "./round.ts";
import { SmallDisk } from "./small_disk.ts";
import { ChaosEnvironment } from "./environment.ts";

/** How chaos is played. */
export interface ChaosOptions {
  /** For all data of it. */
  readonly folder: string;
  /** Of each fault. */
  readonly rounds: number;
  readonly seed: string;
  /** Starts the Postgres that is beside the service. */
  startPostgres(data_dir: string, settings: Record<string, string>): Promise<EmbeddedPostgres>;
  log(line: string): void;
}

/** What the rounds of one fault came to. */
export interface FaultReport {
  readonly fault: Fault;
  readonly rounds: readonly RoundReport[];
  /** Why it was not played at all. */
  readonly skipped?: string;
  /** What was lost or counted twice, and what broke a round off. */
  readonly violations: readonly string[];
}

/** One stage, database included, serves so many rounds: what was once right must stay so. */
const ROUNDS_A_STAGE = 20;
const AUDIT_EVERY = 10;
const SMALL_DISK_MEGABYTES = 240;
/**
 * So that the log of a small disk leaves room for data. Memory that is shared is not of the disk, as it is not in the
 * service: with `mmap` a full one now and then left Postgres 18 in a recovery that nobody was at any more.
 */
const SMALL_DISK_SETTINGS = {
  max_wal_size: "64MB",
  min_wal_size: "32MB",
  dynamic_shared_memory_type: "posix",
};

/** Plays rounds of each fault. Data with which something is wrong stays where it is. */
export async function runChaos(faults: readonly Fault[], how: ChaosOptions): Promise<FaultReport[]> {
  const beside = faults.some(({ environment }) => environment === "postgres" || environment === "proxy")
    ? await how.startPostgres(join(how.folder, "beside"), {})
    : undefined;
  try {
    const reports: FaultReport[] = [];
    for (const fault of faults) reports.push(await playFault(fault, how, beside));
    return reports;
  } finally {
    await beside?.stop();
  }
}

async function playFault(
  fault: Fault,
  how: ChaosOptions,
  beside: EmbeddedPostgres | undefined,
): Promise<FaultReport> {
  if (fault.environment !== "small_disk") return await playOn(fault, how, beside);
  await using disk = await SmallDisk.mount(join(how.folder, "small_disk"), SMALL_DISK_MEGABYTES);
  if (disk === undefined) {
    const skipped = "a small disk cannot be mounted here: that takes root, and a container that allows it";
    how.log(`${fault.name}: skipped, for ${skipped}`);
    return { fault, rounds: [], violations: [], skipped };
  }
  const postgres = await how.startPostgres(join(disk.path, "postgres"), SMALL_DISK_SETTINGS);
  try {
    return await playOn(fault, how, postgres, disk);
  } finally {
    await postgres.stop();
  }
}

async function playOn(
  fault: Fault,
  how: ChaosOptions,
  postgres: EmbeddedPostgres | undefined,
  disk?: SmallDisk,
): Promise<FaultReport> {
  const rounds: RoundReport[] = [];
  const violations: string[] = [];
  const dice = new SeededRandom(`${how.seed} ${fault.name}`);
  let stage: ChaosEnvironment | undefined;
  let unaudited: number[] = [];
  for (let number = 1; number <= how.rounds; number++) {
    const label = `${fault.name} ${number}/${how.rounds}`;
    stage ??= await openStage(fault, how, number, postgres, disk);
    const found: string[] = [];
    try {
      const report = await runRound(stage, fault, number, dice);
      how.log(`${label}: ${formatRound(report)}`);
      rounds.push(report);
      unaudited.push(number);
      found.push(...report.violations);
      if (number % AUDIT_EVERY === 0 || number === how.rounds) {
        found.push(...await auditRounds(stage, unaudited));
        how.log(`${label}: audited the companies of ${unaudited.length} rounds`);
        unaudited = [];
      }
    } catch (error) {
      found.push(`the round broke off: ${(error as Error).message}`, lastWordsOf(stage));
    }
    for (const each of found) how.log(`  WRONG: ${each}`);
    violations.push(...found.map((each) => `${label}: ${each}`));
    if (found.length > 0 || number % ROUNDS_A_STAGE === 0 || number === how.rounds) {
      await stage.close(found.length > 0);
      stage = undefined;
      unaudited = [];
    }
  }
  return { fault, rounds, violations };
}

function openStage(
  { name, environment }: Fault,
  { folder }: ChaosOptions,
  number: number,
  postgres: EmbeddedPostgres | undefined,
  disk: SmallDisk | undefined,
): Promise<ChaosEnvironment> {
  const database = `${name}_from_${number}`;
  const data_dir = join(folder, database);
  if (environment === "embedded") return ChaosEnvironment.open({ data_dir });
  return ChaosEnvironment.open({ data_dir, postgres, database, disk, proxied: environment === "proxy" });
}

function lastWordsOf({ service }: ChaosEnvironment): string {
  const said = service.said.split("\n").filter((line) => !line.includes("poli-credits.http"));
  return `the service said last: ${said.slice(-5).join(" | ")}`;
}
