import type { ResilientConnection } from "./resilient_connection.ts";

interface UtcMonth {
  readonly start_ms: number;
  readonly end_ms: number;
}

/** Creates the partition of each UTC month of facts before its first fact is written. */
export class FactPartitions {
  readonly #connection: ResilientConnection;
  #existing: UtcMonth[] = [];
  /** The connection that `#existing` was read over: a later one may reach a server without those partitions. */
  #connection_number = 0;

  constructor(connection: ResilientConnection) {
    this.#connection = connection;
  }

  /**
   * Creates the missing partitions for facts of these instants.
   *
   * @throws {Error} when Postgres cannot be reached or rejects the statement; the next call tries again
   */
  async ensure(instants_ms: Iterable<number>): Promise<void> {
    if (this.#connection_number !== this.#connection.opened) this.#existing = [];
    for (const at_ms of instants_ms) {
      if (this.#existing.some(({ start_ms, end_ms }) => start_ms <= at_ms && at_ms < end_ms)) continue;
      const month = utcMonthOf(at_ms);
      const date = Temporal.Instant.fromEpochMilliseconds(month.start_ms).toString().slice(0, 10);
      await this.#connection.query({ text: "select create_facts_partition($1)", values: [date] });
      // Most facts are of the current month: keep it first.
      this.#existing.unshift(month);
      this.#connection_number = this.#connection.opened;
    }
  }
}

function utcMonthOf(at_ms: number): UtcMonth {
  const start = Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO("UTC").with({ day: 1 })
    .startOfDay();
  return { start_ms: start.epochMilliseconds, end_ms: start.add({ months: 1 }).epochMilliseconds };
}
