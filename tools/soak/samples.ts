/** The samples of a soak, and what they show. */

/** One sample of the service. */
export interface Sample {
  readonly at_ms: number;
  readonly resident_bytes: number;
}

/** Resident memory is level when the mean of the last third is at most this multiple of that of the first. */
export const LEVEL_MAX = 1.1;

/** The means of resident memory over the first and the last third of a soak, in bytes. */
export interface Thirds {
  readonly first_bytes: number;
  readonly last_bytes: number;
  readonly is_level: boolean;
}

/**
 * Compares the first and the last third of the time between the first and the last sample.
 *
 * @throws {RangeError} with fewer than three samples
 */
export function thirdsOf(samples: readonly Sample[]): Thirds {
  if (samples.length < 3) throw new RangeError(`${samples.length} samples have no thirds`);
  const [from_ms, to_ms] = [samples[0]!.at_ms, samples.at(-1)!.at_ms];
  const third_ms = (to_ms - from_ms) / 3;
  const first_bytes = meanOf(samples.filter(({ at_ms }) => at_ms <= from_ms + third_ms));
  const last_bytes = meanOf(samples.filter(({ at_ms }) => at_ms >= to_ms - third_ms));
  return { first_bytes, last_bytes, is_level: last_bytes <= first_bytes * LEVEL_MAX };
}

/** Returns the mean of resident memory, in bytes. */
export function meanOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { resident_bytes }) => sum + resident_bytes, 0) / samples.length;
}
