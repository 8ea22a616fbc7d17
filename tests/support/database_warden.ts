/**
 * The warden: the process that owns the Postgres of one test run. It is separate from the run, because `deno test` may
 * end its isolates and itself at any moment. The first test that needs a database starts the warden. When the run has
 * ended, the warden stops every Postgres in the run's folder and removes the folder.
 *
 *     folder/warden.lock  locked while the warden runs
 *     folder/ready.json   the URLs of the shared Postgres, once it runs
 *     folder/failed.txt   why it did not start
 *     folder/seed/        a newly created cluster, to copy from
 *     folder/shared/      the cluster shared by all tests
 *     folder/own/*        clusters and folders of single tests
 */

import { join } from "node:path";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/embedded_postgres/embedded_postgres.ts";
import { stopOrphanProcess, type StopSignal } from "../../src/embedded_postgres/orphan_process.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The content of `ready.json`. */
export interface SharedCluster {
  url: string;
  superuser_url: string;
}

/** Settings without durability: test data need not survive the machine. */
export const FAST_SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  // Files in the data folder, which is removed; a killed Postgres leaves POSIX shared memory behind.
  dynamic_shared_memory_type: "mmap",
};

/** The prefix of a run's folder, before the pid of the run. */
export const RUN_FOLDER_PREFIX = "poli-credits-tests-";

const POLL_MS = 50;

if (import.meta.main) {
  const [folder = "", pid = ""] = Deno.args;
  await runWarden(folder, Number(pid));
}

async function runWarden(folder: string, run_pid: number): Promise<void> {
  using lock = await Deno.open(join(folder, "warden.lock"), { write: true, create: true });
  if (!(await lock.tryLock(true))) return;
  const run_started = await startTimeOf(run_pid);
  await removeAbandonedFolders(folder);
  let shared: EmbeddedPostgres | undefined;
  try {
    shared = await startShared(folder);
    const ready: SharedCluster = { url: shared.url, superuser_url: shared.superuser_url };
    await publish(folder, "ready.json", JSON.stringify(ready));
  } catch (error) {
    await publish(folder, "failed.txt", (error as Error).message);
  }
  while (run_started !== undefined && await startTimeOf(run_pid) === run_started) {
    await sleep(POLL_MS);
  }
  await shared?.stop(0);
  await stopAndRemove(folder);
}

async function startShared(folder: string): Promise<EmbeddedPostgres> {
  const seed = await startEmbeddedPostgres({ data_dir: join(folder, "seed"), settings: FAST_SETTINGS });
  await seed.stop();
  await copyCluster(join(folder, "seed"), join(folder, "shared"));
  return await startEmbeddedPostgres({
    data_dir: join(folder, "shared"),
    settings: { ...FAST_SETTINGS, max_connections: "300" },
  });
}

/** Writes a file and then renames it, so that no reader sees a part of it. */
async function publish(folder: string, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(folder, `${name}.partial`), text, { mode: 0o600 });
  await Deno.rename(join(folder, `${name}.partial`), join(folder, name));
}

/** Copies a stopped cluster, which is much faster than creating one. */
export async function copyCluster(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true, mode: 0o711 });
  const { success, stderr } = await new Deno.Command("cp", {
    args: ["-a", join(from, "cluster"), join(to, "cluster")],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Returns the start time of a process, which tells it from a later one with the same pid; undefined if it has ended. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  if (Deno.build.os !== "linux") {
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "lstart=", "-p", String(pid)] }).output();
    return new TextDecoder().decode(stdout).trim() || undefined;
  }
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The second field is the program's name in parentheses, which may contain any character.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

/** Stops every Postgres with a data directory in a folder, and removes the folder. */
export async function stopAndRemove(folder: string): Promise<void> {
  for await (const pgdata of dataDirectoriesIn(folder, 3)) {
    await stopOrphanProcess(pgdata, () => {}, signalProcess);
  }
  await Deno.remove(folder, { recursive: true });
}

/** Signals a process directly: the warden has all permissions, and no `pg_ctl`. */
function signalProcess(signal: StopSignal, pid: number): Promise<void> {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Promise.resolve();
}

async function* dataDirectoriesIn(folder: string, depth: number): AsyncGenerator<string> {
  for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(folder))) {
    if (!isDirectory) continue;
    const path = join(folder, name);
    if (name === "pgdata") yield path;
    else if (depth > 0) yield* dataDirectoriesIn(path, depth - 1);
  }
}

/** Removes the folders of ended runs whose warden was killed. */
async function removeAbandonedFolders(own: string): Promise<void> {
  const parent = join(own, "..");
  for (const { name } of await Array.fromAsync(Deno.readDir(parent))) {
    const folder = join(parent, name);
    if (!name.startsWith(RUN_FOLDER_PREFIX) || folder === own) continue;
    // A new run may not have a warden yet.
    if (await startTimeOf(Number(name.slice(RUN_FOLDER_PREFIX.length))) !== undefined) continue;
    try {
      using lock = await Deno.open(join(folder, "warden.lock"), { write: true });
      if (await lock.tryLock(true)) await stopAndRemove(folder);
    } catch {
      // The folder belongs to another user, or its run is creating or removing it.
    }
  }
}
