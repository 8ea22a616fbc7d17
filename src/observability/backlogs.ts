import type { QuarantineReason } from "../domain/company/command.ts";

/** Reads what waits in the store. Rejects when Postgres does not answer. */
export interface BacklogSources {
  /** The number of events of each reason that no replay has metered. */
  quarantined(): Promise<ReadonlyMap<QuarantineReason, number>>;
  /** When the company that is due first is due. Undefined when there are no companies. */
  firstDue(): Promise<number | undefined>;
}

/** Measures what waits: quarantined events, and companies whose day has ended. */
export class Backlogs {
  readonly #sources: BacklogSources;
  readonly #clock: { now_ms(): number };
  #quarantined: ReadonlyMap<QuarantineReason, number> = new Map();
  #first_due_ms: number | undefined;

  /** @param clock the clock that decides when companies are due */
  constructor(sources: BacklogSources, clock: { now_ms(): number }) {
    this.#sources = sources;
    this.#clock = clock;
  }

  /** Events in quarantine by reason, as last measured. */
  get quarantined(): ReadonlyMap<QuarantineReason, number> {
    return this.#quarantined;
  }

  /**
   * For how many seconds the company that was due first when last measured is due; 0 when none is. It grows while Postgres
   * does not answer.
   */
  get scheduler_lag_s(): number {
    const first_due_ms = this.#first_due_ms ?? Infinity;
    return Math.max(this.#clock.now_ms() - first_due_ms, 0) / 1000;
  }

  /**
   * Measures the backlogs.
   *
   * @throws {Error} when Postgres does not answer; the last values remain
   */
  async measure(): Promise<void> {
    [this.#quarantined, this.#first_due_ms] = await Promise.all([
      this.#sources.quarantined(),
      this.#sources.firstDue(),
    ]);
  }
}
