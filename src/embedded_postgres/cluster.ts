/**
 * The data directory of Postgres (a "cluster", in its words) and the password beside it:
 *
 *     data_dir/lock              owned by the running service
 *     data_dir/port              the port of the last start
 *     data_dir/cluster/password  0600, ours
 *     data_dir/cluster/pgdata/   0700, of the account Postgres runs as
 *
 * `cluster` is made under another name and renamed into place, so it is whole or not there.
 */

import { join } from "node:path";
import { type Account, command, type Program, type RunAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { type SendSignal, stopOrphanProcess } from "./orphan_process.ts";
import type { Log } from "./log.ts";
import { SERVICE_ROLE } from "../postgres/grants.ts";

/** Where the parts of a cluster lie. */
export interface Cluster {
  pgdata: string;
  password_file: string;
}

/** The database of the service and the role that owns it, which is no superuser: what is revoked is revoked. */
export const ROLE = "credits";
/** For tests and operators, never for the service. Its password is the same. */
export const SUPERUSER = "postgres";

const PARTIAL = "cluster.partial";

/** Passwords in scram only, over the loopback address only, and no way in without one. */
const CLIENT_AUTHENTICATION = "host all all 127.0.0.1/32 scram-sha-256\n";

/** Where the cluster of a data folder is, or would be. */
export function clusterOf(data_dir: string): Cluster {
  return partsOf(join(data_dir, "cluster"));
}

/**
 * The data directory, if the cluster was created.
 *
 * @throws {Error} If a folder is there that is no cluster, or one that is not ours to use.
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

/** Root may use anybody's, as it does by running Postgres as the owner. */
function assertOwned(pgdata: string, { uid }: Deno.FileInfo): void {
  if (Deno.uid() === 0 || Deno.uid() === uid) return;
  throw new Error(
    `${pgdata} belongs to uid ${uid} and this service runs as uid ${Deno.uid()}, perhaps because it was started ` +
      "as root before. Start it as it was, or give the whole data folder to this user with chown -R.",
  );
}

/**
 * Checks that these programs can run on this data directory.
 *
 * @throws {Error} If the data directory was made by another major version of Postgres.
 */
export async function assertVersion(pgdata: string, major: number): Promise<void> {
  const made_by = Number.parseInt(await Deno.readTextFile(join(pgdata, "PG_VERSION")));
  if (made_by === major) return;
  throw new Error(
    `${pgdata} was made by Postgres ${made_by}, and this is Postgres ${major}. ` +
      `Dump it with the version of this service that made it and load it into a new DATA_DIR, or use pg_upgrade.`,
  );
}

/**
 * Creates the cluster of a data folder, with the role and the database of the service in it.
 *
 * @param sync Whether it must be on disk before it counts as created.
 * @throws {Error} If a program of Postgres fails, with what it said; nothing but a partial folder stays behind,
 * which {@link removePartialCluster} removes.
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
    // No server runs on it before the file below says who may come in.
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
 * Removes what a creation that was interrupted left behind, and stops what may still work on it. The caller owns
 * the data folder, so no creation is under way.
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
  // Others may pass through, which the account Postgres runs as needs, but not look around.
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

/** In single-user mode an empty line ends a statement. The secret is base64url, which needs no quoting. */
function rolesAndDatabase(secret: string): string {
  return [
    `ALTER ROLE ${SUPERUSER} PASSWORD '${secret}';`,
    `CREATE ROLE ${ROLE} LOGIN PASSWORD '${secret}';`,
    // The owner may not make roles, so it is given the one that the service works under.
    `CREATE ROLE ${SERVICE_ROLE} NOLOGIN ROLE ${ROLE};`,
    `CREATE DATABASE ${ROLE} OWNER ${ROLE};`,
    "",
  ].join("\n\n");
}

async function runToEnd(run: RunAs, program: Program, input?: string): Promise<void> {
  const child = command(run, { ...program, stdin: input === undefined ? "null" : "piped" }).spawn();
  const ended = Promise.all([child.status, new Response(child.stderr).text()]);
  // A program that ends before it has read everything says why itself.
  if (input !== undefined) await new Response(input).body!.pipeTo(child.stdin).catch(() => {});
  const [status, said] = await ended;
  if (status.success) return;
  const name = program.executable.slice(program.executable.lastIndexOf("/") + 1);
  const reason = said.trim().replaceAll(/\s*\n\s*/g, "; ");
  throw new Error(`${name} failed (${status.signal ?? status.code}): ${reason}${remedyFor(reason)}`);
}

function remedyFor(reason: string): string {
  if (/effective user ID/.test(reason)) {
    return ". Run the service as a user that has a line in /etc/passwd, or set DATABASE_URL.";
  }
  return /No space left|quota exceeded/i.test(reason)
    ? ". Make room on that disk, or set DATA_DIR to a folder on another."
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
