import type { ResilientConnection } from "./resilient_connection.ts";

interface UtcMonth {
  readonly start_ms: number;
  readonly end_ms: number;
}

/** Makes the partition of each UTC month of facts before its first fact is written. */
export class FactPartitions {
  readonly #line: ResilientConnection;
  readonly #existing: UtcMonth[] = [];

  constructor(line: ResilientConnection) {
    this.#line = line;
  }

  /**
   * Sees to it that facts of these instants have a partition.
   *
   * @throws {Error} when Postgres cannot be reached or refuses; the next call tries again
   */
  async ensure(instants_ms: Iterable<number>): Promise<void> {
    for (const at_ms of instants_ms) {
      if (this.#existing.some(({ start_ms, end_ms }) => start_ms <= at_ms && at_ms < end_ms)) continue;
      const month = utcMonthOf(at_ms);
      const date = Temporal.Instant.fromEpochMilliseconds(month.start_ms).toString().slice(0, 10);
      await this.#line.query({ text: "select create_facts_partition($1)", values: [date] });
      // The current month is asked for most.
      this.#existing.unshift(month);
    }
  }
}

function utcMonthOf(at_ms: number): UtcMonth {
  const start = Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO("UTC").with({ day: 1 })
    .startOfDay();
  return { start_ms: start.epochMilliseconds, end_ms: start.add({ months: 1 }).epochMilliseconds };
}
