/**
 * Databases for tests. One Postgres serves the whole run, with all its files and isolates, and has one database per
 * test. A test that kills Postgres starts its own. Everything is removed when the run ends, also when it is killed:
 * see database_warden.ts.
 */

import { statfsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, connect, disconnect, withSettings } from "../../src/postgres/connection.ts";
import {
  type EmbeddedPostgres,
  type Log,
  startEmbeddedPostgres,
} from "../../src/embedded_postgres/embedded_postgres.ts";
import { readMigrationFiles } from "../../src/postgres/migration_files.ts";
import { migrate, MIGRATIONS_FOLDER } from "../../src/postgres/migrations.ts";
import { applyGrants, SERVICE_ROLE } from "../../src/postgres/grants.ts";
import {
  copyCluster,
  FAST_SETTINGS,
  RUN_FOLDER_PREFIX,
  type SharedCluster,
  stopAndRemove,
} from "./database_warden.ts";
import { sleep } from "../../src/time/sleep.ts";

/** A database for one test. */
export interface TestDatabase {
  name: string;
  /** Connects as the owner, like `DATABASE_URL`. The owner is not a superuser. */
  url: string;
  /** Connects with the service's role and grants. */
  service_url: string;
  /** Connects as the superuser, to inspect the database or to inject faults. */
  superuser_url: string;
}

/** Options of a test's database or cluster. */
export interface TestDatabaseOptions {
  /** The folder of the migrations to apply. Default: the project's. `null`: an empty database. */
  migrations?: URL | string | null;
}

/** A Postgres of one test, which may kill it. */
export interface TestCluster extends AsyncDisposable {
  postgres: EmbeddedPostgres;
  data_dir: string;
  url: string;
  superuser_url: string;
}

/** Options of a test's own Postgres. */
export interface TestClusterOptions extends TestDatabaseOptions {
  log?: Log;
  /** Settings that override {@link FAST_SETTINGS}. */
  settings?: Record<string, string>;
}

/** A folder of one test. */
export interface TestFolder extends AsyncDisposable {
  path: string;
}

/** The first run on a machine downloads Postgres. */
const READY_WAIT_MS = 180_000;
const POLL_MS = 20;

/**
 * Runs a test with its own migrated database, and drops the database afterwards, even with open connections.
 *
 * @returns the test's result
 * @throws the test's error, or the error of creating the database
 */
export async function withDatabase<Result>(
  test: (database: TestDatabase) => Result | Promise<Result>,
  options: TestDatabaseOptions = {},
): Promise<Result> {
  await using database = await createDatabase(options);
  return await test(database);
}

