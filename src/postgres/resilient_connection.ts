import type { Client, QueryResult } from "./connection.ts";
import { connect, disconnect } from "./connection.ts";

/** What may be said of a line. */
export interface ResilientConnectionOptions {
  readonly application_name: string;
  /** Settings of its sessions, such as `enable_seqscan: "off"`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server cancels a statement that runs longer. Default 10,000. */
  readonly statement_timeout_ms?: number;
  /** Opening the connection may take this long. Default 2,000. */
  readonly connect_timeout_ms?: number;
  /** Send statements before the answers to earlier ones have come. Default off. */
  readonly pipeline?: boolean;
  /** Told of every connection that was lost or could not be made. */
  readonly onError?: (error: Error) => void;
}

/** A statement. With a name it is prepared, once a connection. */
export interface SqlStatement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * Settings for statements of very different sizes under one name. Their plan is made once, without looking at how
 * much there is now, so it must be right for any size: every table is reached by its key, row by row.
 */
export const KEYED_PLANS = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
} as const;

const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 1_000;

/**
 * One connection to Postgres, made when it is first needed and replaced when it was lost. A statement is never
 * sent twice: if its connection dies, it rejects, and the next statement goes over a new connection. While
 * Postgres cannot be reached, statements reject at once, without a new attempt each.
 */
export class ResilientConnection {
  readonly #url: string;
  readonly #options: ResilientConnectionOptions;
  #client: Promise<Client> | undefined;
  #closed = false;
  /** Why the last attempt to connect failed, and until when no other is made. */
  #last_failure: { readonly error: unknown; readonly until_ms: number } | undefined;
  #backoff_ms = BACKOFF_MIN_MS;

  constructor(url: string, options: ResilientConnectionOptions) {
    this.#url = url;
    this.#options = options;
  }

  /**
   * Runs a statement.
   *
   * @throws {Error} what Postgres says (see {@link sqlState}), or that the connection could not be made or was
   * lost; then it may or may not have been executed
   */
  async query<Row extends object>(statement: SqlStatement): Promise<QueryResult<Row>> {
    if (this.#closed) throw new Error("the connection was closed");
    const refused = this.#last_failure;
    if (refused !== undefined && performance.now() < refused.until_ms) throw refused.error;
    const connecting = this.#client ??= this.#open();
    const client = await connecting;
    try {
      return await client.query<Row>({ ...statement, values: [...statement.values ?? []] });
    } catch (error) {
      if (!isStatementError(error)) this.#discard(connecting, error as Error);
      throw error;
    }
  }

  /** Ends the connection. Statements reject from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    if (client !== undefined) await disconnect(client);
  }

  async #open(): Promise<Client> {
    const { application_name, settings = {}, pipeline = false } = this.#options;
    const { statement_timeout_ms = 10_000, connect_timeout_ms = 2_000 } = this.#options;
    let client: Client | undefined;
    const onError = (error: Error) => this.#connectionLost(client, error);
    try {
      client = await connect(this.#url, {
        application_name,
        statement_timeout_ms,
        connect_timeout_ms,
        pipeline,
        onError,
      });
      await this.#applySettings(client, settings);
      this.#last_failure = undefined;
      this.#backoff_ms = BACKOFF_MIN_MS;
      return client;
    } catch (error) {
      this.#client = undefined;
      this.#last_failure = { error, until_ms: performance.now() + this.#backoff_ms };
      this.#backoff_ms = Math.min(this.#backoff_ms * 2, BACKOFF_MAX_MS);
      this.#options.onError?.(error as Error);
      throw error;
    }
  }

  async #applySettings(client: Client, settings: Readonly<Record<string, string>>): Promise<void> {
    try {
      const sets = Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`);
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
    // Several statements, and the connection itself, may tell of one loss.
    if (this.#client !== connecting) return;
    this.#client = undefined;
    this.#options.onError?.(error);
    connecting.then((client) => disconnect(client), () => {});
  }
}

/** The SQLSTATE of an error that Postgres itself reported, such as `23505`. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && typeof severity === "string" ? code : undefined;
}

/**
 * Whether Postgres refused a statement for what is in it, and would again: data exceptions, violated constraints,
 * broken rules of SQL, limits. Nothing of it was executed.
 */
export function isContentError(error: unknown): boolean {
  return /^(21|22|23|42|54)/.test(sqlState(error) ?? "");
}

/** Whether Postgres refused a statement and went on: FATAL and PANIC end the connection. */
function isStatementError(error: unknown): boolean {
  return sqlState(error) !== undefined && (error as { severity: string }).severity === "ERROR";
}
