/** Servers under measurement, each in a process of its own, and how much of the processor each used. */

import type { Target } from "./load.ts";
import { sleep } from "../../src/time/sleep.ts";

/** A server that is about to be measured. */
export interface ServerProcess extends AsyncDisposable {
  readonly target: Target;
  readonly pid: number;
}

const READY_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 50;
const STOP_WAIT_MS = 10_000;

/**
 * Starts a server and waits until it answers.
 *
 * @param path What it answers 200 to when it is ready; any answer will do without one.
 * @throws {Error} when it ends, or does not answer in time; what it says goes to our own stderr
 */
export async function startServer(
  script: URL,
  env: Readonly<Record<string, string>>,
  path?: string,
): Promise<ServerProcess> {
  const target = { hostname: "127.0.0.1", port: freePort() };
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script.href],
    env: { ...env, PORT: String(target.port) },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const server = { target, pid: child.pid, [Symbol.asyncDispose]: () => stop(child) };
  try {
    await ready(target, path, child);
    return server;
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function ready({ port }: Target, path: string | undefined, child: Deno.ChildProcess): Promise<void> {
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
    await sleep(LOOK_AGAIN_MS);
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
    // It has ended already.
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Linux counts the processor's time in hundredths of a second. */
const TICK_MS = 10;

/** The processor time a process has used so far, without that of others; undefined where the system does not tell. */
export function cpuTimeOf(pid: number): number | undefined {
  return timesOf(pid)?.own_ms;
}

/** As {@link cpuTimeOf}, with that of its children, those that have ended too. */
export function familyCpuTimeOf(pid: number): number | undefined {
  const times = timesOf(pid);
  if (times === undefined) return undefined;
  const living_ms = childrenOf(pid).reduce((sum_ms, child) => sum_ms + (familyCpuTimeOf(child) ?? 0), 0);
  return times.own_ms + times.ended_children_ms + living_ms;
}

function timesOf(pid: number): { own_ms: number; ended_children_ms: number } | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name of the program comes second, in brackets, and may hold anything.
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
