import { sleep } from "./sleep.ts";

/** The machine's time of day. */
export class SystemClock {
  now_ms(): number {
    return Date.now();
  }
}

/** Keeps how far the test clock is ahead, so that it survives a restart. */
export interface OffsetStore {
  write(offset_ms: number): Promise<void>;
}

/**
 * A clock that integrators move to test midnight and month end. It runs on from the instant it was set to,
 * and only forward: what has been closed stays closed.
 */
export class TestClock {
  readonly #machine: { now_ms(): number };
  readonly #store: OffsetStore;
  #offset_ms: number;

  /** @param offset_ms how far it was ahead of the machine when it was last set */
  constructor(offset_ms: number, store: OffsetStore, machine: { now_ms(): number } = new SystemClock()) {
    this.#offset_ms = offset_ms;
    this.#store = store;
    this.#machine = machine;
  }

  now_ms(): number {
    return this.#machine.now_ms() + this.#offset_ms;
  }

  /**
   * Sets the clock, durably before anyone sees it.
   *
   * @param target where to, from the one instant that it is compared with too: the clock runs on meanwhile
   * @returns false, and changes nothing, when that would move it back
   * @throws when the store cannot be reached; the clock is then as it was
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

/** Waiting by the machine's time, whatever the test clock says. */
export class SystemTimers {
  readonly sleep = sleep;
}
