/** The service's clock, as far as it can be told from here: what it said last, and what has passed since. */
export class ServerClock {
  #ahead_ms: number;

  /** @param as_of an instant the service has just named */
  constructor(as_of: string) {
    this.#ahead_ms = aheadOf(as_of);
  }

  hear(as_of: string): void {
    this.#ahead_ms = aheadOf(as_of);
  }

  now_ms(): number {
    return Date.now() + this.#ahead_ms;
  }
}

function aheadOf(as_of: string): number {
  return Date.parse(as_of) - Date.now();
}