/** Creates a migrated database for one test. Disposing of it drops it. */
export async function createDatabase(
  options: TestDatabaseOptions = {},
): Promise<TestDatabase & AsyncDisposable> {
  const cluster = await sharedCluster();
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await asSuperuser(cluster, async (client) => {
    const template = await ensureTemplate(client, cluster, options);
    await client.query(`CREATE DATABASE ${name} OWNER credits TEMPLATE ${template}`);
  });
  return {
    name,
    url: withDatabaseName(cluster.url, name),
    // The role's grants are copied with the template.
    service_url: withSettings(withDatabaseName(cluster.url, name), `-c role=${SERVICE_ROLE}`),
    superuser_url: withDatabaseName(cluster.superuser_url, name),
    [Symbol.asyncDispose]: () =>
      asSuperuser(cluster, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** Starts a migrated Postgres of one test. Disposing of it stops it and removes its folder. */
export async function startCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const folder = await temporaryFolder();
  try {
    await seedCluster(folder.path);
    const settings = { ...FAST_SETTINGS, ...options.settings };
    const postgres = await startEmbeddedPostgres({ data_dir: folder.path, settings, log: options.log });
    const cluster: TestCluster = {
      postgres,
      data_dir: folder.path,
      url: postgres.url,
      superuser_url: postgres.superuser_url,
      async [Symbol.asyncDispose]() {
        await postgres.stop();
        await folder[Symbol.asyncDispose]();
      },
    };
    if (options.migrations === null) return cluster;
    try {
      await migrate({ url: postgres.url, folder: options.migrations });
      return cluster;
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/** Copies a newly created cluster into a data folder, so that the first start is fast. */
export async function seedCluster(data_dir: string): Promise<void> {
  await sharedCluster();
  await copyCluster(join(runFolder(), "seed"), data_dir);
}

/** Creates a folder for one test. Disposing of it, or the end of the run, stops every Postgres in it and removes it. */
export async function temporaryFolder(): Promise<TestFolder> {
  await sharedCluster();
  const path = join(runFolder(), "own", crypto.randomUUID());
  await Deno.mkdir(path, { recursive: true, mode: 0o711 });
  return { path, [Symbol.asyncDispose]: () => stopAndRemove(path) };
}

let shared: Promise<SharedCluster> | undefined;

/** Returns the Postgres of this run; the first call of any isolate starts it. */
function sharedCluster(): Promise<SharedCluster> {
  return shared ??= findOrStartCluster();
}

/** The folder of this run: the isolates of a run share one process and so one folder. */
function runFolder(): string {
  return join(fastestFolder(), `${RUN_FOLDER_PREFIX}${Deno.pid}`);
}

/** Prefers memory of at least 1 GiB: tests create and remove thousands of files, which takes seconds on some disks. */
function fastestFolder(): string {
  try {
    const { blocks, bsize } = statfsSync("/dev/shm");
    if (blocks * bsize >= 1024 ** 3) return "/dev/shm";
  } catch {
    // This system has no /dev/shm.
  }
  return Deno.env.get("TMPDIR") ?? "/tmp";
}

async function findOrStartCluster(): Promise<SharedCluster> {
  const folder = runFolder();
  await Deno.mkdir(folder, { recursive: true, mode: 0o711 });
  using launch_lock = await Deno.open(join(folder, "launch.lock"), { write: true, create: true });
  await launch_lock.lock(true);
  if (!(await isWardenAlive(folder))) await startWarden(folder);
  return await waitUntilReady(folder);
}

/** Whether the folder's warden is alive. An earlier run with the same pid may have left a folder without one. */
async function isWardenAlive(folder: string): Promise<boolean> {
  using lock = await Deno.open(join(folder, "warden.lock"), { write: true, create: true });
  return !(await lock.tryLock(true));
}

async function startWarden(folder: string): Promise<void> {
  for (const stale of ["ready.json", "failed.txt"]) await Deno.remove(join(folder, stale)).catch(() => {});
  const warden = fileURLToPath(new URL("./database_warden.ts", import.meta.url));
  const program = [Deno.execPath(), "run", "-A", "--no-check", warden, folder, String(Deno.pid)];
  // A shell starts it in the background: a child process of ours would be a leak of the first test.
  const script = '"$@" >"$0" 2>&1 &';
  await new Deno.Command("sh", {
    args: ["-c", script, join(folder, "warden.log"), ...program],
    detached: true,
  })
    .output();
}

async function waitUntilReady(folder: string): Promise<SharedCluster> {
  const deadline_ms = performance.now() + READY_WAIT_MS;
  for (;;) {
    const ready = await readTextOrEmpty(join(folder, "ready.json"));
    if (ready !== "") return JSON.parse(ready);
    const reason = await readTextOrEmpty(join(folder, "failed.txt"));
    if (reason !== "" || performance.now() > deadline_ms) {
      const details = reason || await readTextOrEmpty(join(folder, "warden.log"));
      throw new Error(`The Postgres of this test run did not start: ${details}`);
    }
    await sleep(POLL_MS);
  }
}

function readTextOrEmpty(path: string): Promise<string> {
  return Deno.readTextFile(path).catch(() => "");
}

/** Returns the template database with these migrations, which is created once per run. */
async function ensureTemplate(
  client: Client,
  cluster: SharedCluster,
  { migrations = MIGRATIONS_FOLDER }: TestDatabaseOptions,
): Promise<string> {
  if (migrations === null) return "template0";
  const files = await readMigrationFiles(migrations);
  const checksums = new TextEncoder().encode(files.map((file) => file.checksum).join());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", checksums)).toHex();
  const name = `migrated_${digest.slice(0, 32)}`;
  const isMade = async () =>
    (await client.query("SELECT FROM pg_database WHERE datname = $1 AND datistemplate", [name])).rowCount ===
      1;
  if (await isMade()) return name;
  await client.query("SELECT pg_advisory_lock(1)");
  if (await isMade()) return name;
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${name} OWNER credits TEMPLATE template0`);
  await migrate({ url: withDatabaseName(cluster.url, name), folder: migrations });
  if (migrations === MIGRATIONS_FOLDER) await applyGrants({ url: withDatabaseName(cluster.url, name) });
  // A database with open connections cannot be copied, so the template allows none.
  await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  await client.query("SELECT pg_advisory_unlock(1)");
  return name;
}

async function asSuperuser(cluster: SharedCluster, work: (client: Client) => Promise<void>): Promise<void> {
  const client = await connect(cluster.superuser_url, { application_name: "tests" });
  try {
    await work(client);
  } finally {
    await disconnect(client);
  }
}

function withDatabaseName(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
