import type { Pool } from "./connection.ts";
import { safeInteger } from "./values.ts";

/** Stores the test clock's offset, so that a restart does not move the clock back. */
export class TestClockStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Reads the offset.
   *
   * @returns undefined when it was never set
   * @throws {Error} when Postgres cannot be reached
   */
  async read(): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ offset_ms: bigint }>("select offset_ms from test_clock");
    return rows[0] === undefined ? undefined : safeInteger(rows[0].offset_ms);
  }

  /**
   * Stores an offset unless the stored one is larger: the clock moves forward only.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async write(offset_ms: number): Promise<void> {
    await this.#pool.query(
      `insert into test_clock (offset_ms) values ($1)
        on conflict (only_row) do update set offset_ms = greatest(test_clock.offset_ms, excluded.offset_ms)`,
      [offset_ms],
    );
  }
}
