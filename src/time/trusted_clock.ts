/**
 * The clock of a service whose machine's clock can be wrong. Three sources are compared: the machine's wall clock, its
 * monotonic time, which no correction moves, and the clock of Postgres.
 *
 * - CLOCK-1. No day is closed and nothing is deleted while the wall clock disagrees with monotonic time or with Postgres.
 * - CLOCK-2. A jump of the wall clock changes no time that is read: time runs on from where all sources agreed last.
 * - CLOCK-3. Until the sources have agreed once, the earlier clock counts: an event that seems to be of the future is
 *   metered later, and a day that is closed too early stays closed.
 * - CLOCK-4. A jump that Postgres confirms is accepted after it has lasted for {@link CONFIRMED_AFTER_MS}: Postgres may
 *   run on the same machine, so that its clock jumped too.
 * - CLOCK-5. A report without its own time is dated, and a phone number claimed or released, only while a second source
 *   confirms the time that is read: not before the first agreement, and not while the wall clock and Postgres agree on
 *   another time.
 */

import { MINUTE_MS } from "./units.ts";

/** The largest difference between two clocks that agree: as far as a contact's clock may run ahead. */
export const AGREEMENT_MS_MAX = 5 * MINUTE_MS;

/** How long the wall clock and Postgres must agree before a jump of both is accepted, as after a pause of the machine. */
export const CONFIRMED_AFTER_MS = 15 * MINUTE_MS;

/** The longest that an answer of Postgres may take: half of it is the error of a comparison. */
const ANSWER_MS_MAX = MINUTE_MS;

/** The clocks of the machine. */
export interface MachineClocks {
  /** Milliseconds since the epoch. It can be set. */
  wall_ms(): number;
  /** Milliseconds since any fixed instant. It never jumps. */
  monotonic_ms(): number;
}

/** The clocks of this machine. */
export const MACHINE_CLOCKS: MachineClocks = {
  wall_ms: () => Date.now(),
  monotonic_ms: () => performance.now(),
};

/** How far the wall clock is ahead of each other source; negative: behind. Undefined: not compared yet. */
export interface ClockDifferences {
  readonly from_monotonic_ms: number | undefined;
  readonly from_postgres_ms: number | undefined;
}

/** The time of a service; see the invariants above. */
export class TrustedClock {
  readonly #clocks: MachineClocks;
  /** The wall clock less monotonic time when all sources agreed last; undefined before. */
  #agreed_offset_ms: number | undefined;
  /** Postgres's clock less monotonic time at the last comparison; undefined before the first. */
  #postgres_offset_ms: number | undefined;
  /** When, by monotonic time, Postgres began to confirm a jump of the wall clock. */
  #confirmed_since_ms: number | undefined;

  constructor(clocks: MachineClocks = MACHINE_CLOCKS) {
    this.#clocks = clocks;
  }

  /** The time: that of the wall clock, unless it jumped. */
  now_ms(): number {
    const wall_ms = this.#clocks.wall_ms();
    const { from_monotonic_ms, from_postgres_ms } = this.#differencesAt(wall_ms);
    if (from_monotonic_ms !== undefined) {
      return isAgreement(from_monotonic_ms) ? wall_ms : Math.round(wall_ms - from_monotonic_ms);
    }
    return Math.round(wall_ms - Math.max(0, from_postgres_ms ?? 0));
  }

  /** Whether all sources of time agree. Only then days are closed and old rows deleted. */
  get is_certain(): boolean {
    const { from_monotonic_ms = Infinity, from_postgres_ms = Infinity } = this.differences;
    return isAgreement(from_monotonic_ms) && isAgreement(from_postgres_ms);
  }

  /** Whether a second source confirms the time that is read. Only then it dates what has no time of its own. */
  get is_confirmed(): boolean {
    const { from_monotonic_ms, from_postgres_ms = Infinity } = this.differences;
    if (from_monotonic_ms === undefined) return false;
    return isAgreement(from_monotonic_ms) || isAgreement(from_postgres_ms - from_monotonic_ms);
  }

  /** How far the wall clock is ahead of each other source. */
  get differences(): ClockDifferences {
    return this.#differencesAt(this.#clocks.wall_ms());
  }

  /**
   * Compares the machine's clocks with Postgres's.
   *
   * @param readPostgres reads its clock, in milliseconds since the epoch
   * @throws {Error} when it cannot be read, or not soon enough; the last comparison stays
   */
  async compare(readPostgres: () => Promise<number>): Promise<void> {
    const asked_ms = this.#clocks.monotonic_ms();
    const postgres_ms = await readPostgres();
    const answered_ms = this.#clocks.monotonic_ms();
    if (answered_ms - asked_ms > ANSWER_MS_MAX) throw new Error("Postgres took too long to tell the time");
    this.#postgres_offset_ms = postgres_ms - (asked_ms + answered_ms) / 2;
    const wall_ms = this.#clocks.wall_ms();
    const { from_monotonic_ms = 0, from_postgres_ms = 0 } = this.#differencesAt(wall_ms);
    if (!isAgreement(from_postgres_ms)) this.#confirmed_since_ms = undefined;
    else if (isAgreement(from_monotonic_ms)) this.#agree(wall_ms);
    else {
      this.#confirmed_since_ms ??= answered_ms;
      if (answered_ms - this.#confirmed_since_ms >= CONFIRMED_AFTER_MS) this.#agree(wall_ms);
    }
  }

  #agree(wall_ms: number): void {
    this.#agreed_offset_ms = wall_ms - this.#clocks.monotonic_ms();
    this.#confirmed_since_ms = undefined;
  }

  #differencesAt(wall_ms: number): ClockDifferences {
    const machine_ms = wall_ms - this.#clocks.monotonic_ms();
    return {
      from_monotonic_ms: this.#agreed_offset_ms === undefined
        ? undefined
        : machine_ms - this.#agreed_offset_ms,
      from_postgres_ms: this.#postgres_offset_ms === undefined
        ? undefined
        : machine_ms - this.#postgres_offset_ms,
    };
  }
}

function isAgreement(difference_ms: number): boolean {
  return Math.abs(difference_ms) <= AGREEMENT_MS_MAX;
}
