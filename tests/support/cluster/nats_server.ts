/** A real `nats-server`, which Debian's package of that name has. */

import { sleep } from "../../../src/time/sleep.ts";
import { freePort } from "../../../tools/free_port.ts";

/** The path of `nats-server`; undefined where it is not installed. */
export const NATS_PROGRAM = await findProgram();

/** Returns why no NATS server can be started, or undefined. */
export function whyNoNats(): Promise<string | undefined> {
  const reason = "there is no program nats-server; install it with apt-get install nats-server";
  return Promise.resolve(NATS_PROGRAM === undefined ? reason : undefined);
}

/** Adds a test that needs `nats-server`. Without it the test is skipped and says so, but never in CI. */
export function natsTest(name: string, test: () => Promise<void>): void {
  const ignore = NATS_PROGRAM === undefined && Deno.env.get("CI") === undefined;
  const title = ignore ? `${name} (skipped without nats-server: apt-get install nats-server)` : name;
  Deno.test(title, { ignore }, test);
}

/** A NATS server on a port of its own, which a test can stop and start again. */
export class NatsServer implements AsyncDisposable {
  readonly #port = freePort();
  readonly #config: string | undefined;
  #child: Deno.ChildProcess | undefined;

  private constructor(config: string | undefined) {
    this.#config = config;
  }

  /** Starts a server. @param options of its configuration file; by default there is none */
  static async start(options?: Readonly<Record<string, string | number>>): Promise<NatsServer> {
    const config = options === undefined ? undefined : await Deno.makeTempFile();
    const lines = Object.entries(options ?? {}).map(([name, value]) => `${name}: ${value}\n`);
    if (config !== undefined) await Deno.writeTextFile(config, lines.join(""));
    const server = new NatsServer(config);
    await server.start();
    return server;
  }

  /** The value of `NATS_URL`. */
  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** The id of its process, while it runs. */
  get pid(): number {
    return this.#child!.pid;
  }

  /** Starts the server again, on the same port. */
  async start(): Promise<void> {
    this.#child = new Deno.Command(NATS_PROGRAM ?? "nats-server", {
      args: [
        ...this.#config === undefined ? [] : ["-c", this.#config],
        "-a",
        "127.0.0.1",
        "-p",
        `${this.#port}`,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    while (!await this.#listens()) await sleep(10);
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = undefined;
  }

  /** Stops the server as a debugger does: it is up and does not answer. */
  freeze(): void {
    this.#child!.kill("SIGSTOP");
  }

  /** Lets the server run on. */
  thaw(): void {
    this.#child!.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#config !== undefined) await Deno.remove(this.#config);
  }

  async #listens(): Promise<boolean> {
    try {
      using _ = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
      return true;
    } catch {
      return false;
    }
  }
}

/** Debian puts the program in a folder that is not in every user's `PATH`. */
async function findProgram(): Promise<string | undefined> {
  for (const program of ["nats-server", "/usr/sbin/nats-server"]) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
      return program;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
