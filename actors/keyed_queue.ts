import type { Exclusive } from "../src/ports/placement.ts";

/** Runs tasks that share a key one after another, in the order they were added; other tasks run at once. */
export class KeyedQueue {
  /** The end of the last task of each key that has one. */
  readonly #last_ends = new Map<string, Promise<void>>();
  readonly #waiting_max: number;
  readonly #on_all_nodes: Exclusive | undefined;
  #waiting = 0;

  /**
   * @param waiting_max how many tasks may wait for others
   * @param on_all_nodes runs each task while no other node runs one that shares a key; absent on one node alone
   */
  constructor(waiting_max: number, on_all_nodes?: Exclusive) {
    this.#waiting_max = waiting_max;
    this.#on_all_nodes = on_all_nodes;
  }

  /** Keys with a task that runs or waits. */
  get size(): number {
    return this.#last_ends.size;
  }

  /**
   * Runs a task after every earlier task that shares a key with it, also when those failed. A task joins the queues of
   * all its keys at once, so no two tasks wait for each other. A task must not add another and await it.
   *
   * @returns the result of the task; `undefined`, and the task does not run, when too many tasks wait
   */
  async run<T>(keys: ReadonlySet<string>, task: () => Promise<T>): Promise<T | undefined> {
    const earlier = [...keys].map((key) => this.#last_ends.get(key)).filter((end) => end !== undefined);
    if (earlier.length > 0 && this.#waiting >= this.#waiting_max) return undefined;
    const { promise: end, resolve } = Promise.withResolvers<void>();
    for (const key of keys) this.#last_ends.set(key, end);
    try {
      if (earlier.length > 0) await this.#waitFor(earlier);
      return await (this.#on_all_nodes?.run(keys, task) ?? task());
    } finally {
      for (const key of keys) if (this.#last_ends.get(key) === end) this.#last_ends.delete(key);
      resolve();
    }
  }

  async #waitFor(earlier: readonly Promise<void>[]): Promise<void> {
    this.#waiting++;
    await Promise.all(earlier);
    this.#waiting--;
  }
}
