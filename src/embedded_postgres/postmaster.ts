/** One run of the Postgres server, from its start until it has ended. */

import { join } from "node:path";
import { command, type RunAs } from "./account.ts";
import { type Log, settlesWithin } from "./log.ts";
import { sleep } from "../time/sleep.ts";

/** What a run needs. */
export interface PostmasterOptions {
  executable: string;
  pgdata: string;
  run: RunAs;
  port: number;
  settings: Record<string, string>;
  log: Log;
  signal?: AbortSignal;
}

/** Thrown when the server ended before it was ready. */
export class PostmasterFailed extends Error {
  override name = "PostmasterFailed";
  /** Another program has the port; another port would do. */
  readonly port_taken: boolean;

  constructor(status: Deno.CommandStatus, said: string[]) {
    const reason = said.filter((line) => /FATAL|PANIC|HINT|chroot|error/.test(line)).join("; ");
    super(`Postgres ended while starting (${status.signal ?? status.code}): ${reason || said.join("; ")}`);
    this.port_taken = said.some((line) => /Address already in use/.test(line));
  }
}

const LOOK_AGAIN_MS = 10;
const LINES_KEPT = 20;

/** A server that runs. */
export class Postmaster {
  readonly pid: number;
  /** Settles when it has ended, for whatever reason, and everything it said has been logged. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #said: string[] = [];

  private constructor(child: Deno.ChildProcess, log: Log) {
    this.#child = child;
    this.pid = child.pid;
    this.ended = this.#follow(log);
  }

  /**
   * Starts the server and waits until it takes connections, however long it takes to recover.
   *
   * @throws {PostmasterFailed} If it ends before that.
   * @throws The signal's reason, if aborted before that; the server has then ended.
   */
  static async start(options: PostmasterOptions): Promise<Postmaster> {
    const { executable, pgdata, run, port, signal } = options;
    signal?.throwIfAborted();
    const settings = { ...options.settings, port: String(port), ...CLOSED };
    const child = command(run, {
      executable,
      args: (folder) => [
        "-D",
        folder,
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      pgdata,
      // In a session of its own: a Ctrl-C in the terminal is for the service, which stops Postgres last.
      detached: true,
    }).spawn();
    const postmaster = new Postmaster(child, options.log);
    await postmaster.#untilReady(pgdata, signal);
    return postmaster;
  }

  /**
   * Stops the server: transactions are rolled back and everything is written, unless that takes longer than
   * `deadline_ms`; then it drops everything, and recovers at its next start. Nothing committed is lost either way.
   */
  async stop(deadline_ms: number): Promise<void> {
    for (const [signal, wait_ms] of [["SIGINT", deadline_ms], ["SIGQUIT", 2_000]] as const) {
      this.kill(signal);
      if (await settlesWithin(this.ended, wait_ms)) return;
    }
    this.kill("SIGKILL");
    await this.ended;
  }

  /** Sends a signal; nothing happens if the server has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #untilReady(pgdata: string, signal?: AbortSignal): Promise<void> {
    let status: Deno.CommandStatus | undefined;
    this.ended.then((ended) => status = ended);
    while (!(await isReady(pgdata, this.pid))) {
      if (status !== undefined) throw new PostmasterFailed(status, this.#said);
      if (signal?.aborted) {
        await this.stop(0);
        throw signal.reason;
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async #follow(log: Log): Promise<Deno.CommandStatus> {
    const reader = this.#child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const reading = this.#read(reader, log);
    const status = await this.#child.status;
    // A killed server's own children hold its output open until they notice, which may take them long.
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
    this.#said.push(line);
    if (this.#said.length > LINES_KEPT) this.#said.shift();
    log(/PANIC|was terminated by signal/.test(line) ? "warning" : "debug", `Postgres: ${line}`);
  }
}

/** Not to be overridden: who can reach the server. */
const CLOSED = { listen_addresses: "127.0.0.1", unix_socket_directories: "" };

/** Postgres notes its state in the eighth line of its pid file. */
async function isReady(pgdata: string, pid: number): Promise<boolean> {
  const text = await Deno.readTextFile(join(pgdata, "postmaster.pid")).catch(() => "");
  const lines = text.split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}
