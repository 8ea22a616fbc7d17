/** Test helpers for the processes of the embedded Postgres. */

import { kill } from "node:process";
import { fileURLToPath } from "node:url";
import { connect, disconnect } from "../../src/postgres/connection.ts";

/** A service in a process of its own: see owner_process.ts. */
export interface Owner extends AsyncDisposable {
  pid: number;
  url: string;
  postgres_pid: number;
  /** Kills it with SIGKILL, so that it cannot clean up. */
  kill(): Promise<void>;
  /** Sends SIGINT to its process group, as Ctrl-C does, and waits until it is received. */
  interruptGroup(): Promise<void>;
  /** Ends it normally, and waits. */
  end(): Promise<void>;
}

/** Runs a query on a connection of its own. Returns the rows of the last statement. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url, { application_name: "test" });
  try {
    const results = [await client.query(sql)].flat();
    return results.at(-1)!.rows.map((row) => ({ ...row }));
  } finally {
    await disconnect(client);
  }
}

/** Tells whether a process runs. A zombie does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] }).outputSync();
  return /^[^Z]/.test(new TextDecoder().decode(stdout).trim());
}

/** Lists the processes whose command line contains a folder. */
export function processesOf(folder: string): string[] {
  const { stdout } = new Deno.Command("ps", { args: ["-axww", "-o", "pid=,command="] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(folder));
}

/** Waits until a condition holds, for at most 60 s. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline_ms = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline_ms) throw new Error(`Timed out waiting for: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Starts a service on a data folder. Disposing of it kills it, if it still runs. */
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
