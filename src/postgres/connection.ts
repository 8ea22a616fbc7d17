/**
 * Connections to Postgres, with the session settings that durability and exactness depend on.
 *
 * - CONNECTION-1 A lost connection is never an uncaught error: every client has an error listener for its whole life.
 * - CONNECTION-2 An acknowledged commit is on disk: `synchronous_commit` is on, regardless of server, role and URL.
 * - CONNECTION-3 No value passes through a float or a `Date`: see {@link exactTypes}.
 * - CONNECTION-4 Every statement has a time limit: the server cancels it, and the client stops waiting 5 s later.
 * - CONNECTION-5 A session is used only after its settings were read back: a pooler may drop them.
 * - CONNECTION-6 The service's connections are compared with {@link DatabaseHistory} before their first statement.
 * - CONNECTION-7 A commit whose wait for a synchronous replica was cancelled has an unknown outcome.
 */

// @ts-types="@types/pg"
import pg from "pg";
import type { DatabaseHistory } from "./database_history.ts";
import { verifySettings } from "./session_settings.ts";
import { exactTypes } from "./type_parsers.ts";

/** One connection. */
export type Client = pg.Client;
/** A pool of connections. */
export type Pool = pg.Pool;
/** A connection that was taken from a pool. */
export type PoolClient = pg.PoolClient;
/** The rows of a statement. */
export type QueryResult<Row extends pg.QueryResultRow> = pg.QueryResult<Row>;

/** Options of a connection. */
export interface ConnectionOptions {
  /** The connection's name in `pg_stat_activity`. */
  application_name: string;
  /** The server cancels a statement that runs longer (SQLSTATE 57014); 0 means no limit. Default 30,000. */
  statement_timeout_ms?: number;
  /**
   * The client stops waiting for an answer after this long, in case the server has vanished. The outcome is then
   * unknown and the connection must be discarded. Default: the statement limit plus 5,000; none without a limit.
   */
  answer_timeout_ms?: number;
  /** The time limit for opening the connection. Default 10,000. */
  connect_timeout_ms?: number;
  /** Whether queries are sent before earlier ones are answered. Default false. */
  pipeline?: boolean;
  /** Compares the database with the one of earlier connections. */
  history?: DatabaseHistory | undefined;
  /** Called with each error of the connection itself, such as its loss. */
  onError?: (error: Error) => void;
}

/** Options of a pool. */
export interface PoolOptions extends ConnectionOptions {
  /** Connections at most. When all are in use, a query waits up to `connect_timeout_ms` for one. */
  max: number;
}

/**
 * Opens one connection.
 *
 * @param url A `postgres://` URL. Its own `options` apply, except where ours override them.
 * @returns A connected client. It does not reconnect: when the connection is lost, queries reject and `onError` is
 * called.
 * @throws {TypeError} If the URL is not a Postgres URL. The message never contains the URL, which has a password.
 * @throws {Error} The driver's error if the server cannot be reached or rejects the login; nothing stays open.
 * @throws {DatabaseError} If the session does not have our settings, or reached a replica or a replaced primary.
 */
export async function connect(url: string, options: ConnectionOptions): Promise<pg.Client> {
  const config = clientConfig(url, options);
  const client = new pg.Client(config);
  client.on("error", options.onError ?? ignore);
  rejectUnreplicatedCommits(client);
  const compare = options.history?.begin();
  try {
    await client.connect();
    await verifySettings(client, config.connectionString);
    await compare?.(client);
    return client;
  } catch (error) {
    await disconnect(client);
    throw error;
  }
}

/**
 * Closes a connection: gracefully for up to `deadline_ms`, then by destroying its socket. Never throws. Queries in
 * flight reject, with an unknown outcome.
 */
