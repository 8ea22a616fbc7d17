/**
 * The stream of a company's balance, across lost connections.
 *
 * BALANCES-1. Each connection starts with the company's current balance, so a reconnect leaves no gap. A slow reader may
 *     skip versions, and always gets the newest.
 * BALANCES-2. A version is yielded once. Versions rise, unless a new connection starts with a lower one: then the service
 *     has lost commits with its database, and the lower version is the truth.
 * BALANCES-3. A connection on which nothing arrives for 10 s counts as lost: the service sends at least a comment every
 *     4 s.
 * BALANCES-4. Each alert is reported once, also after reconnections.
 * BALANCES-5. Every end closes the connection: the signal aborts, the loop is left, or the service refuses.
 */

import type { StreamedAlert } from "./alerts.ts";
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
  /** Called when the stream is connected, and when the connection is lost: from then on the last balance may be old. */
  readonly onConnection?: ((state: "open" | "lost") => void) | undefined;
  /**
   * Called for each alert of the company: those of the last 24 hours at first, then each within a minute after it is
   * raised. An error that it throws ends the stream.
   */
  readonly onAlert?: ((alert: StreamedAlert) => void) | undefined;
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
/** More than a connection begins with. */
const ALERTS_REMEMBERED = 1_000;

/**
 * Yields a company's balance now and after each change, until the signal aborts.
 *
 * @throws {ApiError} when the service refuses, such as 401 or 404. While it is away the stream reconnects.
 */
export async function* streamBalance(
  api: ApiClient,
  fetch: Fetch,
  company: string,
  { signal, onConnection, onAlert, reconnect_ms, silence_ms_max = SILENCE_MS }: BalanceStreamOptions,
): AsyncGenerator<Balance> {
  let version: number | undefined;
  let state: "open" | "lost" | undefined;
  const alerts = new ReportedAlerts(onAlert);
  const report = (now: "open" | "lost") => now === state || onConnection?.(state = now);
  for (let failures = 1;; failures++) {
    const connection = new Connection(signal, silence_ms_max);
    let is_snapshot = true;
    try {
      const stream = connect(api, fetch, company, version, connection.signal);
      for await (const { event, data } of connection.events(stream)) {
        failures = 1;
        report("open");
        if (event === "alert") {
          alerts.report(data);
          continue;
        }
        const is_next = is_snapshot ? data.version !== version : data.version > version!;
        is_snapshot = false;
        if (!is_next) continue;
        version = data.version;
        yield data;
      }
    } finally {
      connection.close();
    }
    if (signal?.aborted) return;
    report("lost");
    const backoff = backoffMs(reconnect_ms ?? connection.reconnect_ms, failures, RECONNECT_MS_MAX);
    if (!await waits(Math.max(connection.retry_after_ms, backoff), signal)) return;
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

/** An event of the stream, parsed. */
type StreamedEvent =
  | { readonly event: "balance"; readonly data: Balance }
  | { readonly event: "alert"; readonly data: StreamedAlert };

/** Reports each alert once: a connection begins with those of the last 24 hours. */
class ReportedAlerts {
  readonly #onAlert: BalanceStreamOptions["onAlert"];
  /** The ids of the last alerts. */
  readonly #ids = new Set<string>();

  constructor(onAlert: BalanceStreamOptions["onAlert"]) {
    this.#onAlert = onAlert;
  }

  report(alert: StreamedAlert): void {
    if (this.#onAlert === undefined || this.#ids.has(alert.id)) return;
    this.#ids.add(alert.id);
    if (this.#ids.size > ALERTS_REMEMBERED) this.#ids.delete(this.#ids.values().next().value!);
    this.#onAlert(alert);
  }
}

/** One connection. Its signal aborts when the caller's does, and when nothing arrives for too long (BALANCES-3). */
class Connection {
  /** The wait that a busy service asks for. */
  retry_after_ms = 0;
  readonly #parser = new EventStreamParser();
  readonly #controller: AbortController;
  readonly #silence_ms_max: number;

  constructor(signal: AbortSignal | undefined, silence_ms_max: number) {
    this.#controller = linkedController(signal);
    this.#silence_ms_max = silence_ms_max;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The wait before a reconnection that the stream asks for. */
  get reconnect_ms(): number {
    return this.#parser.retry_ms ?? RECONNECT_MS;
  }

  /** Yields balances and alerts until the connection is lost. @throws {ApiError} when the service refuses */
  async *events(stream: Promise<ReadableStream<Uint8Array>>): AsyncGenerator<StreamedEvent> {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    try {
      reader = (await this.#arrival(stream)).getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await this.#arrival(reader.read());
        if (done) return;
        for (const { event, data } of this.#parser.push(decoder.decode(value, { stream: true }))) {
          if (event === "balance" || event === "alert") yield { event, data: JSON.parse(data) };
        }
      }
    } catch (error) {
      if (!this.signal.aborted && isRefusal(error)) throw error;
      if (error instanceof ApiError) this.retry_after_ms = error.retry_after_ms ?? 0;
    } finally {
      // Fails when the connection was lost: then nothing is left to close.
      await reader?.cancel().catch(() => {});
    }
  }

  close(): void {
    this.#controller.abort();
  }

  /** Waits for the next thing to arrive. */
  async #arrival<Arrival>(arrival: Promise<Arrival>): Promise<Arrival> {
    const timer = setTimeout(() => this.close(), this.#silence_ms_max);
    try {
      return await arrival;
    } finally {
      clearTimeout(timer);
    }
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
