/** How long a rendering is reused. The page shows the time of its numbers. */
const FRESH_MS = 1_000;
const ENTRIES_MAX = 256;

/**
 * Renderings in progress and of the last second, by key. When a company changes, a thousand viewers may request the same
 * page at once, and it is rendered once.
 */
export class RenderCache<T> {
  readonly #entries = new Map<string, { readonly started_ms: number; readonly rendering: Promise<T> }>();
  readonly #now_ms: () => number;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** Returns the cached rendering, or renders. A failed rendering is not cached. */
  async get(key: string, render: () => Promise<T>): Promise<T> {
    const now_ms = this.#now_ms();
    const cached = this.#entries.get(key);
    if (cached !== undefined && now_ms - cached.started_ms < FRESH_MS) return await cached.rendering;
    this.#evict(now_ms);
    const rendering = render();
    this.#entries.set(key, { started_ms: now_ms, rendering });
    try {
      return await rendering;
    } catch (error) {
      if (this.#entries.get(key)?.rendering === rendering) this.#entries.delete(key);
      throw error;
    }
  }

  /** Evicts expired renderings, and the oldest when the cache is full. The map is in order of creation. */
  #evict(now_ms: number): void {
    for (const [key, { started_ms }] of this.#entries) {
      if (now_ms - started_ms < FRESH_MS && this.#entries.size < ENTRIES_MAX) return;
      this.#entries.delete(key);
    }
  }
}
