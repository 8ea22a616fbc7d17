/**
 * The embedded Postgres: the default store when `DATABASE_URL` is not set. See the README beside this file.
 *
 * - EMBEDDED-1 One service uses a data folder. A stale file never blocks a start; a living service always does.
 * - EMBEDDED-2 Committed data survives any end of Postgres, of this process or of the machine.
 * - EMBEDDED-3 While the service runs, Postgres runs: if Postgres ends, it is restarted at the same address.
 * - EMBEDDED-4 After {@link EmbeddedPostgres.stop} no Postgres process is left. After a kill, the next start stops it.
 * - EMBEDDED-5 Postgres accepts connections from this machine only, and only with the password.
 * - EMBEDDED-6 Under root Postgres runs as an account that nothing else uses.
 */

import { join } from "node:path";
import { findRunAs, postgresAccount } from "./account.ts";
import { type Binaries, installBinaries } from "./binaries.ts";
import * as cluster from "./cluster.ts";
import { type FolderLock, lockFolder } from "./folder_lock.ts";
import { takeFromNobody } from "./former_account.ts";
import { type SendSignal, signalSender, stopOrphanProcess } from "./orphan_process.ts";
import type { Log } from "./log.ts";
import { choosePort } from "./port.ts";
import { Postmaster, PostmasterFailed, type PostmasterOptions } from "./postmaster.ts";
import { sleep } from "../time/sleep.ts";

export type { Log };

/** Options of {@link startEmbeddedPostgres}. */
export interface EmbeddedPostgresOptions {
  /** The folder for all its files; created if missing. Must not hold other files. */
  data_dir: string;
  /** Takes log messages. Postgres's own output comes as `debug`, without statements or their values. */
  log?: Log;
  /** Settings of postgresql.conf that override {@link DEFAULT_SETTINGS}. The address and port cannot be set. */
  settings?: Record<string, string>;
  /** Aborts the start. After the start it has no effect: call {@link EmbeddedPostgres.stop}. */
  signal?: AbortSignal;
}

/** Settings for a small machine that never lose a commit. */
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
  // Statement errors go to the client alone, so that no values reach a log.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_checkpoints: "off",
};

const STOP_DEADLINE_MS = 5_000;
const PORTS_TRIED_MAX = 5;
const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 5_000;
/** After a run of this length the restart backoff is reset. */
const STEADY_RUN_MS = 30_000;

/**
 * Starts Postgres on a data folder and restarts it when it ends. Creates the database if the folder is new, recovers
 * it after a crash, and stops an orphan process of a killed service.
 *
 * @throws {Error} If a living service uses the folder (the message has its pid), if no account or no folder can run
 * Postgres, or if Postgres does not start (with its output). Messages name the remedy where one is known. After an
 * error nothing runs and nothing is locked.
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
    const { pgdata, password_file } = cluster.clusterOf(data_dir);
    if (existing !== undefined) await takeFromNobody(data_dir, pgdata, account, binaries, log);
    const run = await findRunAs(data_dir, binaries.postgres, account);
    const send = signalSender(binaries.pg_ctl, run);
    await cluster.removePartialCluster(data_dir, log, send);
    signal?.throwIfAborted();
    if (existing === undefined) {
      log("info", `Creating a Postgres ${binaries.major} database in ${data_dir}.`);
      await cluster.createCluster(data_dir, binaries, run, settings.fsync !== "off");
    }
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
 * Creates the data folder and installs the programs that {@link startEmbeddedPostgres} needs. Starts nothing.
 *
 * @throws {Error} As {@link startEmbeddedPostgres} does.
 */
export async function preparePrograms(data_dir: string, log: Log = () => {}): Promise<Binaries> {
  const folder = await makeDataFolder(data_dir);
  const account = await postgresAccount(await cluster.findCluster(folder));
  return await installBinaries({ fallback_folder: join(folder, "programs"), account, log });
}

/** A running Postgres that is restarted when it ends. Created by {@link startEmbeddedPostgres}. */
export class EmbeddedPostgres implements AsyncDisposable {
  /** Connects to the service's database as its owner, who is no superuser. Constant. */
  readonly url: string;
  /** Connects as the superuser to the database `postgres`: for tests and operators, never for the service. */
  readonly superuser_url: string;
  /** Settles when Postgres has ended for good, which happens after {@link stop} only. */
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

  /** The pid of the server; undefined while it is down. */
  get pid(): number | undefined {
    return this.#postmaster?.pid;
  }

  /**
   * Stops Postgres and releases the folder. Rolls open transactions back. Past `deadline_ms` the shutdown is forced,
   * and the next start recovers. Never throws. A second call waits for the first.
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
    // When the program ends without a stop, by an error or by Deno.exit, this still stops Postgres.
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

  /** Waits for the end of one run. Logs it unless it was requested. */
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
    this.#start.log("error", `Postgres (pid ${postmaster.pid}) ended unexpectedly, ${how}. Restarting it.`);
  }

  async #startAgain(): Promise<Postmaster | undefined> {
    const { signal } = this.#stopping;
    if (signal.aborted) return undefined;
    const { log, pgdata } = this.#start;
    try {
      // Processes of a killed server may still run, and would block the new one.
      await stopOrphanProcess(pgdata, log, this.#send);
      const postmaster = await Postmaster.start({ ...this.#start, signal });
      log("warning", `Postgres restarted (pid ${postmaster.pid}).`);
      return postmaster;
    } catch (error) {
      if (!signal.aborted) log("error", `Postgres could not be restarted: ${(error as Error).message}`);
      return undefined;
    }
  }
}

/** Creates the folder with mode 0711: the account Postgres runs as must traverse it, and need not list it. */
async function makeDataFolder(path: string): Promise<string> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o711 });
    return await Deno.realPath(path);
  } catch (error) {
    throw new Error(
      `The data folder ${path} cannot be created: ${
        (error as Error).message
      }. Set DATA_DIR to a folder that the service can write to.`,
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
      // Another program may take the port between our check and Postgres's bind.
      const again = error instanceof PostmasterFailed && error.port_taken && attempt < PORTS_TRIED_MAX;
      if (!again) throw error;
      taken = port;
    }
  }
}
