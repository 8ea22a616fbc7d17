import type { Client } from "../../src/postgres/connection.ts";
import { sleep } from "../../src/time/sleep.ts";

/**
 * The session settings of an audit on a live system: read only, short lock waits, no parallel workers, no snapshot
 * left open by a hanging audit, and index access to tables.
 */
export const SESSION = `
  set default_transaction_read_only = on;
  set lock_timeout = '10s';
  set idle_in_transaction_session_timeout = '60s';
  set max_parallel_workers_per_gather = 0;
  set enable_hashjoin = off;
  set enable_mergejoin = off`;

/**
 * Locks facts before the first query takes the snapshot: a partition that is dropped in between would be missing from
 * a snapshot that does not show the drop.
 */
const BEGIN = "begin isolation level repeatable read read only; lock table facts in access share mode";

/** After a statement the audit pauses for as long as the statement took, at most this. */
const PAUSE_MS_MAX = 250;
/** Shorter pauses are skipped. */
const PAUSE_MS_MIN = 5;

/** A snapshot of the database at one moment. */
export class Snapshot implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Opens a snapshot. Disposing it ends it. */
  static async open(client: Client): Promise<Snapshot> {
    await client.query(BEGIN);
    return new Snapshot(client);
  }

  /**
   * Runs a query and then pauses, so that other sessions get their turn.
   *
   * @throws {Error} the error of Postgres, or a lost connection
   */
  async query<Row extends object>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    const started_ms = performance.now();
    const { rows } = await this.#client.query<Row>(statement, [...values]);
    const pause_ms = Math.min(performance.now() - started_ms, PAUSE_MS_MAX);
    if (pause_ms > PAUSE_MS_MIN) await sleep(pause_ms);
    return rows;
  }

  /**
   * Reads all rows in pages.
   *
   * @param statement takes the company, the position after the last row, and the page size
   * @param first the position before the first row
   * @param after returns the position after a row
   */
  async *pages<Row extends object>(
    statement: string,
    company: string,
    first: readonly unknown[],
    after: (last: Row) => readonly unknown[],
    page_rows: number,
  ): AsyncGenerator<Row[]> {
    let position = first;
    while (true) {
      const rows: Row[] = await this.query<Row>(statement, [company, ...position, page_rows]);
      if (rows.length > 0) yield rows;
      if (rows.length < page_rows) return;
      position = after(rows.at(-1)!);
    }
  }

  /** Ends the snapshot with a rollback: nothing was written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.query("rollback").catch(() => {});
  }
}
