import type { Shard } from "./shard_map.ts";
import { sqlState } from "./sql_state.ts";

/** The pause between two readings while statements fail for another reason than a shard's place. */
const READ_AGAIN_AFTER_MS = 1_000;

/** The places of the shards as they were last read, for all lanes. See SHARDS-2. */
export class CurrentShards {
  readonly #read: () => Promise<readonly Shard[]>;
  readonly #now_ms: () => number;
  #reading: Promise<readonly Shard[]> | undefined;
  #read_at_ms = -Infinity;

  /**
   * @param at_start the shards that were just read
   * @param read reads them again
   * @param now_ms a time that never goes back
   */
  constructor(at_start: readonly Shard[], read: () => Promise<readonly Shard[]>, now_ms: () => number) {
    this.#reading = Promise.resolve(at_start);
    this.#read = read;
    this.#now_ms = now_ms;
  }

  /** Returns the shards; reads them first if they are out of date. All callers wait for one reading. */
  get(): Promise<readonly Shard[]> {
    return this.#reading ??= this.#readAgain();
  }

  /**
   * Notes that a statement has failed: the shards are out of date if it found that its shard is elsewhere, or if they were
   * read a second ago or longer. A server that is down fails statement after statement, and has mostly not moved.
   *
   * @param used the answer of {@link get} that the statement went by
   */
  noteFailure(used: Promise<readonly Shard[]>, error: unknown): void {
    if (this.#reading !== used) return;
    if (!isElsewhere(error) && this.#now_ms() - this.#read_at_ms < READ_AGAIN_AFTER_MS) return;
    this.#reading = undefined;
  }

  #readAgain(): Promise<readonly Shard[]> {
    this.#read_at_ms = this.#now_ms();
    const reading = this.#read();
    reading.catch(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    return reading;
  }
}

/** Whether a server says that it does not have a shard: `hold_shard` has refused, or the shard's tables are gone. */
function isElsewhere(error: unknown): boolean {
  const state = sqlState((error as Error).cause ?? error);
  return state === "55000" || state === "42P01";
}
