/**
 * The process that keeps the Postgres of one test run, apart from the run, because `deno test` ends its isolates
 * and itself whenever it likes, also by a kill. It is started by the first test that needs a database, and when the
 * run is over it stops what runs in the run's folder and removes the folder.
 *
 *     folder/warden.lock  held while the warden lives
 *     folder/ready.json   how to reach the shared Postgres, once it runs
 *     folder/failed.txt   why it does not
 *     folder/seed/        a cluster that was just created, to copy from
 *     folder/shared/      the cluster that all tests share
 *     folder/own/*        clusters and folders of single tests
 */

import { join } from "node:path";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/embedded_postgres/embedded_postgres.ts";
import { stopOrphanProcess, type StopSignal } from "../../src/embedded_postgres/orphan_process.ts";
import { sleep } from "../../src/time/sleep.ts";

/** What `ready.json` holds. */
export interface SharedCluster {
  url: string;
  superuser_url: string;
}

/** Nothing of a test outlives the machine, so nothing needs to reach the disk. */
export const FAST_SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  // In its folder, which is removed in any case, and not where a killed Postgres leaves it behind.
  dynamic_shared_memory_type: "mmap",
};

/** Folders of runs lie side by side, and are named by the run's process. */
export const RUN_FOLDER_PREFIX = "poli-credits-tests-";

const POLL_MS = 50;

if (import.meta.main) {
  const [folder = "", pid = ""] = Deno.args;
  await runWarden(folder, Number(pid));
}

async function runWarden(folder: string, run_pid: number): Promise<void> {
  using lock = await Deno.open(join(folder, "warden.lock"), { write: true, create: true });
  if (!(await lock.tryLock(true))) return;
  const begun = await startTimeOf(run_pid);
  await removeAbandonedFolders(folder);
  let shared: EmbeddedPostgres | undefined;
  try {
    shared = await startShared(folder);
    const ready: SharedCluster = { url: shared.url, superuser_url: shared.superuser_url };
    await publish(folder, "ready.json", JSON.stringify(ready));
  } catch (error) {
    await publish(folder, "failed.txt", (error as Error).message);
  }
  while (begun !== undefined && await startTimeOf(run_pid) === begun) {
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

/** By a rename, so that nobody reads half of it. */
async function publish(folder: string, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(folder, `${name}.partial`), text, { mode: 0o600 });
  await Deno.rename(join(folder, `${name}.partial`), join(folder, name));
}

/** Copies a cluster that is stopped, which is much faster than creating one. */
export async function copyCluster(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true, mode: 0o711 });
  const { success, stderr } = await new Deno.Command("cp", {
    args: ["-a", join(from, "cluster"), join(to, "cluster")],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** When a process began, so that a later one with the same pid is not taken for it; undefined if it is gone. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  if (Deno.build.os !== "linux") {
    const { stdout } = await new Deno.Command("ps", { args: ["-o", "lstart=", "-p", String(pid)] }).output();
    return new TextDecoder().decode(stdout).trim() || undefined;
  }
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The name of the program comes second, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

/** Removes a folder, after stopping every Postgres whose data lies in it or in a folder of its own. */
export async function stopAndRemove(folder: string): Promise<void> {
  for await (const pgdata of dataDirectoriesIn(folder, 3)) {
    await stopOrphanProcess(pgdata, () => {}, signalProcess);
  }
  await Deno.remove(folder, { recursive: true });
}

/** A warden may do everything, and has no programs of Postgres at hand. */
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

/** Folders whose warden was killed too. */
async function removeAbandonedFolders(own: string): Promise<void> {
  const parent = join(own, "..");
  for (const { name } of await Array.fromAsync(Deno.readDir(parent))) {
    const folder = join(parent, name);
    if (!name.startsWith(RUN_FOLDER_PREFIX) || folder === own) continue;
    // A run that has just begun has no warden yet.
    if (await startTimeOf(Number(name.slice(RUN_FOLDER_PREFIX.length))) !== undefined) continue;
    try {
      using lock = await Deno.open(join(folder, "warden.lock"), { write: true });
      if (await lock.tryLock(true)) await stopAndRemove(folder);
    } catch {
      // Another user's, or just being made or removed by its own run.
    }
  }
}
