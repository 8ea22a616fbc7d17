import { quiesce } from "../quiesce.ts";

interface Sleeper {
  readonly due_ms: number;
  readonly wake: () => void;
}

/** Time that passes only when a test advances it. */
export class ManualTime {
  #now_ms = 0;
  #sleepers: Sleeper[] = [];

  /** The time. */
  now_ms(): number {
    return this.#now_ms;
  }

  /** Resolves after a duration, or at once when the signal aborts. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const sleeper = { due_ms: this.#now_ms + duration_ms, wake };
    this.#sleepers.push(sleeper);
    signal?.addEventListener("abort", wake);
    return promise;
  }

  /** Lets time pass, and all that follows from it happen. @param onStep called each time something was due */
  async advance(duration_ms: number, onStep: () => void = () => {}): Promise<void> {
    const end_ms = this.#now_ms + duration_ms;
    await quiesce();
    for (;;) {
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, sleeper) => first === undefined || sleeper.due_ms < first.due_ms ? sleeper : first,
        undefined,
      );
      if (next === undefined || next.due_ms > end_ms) break;
      this.#now_ms = Math.max(this.#now_ms, next.due_ms);
      next.wake();
      await quiesce();
      onStep();
    }
    this.#now_ms = end_ms;
    onStep();
  }
}
