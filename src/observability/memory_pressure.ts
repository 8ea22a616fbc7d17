import { getLogger } from "@logtape/logtape";

/** Memory is short when the used part of the heap was above this in every recent sample. */
const USED_PART_MAX = 0.8;
/**
 * Samples that must agree. One alone says little: the heap holds garbage until V8 collects it, and close to the limit V8
 * collects often.
 */
const SAMPLES = 3;

const log = getLogger(["poli-credits"]);

/** What the check for memory pressure depends on. */
export interface MemoryPressureDependencies {
  /** Reads the used heap and its limit. */
  readHeap(): { readonly used_bytes: number; readonly limit_bytes: number };
  /** Frees memory. Must not reject. */
  relieve(): Promise<void>;
}

/**
 * Frees memory when the heap is nearly full. It is the second line: the bounds on items in memory and on what is in
 * flight are the first, and count averages.
 */
export class MemoryPressure {
  readonly #dependencies: MemoryPressureDependencies;
  #high_samples = 0;
  #count = 0;

  constructor(dependencies: MemoryPressureDependencies) {
    this.#dependencies = dependencies;
  }

  /** How many times memory was freed. */
  get count(): number {
    return this.#count;
  }

  /** The heap now. */
  get heap(): { readonly used_bytes: number; readonly limit_bytes: number } {
    return this.#dependencies.readHeap();
  }

  /** The process's memory in RAM. */
  get resident_bytes(): number {
    return Deno.memoryUsage().rss;
  }

  /** Takes a sample. Call it once a second. */
  sample(): void {
    const { used_bytes, limit_bytes } = this.heap;
    if (used_bytes <= limit_bytes * USED_PART_MAX) {
      this.#high_samples = 0;
      return;
    }
    if (++this.#high_samples < SAMPLES) return;
    this.#high_samples = 0;
    this.#count++;
    log.warn(
      "Memory is short: {used_bytes} of {limit_bytes} bytes of the heap are used; companies are passivated",
      {
        used_bytes,
        limit_bytes,
      },
    );
    void this.#dependencies.relieve();
  }
}
