/** Runs the service as its own process, with a client that acts as Meta and as an internal service. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openFilesArguments } from "../../src/config/open_files.ts";
import { permissionsFor } from "../../src/config/permissions.ts";
import { sleep } from "../../src/time/sleep.ts";
import type { Change } from "./payloads.ts";
import { businessNumber, customerWrote, signedBody, wamid, webhookOf } from "./payloads.ts";

/** The phone number of the test company. */
export const LINE = businessNumber(1);
/** The id of the test company. */
export const COMPANY = "padaria";

/** The secrets of the service process. */
export const SECRETS = {
  META_APP_SECRET: "a secret that only tests know",
  META_VERIFY_TOKEN: "a token that only tests know",
  ADMIN_KEY: "an-admin-key-that-only-tests-know",
};

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Settings of the service process. */
export interface StartOptions {
  /** Its limit of open files; by default that of this process. */
  readonly open_files?: number;
  /** A script that runs in the process before the service. */
  readonly preload?: string;
}

/** The service in a process of its own. */
export class ServiceProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #output_end: Promise<unknown>;
  readonly #lines: readonly string[];

  private constructor(
    url: string,
    child: Deno.ChildProcess,
    output_end: Promise<unknown>,
    lines: readonly string[],
  ) {
    this.url = url;
    this.#child = child;
    this.#output_end = output_end;
    this.#lines = lines;
  }

  /** The output so far, standard output and standard error. */
  get output(): string {
    return this.#lines.join("\n");
  }

  /** Waits until the output has a text: lines below WARN are written a little later. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) await sleep(10);
  }

  /** Starts the service on a free port and waits until it is ready. */
  static async start(
    env: Readonly<Record<string, string>>,
    { open_files, preload }: StartOptions = {},
  ): Promise<ServiceProcess> {
    // Like `task start` without its shell, so that signals reach the service directly.
    const permissions = await permissionsFor(env);
    const preloaded = preload === undefined ? [] : [`--preload=${preload}`];
    const command = [Deno.execPath(), "run", ...permissions, "--quiet", ...preloaded, MAIN];
    // `prlimit` becomes the service, so that signals reach it.
    const limited = open_files === undefined ? [] : ["prlimit", `--nofile=${open_files}:${open_files}`];
    const [program, ...args] = [...limited, ...command, ...openFilesArguments(open_files)];
    const child = new Deno.Command(program!, {
      args,
      env: { ...SECRETS, PORT: "0", HOST: "127.0.0.1", TEST_CLOCK: "1", LOG_LEVEL: "info", ...env },
      stdout: "piped",
      // Captured, not shown: faults that tests inject would fill the output of the run.
      stderr: "piped",
    }).spawn();
    const ready = Promise.withResolvers<string>();
    const lines: string[] = [];
    const output_end = Promise.all([
      readLines(child.stdout, (line) => {
        lines.push(line);
        const url = line.match(/"url":"(http[^"]+)"/)?.[1];
        if (url !== undefined) ready.resolve(url);
      }),
      readLines(child.stderr, (line) => lines.push(line)),
    ]).then(() => ready.reject(new Error(`the service ended before it was ready: ${lines.join("\n")}`)));
    output_end.catch(() => {});
    const url = await ready.promise;
    return new ServiceProcess(url, child, output_end, lines);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** A client with the root key. */
  get client(): Client {
    return new Client(this.url);
  }

  /** Returns a client with a key other than the root key, or with a session cookie. */
  clientBy(credentials: Readonly<Record<string, string>>): Client {
    return new Client(this.url, credentials);
  }

  /** Sends a signal and waits for the process to end. */
  async end(signal: Deno.Signal): Promise<Deno.CommandStatus> {
    this.#child.kill(signal);
    const status = await this.#child.status;
    await this.#output_end;
    return status;
  }

  /** Whether the process is running. */
  get isRunning(): boolean {
    try {
      Deno.kill(this.pid, "SIGCONT");
      return true;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.end("SIGTERM").catch(() => {});
  }
}

/** A response body; tests assert its shape. */
// deno-lint-ignore no-explicit-any
type Json = any;

