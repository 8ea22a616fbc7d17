/**
 * Migrates a database to the schema of this program.
 *
 * - MIGRATIONS-1 A file is applied once. The file and its row in `schema_migrations` are one transaction.
 * - MIGRATIONS-2 Files are applied in the order of their numbers. Applied files never change.
 * - MIGRATIONS-3 Of processes that start at once, one migrates and the others wait for it.
 * - MIGRATIONS-4 Faults are reported before the first change, where they can be known by then.
 * - MIGRATIONS-5 The files of a release are listed in `released.sha256`. A program that has others does not start.
 */

import { type Client, connect, disconnect } from "./connection.ts";
import { type MigrationFile, readMigrationFiles } from "./migration_files.ts";
import { DatabaseError } from "./database_error.ts";
import { sleep } from "../time/sleep.ts";

/** The folder of the project's own migrations. */
export const MIGRATIONS_FOLDER: URL = new URL("../../migrations/", import.meta.url);

/** An applied file. */
export interface AppliedMigration {
  version: number;
  file_name: string;
}

/** Options of {@link migrate}. */
export interface MigrateOptions {
  url: string;
  /** The folder of the `NNNN_name.sql` files. Default {@link MIGRATIONS_FOLDER}. */
  folder?: URL | string;
  /** How long to wait for a database that cannot be reached yet or is starting up. Default 30,000. */
  wait_ms?: number;
  /** Stops waiting for the database or for another process. A running migration is finished first. */
  signal?: AbortSignal;
  /** Receives progress messages. */
  log?: (level: "info" | "warning", message: string) => void;
}

interface AppliedRow {
  version: number;
  file_name: string;
  checksum: string;
}

/** The oldest supported major version of Postgres. */
const POSTGRES_VERSION_MIN = 14;
/** The key of the advisory lock: any number that no other lock in the database uses. */
const LOCK_KEY = 7_033_842_110;
const RETRY_MS = 200;

/**
 * Applies the pending migrations.
 *
 * @returns The files applied by this call, in order.
 * @throws {Error} If a file's name is invalid, an applied file has changed or is missing, a new file's number is lower
 * than an applied one, Postgres is older than 14, or the database cannot be reached within `wait_ms`. Also if a file
 * fails: it is rolled back, and the files before it stay applied.
 */
export async function migrate(options: MigrateOptions): Promise<AppliedMigration[]> {
  const files = await readMigrationFiles(options.folder ?? MIGRATIONS_FOLDER);
  const client = await connectWhenReady(options);
  try {
    await requireSupportedVersion(client);
    await acquireLock(client, options);
    const pending = filesToApply(files, await readAppliedMigrations(client));
    for (const file of pending) {
      await applyFile(client, file);
      options.log?.("info", `Applied migration ${file.file_name}.`);
    }
    return pending.map(({ version, file_name }) => ({ version, file_name }));
  } finally {
    // The advisory lock ends with its session, also when this process is killed.
    await disconnect(client);
  }
}

async function connectWhenReady({ url, wait_ms = 30_000, signal, log }: MigrateOptions): Promise<Client> {
  const deadline_ms = performance.now() + wait_ms;
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await connect(url, { application_name: "poli-credits migrations", statement_timeout_ms: 0 });
    } catch (error) {
      if (!isTransientAtStartup(error)) throw error;
      if (performance.now() >= deadline_ms) {
        throw new DatabaseError(
          `Cannot reach the database within ${wait_ms} ms: ${reasonOf(error)}. ` +
            "Check that it runs, that DATABASE_URL names its host and port, and that it has free connections.",
          { cause: error },
        );
      }
      if (attempt === 1) log?.("info", `The database is not ready: ${reasonOf(error)}. Waiting for it.`);
    }
    await sleep(RETRY_MS, signal);
    signal?.throwIfAborted();
  }
}

/** Whether a database that is starting or restarting may cause this error. */
function isTransientAtStartup(error: unknown): boolean {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  // A missing certificate file stays missing; a missing socket may appear.
  if (syscall === "open") return false;
  if (typeof code === "string") {
    // 57P01 to 57P03: shutting down, crashed, starting up. 53300: too many connections.
    return /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|57P0[123]|53300)$/
      .test(code);
  }
  return /terminated unexpectedly|timeout expired/.test(reasonOf(error));
}

/**
 * Checks the server's version.
 *
 * @returns the version
 * @throws {DatabaseError} If it is older than the service supports.
 */
