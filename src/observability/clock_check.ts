import { getLogger } from "@logtape/logtape";
import { MINUTE_MS } from "../time/units.ts";

/** The clock that is checked: see `src/time/trusted_clock.ts`. */
export interface CheckedClock {
  now_ms(): number;
  readonly is_certain: boolean;
  /** How far the machine's clock is ahead of each other source of time. */
  readonly differences: {
    readonly from_monotonic_ms: number | undefined;
    readonly from_postgres_ms: number | undefined;
  };
  compare(readPostgres: () => Promise<number>): Promise<void>;
}

/** A lasting disagreement is logged at most this often. */
const LOG_INTERVAL_MS = MINUTE_MS;

const log = getLogger(["poli-credits"]);

/** Compares the clocks, and logs, counts and shows a disagreement. */
export class ClockCheck {
  readonly #clock: CheckedClock;
  readonly #readPostgres: () => Promise<number>;
  readonly #monotonic_ms: () => number;
  #postgres_answers = false;
  /** When the disagreement that lasts was logged; undefined while the clocks agree. */
  #logged_at_ms: number | undefined;

  /** @param readPostgres reads Postgres's clock, in milliseconds since the epoch */
  constructor(
    clock: CheckedClock,
    readPostgres: () => Promise<number>,
    monotonic_ms: () => number = () => performance.now(),
  ) {
    this.#clock = clock;
    this.#readPostgres = readPostgres;
    this.#monotonic_ms = monotonic_ms;
  }

  /** The largest difference of the machine's clock from another source, in seconds. */
  get disagreement_s(): number {
    const { from_monotonic_ms = 0, from_postgres_ms = 0 } = this.#clock.differences;
    return Math.max(Math.abs(from_monotonic_ms), Math.abs(from_postgres_ms)) / 1000;
  }

  /** Whether Postgres answered the last comparison. */
  get postgres_answers(): boolean {
    return this.#postgres_answers;
  }

  /** `ok`, or how the clocks disagree, in a few words. */
  get status(): string {
    if (this.#clock.is_certain) return "ok";
    const { from_monotonic_ms, from_postgres_ms } = this.#clock.differences;
    const parts = [
      differenceText(from_monotonic_ms, "monotonic time"),
      differenceText(from_postgres_ms, "Postgres"),
    ].filter((part) => part !== undefined);
    return parts.length === 0
      ? "no day is closed: the clocks are not compared yet"
      : `no day is closed: the machine's clock is ${parts.join(" and ")}`;
  }

  /**
   * Compares the clocks.
   *
   * @throws {Error} when Postgres's clock cannot be read
   */
  async run(): Promise<void> {
    try {
      await this.#clock.compare(this.#readPostgres);
      this.#postgres_answers = true;
    } catch (error) {
      this.#postgres_answers = false;
      throw error;
    } finally {
      this.#logChange();
    }
  }

  #logChange(): void {
    const { is_certain } = this.#clock;
    const at_ms = this.#monotonic_ms();
    if (is_certain) {
      if (this.#logged_at_ms !== undefined) log.warn("The clocks agree again: days are closed");
      this.#logged_at_ms = undefined;
      return;
    }
    if (this.#logged_at_ms !== undefined && at_ms - this.#logged_at_ms < LOG_INTERVAL_MS) return;
    this.#logged_at_ms = at_ms;
    const time = new Date(this.#clock.now_ms()).toISOString();
    log.error(
      "The clocks disagree; {status}. The service goes by {time} and deletes nothing. Correct the wrong clock, of this " +
        "machine or of Postgres's",
      { status: this.status, time },
    );
  }
}

function differenceText(difference_ms: number | undefined, source: string): string | undefined {
  if (difference_ms === undefined) return undefined;
  const seconds = Math.round(Math.abs(difference_ms) / 1000);
  return `${seconds} s ${difference_ms < 0 ? "behind" : "ahead of"} ${source}`;
}
