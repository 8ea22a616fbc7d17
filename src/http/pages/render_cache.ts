/** How long a rendering is reused. The page shows the time of its numbers. */
const FRESH_MS = 1_000;
const KEPT_MAX = 256;

/**
 * Renderings in progress and of the last second, by key. When a company changes, a thousand viewers may request the same
 * page at once, and it is rendered once.
 */
export class RenderCache<T> {
  readonly #made = new Map<string, { readonly begun_ms: number; readonly thing: Promise<T> }>();
  readonly #now_ms: () => number;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** Returns the cached rendering, or renders. A failed rendering is not cached. */
  async get(key: string, make: () => Promise<T>): Promise<T> {
    const now_ms = this.#now_ms();
    const there = this.#made.get(key);
    if (there !== undefined && now_ms - there.begun_ms < FRESH_MS) return await there.thing;
    this.#clear(now_ms);
    const thing = make();
    this.#made.set(key, { begun_ms: now_ms, thing });
    try {
      return await thing;
    } catch (error) {
      if (this.#made.get(key)?.thing === thing) this.#made.delete(key);
      throw error;
    }
  }

  /** Evicts expired renderings, and the oldest when the cache is full. The map is in order of creation. */
  #clear(now_ms: number): void {
    for (const [key, { begun_ms }] of this.#made) {
      if (now_ms - begun_ms < FRESH_MS && this.#made.size < KEPT_MAX) return;
      this.#made.delete(key);
    }
  }
}
