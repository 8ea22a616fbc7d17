/** Estimates the service's clock: its last known time plus the time elapsed in the browser since. */
export class ServerClock {
  #offset_ms: number;

  /** @param as_of the service's current time; RFC 3339 */
  constructor(as_of: string) {
    this.#offset_ms = offsetOf(as_of);
  }

  /** Adjusts the clock to the service's current time. */
  sync(as_of: string): void {
    this.#offset_ms = offsetOf(as_of);
  }

  /** Returns the service's time in Unix milliseconds. */
  now_ms(): number {
    return Date.now() + this.#offset_ms;
  }
}

function offsetOf(as_of: string): number {
  return Date.parse(as_of) - Date.now();
}