export async function requireSupportedVersion(client: Pick<Client, "query">): Promise<string> {
  const { rows } = await client.query<{ server_version: string; server_version_num: string }>(
    "SELECT current_setting('server_version') server_version, current_setting('server_version_num') server_version_num",
  );
  const row = rows[0]!;
  if (Math.floor(Number(row.server_version_num) / 10_000) >= POSTGRES_VERSION_MIN) {
    return row.server_version;
  }
  throw new DatabaseError(
    `This database is Postgres ${row.server_version}; version ${POSTGRES_VERSION_MIN} or later is required. ` +
      "Upgrade it, or unset DATABASE_URL to use the embedded Postgres.",
  );
}

/** Polls for the lock instead of blocking in the database, so that the wait is logged and can be aborted. */
async function acquireLock(client: Client, { signal, log }: MigrateOptions): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const { rows } = await client.query<{ ours: boolean }>("SELECT pg_try_advisory_lock($1) AS ours", [
      LOCK_KEY,
    ]);
    if (rows[0]?.ours) return;
    if (attempt === 1) log?.("info", "Another process is migrating the database. Waiting for it.");
    await sleep(RETRY_MS, signal);
    signal?.throwIfAborted();
  }
}

/**
 * Returns what {@link migrate} would apply, and how many files are applied. Changes nothing.
 *
 * @throws {Error} As {@link migrate} does, for a database of a newer version or changed files.
 */
export async function pendingMigrations(
  client: Client,
  folder: URL | string = MIGRATIONS_FOLDER,
): Promise<{ readonly applied: number; readonly pending: readonly AppliedMigration[] }> {
  const files = await readMigrationFiles(folder);
  const { rows: [table] } = await client.query(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS exists",
  );
  const applied = table.exists ? await selectAppliedMigrations(client) : [];
  const pending = filesToApply(files, applied);
  return {
    applied: applied.length,
    pending: pending.map(({ version, file_name }) => ({ version, file_name })),
  };
}

async function readAppliedMigrations(client: Client): Promise<AppliedRow[]> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS schema_migrations (
      version    int4 PRIMARY KEY,
      file_name  text NOT NULL,
      checksum   text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  return await selectAppliedMigrations(client);
}

async function selectAppliedMigrations(client: Client): Promise<AppliedRow[]> {
  const { rows } = await client.query<AppliedRow>(
    "SELECT version, file_name, checksum FROM schema_migrations ORDER BY version",
  );
  return rows;
}

function filesToApply(files: MigrationFile[], applied: AppliedRow[]): MigrationFile[] {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  for (const row of applied) {
    const file = byVersion.get(row.version);
    if (file === undefined) {
      throw new DatabaseError(
        `The database has migration ${row.file_name}, which this program does not have: a newer version applied it. ` +
          "Start that version, or restore a backup from before the migration.",
      );
    }
    if (file.checksum !== row.checksum) {
      throw new Error(
        `Migration ${file.file_name} has changed since it was applied. ` +
          "Restore the file, and make the change in a new file with the next number.",
      );
    }
  }
  const last = applied.at(-1)?.version ?? 0;
  const known = new Set(applied.map((row) => row.version));
  const pending = files.filter((file) => !known.has(file.version));
  const misplaced = pending.find((file) => file.version < last);
  if (misplaced !== undefined) {
    throw new Error(
      `Migration ${misplaced.file_name} has a lower number than ${last}, which is already applied. ` +
        "Give it the next free number.",
    );
  }
  return pending;
}

async function applyFile(client: Client, file: MigrationFile): Promise<void> {
  await client.query("BEGIN");
  try {
    await runFile(client, file);
    // Session settings of a file must not affect the row below or the next file.
    await client.query("RESET ALL");
    await client.query("INSERT INTO schema_migrations (version, file_name, checksum) VALUES ($1, $2, $3)", [
      file.version,
      file.file_name,
      file.checksum,
    ]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      // The connection is lost, and the transaction with it.
    });
    throw error;
  }
}

async function runFile(client: Client, { file_name, sql }: MigrationFile): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    const position = Number((error as { position?: string }).position);
    const place = position > 0 ? ` at line ${sql.slice(0, position - 1).split("\n").length}` : "";
    throw new Error(
      `Migration ${file_name} failed${place}: ${reasonOf(error)}. ` +
        "It was rolled back. Correct the file and start again.",
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  // Node reports a host with several addresses as an AggregateError with an empty message.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
