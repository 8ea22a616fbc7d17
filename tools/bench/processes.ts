/** The processes of measured servers, and their processor times. */

import type { Target } from "./load.ts";
import { freePort } from "../free_port.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The process of a server. */
export interface ServerProcess extends AsyncDisposable {
  readonly target: Target;
  readonly pid: number;
}

const READY_WAIT_MS = 60_000;
const POLL_MS = 50;
const STOP_WAIT_MS = 10_000;

/**
 * Starts a server and waits until it answers.
 *
 * @param path the path that answers 200 when the server is ready; without one, any answer counts
 * @param v8_flags the flags of V8 that the server runs with
 * @throws {Error} when the server ends, or does not answer in time; its stderr goes to ours
 */
export async function startServer(
  script: URL,
  env: Readonly<Record<string, string>>,
  path?: string,
  v8_flags: readonly string[] = [],
): Promise<ServerProcess> {
  const target = { hostname: "127.0.0.1", port: freePort() };
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...v8_flags.length > 0 ? [`--v8-flags=${v8_flags.join(",")}`] : [], script.href],
    env: { ...env, PORT: String(target.port) },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const server = { target, pid: child.pid, [Symbol.asyncDispose]: () => stop(child) };
  try {
    await waitUntilReady(target, path, child);
    return server;
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function waitUntilReady(
  { port }: Target,
  path: string | undefined,
  child: Deno.ChildProcess,
): Promise<void> {
  let ended = false;
  void child.status.then(() => ended = true);
  const until_ms = performance.now() + READY_WAIT_MS;
  while (performance.now() < until_ms) {
    if (ended) throw new Error("a server ended before it answered");
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path ?? "/"}`);
      await response.body?.cancel();
      if (path === undefined || response.ok) return;
    } catch {
      // It does not listen yet.
    }
    await sleep(POLL_MS);
  }
  throw new Error(`a server did not answer within ${READY_WAIT_MS / 1000} s`);
}

async function stop(child: Deno.ChildProcess): Promise<void> {
  const timer = setTimeout(() => kill(child, "SIGKILL"), STOP_WAIT_MS);
  kill(child, "SIGTERM");
  await child.status;
  clearTimeout(timer);
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has already ended.
  }
}

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Returns the processor time of a process so far, without its children; undefined where the system does not report it. */
export function cpuTimeOf(pid: number): number | undefined {
  return timesOf(pid)?.own_ms;
}

/** Returns the processor time of a process's main thread so far; undefined where the system does not report it. */
export function threadCpuTimeOf(pid: number): number | undefined {
  return timesIn(`/proc/${pid}/task/${pid}/stat`)?.own_ms;
}

/** Returns the processor time of a process with all its children, including ended ones. */
export function familyCpuTimeOf(pid: number): number | undefined {
  const times = timesOf(pid);
  if (times === undefined) return undefined;
  const living_ms = childrenOf(pid).reduce((sum_ms, child) => sum_ms + (familyCpuTimeOf(child) ?? 0), 0);
  return times.own_ms + times.ended_children_ms + living_ms;
}

function timesOf(pid: number): { own_ms: number; ended_children_ms: number } | undefined {
  return timesIn(`/proc/${pid}/stat`);
}

function timesIn(path: string): { own_ms: number; ended_children_ms: number } | undefined {
  try {
    const stat = Deno.readTextFileSync(path);
    // The second field is the program name in brackets, which may contain any character.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    const ticks = (first: number) => (fields[first]! + fields[first + 1]!) * TICK_MS;
    return { own_ms: ticks(11), ended_children_ms: ticks(13) };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const listed = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
    return listed === "" ? [] : listed.split(" ").map(Number);
  } catch {
    return [];
  }
}
