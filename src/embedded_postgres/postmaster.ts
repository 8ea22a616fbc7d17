/** One run of the Postgres server, from its start to its end. */

import { join } from "node:path";
import { command, type RunAs } from "./account.ts";
import { type Log, settlesWithin } from "./log.ts";
import { sleep } from "../time/sleep.ts";

/** Options of a run. */
export interface PostmasterOptions {
  executable: string;
  pgdata: string;
  run: RunAs;
  port: number;
  settings: Record<string, string>;
  log: Log;
  signal?: AbortSignal;
}

/** Thrown when the server ends before it is ready. */
export class PostmasterFailed extends Error {
  override name = "PostmasterFailed";
  /** Whether another program has the port, so that another port may work. */
  readonly port_taken: boolean;

  constructor(status: Deno.CommandStatus, output: string[]) {
    const reason = output.filter((line) => /FATAL|PANIC|HINT|chroot|error/.test(line)).join("; ");
    super(`Postgres ended while starting (${status.signal ?? status.code}): ${reason || output.join("; ")}`);
    this.port_taken = output.some((line) => /Address already in use/.test(line));
  }
}

const POLL_MS = 10;
const OUTPUT_LINES_MAX = 20;

/** A running server. */
export class Postmaster {
  readonly pid: number;
  /** Settles when the server has ended and all its output has been logged. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #output: string[] = [];

  private constructor(child: Deno.ChildProcess, log: Log) {
    this.#child = child;
    this.pid = child.pid;
    this.ended = this.#follow(log);
  }

  /**
   * Starts the server and waits until it accepts connections. Recovery may take any time.
   *
   * @throws {PostmasterFailed} If the server ends before that.
   * @throws The signal's reason, if aborted before that. The server has then ended.
   */
  static async start(options: PostmasterOptions): Promise<Postmaster> {
    const { executable, pgdata, run, port, signal } = options;
    signal?.throwIfAborted();
    const settings = { ...options.settings, port: String(port), ...LOOPBACK_ONLY };
    const child = command(run, {
      executable,
      args: (folder) => [
        "-D",
        folder,
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      pgdata,
      // A session of its own: Ctrl-C in the terminal reaches the service only, which stops Postgres last.
      detached: true,
    }).spawn();
    const postmaster = new Postmaster(child, options.log);
    await postmaster.#waitUntilReady(pgdata, signal);
    return postmaster;
  }

  /**
   * Stops the server with a fast shutdown; past `deadline_ms` with an immediate shutdown, after which the next start
   * recovers. Committed data is never lost.
   */
  async stop(deadline_ms: number): Promise<void> {
    for (const [signal, wait_ms] of [["SIGINT", deadline_ms], ["SIGQUIT", 2_000]] as const) {
      this.kill(signal);
      if (await settlesWithin(this.ended, wait_ms)) return;
    }
    this.kill("SIGKILL");
    await this.ended;
  }

  /** Sends a signal. Does nothing when the server has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #waitUntilReady(pgdata: string, signal?: AbortSignal): Promise<void> {
    let status: Deno.CommandStatus | undefined;
    this.ended.then((ended) => status = ended);
    while (!(await isReady(pgdata, this.pid))) {
      if (status !== undefined) throw new PostmasterFailed(status, this.#output);
      if (signal?.aborted) {
        await this.stop(0);
        throw signal.reason;
      }
      await sleep(POLL_MS);
    }
  }

  async #follow(log: Log): Promise<Deno.CommandStatus> {
    const reader = this.#child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const reading = this.#read(reader, log);
    const status = await this.#child.status;
    // Children of a killed server hold its output open until they notice, which may take long.
    await settlesWithin(reading, 200);
    await reader.cancel();
    await reading;
    return status;
  }

  async #read(reader: ReadableStreamDefaultReader<string>, log: Log): Promise<void> {
    let rest = "";
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#note(line, log);
    }
  }

  #note(line: string, log: Log): void {
    this.#output.push(line);
    if (this.#output.length > OUTPUT_LINES_MAX) this.#output.shift();
    log(/PANIC|was terminated by signal/.test(line) ? "warning" : "debug", `Postgres: ${line}`);
  }
}

/** Settings that decide who can reach the server. They cannot be overridden. */
const LOOPBACK_ONLY = { listen_addresses: "127.0.0.1", unix_socket_directories: "" };

/** Tells whether the server accepts connections, by the eighth line of its pid file. */
async function isReady(pgdata: string, pid: number): Promise<boolean> {
  const text = await Deno.readTextFile(join(pgdata, "postmaster.pid")).catch(() => "");
  const lines = text.split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}
