import type { Client } from "../../src/postgres/connection.ts";
import { sleep } from "../../src/time/sleep.ts";

/**
 * The session of an audit on a live system: it can write nothing, waits for nobody's lock, takes one core at the
 * most, and leaves no snapshot open behind an audit that hangs. Tables are reached by their keys, row by row.
 */
export const SESSION = `
  set default_transaction_read_only = on;
  set lock_timeout = '10s';
  set idle_in_transaction_session_timeout = '60s';
  set max_parallel_workers_per_gather = 0;
  set enable_hashjoin = off;
  set enable_mergejoin = off`;

/**
 * Facts are held on to before the snapshot is taken, which its first query does: a partition that is dropped after
 * the one and before the other would be missing from a snapshot that knows nothing of it.
 */
const BEGIN = "begin isolation level repeatable read read only; lock table facts in access share mode";

/** After a statement the audit rests as long as it took, but not for longer than this. */
const REST_MS_MAX = 250;
/** Shorter ones are not worth a timer. */
const REST_MS_MIN = 5;

/** One moment of the database, however long it is looked at. */
export class Snapshot implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Opens a snapshot; it is given back with `await using`. */
  static async open(client: Client): Promise<Snapshot> {
    await client.query(BEGIN);
    return new Snapshot(client);
  }

  /**
   * Asks what the snapshot holds, and lets others have their turn afterwards.
   *
   * @throws {Error} what Postgres says, or that the connection was lost
   */
  async query<Row extends object>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    const since_ms = performance.now();
    const { rows } = await this.#client.query<Row>(statement, [...values]);
    const rest_ms = Math.min(performance.now() - since_ms, REST_MS_MAX);
    if (rest_ms > REST_MS_MIN) await sleep(rest_ms);
    return rows;
  }

  /**
   * Asks for everything in pages.
   *
   * @param statement takes the company, what `after` made of the last row, and the size of a page
   * @param first what comes before the first row
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

  /** Ends it. Nothing was written, so that how it ends makes no difference. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.query("rollback").catch(() => {});
  }
}
