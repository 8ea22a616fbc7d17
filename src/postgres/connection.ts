/**
 * How we connect to Postgres: one place for the session settings that durability and exactness rest on.
 *
 * - C1 A lost connection is never an uncaught error: every client has an error listener for its whole life.
 * - C2 A commit is on disk when it is answered: `synchronous_commit` is on, whatever server, role or URL say.
 * - C3 No value passes through a float or a `Date`: see {@link exactTypes}.
 * - C4 No statement runs for ever: the server cuts it off, and the client stops waiting soon after.
 */

// @ts-types="@types/pg"
import pg from "pg";
import { exactTypes } from "./type_parsers.ts";

export type Client = pg.Client;
export type Pool = pg.Pool;
export type QueryResult<Row extends pg.QueryResultRow> = pg.QueryResult<Row>;

/** What may be said of a connection. */
export interface ConnectionOptions {
  /** Shown in `pg_stat_activity`, so that an operator sees whose connection it is. */
  application_name: string;
  /** The server cancels a statement that runs longer (SQLSTATE 57014); 0 is no limit. Default 30,000. */
  statement_timeout_ms?: number;
  /**
   * The client gives up on an answer after this long, for a server that has vanished without a word. The
   * outcome is then unknown and the connection must be thrown away. Default: the statement's limit and
   * 5,000; none when that has no limit.
   */
  answer_timeout_ms?: number;
  /** Opening the connection may take this long. Default 10,000. */
  connect_timeout_ms?: number;
  /** Send queries before the answers to earlier ones have come. Default off. */
  pipeline?: boolean;
  /** Told of every error that belongs to the connection and not to a query, such as its loss. */
  onError?: (error: Error) => void;
}

/** What may be said of a pool. */
export interface PoolOptions extends ConnectionOptions {
  /** Connections at once; whoever comes when all are taken waits up to `connect_timeout_ms`. */
  max: number;
}

/**
 * Opens one connection.
 *
 * @param url A `postgres://` URL. Its own `options` are kept, ours win.
 * @param options Who connects, and the limits.
 * @returns A connected client. It does not reconnect: when it is lost, its queries reject, `onError` is
 * told, and the owner connects anew.
 * @throws {TypeError} If the URL is not one of Postgres. The message never holds the URL, for it has a password.
 * @throws {Error} What the driver says if the server cannot be reached or refuses; nothing stays open.
 */
export async function connect(url: string, options: ConnectionOptions): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(url, options));
  client.on("error", options.onError ?? ignore);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await disconnect(client);
    throw error;
  }
}

/**
 * Ends a connection, politely for up to `deadline_ms`, then by closing its socket. Never throws. Queries that
 * still wait reject, their outcome unknown.
 */
export async function disconnect(client: pg.Client, deadline_ms = 2_000): Promise<void> {
  const { promise: deadline, resolve: pass } = Promise.withResolvers<void>();
  const timer = setTimeout(pass, deadline_ms);
  const ended = client.end().catch(ignore);
  try {
    await Promise.race([ended, deadline.then(() => socketOf(client)?.destroy())]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Makes a pool for reads. It connects when first asked, and replaces lost connections by itself; a query on a
 * lost one rejects.
 *
 * @param url As for {@link connect}.
 * @param options As for {@link connect}, and how many connections at most.
 * @returns The pool; give it back with `await pool.end()`.
 * @throws {TypeError} If the URL is not one of Postgres.
 */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const onError = options.onError ?? ignore;
  const made = new pg.Pool({ ...clientConfig(url, options), max: options.max, idleTimeoutMillis: 30_000 });
  // The pool listens to its idle clients only; one that is lost while checked out would end the process.
  // A pool that is ended does not wait for its connections to be closed: what they meet after that is no loss.
  made.on("connect", (client) => client.on("error", (error) => made.ending || onError(error)));
  made.on("error", ignore);
  return made;
}

function clientConfig(url: string, options: ConnectionOptions): pg.ClientConfig {
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
 * A URL whose sessions have these settings (`-c name=value`, as Postgres's `options`): what a URL says overrides the
 * driver's config, so ours must stand in the URL, and last.
 *
 * @throws {TypeError} If the URL is not one of Postgres.
 */
export function withSettings(url: string, settings: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new TypeError(
      "The database URL is not one of Postgres. Give it as postgres://user:password@host:5432/database",
    );
  }
  const own = parsed.searchParams.get("options");
  parsed.searchParams.delete("options");
  // URLSearchParams writes a space as "+", which Postgres drivers do not read back as one.
  const query = parsed.search === "" ? "?" : `${parsed.search}&`;
  parsed.search = `${query}options=${encodeURIComponent(own === null ? settings : `${own} ${settings}`)}`;
  return parsed.href;
}

function socketOf(client: pg.Client): { destroy(): void } | undefined {
  // The driver has no public way to close a socket without a word, which is what a dead peer needs.
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream;
}

function ignore(): void {}
