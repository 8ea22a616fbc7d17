/** The cached permission of a caller. Work that holds the lease, such as a stream, is notified when the lease ends. */
export class AccessLease {
  readonly #holders = new Set<() => void>();
  #ended = false;

  /** Whether the lease has ended. It never becomes valid again. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether a stream or other work holds it. */
  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  /**
   * Holds the lease until the result is disposed of.
   *
   * @param onEnd called once when the lease ends while it is held; at once if it has ended already
   */
  hold(onEnd: () => void): Disposable {
    // A new function each time: two holders may pass the same one.
    const holder = () => onEnd();
    if (this.#ended) onEnd();
    else this.#holders.add(holder);
    return { [Symbol.dispose]: () => void this.#holders.delete(holder) };
  }

  /** Ends the lease and notifies its holders. A second call does nothing. */
  end(): void {
    this.#ended = true;
    const holders = [...this.#holders];
    this.#holders.clear();
    for (const holder of holders) holder();
  }
}
