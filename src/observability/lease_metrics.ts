/** Counts the shards that this node gained, drained and lost. */
export class LeaseMetrics {
  readonly #counts = new Map<"gained" | "drained" | "lost", number>([["gained", 0], ["drained", 0], [
    "lost",
    0,
  ]]);

  /** Shards since the start, by kind of event. */
  get counts(): ReadonlyMap<"gained" | "drained" | "lost", number> {
    return this.#counts;
  }

  /** Counts shards. */
  count(type: "gained" | "drained" | "lost", shards: number): void {
    this.#counts.set(type, this.#counts.get(type)! + shards);
  }
}
