/** Chance that comes out the same for the same seed: what the demo and the bench make up can be made up again. */
export class SeededRandom {
  #state: number;

  /** @param seed any text; dice with different seeds fall independently */
  constructor(seed: string) {
    let hash = 0x811c9dc5;
    for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
    this.#state = hash >>> 0;
  }

  /** A number from 0 up to, and without, 1 (Mulberry32). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** True so often: 0 is never, 1 is always. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /**
   * One of a list, each as likely.
   *
   * @throws {RangeError} when the list is empty
   */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("nothing can be picked from an empty list");
    return list[this.between(0, list.length - 1)]!;
  }

  /** So many different ones of a list, in any order; all of them when there are not as many. */
  pickSome<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    const picked: T[] = [];
    while (picked.length < count && left.length > 0) {
      picked.push(...left.splice(this.between(0, left.length - 1), 1));
    }
    return picked;
  }
}
