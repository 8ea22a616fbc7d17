/**
 * Real Postgres without anything to install: the default store when there is no `DATABASE_URL`.
 *
 * - E1 One service per data folder. A stale file never refuses a start; a living service always does.
 * - E2 What was committed survives every end: of Postgres, of this process, of the machine.
 * - E3 While we run, Postgres runs: if it ends by itself it is started again at the same address.
 * - E4 After {@link EmbeddedPostgres.stop} no process of it is left; after a kill, the next start sees to it.
 * - E5 It can be reached from this machine only, and only with the password.
 */

import { join } from "node:path";
import { findRunAs, postgresAccount } from "./account.ts";
import { type Binaries, installBinaries } from "./binaries.ts";
import * as cluster from "./cluster.ts";
import { type FolderLock, lockFolder } from "./folder_lock.ts";
import { type SendSignal, signalSender, stopOrphanProcess } from "./orphan_process.ts";
import type { Log } from "./log.ts";
import { choosePort } from "./port.ts";
import { Postmaster, PostmasterFailed, type PostmasterOptions } from "./postmaster.ts";
import { sleep } from "../time/sleep.ts";

export type { Log };

/** What {@link startEmbeddedPostgres} needs to know. */
export interface EmbeddedPostgresOptions {
  /** Everything it keeps lies in here; made if missing. Nothing else may be kept in it. */
  data_dir: string;
  /** Told of what happens. What Postgres says itself comes as `debug`, without statements or their values. */
  log?: Log;
  /** Over {@link DEFAULT_SETTINGS}: settings of postgresql.conf. Where it listens cannot be changed. */
  settings?: Record<string, string>;
  /** Gives up the start. Afterwards it does nothing: see {@link EmbeddedPostgres.stop}. */
  signal?: AbortSignal;
}

/** For a small machine, and for never losing a commit. */
export const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  max_connections: "60",
  shared_buffers: "128MB",
  min_wal_size: "80MB",
  max_wal_size: "1GB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  // Errors of statements go to whoever sent them, and values stay out of every log.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
};

const STOP_DEADLINE_MS = 5_000;
const PORTS_TRIED_MAX = 5;
const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 5_000;
/** After a run as long as this, the next end is news and not one of a row. */
const STEADY_RUN_MS = 30_000;

/**
 * Starts Postgres on a data folder: creates it if new, recovers it if it was not stopped properly, stops what a
 * killed service left running on it, and watches over it from then on.
 *
 * @throws {Error} If the folder is in use by a living service (naming its pid), if no account or no folder can be
 * found to run Postgres with, or if Postgres does not start (with what it said). Every message names a remedy
 * where we know one. Nothing runs and nothing is locked then.
 * @throws The signal's reason, if aborted.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { signal, log = () => {} } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const data_dir = await makeDataFolder(options.data_dir);
  const lock = await lockFolder(data_dir);
  try {
    const existing = await cluster.findCluster(data_dir);
    const account = await postgresAccount(existing);
    const binaries = await installBinaries({ fallback_folder: join(data_dir, "programs"), account, log });
    const run = await findRunAs(data_dir, binaries.postgres, account);
    const send = signalSender(binaries.pg_ctl, run);
    await cluster.removePartialCluster(data_dir, log, send);
    signal?.throwIfAborted();
    if (existing === undefined) {
      log("info", `Creating a Postgres ${binaries.major} database in ${data_dir}.`);
      await cluster.createCluster(data_dir, binaries, run, settings.fsync !== "off");
    }
    const { pgdata, password_file } = cluster.clusterOf(data_dir);
    await cluster.assertVersion(pgdata, binaries.major);
    await stopOrphanProcess(pgdata, log, send);
    const start = { executable: binaries.postgres, pgdata, run, settings, log, signal };
    const { postmaster, port } = await startAtFreePort(data_dir, start);
    const password = (await Deno.readTextFile(password_file)).trim();
    return new EmbeddedPostgres({ ...start, port, signal: undefined }, send, postmaster, password, lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * Makes the data folder and the programs that {@link startEmbeddedPostgres} will need, and starts nothing.
 *
 * @throws {Error} As it does.
 */
export async function preparePrograms(data_dir: string): Promise<Binaries> {
  const folder = await makeDataFolder(data_dir);
  const account = await postgresAccount(await cluster.findCluster(folder));
  return await installBinaries({ fallback_folder: join(folder, "programs"), account, log: () => {} });
}

/** A Postgres that runs and is watched over. Made by {@link startEmbeddedPostgres}. */
export class EmbeddedPostgres implements AsyncDisposable {
  /** Connects to the service's database as its owner, who is no superuser. The same for this object's life. */
  readonly url: string;
  /** Connects as the superuser to the database `postgres`: for tests and operators, never for the service. */
  readonly superuser_url: string;
  /** Settles when Postgres has ended and will not be started again, which is after {@link stop} only. */
  readonly exited: Promise<void>;
  readonly #start: PostmasterOptions;
  readonly #send: SendSignal;
  readonly #lock: FolderLock;
  readonly #stopping = new AbortController();
  #postmaster: Postmaster | undefined;
  #stop_deadline_ms = STOP_DEADLINE_MS;

