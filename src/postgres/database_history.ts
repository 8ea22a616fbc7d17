/**
 * The state of the database as this process saw it: which database, which timeline and how far its write-ahead log.
 * After a failover or a restore the database may lack commits that were acknowledged, while memory still has them.
 *
 * - HISTORY-1 A new connection is compared with the known state before its first statement.
 * - HISTORY-2 Another database, a newer timeline, or a log that ends before a position that was on disk is a change. On a
 *   change `onChange` runs and every older connection is closed, before the new connection is used.
 * - HISTORY-3 A replica, and a server of an older timeline (a primary that was replaced), are refused.
 * - HISTORY-4 From the loss of a connection until a newer one is compared, the state is unconfirmed: {@link
 *   DatabaseHistory.confirm} connects to compare it.
 */

import type pg from "pg";
import { DatabaseError } from "./database_error.ts";
import { sqlState } from "./sql_state.ts";

/** How the database differs from the one that was known. */
export type DatabaseChange = "replaced" | "promoted" | "behind";

/** Options of a {@link DatabaseHistory}. */
export interface DatabaseHistoryOptions {
  /** Opens a connection that is compared with this history, and closes it. */
  readonly connect: (history: DatabaseHistory) => Promise<void>;
  /** Called with an error message of each change, and with a warning when the state cannot be read. */
  readonly log?: (level: "warning" | "error", message: string) => void;
}

/** The state of a server, read over one connection. */
interface ServerState {
  /** The system identifier, the database and its table `companies`: a restored dump has other ones. */
  readonly database: string;
  readonly timeline: number;
  /** Bytes of the log on disk: no crash of the server loses them. */
  readonly flushed: bigint;
  /** Bytes of the log written so far. */
  readonly inserted: bigint;
}

interface StateRow {
  readonly is_replica: boolean;
  readonly database: string;
  readonly wal_file: string | null;
  readonly flushed: string | null;
  readonly inserted: string | null;
}

/** Every function is executable by PUBLIC. The name of a log file begins with its timeline: 8 hexadecimal digits. */
const READ_STATE = `
  select r.is_replica,
    concat_ws('/', (select system_identifier from pg_control_system()),
      (select oid from pg_database where datname = current_database()), to_regclass('companies')::oid) as database,
    case when not r.is_replica then pg_walfile_name(pg_current_wal_flush_lsn()) end as wal_file,
    case when not r.is_replica then pg_current_wal_flush_lsn() - '0/0'::pg_lsn end::text as flushed,
    case when not r.is_replica then pg_current_wal_insert_lsn() - '0/0'::pg_lsn end::text as inserted
  from pg_is_in_recovery() as r(is_replica)`;

/** The position is read after writes, at most this often. */
const POSITION_INTERVAL_MS = 1_000;
/** Companies that one message names. */
const COMPANIES_NAMED_MAX = 10;

/** Compares each new connection with the state of the database that this process knows. */
export class DatabaseHistory {
  /** Called at each change: memory may have what the database lacks. */
  onChange: () => void = () => {};
  readonly #options: DatabaseHistoryOptions;
  readonly #counts = new Map<DatabaseChange, number>([["replaced", 0], ["promoted", 0], ["behind", 0]]);
  readonly #clients = new Set<pg.ClientBase>();
  /** Connections that a change closed: their loss says nothing new. */
  readonly #closed_clients = new WeakSet<pg.ClientBase>();
  #known: ServerState | undefined;
  #can_read = true;
  /** Raised by each lost connection. */
  #losses = 0;
  /** The `#losses` that a later connection has confirmed. */
  #confirmed_losses = 0;
  #confirming: Promise<void> | undefined;
  #position_read_at_ms = -Infinity;

  constructor(options: DatabaseHistoryOptions) {
    this.#options = options;
  }

  /** The changes so far, by kind. */
  get changes(): ReadonlyMap<DatabaseChange, number> {
    return this.#counts;
  }

  /**
   * Returns undefined while no connection was lost since the last comparison. Otherwise connects and compares; calls
   * share one attempt.
   *
   * @throws {Error} when no connection can be opened: memory is unconfirmed
   */
  confirm(): Promise<void> | undefined {
    if (this.#losses === this.#confirmed_losses) return undefined;
    return this.#confirming ??= this.#options.connect(this).finally(() => this.#confirming = undefined);
  }

  /** Begins a connection. @returns the comparison to run when it is open, before its first statement */
  begin(): (client: pg.ClientBase) => Promise<void> {
    const losses = this.#losses;
    return async (client) => {
      await this.#compare(client);
      this.#confirmed_losses = Math.max(this.#confirmed_losses, losses);
    };
  }

  /** Records that rows of companies are at an earlier state, although the server is the same. */
  reportEarlierRows(companies: readonly string[]): void {
    const first = companies.slice(0, COMPANIES_NAMED_MAX).join(", ");
    this.#change(
      "behind",
      `The rows of ${companies.length} companies, such as ${first}, are at an earlier state`,
    );
  }

