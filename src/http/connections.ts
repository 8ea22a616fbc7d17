/**
 * The connections of clients.
 *
 * CONNECTION-1. At most `max` connections are open, so that Postgres and files never lack a file descriptor.
 * CONNECTION-2. At the maximum the connection that has waited longest for its client is closed, so that the next one
 *     finds room. A connection waits for its client when it has no request in progress: it is idle, sent a part of a
 *     request's head, or has not taken its last response.
 * CONNECTION-3. When every connection has a request in progress, the request whose body is oldest is aborted. If no body
 *     is on its way, new connections wait in the system's queue until one ends.
 * CONNECTION-4. A failed accept (no file descriptor, a client that is gone) never ends the server: it tries again.
 * CONNECTION-5. If the listener ends although nobody stopped the server, `finished` rejects.
 * CONNECTION-6. What open connections were answered, and may not have taken, is bounded. Past its part of the bound a
 *     connection has had its last answer: with the next request, or {@link LINGER_MS} later, it is closed. Deno cannot tell
 *     what an HTTP/2 client has taken, so everything since the connection opened counts.
 * CONNECTION-7. A connection with more than {@link REQUESTS_MAX} requests in progress is closed. Only HTTP/2 can have more
 *     than one, and each could be an unread answer.
 * CONNECTION-8. A connection that waits for its client longer than {@link WAITING_MS_MAX} is closed.
 * CONNECTION-9. A connection is closed when all its answers in progress were abandoned, because its client takes nothing.
 *     While its client reads one of them it stays.
 */

import type { ConnectionServer, RequestAnswerer, ServedConnection } from "./connection_server.ts";
import { type CloseReason, ConnectionCounts } from "./connection_counts.ts";
import { abandonmentOf } from "./kit/abandoned_answers.ts";
import { bytesOf } from "./kit/unread_answers.ts";

/** The pause after a failed accept. */
const ACCEPT_RETRY_MS = 50;
/** The time that a new connection has for its first request when all others are busy. */
const FIRST_REQUEST_MS = 1_000;
/** More requests in progress than HTTP/1.1 ever has. The end of one is reported late, when the next has begun. */
const REQUESTS_MAX = 4;
/** The bytes that all open connections may be answered together, each an equal part, within these bounds. */
const ANSWERED_BYTES_MAX = 64 * 1024 * 1024;
const ANSWERED_OF_CONNECTION_MIN = 64 * 1024;
const ANSWERED_OF_CONNECTION_MAX = 1024 * 1024;
/** The time that a client has for its last answer. */
const LINGER_MS = 30_000;
/** A minute more than proxies keep an idle connection: Google's load balancers do for 10 minutes. */
const WAITING_MS_MAX = 11 * 60_000;

/** The parts of {@link Connections}. */
export interface ConnectionsDependencies {
  readonly listener: Pick<Deno.TcpListener, "accept" | "close">;
  /** Serves HTTP on one connection. */
  readonly serve: ConnectionServer;
  /** Answers a request. Never rejects. */
  readonly answer: RequestAnswerer;
  /** The most open connections. */
  readonly max: number;
  /** Aborts the request whose body has been on its way longest, if any. */
  readonly abortOldestBody?: () => void;
  /** Called with the error of each failed accept, and without one when the server closed a connection. */
  readonly report: (event: "accept_failed" | CloseReason, error?: unknown) => void;
  /** Waits for a duration, or until the signal aborts. */
  readonly sleep: (duration_ms: number, signal?: AbortSignal) => Promise<void>;
  /** A monotonic clock. */
  readonly now_ms: () => number;
  readonly counts?: ConnectionCounts;
}

interface Connection {
  readonly served: ServedConnection;
  /** The requests in progress. */
  requests: number;
  /** Those of them whose answers were abandoned. */
  abandoned: number;
  /** Whether it has had a request. */
  was_asked: boolean;
  /** The bytes that it was answered. */
  answered_bytes: number;
  /** Whether it closes after the requests in progress. */
  is_closing: boolean;
  /** Since when it has waited for its client, at most a second too early. */
  idle_since_ms: number;
}

