/**
 * The stream of a company's balance, across lost connections.
 *
 * BALANCES-1. Each connection starts with the company's current balance, so a reconnect leaves no gap. A slow reader may
 *     skip versions, and always gets the newest.
 * BALANCES-2. A version is yielded once. Versions rise, unless a new connection starts with a lower one: then the service
 *     has lost commits with its database, and the lower version is the truth.
 * BALANCES-3. A connection on which nothing arrives for 10 s counts as lost: the service sends at least a comment every
 *     4 s.
 * BALANCES-4. Every end closes the connection: the signal aborts, the loop is left, or the service refuses.
 */

import type { ApiClient } from "./api_client.ts";
import { ApiError } from "./api_error.ts";
import { EventStreamParser } from "./event_stream.ts";
import type { Balance } from "./openapi.ts";
import type { Fetch } from "./retry.ts";
import { backoffMs } from "./retry_after.ts";
import { linkedController, sleep } from "./sleep.ts";

/** How a stream ends, and what it reports. */
export interface BalanceStreamOptions {
  /** Ends the stream. The loop over it ends without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the stream is connected and when the connection is lost: in between, the last balance may be old. */
  readonly onConnection?: ((state: "open" | "lost") => void) | undefined;
  /** The wait before the first reconnection. It doubles up to 30 s. By default the service says it: 2 s. */
  readonly reconnect_ms?: number | undefined;
  /** How long nothing may arrive before the connection counts as lost. Default 10,000: the service is silent for 4 s at most. */
  readonly silence_ms_max?: number | undefined;
}

/** The path of the stream. */
const PATH = "/v1/companies/{company}/balance/stream";
const SILENCE_MS = 10_000;
const RECONNECT_MS = 2_000;
const RECONNECT_MS_MAX = 30_000;

/**
 * Yields a company's balance now and after each change, until the signal aborts.
 *
 * @throws {ApiError} when the service refuses, such as 401 or 404. While it is away the stream reconnects.
 */
export async function* streamBalance(
  api: ApiClient,
  fetch: Fetch,
  company: string,
  { signal, onConnection, reconnect_ms, silence_ms_max = SILENCE_MS }: BalanceStreamOptions,
): AsyncGenerator<Balance> {
  let version: number | undefined;
  let state: "open" | "lost" | undefined;
  const report = (now: "open" | "lost") => now === state || onConnection?.(state = now);
  for (let failures = 1;; failures++) {
    const connection = new Connection(signal, silence_ms_max);
    const parser = new EventStreamParser();
    let wait_ms = 0;
    try {
      const body = await connection.wait(connect(api, fetch, company, version, connection.signal));
      let is_snapshot = true;
      for await (const balance of balancesIn(body, parser, connection)) {
        failures = 1;
        report("open");
        const is_next = is_snapshot ? balance.version !== version : balance.version > version!;
        is_snapshot = false;
        if (!is_next) continue;
        version = balance.version;
        yield balance;
      }
    } catch (error) {
      if (!connection.signal.aborted && isRefusal(error)) throw error;
      if (error instanceof ApiError) wait_ms = error.retry_after_ms ?? 0;
    } finally {
      connection.close();
    }
    if (signal?.aborted) return;
    report("lost");
    const first_ms = reconnect_ms ?? parser.retry_ms ?? RECONNECT_MS;
    if (!await waits(Math.max(wait_ms, backoffMs(first_ms, failures, RECONNECT_MS_MAX)), signal)) return;
  }
}

/** Opens a stream. */
async function connect(
  api: ApiClient,
  fetch: Fetch,
  company: string,
  version: number | undefined,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { accept: "text/event-stream", "last-event-id": version };
  const params = { path: { company } };
  const { data, error, response } = await api.GET(PATH, {
    params,
    headers,
    fetch,
    signal,
    parseAs: "stream",
  });
  if (!response.ok) throw new ApiError(response, error);
  if (data === undefined || data === null) throw new TypeError("The stream has no body");
  return data;
}

/** Yields the balances of one connection until it ends. */
async function* balancesIn(
  body: ReadableStream<Uint8Array>,
  parser: EventStreamParser,
  connection: Connection,
): AsyncGenerator<Balance> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await connection.wait(reader.read());
      if (done) return;
      for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (event === "balance") yield JSON.parse(data);
      }
    }
  } finally {
    // Fails when the connection was lost: then nothing is left to close.
    await reader.cancel().catch(() => {});
  }
}

/** One connection. Its signal aborts when the caller's does, and when nothing arrives for too long (BALANCES-3). */
class Connection {
  readonly #controller: AbortController;
  readonly #silence_ms_max: number;

  constructor(signal: AbortSignal | undefined, silence_ms_max: number) {
    this.#controller = linkedController(signal);
    this.#silence_ms_max = silence_ms_max;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for the next thing to arrive. */
  async wait<Arrival>(arrival: Promise<Arrival>): Promise<Arrival> {
    const timer = setTimeout(() => this.close(), this.#silence_ms_max);
    try {
      return await arrival;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#controller.abort();
  }
}

/** Tells whether another attempt would be refused too. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && ![408, 429].includes(error.status);
}

/** Waits. Returns false when the signal aborts. */
async function waits(duration_ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  const wait = linkedController(signal);
  try {
    await sleep(duration_ms, wait.signal);
    return true;
  } catch {
    return false;
  } finally {
    wait.abort();
  }
}
