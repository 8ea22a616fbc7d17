/** A second in which the requests of one id are counted. */
interface Window {
  readonly ends_ms: number;
  counted: number;
}

const WINDOW_MS = 1_000;

/**
 * Counts requests by id, for a rate in requests a second. The second of an id begins with its first request. The library
 * that limits failed attempts takes a promise for each count and a timer for each id: see `docs/decisions`.
 */
export class RateCounter {
  /** What has the rate, such as `key`. */
  readonly name: string;
  readonly rate: number;
  readonly #now_ms: () => number;
  /** By id, in the order of their ends. */
  readonly #windows = new Map<string, Window>();

  /** @param now_ms a monotonic clock */
  constructor(name: string, rate: number, now_ms: () => number = () => performance.now()) {
    this.name = name;
    this.rate = rate;
    this.#now_ms = now_ms;
  }

  /** Number of ids in memory: those of the last second in which a new second began. */
  get size(): number {
    return this.#windows.size;
  }

  /** Counts requests of an id. @returns how many more it has in its second; negative when it exceeds the rate */
  count(id: string, requests: number): number {
    const now_ms = this.#now_ms();
    let window = this.#windows.get(id);
    if (window === undefined || window.ends_ms <= now_ms) {
      this.#deleteEnded(now_ms);
      window = { ends_ms: now_ms + WINDOW_MS, counted: 0 };
      this.#windows.set(id, window);
    }
    window.counted += requests;
    return this.rate - window.counted;
  }

  #deleteEnded(now_ms: number): void {
    for (const [id, { ends_ms }] of this.#windows) {
      if (ends_ms > now_ms) return;
      this.#windows.delete(id);
    }
  }
}
