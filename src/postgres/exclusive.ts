import { hash } from "node:crypto";
import type { Exclusive } from "../ports/placement.ts";
import { createPool, type Pool, type PoolOptions } from "./connection.ts";
import { EXCLUSIVE_TASKS_MAX } from "./connection_limit.ts";

/** How long a task waits for its keys. */
const WAIT_MS = 5_000;

const LOCK = "select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key";

/** Runs tasks one at a time for each key, on all nodes of a database, by advisory locks of Postgres. */
export class PostgresExclusive implements Exclusive {
  readonly #pool: Pool;

  constructor(url: string, options: Pick<PoolOptions, "history" | "onError"> = {}) {
    this.#pool = createPool(url, {
      application_name: "poli-credits locks",
      max: EXCLUSIVE_TASKS_MAX,
      statement_timeout_ms: WAIT_MS,
      connect_timeout_ms: WAIT_MS,
      ...options,
    });
  }

  async run<Result>(keys: ReadonlySet<string>, task: () => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    try {
      await client.query("begin");
      // In one order, so that no two tasks wait for each other.
      await client.query(LOCK, [[...keys].map(lockKeyOf).sort((a, b) => a < b ? -1 : 1)]);
      const result = await task();
      await client.query("commit");
      client.release();
      return result;
    } catch (error) {
      // Closing the connection frees the locks.
      client.release(true);
      throw error;
    }
  }

  /** Closes the connections. */
  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** Returns the advisory lock of a key: 64 bits of its hash. Two keys with one lock wait for each other needlessly. */
function lockKeyOf(key: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hash("sha256", `exclusive ${key}`, "hex").slice(0, 16)}`));
}
