/** How long one rendering may be given to whoever asks for the same: the page says of when its numbers are. */
const FRESH_MS = 1_000;
const KEPT_MAX = 256;

/**
 * What is being made or has just been, by what it is of. A thousand people may watch one company: whatever moves, all
 * of their pages ask for the same at once, and it is made once.
 */
export class RenderCache<T> {
  readonly #made = new Map<string, { readonly begun_ms: number; readonly thing: Promise<T> }>();
  readonly #now_ms: () => number;

  /** @param now_ms a clock that never goes back */
  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** What is there already, or is made now. What fails is not kept. */
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

  /** Forgets what is no longer given; and the oldest, where that is not enough. They stand in the order of their making. */
  #clear(now_ms: number): void {
    for (const [key, { begun_ms }] of this.#made) {
      if (now_ms - begun_ms < FRESH_MS && this.#made.size < KEPT_MAX) return;
      this.#made.delete(key);
    }
  }
}
