/** What lets a caller in: it is good until it ends, and whoever goes on under it hears of that. */
export class AccessLease {
  readonly #holders = new Set<() => void>();
  #ended = false;

  /** Whether it is over, for good. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether something goes on under it, such as a stream. */
  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  /**
   * Goes on under it. Disposing of what this gives back lets go.
   *
   * @param onEnd called once when it ends before that; at once if it has ended already
   */
  hold(onEnd: () => void): Disposable {
    // Of its own, for two may hold with one function.
    const holder = () => onEnd();
    if (this.#ended) onEnd();
    else this.#holders.add(holder);
    return { [Symbol.dispose]: () => void this.#holders.delete(holder) };
  }

  /** Ends it. A second call changes nothing. */
  end(): void {
    this.#ended = true;
    const holders = [...this.#holders];
    this.#holders.clear();
    for (const holder of holders) holder();
  }
}
