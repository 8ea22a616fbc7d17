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
 */

import type { ConnectionServer, RequestAnswerer } from "./connection_server.ts";

/** The pause after a failed accept. */
const ACCEPT_RETRY_MS = 50;
/** The time that a new connection has for its first request when all others are busy. */
const FIRST_REQUEST_MS = 1_000;

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
  /** Called with the error of each failed accept, and without one when a connection was closed to make room. */
  readonly report: (event: "accept_failed" | "made_room", error?: unknown) => void;
  /** Waits for a duration, or until the signal aborts. */
  readonly sleep: (duration_ms: number, signal?: AbortSignal) => Promise<void>;
}

interface Connection {
  readonly closing: AbortController;
  /** The requests in progress. */
  requests: number;
  /** Whether it has had a request. */
  was_asked: boolean;
  shutdown(): Promise<void>;
}

/** Accepts connections and serves HTTP on them. */
export class Connections {
  /** Resolves after {@link shutdown}; rejects when the listener ended unexpectedly. */
  readonly finished: Promise<void>;
  readonly #dependencies: ConnectionsDependencies;
  readonly #open = new Set<Connection>();
  /** The open connections without a request in progress, those that wait longest first. */
  readonly #idle = new Set<Connection>();
  #is_stopping = false;
  /** Ends the wait for room. */
  #roomMade: (() => void) | undefined;

  constructor(dependencies: ConnectionsDependencies) {
    this.#dependencies = dependencies;
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
    await Promise.all([...this.#open].map((connection) => connection.shutdown()));
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
    const { max, abortOldestBody, report, sleep } = this.#dependencies;
    let spared: Connection | undefined = newest;
    while (this.#open.size >= max && !this.#is_stopping) {
      if (newest.was_asked) spared = undefined;
      const oldest = this.#oldestIdle(spared);
      if (oldest !== undefined) {
        this.#close(oldest);
        report("made_room");
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

  #close(connection: Connection): void {
    this.#remove(connection);
    connection.closing.abort();
  }

  #add(accepted: Deno.TcpConn): Connection {
    const { serve } = this.#dependencies;
    const closing = new AbortController();
    const connection: Connection = {
      closing,
      requests: 0,
      was_asked: false,
      shutdown: () => server.shutdown(),
    };
    const server = serve(
      accepted,
      closing.signal,
      (request, info) => this.#answer(connection, request, info),
    );
    this.#open.add(connection);
    this.#idle.add(connection);
    const ended = () => this.#remove(connection);
    server.finished.then(ended, ended);
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
    const completed = () => {
      connection.requests--;
      if (connection.requests > 0 || !this.#open.has(connection)) return;
      this.#idle.add(connection);
      this.#roomMade?.();
    };
    // Resolves when the response was handed over; that of a stream when its last byte was. Rejects if the client is gone.
    info.completed.then(completed, completed);
    return this.#dependencies.answer(request, info);
  }

  #remove(connection: Connection): void {
    this.#idle.delete(connection);
    if (this.#open.delete(connection)) this.#roomMade?.();
  }
}

/** Whether the listener itself has ended. */
function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}
