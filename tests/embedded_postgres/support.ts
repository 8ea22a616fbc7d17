/** What the tests of the embedded Postgres query of processes. */

import { kill } from "node:process";
import { fileURLToPath } from "node:url";
import { connect, disconnect } from "../../src/postgres/connection.ts";

/** A service of its own process; see embedded_owner.ts. */
export interface Owner extends AsyncDisposable {
  pid: number;
  url: string;
  postgres_pid: number;
  /** With SIGKILL, so that it can clean nothing up. */
  kill(): Promise<void>;
  /** Sends its process group what a terminal sends at a Ctrl-C, and waits until it was heard. */
  interruptGroup(): Promise<void>;
  /** Asks it to end, and waits. */
  end(): Promise<void>;
}

/** Runs a query on a connection of its own; of several statements the last one answers. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url, { application_name: "test" });
  try {
    const results = [await client.query(sql)].flat();
    return results.at(-1)!.rows.map((row) => ({ ...row }));
  } finally {
    await disconnect(client);
  }
}

/** Whether a process runs. One that has ended may be listed for ever, where nobody collects its exit code. */
export function isAlive(pid: number): boolean {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] }).outputSync();
  return /^[^Z]/.test(new TextDecoder().decode(stdout).trim());
}

/** The processes that were started on a folder, as their commands tell. */
export function processesOf(folder: string): string[] {
  const { stdout } = new Deno.Command("ps", { args: ["-axww", "-o", "pid=,command="] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(folder));
}

/** Waits for something that must come true, and gives up only when nobody would wait any longer. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline_ms = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline_ms) throw new Error(`It never came true: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Starts a service on a data folder. Disposing of it kills it, if it still lives. */
export async function startOwner(
  data_dir: string,
  { wait = true, env = {} }: { wait?: boolean; env?: Record<string, string> } = {},
): Promise<Owner> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      fileURLToPath(new URL("./owner_process.ts", import.meta.url)),
      data_dir,
    ],
    env,
    stdin: "piped",
    stdout: "piped",
    detached: true,
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const over = async () => {
    await child.status;
    await lines.cancel();
    await child.stdin.close().catch(() => {});
  };
  const first = wait ? JSON.parse((await lines.read()).value ?? "null") : {};
  const killed = async () => {
    child.kill("SIGKILL");
    await over();
  };
  return {
    pid: child.pid,
    url: first.url,
    postgres_pid: first.pid,
    kill: killed,
    async interruptGroup() {
      kill(-child.pid, "SIGINT");
      await lines.read();
    },
    async end() {
      await child.stdin.close();
      await over();
    },
    async [Symbol.asyncDispose]() {
      if (isAlive(child.pid)) await killed();
    },
  };
}
