import { sleep } from "./sleep.ts";

/** The clock that a test clock runs on with: see `trusted_clock.ts`. */
export interface MachineClock {
  now_ms(): number;
  readonly is_certain: boolean;
  readonly is_confirmed: boolean;
}

/** Stores the offset of the test clock, so it survives a restart. */
export interface OffsetStore {
  write(offset_ms: number): Promise<void>;
}

/**
 * A clock that integrators move forward to test midnight and month end. It runs on from the time it was set to. It
 * cannot be moved back: closed days stay closed.
 */
export class TestClock {
  readonly #machine: MachineClock;
  readonly #store: OffsetStore;
  #offset_ms: number;

  /** @param offset_ms how far the clock is ahead of the machine's */
  constructor(offset_ms: number, store: OffsetStore, machine: MachineClock) {
    this.#offset_ms = offset_ms;
    this.#store = store;
    this.#machine = machine;
  }

  now_ms(): number {
    return this.#machine.now_ms() + this.#offset_ms;
  }

  /** Whether the machine's time is certain: this clock moves on with it. */
  get is_certain(): boolean {
    return this.#machine.is_certain;
  }

  /** Whether the machine's time is confirmed: this clock moves on with it. */
  get is_confirmed(): boolean {
    return this.#machine.is_confirmed;
  }

  /**
   * Sets the clock. The offset is stored before the clock moves.
   *
   * @param target returns the new time for the current one; both are compared at one reading of the clock
   * @returns false, and changes nothing, when the target is in the past
   * @throws when the store cannot be reached; the clock is unchanged
   */
  async set(target: (now_ms: number) => number): Promise<boolean> {
    const machine_ms = this.#machine.now_ms();
    const now_ms = machine_ms + this.#offset_ms;
    const to_ms = target(now_ms);
    if (to_ms < now_ms) return false;
    const offset_ms = to_ms - machine_ms;
    await this.#store.write(offset_ms);
    this.#offset_ms = Math.max(this.#offset_ms, offset_ms);
    return true;
  }
}

/**
 * Opens the test clock: where it was when it was last set, or, when it never was, at a given time.
 *
 * @param machine the clock it runs on with
 * @param starts_at_ms default: the machine's time
 * @throws when the store cannot be reached
 */
export async function openTestClock(
  store: OffsetStore & { read(): Promise<number | undefined> },
  machine: MachineClock,
  starts_at_ms?: number,
): Promise<TestClock> {
  const stored_ms = await store.read();
  const offset_ms = stored_ms ?? (starts_at_ms ?? machine.now_ms()) - machine.now_ms();
  if (stored_ms === undefined) await store.write(offset_ms);
  return new TestClock(offset_ms, store, machine);
}

/** Timers on the machine's clock, never on the test clock. */
export class SystemTimers {
  readonly sleep = sleep;
}