/** A client of the service. */
export class Client {
  readonly #url: string;
  readonly #credentials: Readonly<Record<string, string>>;

  constructor(
    url: string,
    credentials: Readonly<Record<string, string>> = { authorization: `Bearer ${SECRETS.ADMIN_KEY}` },
  ) {
    this.#url = url;
    this.#credentials = credentials;
  }

  /** Delivers webhooks like Meta. Returns the status, or 0 without a response. */
  async deliver(...changes: readonly Change[]): Promise<number> {
    const { body, signature } = signedBody(webhookOf(...changes), SECRETS.META_APP_SECRET);
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    try {
      const response = await fetch(`${this.#url}/webhooks/whatsapp`, { method: "POST", headers, body });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }

  /** Calls the API. Returns status, body and headers. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<{ status: number; body: Json; headers: Headers }> {
    const headers = { ...this.#credentials, "content-type": "application/json" };
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers,
      ...body === undefined ? {} : { body: JSON.stringify(body) },
      ...signal === undefined ? {} : { signal },
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? undefined : JSON.parse(text),
      headers: response.headers,
    };
  }

  /** Calls the API, asserts success and returns the body. */
  async ok(method: string, path: string, body?: unknown): Promise<Json> {
    const response = await this.call(method, path, body);
    assert.ok(
      response.status < 300,
      `${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`,
    );
    return response.body;
  }

  /** Gets a whole list as CSV, with its byte order mark. */
  async csv(path: string): Promise<string> {
    const headers = { ...this.#credentials, accept: "text/csv" };
    const response = await fetch(`${this.#url}${path}`, { headers });
    assert.equal(response.status, 200);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
  }

  /** Creates or updates the test company. */
  async createCompany(profile: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.ok("PUT", `/v1/companies/${COMPANY}`, {
      name: "Padaria do Bairro",
      time_zone: "America/Sao_Paulo",
      phone_number_ids: [LINE.phone_number_id],
      ...profile,
    });
  }

  /** Reads a company's balance. */
  balance(company = COMPANY): Promise<Json> {
    return this.ok("GET", `/v1/companies/${company}/balance`);
  }

  /** Reads the service's clock from the test company's balance. */
  async now(): Promise<Temporal.Instant> {
    return Temporal.Instant.from((await this.balance()).as_of);
  }

  /** Streams balances until the service ends the stream or the signal aborts. */
  async *balances(signal?: AbortSignal, company = COMPANY): AsyncGenerator<StreamedBalance> {
    const headers = this.#credentials;
    const path = `${this.#url}/v1/companies/${company}/balance/stream`;
    const response = await fetch(path, { headers, ...signal === undefined ? {} : { signal } });
    if (response.status !== 200) await response.body?.cancel();
    assert.equal(response.status, 200);
    let event = "";
    for await (const line of linesOf(response.body!, signal)) {
      if (line.startsWith("event:")) event = line.slice(6).trim();
      if (line.startsWith("data:") && event === "balance") yield JSON.parse(line.slice(5));
    }
  }
}

/** The fields of a balance that tests read. */
export interface StreamedBalance {
  readonly version: number;
  readonly period: string;
  readonly granted: number;
  readonly consumed: number;
  readonly available: number;
  readonly excess: number;
}

/** Builds a message of a distinct customer, which opens a window of its own. */
export function messageOf(number: number, at_s: number): Change {
  const id = wamid(`test-${number}`);
  return customerWrote(LINE, { phone: `55119${80_000_000 + number}` }, { id, at_s });
}

/** Returns the Unix time of an instant in whole seconds. */
export function seconds(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000);
}

/** Passes each line of a stream to a callback. */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  for await (const line of linesOf(stream)) onLine(line);
}

/** Yields lines until the stream ends or the signal aborts, which also ends a pending read. */
async function* linesOf(stream: ReadableStream<Uint8Array>, signal?: AbortSignal): AsyncGenerator<string> {
  const reader = stream.getReader();
  const end = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + decoder.decode(read.value, { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    end();
  }
}
