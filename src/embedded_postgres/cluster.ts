/**
 * The data directory of Postgres (a "cluster", in its words) and the password beside it:
 *
 *     data_dir/lock              locked by the running service
 *     data_dir/port              the port of the last start
 *     data_dir/cluster/password  0600, owned by the service's user
 *     data_dir/cluster/pgdata/   0700, owned by the account Postgres runs as
 *
 * `cluster` is created under another name and renamed into place, so it is complete or absent.
 */

import { join } from "node:path";
import { type Account, command, type Program, type RunAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { type SendSignal, stopOrphanProcess } from "./orphan_process.ts";
import type { Log } from "./log.ts";
import { SERVICE_ROLE } from "../postgres/grants.ts";
import { loginOf } from "../postgres/login_role.ts";

/** The paths of a cluster. */
export interface Cluster {
  pgdata: string;
  password_file: string;
}

/** The database of the service, and the role that owns it. The role is no superuser, so revoked grants hold. */
export const ROLE = "credits";
/** The superuser, with the same password. For tests and operators, never for the service. */
export const SUPERUSER = "postgres";

const PARTIAL = "cluster.partial";

/** `pg_hba.conf`: every connection needs a SCRAM password and comes from the loopback address. */
const CLIENT_AUTHENTICATION = "host all all 127.0.0.1/32 scram-sha-256\n";

/** Returns the paths of a data folder's cluster, whether or not it exists. */
export function clusterOf(data_dir: string): Cluster {
  return partsOf(join(data_dir, "cluster"));
}

/**
 * Finds the data directory. Undefined when no cluster was created yet.
 *
 * @throws {Error} If the folder holds no cluster, or belongs to another user.
 */
export async function findCluster(data_dir: string): Promise<Deno.FileInfo | undefined> {
  if (await stat(join(data_dir, "cluster")) === undefined) return undefined;
  const { pgdata } = clusterOf(data_dir);
  const found = await stat(pgdata);
  if (found !== undefined) {
    assertOwned(pgdata, found);
    return found;
  }
  throw new Error(
    `${join(data_dir, "cluster")} holds no Postgres data directory. Restore it from a backup, ` +
      "or move it away to start with an empty database.",
  );
}

/** Root may use any user's data directory: Postgres then runs as its owner. */
function assertOwned(pgdata: string, { uid }: Deno.FileInfo): void {
  if (Deno.uid() === 0 || Deno.uid() === uid) return;
  throw new Error(
    `${pgdata} belongs to uid ${uid}, and this service runs as uid ${Deno.uid()}; perhaps it ran as root before. ` +
      "Start it as that user, or give the whole data folder to this user with chown -R.",
  );
}

/**
 * Checks that the programs and the data directory have the same major version.
 *
 * @throws {Error} If they do not.
 */
export async function assertVersion(pgdata: string, major: number): Promise<void> {
  const made_by = Number.parseInt(await Deno.readTextFile(join(pgdata, "PG_VERSION")));
  if (made_by === major) return;
  throw new Error(
    `${pgdata} was made by Postgres ${made_by}, and this is Postgres ${major}. ` +
      `Dump it with the version of this service that made it and load the dump into a new DATA_DIR, or use pg_upgrade.`,
  );
}

/**
 * Creates the cluster of a data folder, with the service's role and database.
 *
 * @param sync Whether to flush it to disk before it counts as created.
 * @throws {Error} If a Postgres program fails, with its output. Only a partial folder remains, which
 * {@link removePartialCluster} removes.
 */
export async function createCluster(
  data_dir: string,
  binaries: Binaries,
  run: RunAs,
  sync: boolean,
): Promise<void> {
  const partial = join(data_dir, PARTIAL);
  const { pgdata, password_file } = partsOf(partial);
  await makeFolders(partial, pgdata, run.account);
  const password = new Uint8Array(32);
  crypto.getRandomValues(password);
  const secret = password.toBase64({ alphabet: "base64url", omitPadding: true });
  await Deno.writeTextFile(password_file, secret, { mode: 0o600, createNew: true });

  const options = ["--username", SUPERUSER, "--encoding=UTF8", "--no-locale", "--data-checksums"];
  if (!sync) options.push("--no-sync");
  await runToEnd(run, {
    executable: binaries.initdb,
    // No server runs on it before pg_hba.conf is written below.
    args: (folder) => ["--pgdata", folder, "--auth=trust", "--no-instructions", ...options],
    pgdata,
  });
  await runToEnd(run, {
    executable: binaries.postgres,
    args: (folder) => ["--single", "-j", "-D", folder, "-c", "exit_on_error=true", "postgres"],
    pgdata,
  }, rolesAndDatabase(secret));
  await Deno.writeTextFile(join(pgdata, "pg_hba.conf"), CLIENT_AUTHENTICATION);
  if (sync) await syncToDisk([join(pgdata, "pg_hba.conf"), password_file, partial]);
  await Deno.rename(partial, join(data_dir, "cluster"));
  if (sync) await syncToDisk([data_dir]);
}

/**
 * Removes the remains of an interrupted creation, and stops processes that still work on it. The caller holds the
 * folder lock, so no creation is in progress.
 */
export async function removePartialCluster(data_dir: string, log: Log, send: SendSignal): Promise<void> {
  const partial = join(data_dir, PARTIAL);
  if (await stat(partial) === undefined) return;
  const { pgdata } = partsOf(partial);
  if (await stat(pgdata) !== undefined) await stopOrphanProcess(pgdata, log, send);
  await Deno.remove(partial, { recursive: true });
}

function partsOf(folder: string): Cluster {
  return { pgdata: join(folder, "pgdata"), password_file: join(folder, "password") };
}

async function makeFolders(partial: string, pgdata: string, account?: Account): Promise<void> {
  // 0711: the account Postgres runs as must traverse this folder, and need not list it.
  await Deno.mkdir(partial);
  await Deno.chmod(partial, 0o711);
  await Deno.mkdir(pgdata);
  await Deno.chmod(pgdata, 0o700);
  if (account === undefined) return;
  try {
    await Deno.chown(pgdata, account.uid, account.gid);
  } catch (error) {
    throw new Error(
      `Root may not give ${pgdata} to uid ${account.uid}, which Postgres runs as: ${
        (error as Error).message
      }. ` +
        "Start the service as an ordinary user, or allow it CHOWN, SETUID and SETGID.",
      { cause: error },
    );
  }
}

/** Builds the input of single-user mode, where an empty line ends a statement. Base64url needs no quoting. */
function rolesAndDatabase(secret: string): string {
  const login = loginOf(ROLE, secret);
  return [
    `ALTER ROLE ${SUPERUSER} PASSWORD '${secret}';`,
    `CREATE ROLE ${ROLE} LOGIN PASSWORD '${secret}';`,
    // The owner cannot create roles, so those that the service works under are created here.
    `CREATE ROLE ${SERVICE_ROLE} NOLOGIN ROLE ${ROLE};`,
    `CREATE ROLE ${login.name} LOGIN PASSWORD '${login.password}' IN ROLE ${SERVICE_ROLE};`,
    `CREATE DATABASE ${ROLE} OWNER ${ROLE};`,
    "",
  ].join("\n\n");
}

async function runToEnd(run: RunAs, program: Program, input?: string): Promise<void> {
  const child = command(run, { ...program, stdin: input === undefined ? "null" : "piped" }).spawn();
  const ended = Promise.all([child.status, new Response(child.stderr).text()]);
  // A program that ends before it has read its input reports the reason on stderr.
  if (input !== undefined) await new Response(input).body!.pipeTo(child.stdin).catch(() => {});
  const [status, output] = await ended;
  if (status.success) return;
  const name = program.executable.slice(program.executable.lastIndexOf("/") + 1);
  const reason = output.trim().replaceAll(/\s*\n\s*/g, "; ");
  throw new Error(`${name} failed (${status.signal ?? status.code}): ${reason}${remedyFor(reason)}`);
}

function remedyFor(reason: string): string {
  if (/effective user ID/.test(reason)) {
    return ". Run the service as a user that has a line in /etc/passwd, or set DATABASE_URL.";
  }
  return /No space left|quota exceeded/i.test(reason)
    ? ". Free space on that disk, or set DATA_DIR to a folder on another."
    : "";
}

async function syncToDisk(paths: string[]): Promise<void> {
  for (const path of paths) {
    using file = await Deno.open(path, { read: true });
    await file.sync();
  }
}

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
