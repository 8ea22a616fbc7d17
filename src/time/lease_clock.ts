import { MACHINE_CLOCKS, type MachineClocks } from "./trusted_clock.ts";

/**
 * Time by which a lease ends. It is never behind Postgres's: monotonic time stands still while a machine sleeps, and the
 * wall clock can be set back, so each step is the larger of both.
 */
export class LeaseClock {
  readonly #clocks: MachineClocks;
  #wall_ms: number;
  #monotonic_ms: number;
  #now_ms = 0;

  constructor(clocks: MachineClocks = MACHINE_CLOCKS) {
    this.#clocks = clocks;
    this.#wall_ms = clocks.wall_ms();
    this.#monotonic_ms = clocks.monotonic_ms();
  }

  /** Returns milliseconds since this clock was created. */
  now_ms(): number {
    const [wall_ms, monotonic_ms] = [this.#clocks.wall_ms(), this.#clocks.monotonic_ms()];
    this.#now_ms += Math.max(wall_ms - this.#wall_ms, monotonic_ms - this.#monotonic_ms);
    this.#wall_ms = wall_ms;
    this.#monotonic_ms = monotonic_ms;
    return this.#now_ms;
  }
}