export async function disconnect(client: pg.Client, deadline_ms = 2_000): Promise<void> {
  const { promise: deadline, resolve: reachDeadline } = Promise.withResolvers<void>();
  const timer = setTimeout(reachDeadline, deadline_ms);
  const ended = client.end().catch(ignore);
  try {
    await Promise.race([ended, deadline.then(() => socketOf(client)?.destroy())]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Creates a pool for reads. It connects at the first query and replaces lost connections; a query on a lost
 * connection rejects.
 *
 * @param url As for {@link connect}.
 * @returns The pool. Close it with `await pool.end()`.
 * @throws {TypeError} If the URL is not a Postgres URL.
 */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const onError = options.onError ?? ignore;
  const config = clientConfig(url, options);
  const pool = new pg.Pool({
    ...config,
    max: options.max,
    idleTimeoutMillis: 30_000,
    verify: (client, done) => {
      const compare = options.history?.begin();
      const verified = verifySettings(client, config.connectionString).then(() => compare?.(client));
      void verified.then(() => done(), done);
    },
  });
  // The pool listens to idle clients only: without this listener, a client lost while in use would end the process.
  // An ended pool does not wait until its connections are closed: their later errors are not reported.
  pool.on("connect", (client) => {
    client.on("error", (error) => pool.ending || onError(error));
    rejectUnreplicatedCommits(client);
  });
  pool.on("error", ignore);
  return pool;
}

function clientConfig(
  url: string,
  options: ConnectionOptions,
): pg.ClientConfig & { readonly connectionString: string } {
  const statement_timeout_ms = options.statement_timeout_ms ?? 30_000;
  const answer_timeout_ms = options.answer_timeout_ms ??
    (statement_timeout_ms === 0 ? undefined : statement_timeout_ms + 5_000);
  const settings = [
    "synchronous_commit=on",
    "TimeZone=UTC",
    "DateStyle=ISO",
    "IntervalStyle=iso_8601",
    `statement_timeout=${statement_timeout_ms}`,
  ].map((setting) => `-c ${setting}`).join(" ");
  return {
    connectionString: withSettings(url, settings),
    application_name: options.application_name,
    connectionTimeoutMillis: options.connect_timeout_ms ?? 10_000,
    query_timeout: answer_timeout_ms,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    pipeline: options.pipeline ?? false,
    types: exactTypes,
  };
}

/**
 * Adds session settings (`-c name=value`) to a URL's `options`. A URL overrides the driver's config, so our settings
 * go into the URL, after its own.
 *
 * @throws {TypeError} If the URL is not a Postgres URL.
 */
export function withSettings(url: string, settings: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new TypeError(
      "The database URL is not a Postgres URL. Write it as postgres://user:password@host:5432/database",
    );
  }
  const own = parsed.searchParams.get("options");
  parsed.searchParams.delete("options");
  // URLSearchParams encodes a space as "+", which Postgres drivers do not decode.
  const query = parsed.search === "" ? "?" : `${parsed.search}&`;
  parsed.search = `${query}options=${encodeURIComponent(own === null ? settings : `${own} ${settings}`)}`;
  return parsed.href;
}

/** Returns whether a URL reaches another host without TLS. */
export function isUnencrypted(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? hostname;
  const is_local = host === "" || host.startsWith("/") || /^(localhost|127\..*|\[::1\])$/.test(host);
  const sslmode = searchParams.get("sslmode") ?? (searchParams.has("ssl") ? "require" : "disable");
  return !is_local && /^(disable|allow|prefer)$/.test(sslmode);
}

/**
 * Ends the connection when a wait for a synchronous replica was cancelled: Postgres then reports success with a warning,
 * although the commit is on the primary alone. The statement rejects, and its outcome is unknown.
 */
function rejectUnreplicatedCommits(client: pg.ClientBase): void {
  client.on("notice", (notice) => {
    // The message is translated; the name of Postgres's function is not.
    if (notice.routine !== "SyncRepWaitForLSN") return;
    const { connection } = client as unknown as { connection: { emit(event: "end"): void } };
    // As if the server had closed the connection, before the driver reads the success that follows.
    connection.emit("end");
    socketOf(client)?.destroy();
  });
}

function socketOf(client: pg.ClientBase): { destroy(): void } | undefined {
  // The driver has no public way to destroy its socket, which a dead peer requires.
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream;
}

function ignore(): void {}
