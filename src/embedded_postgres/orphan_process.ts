/** What a service that was killed leaves behind: a Postgres that still runs on its data directory. */

import { join } from "node:path";
import { command, type RunAs, SYSTEM_PATH } from "./account.ts";
import type { Log } from "./log.ts";
import { sleep } from "../time/sleep.ts";

/** Sends a signal to a process on a data directory; one that has ended meanwhile is nobody's fault. */
export type SendSignal = (signal: StopSignal, pid: number, pgdata: string) => Promise<void>;
export type StopSignal = "SIGINT" | "SIGQUIT" | "SIGKILL";

/** How long each, ever ruder, way of asking is given: finish, drop everything, be gone. */
const STEPS: { signal: StopSignal; wait_ms: number; everyone: boolean }[] = [
  { signal: "SIGINT", wait_ms: 5_000, everyone: false },
  { signal: "SIGQUIT", wait_ms: 2_000, everyone: true },
  { signal: "SIGKILL", wait_ms: 5_000, everyone: true },
];
const LOOK_AGAIN_MS = 20;
/** The second goes on creating a data directory, for a moment, when whoever wanted it was killed. */
const PROGRAMS = new Set(["postgres", "initdb"]);

/**
 * Stops every process of Postgres on this data directory. The caller must own the data folder's lock, so that
 * none of them can belong to a living service.
 *
 * @throws {Error} If one survives SIGKILL, naming its pid.
 */
export async function stopOrphanProcess(pgdata: string, log: Log, send: SendSignal): Promise<void> {
  const recorded = await recordedPid(pgdata);
  const alive = await processesOn(pgdata, recorded);
  if (alive.length > 0) {
    log(
      "warning",
      `Postgres (pid ${alive.join(", ")}) was left running by a service that was killed. Stopping it.`,
    );
    await stopAll(pgdata, recorded, send);
  }
  await removeMisleadingPid(pgdata);
}

async function stopAll(pgdata: string, recorded: number | undefined, send: SendSignal): Promise<void> {
  let alive = await processesOn(pgdata, recorded);
  for (const { signal, wait_ms, everyone } of STEPS) {
    const leader = alive.filter((pid) => pid === recorded);
    // Without its leader, a process of Postgres has nobody to finish for.
    if (!everyone && leader.length === 0) continue;
    await Promise.all((everyone ? alive : leader).map((pid) => send(signal, pid, pgdata)));
    const deadline_ms = performance.now() + wait_ms;
    while (alive.length > 0 && performance.now() < deadline_ms) {
      await sleep(LOOK_AGAIN_MS);
      alive = await processesOn(pgdata, recorded);
    }
    if (alive.length === 0) return;
  }
  throw new Error(`Postgres (pid ${alive.join(", ")}) on ${pgdata} cannot be stopped. End it by hand.`);
}

/** The pid that Postgres noted in its data directory, whether or not it is still true. */
async function recordedPid(pgdata: string): Promise<number | undefined> {
  try {
    const [line = ""] = (await Deno.readTextFile(join(pgdata, "postmaster.pid"))).split("\n");
    // Single-user mode, as used while creating, notes its pid as a negative number.
    return Math.abs(Number.parseInt(line)) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Postgres will not start while the pid it noted is in use, even when that is another program by now, as happens
 * when a container is started anew, or is only a dead process whose exit code nobody has collected.
 */
async function removeMisleadingPid(pgdata: string): Promise<void> {
  const recorded = await recordedPid(pgdata);
  if (recorded === undefined || !(await isListed(recorded))) return;
  await Deno.remove(join(pgdata, "postmaster.pid"));
}

/** A process of Postgres is known by its name and by the folder it works in, which is always its data directory. */
async function processesOn(pgdata: string, recorded: number | undefined): Promise<number[]> {
  if (Deno.build.os !== "linux") {
    const told = recorded === undefined ? "" : await commandLineOf(recorded);
    return told.includes("postgres") && told.includes(pgdata) ? [recorded!] : [];
  }
  // Of the system's own programs, for Deno opens /proc itself only to who may do everything.
  const { dev, ino } = await Deno.stat(pgdata);
  const listed = (await outputOf("ls", ["/proc"])).split("\n").filter((name) => /^\d+$/.test(name));
  const folders = listed.map((pid) => `/proc/${pid}/cwd`);
  const found = (await outputOf("stat", ["-L", "-c", "%d:%i %n", ...folders])).split("\n")
    .filter((line) => line.startsWith(`${dev}:${ino} `)).map((line) => line.split("/")[2]!);
  const names = await Promise.all(found.map((pid) => outputOf("cat", [`/proc/${pid}/comm`])));
  return found.filter((_, i) => PROGRAMS.has(names[i]!.trim())).map(Number);
}

async function isListed(pid: number): Promise<boolean> {
  if (Deno.build.os !== "linux") return (await commandLineOf(pid)) !== "";
  return (await outputOf("ls", ["-d", `/proc/${pid}`])) !== "";
}

async function commandLineOf(pid: number): Promise<string> {
  return (await outputOf("ps", ["-o", "command=", "-p", String(pid)])).trim();
}

/**
 * What a program says, of those processes that have not ended meanwhile, or are another user's and so not ours. It is
 * given nothing of our environment: with a library to preload in it, Deno would ask for leave to run everything.
 */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const env = { PATH: Deno.env.get("PATH") ?? SYSTEM_PATH, LC_ALL: "C" };
  const options: Deno.CommandOptions = { args: [...args], clearEnv: true, env, stderr: "null" };
  const { stdout } = await new Deno.Command(program, options).output();
  return new TextDecoder().decode(stdout);
}

/**
 * Signals by way of Postgres's own program for it: Deno lets only those signal others who may run everything.
 *
 * @param run How programs are run on the data directory: as its owner, whose processes they are.
 */
export function signalSender(pg_ctl: string, run: RunAs): SendSignal {
  return async (signal, pid, pgdata) => {
    const args = () => ["kill", signal.slice("SIG".length), String(pid)];
    await command(run, { executable: pg_ctl, args, pgdata }).output();
  };
}