  /** @internal */
  constructor(
    start: PostmasterOptions,
    send: SendSignal,
    postmaster: Postmaster,
    password: string,
    lock: FolderLock,
  ) {
    const urlOf = (role: string, database: string) =>
      `postgres://${role}:${password}@127.0.0.1:${start.port}/${database}`;
    this.url = urlOf(cluster.ROLE, cluster.ROLE);
    this.superuser_url = urlOf(cluster.SUPERUSER, "postgres");
    this.#start = start;
    this.#send = send;
    this.#lock = lock;
    this.exited = this.#watch(postmaster);
  }

  /** The server's process; undefined while it is down. */
  get pid(): number | undefined {
    return this.#postmaster?.pid;
  }

  /**
   * Stops Postgres and gives the folder back. Open transactions are rolled back; if the rest takes longer than
   * `deadline_ms`, it is cut short and made up for at the next start. Never throws; a second call waits for the
   * first.
   */
  async stop(deadline_ms: number = STOP_DEADLINE_MS): Promise<void> {
    this.#stop_deadline_ms = deadline_ms;
    this.#stopping.abort();
    await this.exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #watch(first: Postmaster): Promise<void> {
    // When the program is ended without a stop, by an error or by Deno.exit, this still asks Postgres to end.
    const onUnload = () => this.#postmaster?.kill("SIGINT");
    globalThis.addEventListener("unload", onUnload);
    let postmaster: Postmaster | undefined = first;
    let backoff_ms = BACKOFF_MIN_MS;
    while (postmaster !== undefined) {
      const since_ms = performance.now();
      await this.#run(postmaster);
      if (performance.now() - since_ms > STEADY_RUN_MS) backoff_ms = BACKOFF_MIN_MS;
      postmaster = undefined;
      while (postmaster === undefined && !this.#stopping.signal.aborted) {
        await sleep(backoff_ms, this.#stopping.signal);
        backoff_ms = Math.min(backoff_ms * 2, BACKOFF_MAX_MS);
        postmaster = await this.#startAgain();
      }
    }
    globalThis.removeEventListener("unload", onUnload);
    this.#lock[Symbol.dispose]();
  }

  /** Follows one run to its end, which is ours if we are stopping. */
  async #run(postmaster: Postmaster): Promise<void> {
    const { signal } = this.#stopping;
    this.#postmaster = postmaster;
    const onStop = () => void postmaster.stop(this.#stop_deadline_ms);
    signal.addEventListener("abort", onStop);
    if (signal.aborted) onStop();
    const status = await postmaster.ended;
    signal.removeEventListener("abort", onStop);
    this.#postmaster = undefined;
    if (signal.aborted) return;
    const how = status.signal === null ? `with code ${status.code}` : `by ${status.signal}`;
    this.#start.log("error", `Postgres (pid ${postmaster.pid}) ended by itself, ${how}. Starting it again.`);
  }

  async #startAgain(): Promise<Postmaster | undefined> {
    const { signal } = this.#stopping;
    if (signal.aborted) return undefined;
    const { log, pgdata } = this.#start;
    try {
      // The killed server's own processes may not have noticed yet, and would refuse the new one.
      await stopOrphanProcess(pgdata, log, this.#send);
      const postmaster = await Postmaster.start({ ...this.#start, signal });
      log("warning", `Postgres runs again (pid ${postmaster.pid}).`);
      return postmaster;
    } catch (error) {
      if (!signal.aborted) log("error", `Postgres could not be started again: ${(error as Error).message}`);
      return undefined;
    }
  }
}

/** Others may pass through a folder of ours, which the account Postgres runs as needs, but not look around. */
async function makeDataFolder(path: string): Promise<string> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o711 });
    return await Deno.realPath(path);
  } catch (error) {
    throw new Error(
      `The data folder ${path} cannot be made: ${
        (error as Error).message
      }. Set DATA_DIR to a folder we can write to.`,
      { cause: error },
    );
  }
}

async function startAtFreePort(
  data_dir: string,
  options: Omit<PostmasterOptions, "port">,
): Promise<{ postmaster: Postmaster; port: number }> {
  let taken: number | undefined;
  for (let attempt = 1;; attempt++) {
    const port = await choosePort(data_dir, taken);
    try {
      return { postmaster: await Postmaster.start({ ...options, port }), port };
    } catch (error) {
      // Another program may take a port between our look and Postgres's use of it.
      const again = error instanceof PostmasterFailed && error.port_taken && attempt < PORTS_TRIED_MAX;
      if (!again) throw error;
      taken = port;
    }
  }
}
