/** A deliberate defect: one text of one file, replaced by another. */
export interface Mutant {
  /** The short name, for `--only`. */
  readonly name: string;
  /** The harm to a company. */
  readonly harm: string;
  readonly file: string;
  /** The text to replace. It occurs exactly once in the file. */
  readonly original: string;
  readonly mutated: string;
  /** The test files that must fail. */
  readonly tests: readonly string[];
}

/**
 * Applies a mutant to the text of its file.
 *
 * @throws {Error} when the original text does not occur exactly once: update the mutant to the changed code
 */
export function applyMutant({ name, file, original, mutated }: Mutant, text: string): string {
  const count = text.split(original).length - 1;
  if (count !== 1) {
    throw new Error(
      `mutant "${name}": its original text occurs ${count} times in ${file}, not once. Update it to the code.`,
    );
  }
  return text.replace(original, () => mutated);
}
