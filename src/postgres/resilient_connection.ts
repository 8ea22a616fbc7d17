import type { Client, QueryResult } from "./connection.ts";
import { connect, disconnect } from "./connection.ts";
import type { DatabaseHistory } from "./database_history.ts";
import { sqlState } from "./sql_state.ts";

/** Options of a {@link ResilientConnection}. */
export interface ResilientConnectionOptions {
  readonly application_name: string;
  /** Session settings, such as `enable_seqscan: "off"`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server cancels a statement that runs longer. Default 10,000. */
  readonly statement_timeout_ms?: number;
  /** The time limit for opening the connection. Default 2,000. */
  readonly connect_timeout_ms?: number;
  /** Whether statements are sent before earlier ones are answered. Default false. */
  readonly pipeline?: boolean;
  /** Compares the database with the one of earlier connections. */
  readonly history?: DatabaseHistory | undefined;
  /** Called when a connection is lost or cannot be opened. */
  readonly onError?: (error: Error) => void;
}

/** An SQL statement. A named one is prepared, once per connection. */
export interface SqlStatement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * Session settings for prepared statements with very different numbers of rows. One generic plan serves all sizes: it
 * looks up the rows of every table by key, one by one.
 */
export const KEY_LOOKUP_PLANS = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
} as const;

/** On Citus only: a statement on several shards is planned for its values. Elsewhere it does nothing. */
const CUSTOM_PLANS_ON_CITUS =
  "select set_config('plan_cache_mode', 'force_custom_plan', false) from pg_extension where extname = 'citus'";

const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 1_000;

/**
 * One connection to Postgres, opened at the first statement and replaced when lost. A statement is never sent twice:
 * it rejects when its connection is lost, and the next statement opens a new connection. After a failed attempt to
 * connect, statements reject at once until the next attempt is due: 50 ms later, then twice as long each time, up to 1 s.
 */
export class ResilientConnection {
  readonly #url: string;
  readonly #options: ResilientConnectionOptions;
  #client: Promise<Client> | undefined;
  #closed = false;
  /** The error of the last attempt to connect, and the earliest time of the next. */
  #last_failure: { readonly error: unknown; readonly retry_at_ms: number } | undefined;
  #backoff_ms = BACKOFF_MIN_MS;
  #opened = 0;

  constructor(url: string, options: ResilientConnectionOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** The number of connections opened so far: it changes when a lost one was replaced. */
  get opened(): number {
    return this.#opened;
  }

  /**
   * Runs a statement.
   *
   * @throws {Error} Postgres's error (see {@link sqlState}), or an error of the connection: treat the statement's outcome
   * as unknown
   */
  async query<Row extends object>(statement: SqlStatement): Promise<QueryResult<Row>> {
    if (this.#closed) throw new Error("the connection was closed");
    const failure = this.#last_failure;
    if (failure !== undefined && performance.now() < failure.retry_at_ms) throw failure.error;
    const connecting = this.#client ??= this.#open();
    const client = await connecting;
    try {
      return await client.query<Row>({ ...statement, values: [...statement.values ?? []] });
    } catch (error) {
      if (!isStatementError(error)) this.#discard(connecting, error as Error);
      throw error;
    }
  }

  /** Closes the connection. Later statements reject. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    if (client !== undefined) await disconnect(client);
  }

  async #open(): Promise<Client> {
    const { application_name, settings = {}, pipeline = false, history } = this.#options;
    const { statement_timeout_ms = 10_000, connect_timeout_ms = 2_000 } = this.#options;
    let client: Client | undefined;
    const onError = (error: Error) => this.#connectionLost(client, error);
    try {
      client = await connect(this.#url, {
        application_name,
        statement_timeout_ms,
        connect_timeout_ms,
        pipeline,
        history,
        onError,
      });
      await this.#applySettings(client, settings);
      this.#last_failure = undefined;
      this.#backoff_ms = BACKOFF_MIN_MS;
      this.#opened++;
      return client;
    } catch (error) {
      this.#client = undefined;
      this.#last_failure = { error, retry_at_ms: performance.now() + this.#backoff_ms };
      this.#backoff_ms = Math.min(this.#backoff_ms * 2, BACKOFF_MAX_MS);
      this.#options.onError?.(error as Error);
      throw error;
    }
  }

  async #applySettings(client: Client, settings: Readonly<Record<string, string>>): Promise<void> {
    try {
      const sets = Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`);
      if (settings.plan_cache_mode !== undefined) sets.push(CUSTOM_PLANS_ON_CITUS);
      if (sets.length > 0) await client.query(sets.join(";"));
    } catch (error) {
      await disconnect(client);
      throw error;
    }
  }

  #connectionLost(client: Client | undefined, error: Error): void {
    const connecting = this.#client;
    connecting?.then((current) => {
      if (current === client) this.#discard(connecting, error);
    }, () => {});
  }

  #discard(connecting: Promise<Client>, error: Error): void {
    // Several statements and the connection itself may report the same loss.
    if (this.#client !== connecting) return;
    this.#client = undefined;
    this.#options.onError?.(error);
    connecting.then((client) => {
      this.#options.history?.markLost(client);
      return disconnect(client);
    }, () => {});
  }
}

/**
 * Returns whether Postgres rejected a statement and the connection can still be used. FATAL and PANIC end the connection.
 * 25006 (read-only) does not, but the server was demoted: a new connection may reach the primary.
 */
function isStatementError(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && state !== "25006" && (error as { severity: string }).severity === "ERROR";
}
