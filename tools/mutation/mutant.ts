/** A mistake somebody could make, as one text of one file put in the place of another. */
export interface Mutant {
  /** Short, for `--only`. */
  readonly name: string;
  /** What would happen to a company. */
  readonly harm: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly original: string;
  readonly mutated: string;
  /** The files of tests that are there to notice, and must. */
  readonly tests: readonly string[];
}

/**
 * The file with the defect in it.
 *
 * @throws {Error} when the defect does not fit the code any more: it must be written anew, or it would test nothing
 */
export function applyMutant({ name, file, original, mutated }: Mutant, text: string): string {
  const times = text.split(original).length - 1;
  if (times !== 1) {
    throw new Error(
      `"${name}" does not fit: its text stands in ${file} ${times} times, and must stand there once`,
    );
  }
  return text.replace(original, () => mutated);
}