/** Accepts connections and serves HTTP on them. */
export class Connections {
  /** Resolves after {@link shutdown}; rejects when the listener ended unexpectedly. */
  readonly finished: Promise<void>;
  readonly #dependencies: ConnectionsDependencies;
  readonly #counts: ConnectionCounts;
  readonly #open = new Set<Connection>();
  /** The open connections without a request in progress, those that wait longest first. */
  readonly #idle = new Set<Connection>();
  /** The time of the last accept or check. Reading the clock for each request would cost a hundredth of its time. */
  #now_ms: number;
  #is_stopping = false;
  /** Ends the wait for room. */
  #roomMade: (() => void) | undefined;

  constructor(dependencies: ConnectionsDependencies) {
    this.#dependencies = dependencies;
    this.#counts = dependencies.counts ?? new ConnectionCounts();
    this.#now_ms = dependencies.now_ms();
    this.finished = this.#acceptAll();
    // A server that nobody watches must not end the process.
    this.finished.catch(() => {});
  }

  /** The number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Accepts no more connections, and waits for the requests in progress. Idle connections close at once. */
  async shutdown(): Promise<void> {
    this.#is_stopping = true;
    this.#roomMade?.();
    try {
      this.#dependencies.listener.close();
    } catch {
      // It has already ended.
    }
    await Promise.all([...this.#open].map((connection) => connection.served.shutdown()));
  }

  async #acceptAll(): Promise<void> {
    const { listener, report, sleep } = this.#dependencies;
    while (!this.#is_stopping) {
      let accepted: Deno.TcpConn;
      try {
        accepted = await listener.accept();
      } catch (error) {
        if (this.#is_stopping) return;
        if (isClosed(error)) throw error;
        this.#counts.accepts_failed++;
        report("accept_failed", error);
        const oldest = this.#oldestIdle();
        if (oldest !== undefined) this.#close(oldest);
        await sleep(ACCEPT_RETRY_MS);
        continue;
      }
      await this.#makeRoom(this.#add(accepted));
    }
  }

  /** Makes room for the next connection. The newest gets a second for its first request. */
  async #makeRoom(newest: Connection): Promise<void> {
    const { max, abortOldestBody, sleep } = this.#dependencies;
    let spared: Connection | undefined = newest;
    while (this.#open.size >= max && !this.#is_stopping) {
      if (newest.was_asked) spared = undefined;
      const oldest = this.#oldestIdle(spared);
      if (oldest !== undefined) {
        this.#closeFor("made_room", oldest);
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#roomMade = resolve;
      const waiting = new AbortController();
      if (spared !== undefined) {
        void sleep(FIRST_REQUEST_MS, waiting.signal).then(() => spared = undefined).then(resolve);
      }
      abortOldestBody?.();
      await promise;
      waiting.abort();
      this.#roomMade = undefined;
    }
  }

  #oldestIdle(spared?: Connection): Connection | undefined {
    for (const connection of this.#idle) if (connection !== spared) return connection;
    return undefined;
  }

  /** Closes the connections whose clients were waited for too long. Call it once a second. */
  closeLate(): void {
    const now_ms = this.#now_ms = this.#dependencies.now_ms();
    for (const connection of this.#idle) {
      const waiting_ms = now_ms - connection.idle_since_ms;
      if (connection.is_closing && waiting_ms >= LINGER_MS) this.#closeFor("unread", connection);
      else if (waiting_ms >= WAITING_MS_MAX) this.#closeFor("idle", connection);
    }
  }

  #closeFor(reason: CloseReason, connection: Connection): void {
    this.#report(reason);
    this.#close(connection);
  }

  #close(connection: Connection): void {
    this.#remove(connection);
    connection.served.close();
  }

