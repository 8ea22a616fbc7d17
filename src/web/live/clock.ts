/** The service's clock, as far as it can be told from here: what it said last, and what has passed since. */
export class ServerClock {
  #offset_ms: number;

  /** @param as_of an instant the service has just named */
  constructor(as_of: string) {
    this.#offset_ms = offsetOf(as_of);
  }

  sync(as_of: string): void {
    this.#offset_ms = offsetOf(as_of);
  }

  now_ms(): number {
    return Date.now() + this.#offset_ms;
  }
}

function offsetOf(as_of: string): number {
  return Date.parse(as_of) - Date.now();
}
