/** A second one sooner than this is the same Ctrl-C: npx, the task runner and the terminal may each pass it on. */
const SAME_INTERRUPT_MS = 1_000;

/** What Ctrl-C means: the first asks everything to stop, one at least a second later forces it. */
export class Interrupts {
  readonly #asked = new AbortController();
  readonly #now_ms: () => number;
  readonly #force: () => void;
  #first_ms: number | undefined;

  constructor(now_ms: () => number, force: () => void) {
    this.#now_ms = now_ms;
    this.#force = force;
  }

  /** Aborts at the first interrupt. */
  get signal(): AbortSignal {
    return this.#asked.signal;
  }

  /** An interrupt has come. */
  heard(): void {
    const now_ms = this.#now_ms();
    this.#first_ms ??= now_ms;
    this.#asked.abort(new Stopped());
    if (now_ms - this.#first_ms >= SAME_INTERRUPT_MS) this.#force();
  }
}

/** Somebody asked the demo to stop. */
export class Stopped extends Error {
  override name = "Stopped";
}