  #report(reason: CloseReason): void {
    this.#counts.closed.set(reason, this.#counts.closed.get(reason)! + 1);
    this.#dependencies.report(reason);
  }

  #add(accepted: Deno.TcpConn): Connection {
    const served = this.#dependencies.serve(
      accepted,
      (request, info) => this.#answer(connection, request, info),
    );
    this.#now_ms = this.#dependencies.now_ms();
    const connection: Connection = {
      served,
      requests: 0,
      abandoned: 0,
      was_asked: false,
      answered_bytes: 0,
      is_closing: false,
      idle_since_ms: this.#now_ms,
    };
    this.#open.add(connection);
    this.#idle.add(connection);
    this.#counts.open = this.#open.size;
    const ended = () => this.#remove(connection);
    served.finished.then(ended, ended);
    return connection;
  }

  #answer(
    connection: Connection,
    request: Request,
    info: Deno.ServeHandlerInfo,
  ): Response | Promise<Response> {
    if (connection.requests === 0) this.#idle.delete(connection);
    connection.requests++;
    connection.was_asked = true;
    if (this.#open.has(connection)) {
      if (connection.requests > REQUESTS_MAX) this.#closeFor("concurrent_requests", connection);
      else if (connection.is_closing) this.#closeFor("answered", connection);
    }
    if (!this.#open.has(connection)) return new Response(null, { status: 503 });
    const answer = this.#dependencies.answer(request, info);
    return answer instanceof Response
      ? this.#handOver(connection, answer, info)
      : answer.then((response) => this.#handOver(connection, response, info));
  }

  /** Ends a request: at once when its answer is empty, otherwise when the answer was handed over. */
  #handOver(connection: Connection, response: Response, info: Deno.ServeHandlerInfo): Response {
    const bytes = bytesOf(response);
    if (bytes === 0) {
      // Webhooks, by the thousand a second: waiting for `completed` would take a tenth of the server's time for one.
      this.#end(connection);
      return response;
    }
    let is_abandoned = false;
    const end = () => {
      if (is_abandoned) connection.abandoned--;
      this.#end(connection);
      this.#closeAbandoned(connection);
    };
    abandonmentOf(response)?.onAbandoned(() => {
      is_abandoned = true;
      connection.abandoned++;
      this.#closeAbandoned(connection);
    });
    // Resolves when the response was handed over; that of a stream when its last byte was. Rejects if the client is gone.
    info.completed.then(end, end);
    return this.#count(connection, response, bytes ?? 0);
  }

  /** Ends a request. A connection without one waits for its client. */
  #end(connection: Connection): void {
    connection.requests--;
    if (connection.requests > 0 || !this.#open.has(connection)) return;
    connection.idle_since_ms = this.#now_ms;
    this.#idle.add(connection);
    this.#roomMade?.();
  }

  #closeAbandoned(connection: Connection): void {
    const { abandoned, requests } = connection;
    if (abandoned > 0 && abandoned === requests && this.#open.has(connection)) {
      this.#closeFor("unread", connection);
    }
  }

  /** Counts an answer. The last of a connection closes it. */
  #count(connection: Connection, response: Response, bytes: number): Response {
    connection.answered_bytes += bytes;
    const part = ANSWERED_BYTES_MAX / Math.max(1, this.#open.size);
    const bytes_max = Math.min(ANSWERED_OF_CONNECTION_MAX, Math.max(ANSWERED_OF_CONNECTION_MIN, part));
    if (connection.is_closing || connection.answered_bytes <= bytes_max) return response;
    connection.is_closing = true;
    // An HTTP/1.1 client closes the connection when it has taken this answer. HTTP/2 has no such header.
    response.headers.set("connection", "close");
    return response;
  }

  #remove(connection: Connection): void {
    this.#idle.delete(connection);
    if (!this.#open.delete(connection)) return;
    this.#counts.open = this.#open.size;
    this.#roomMade?.();
  }
}

/** Whether the listener itself has ended. */
function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}