  /** Records that a connection is lost or does not answer. */
  markLost(client: pg.ClientBase): void {
    if (this.#clients.delete(client) && !this.#closed_clients.has(client)) this.#losses++;
  }

  /** Reads the position after a write, once a second: later states must not be behind it. */
  notePosition(query: (text: string) => Promise<{ readonly rows: readonly object[] }>): void {
    const now_ms = performance.now();
    if (!this.#can_read || now_ms - this.#position_read_at_ms < POSITION_INTERVAL_MS) return;
    this.#position_read_at_ms = now_ms;
    const known = this.#known;
    query(READ_STATE).then(({ rows }) => {
      const state = stateOf(rows[0] as StateRow);
      // A connection that was opened meanwhile may have changed what is known.
      if (state !== undefined && this.#known === known) this.#remember(state);
    }, () => {});
  }

  async #compare(client: pg.ClientBase): Promise<void> {
    const state = await this.#read(client);
    if (state !== undefined) this.#accept(state);
    this.#clients.add(client);
    client.on("error", () => this.markLost(client));
    client.on("end", () => this.#clients.delete(client));
  }

  async #read(client: pg.ClientBase): Promise<ServerState | undefined> {
    if (!this.#can_read) return undefined;
    try {
      const { rows } = await client.query<StateRow>(READ_STATE);
      const state = stateOf(rows[0]!);
      if (state !== undefined) return state;
    } catch (error) {
      // Insufficient privilege, not supported, no such function.
      if (!/^(42501|0A000|42883)$/.test(sqlState(error) ?? "")) throw error;
      this.#can_read = false;
      this.#options.log?.(
        "warning",
        `Failovers and restores cannot be recognised: ${
          (error as Error).message
        }. Restart the service after each one, ` +
          "or grant its role EXECUTE on pg_control_system, pg_walfile_name and the pg_current_wal functions.",
      );
      return undefined;
    }
    throw new DatabaseError(
      "cannot use the database: the server is a replica. Point DATABASE_URL at the primary.",
    );
  }

  #accept(state: ServerState): void {
    const known = this.#known;
    const change = known === undefined ? undefined : changeFrom(known, state);
    if (known === undefined || change === undefined) return this.#remember(state);
    this.#known = state;
    this.#change(change, differenceOf(change, known, state));
    for (const client of this.#clients) {
      this.#closed_clients.add(client);
      destroy(client);
    }
    this.#clients.clear();
  }

  #change(change: DatabaseChange, difference: string): void {
    this.#counts.set(change, this.#counts.get(change)! + 1);
    this.#options.log?.(
      "error",
      `${difference}. Acknowledged data may be missing. Everything in memory was dropped and is read again. Run the ` +
        'audit, and follow "After a restore" in docs/operations.md.',
    );
    this.onChange();
  }

  /** Remembers the greatest position that was on disk. */
  #remember(state: ServerState): void {
    const { flushed = 0n } = this.#known ?? {};
    this.#known = { ...state, flushed: state.flushed > flushed ? state.flushed : flushed };
  }
}

function stateOf({ is_replica, database, wal_file, flushed, inserted }: StateRow): ServerState | undefined {
  if (is_replica) return undefined;
  return {
    database,
    timeline: Number.parseInt(wal_file!.slice(0, 8), 16),
    flushed: BigInt(flushed!),
    inserted: BigInt(inserted!),
  };
}

/** @throws {DatabaseError} when the server was replaced by another one that this process has reached */
function changeFrom(known: ServerState, state: ServerState): DatabaseChange | undefined {
  if (state.database !== known.database) return "replaced";
  if (state.timeline < known.timeline) {
    throw new DatabaseError(
      `cannot use the database: the server's timeline ${state.timeline} is older than ${known.timeline}, which a ` +
        "promoted server has. Stop the old primary; after a restore on purpose, restart the service.",
    );
  }
  if (state.timeline > known.timeline) return "promoted";
  return state.inserted < known.flushed ? "behind" : undefined;
}

function differenceOf(change: DatabaseChange, known: ServerState, state: ServerState): string {
  const missing = known.flushed - state.inserted;
  const behind = missing > 0n ? `, and lacks at least ${missing} bytes of log that were on disk` : "";
  return {
    replaced: "DATABASE_URL reaches another database than before",
    promoted: `The database was promoted to timeline ${state.timeline}${behind}`,
    behind: `The database is at an earlier state than before${behind}`,
  }[change];
}

function destroy(client: pg.ClientBase): void {
  // The driver has no public way to destroy its socket: a replaced server may never answer.
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
}
