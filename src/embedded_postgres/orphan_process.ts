/** Orphan processes: Postgres processes that a killed service left running on its data directory. */

import { join } from "node:path";
import { command, type RunAs } from "./account.ts";
import { SYSTEM_PATH } from "./own_account.ts";
import type { Log } from "./log.ts";
import { sleep } from "../time/sleep.ts";

/** Sends a signal to a process on a data directory. Does nothing when the process has ended. */
export type SendSignal = (signal: StopSignal, pid: number, pgdata: string) => Promise<void>;
/** A signal that stops a Postgres process. */
export type StopSignal = "SIGINT" | "SIGQUIT" | "SIGKILL";

/** The signals in order, each with its wait: fast shutdown, immediate shutdown, kill. */
const STEPS: { signal: StopSignal; wait_ms: number; to_all: boolean }[] = [
  { signal: "SIGINT", wait_ms: 5_000, to_all: false },
  { signal: "SIGQUIT", wait_ms: 2_000, to_all: true },
  { signal: "SIGKILL", wait_ms: 5_000, to_all: true },
];
const POLL_MS = 20;
/** The names of the processes. `initdb` runs on for a moment when the service that started it was killed. */
const PROGRAMS = new Set(["postgres", "initdb"]);

/**
 * Stops every Postgres process on a data directory. The caller must hold the folder lock: then no process can belong
 * to a living service.
 *
 * @throws {Error} If one survives SIGKILL. The message has its pid.
 */
export async function stopOrphanProcess(pgdata: string, log: Log, send: SendSignal): Promise<void> {
  const recorded = await recordedPid(pgdata);
  const alive = await processesOn(pgdata, recorded);
  if (alive.length > 0) {
    log(
      "warning",
      `Postgres (pid ${alive.join(", ")}) is an orphan process of a killed service. Stopping it.`,
    );
    await stopAll(pgdata, recorded, send);
  }
  await removeStalePidFile(pgdata);
}

async function stopAll(pgdata: string, recorded: number | undefined, send: SendSignal): Promise<void> {
  let alive = await processesOn(pgdata, recorded);
  for (const { signal, wait_ms, to_all } of STEPS) {
    const leader = alive.filter((pid) => pid === recorded);
    // Without the leader (the postmaster) a fast shutdown has no use.
    if (!to_all && leader.length === 0) continue;
    await Promise.all((to_all ? alive : leader).map((pid) => send(signal, pid, pgdata)));
    const deadline_ms = performance.now() + wait_ms;
    while (alive.length > 0 && performance.now() < deadline_ms) {
      await sleep(POLL_MS);
      alive = await processesOn(pgdata, recorded);
    }
    if (alive.length === 0) return;
  }
  throw new Error(`Postgres (pid ${alive.join(", ")}) on ${pgdata} cannot be stopped. Kill it by hand.`);
}

/** Reads the pid in `postmaster.pid`, which may be stale. */
async function recordedPid(pgdata: string): Promise<number | undefined> {
  try {
    const [line = ""] = (await Deno.readTextFile(join(pgdata, "postmaster.pid"))).split("\n");
    // Single-user mode, used during creation, writes its pid as a negative number.
    return Math.abs(Number.parseInt(line)) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Removes `postmaster.pid` when its pid belongs to another program (after a container restart) or to a zombie:
 * Postgres does not start while that pid is in use.
 */
async function removeStalePidFile(pgdata: string): Promise<void> {
  const recorded = await recordedPid(pgdata);
  if (recorded === undefined || !(await isListed(recorded))) return;
  await Deno.remove(join(pgdata, "postmaster.pid"));
}

/** Finds Postgres processes by their name and their working directory, which is always the data directory. */
async function processesOn(pgdata: string, recorded: number | undefined): Promise<number[]> {
  if (Deno.build.os !== "linux") {
    const command_line = recorded === undefined ? "" : await commandLineOf(recorded);
    return command_line.includes("postgres") && command_line.includes(pgdata) ? [recorded!] : [];
  }
  // Uses system programs, since Deno reads /proc itself only with all permissions.
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
 * Runs a program and returns its output. Errors are ignored: a process may have ended, or belong to another user. The
 * program gets none of our environment: with a preload variable in it, Deno would require permission to run everything.
 */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const env = { PATH: Deno.env.get("PATH") ?? SYSTEM_PATH, LC_ALL: "C" };
  const options: Deno.CommandOptions = { args: [...args], clearEnv: true, env, stderr: "null" };
  const { stdout } = await new Deno.Command(program, options).output();
  return new TextDecoder().decode(stdout);
}

/**
 * Returns a sender that uses `pg_ctl kill`: Deno.kill requires permission to run everything.
 *
 * @param run how programs run on the data directory: as its owner, to whom the processes belong
 */
export function signalSender(pg_ctl: string, run: RunAs): SendSignal {
  return async (signal, pid, pgdata) => {
    const args = () => ["kill", signal.slice("SIG".length), String(pid)];
    await command(run, { executable: pg_ctl, args, pgdata }).output();
  };
}
