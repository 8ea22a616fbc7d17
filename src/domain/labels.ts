import type { Attributes } from "./ledger.ts";

/**
 * Returns labels sorted by name, for comparing and hashing. The stored order means nothing: Postgres does not keep
 * the order of jsonb keys.
 */
export function sortedLabels(labels: Attributes | undefined): (readonly [string, string])[] {
  return Object.entries(labels ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
}

/** The value of an erased label. */
export const ERASED_LABEL = "•••";

/**
 * Erases the labels that contain a text, in upper or lower case: of a value that contains it only the name stays, and a
 * name that contains it goes with its value.
 *
 * @returns undefined when no label contains the text
 */
export function withoutLabelText(labels: Attributes, text: string): Attributes | undefined {
  const wanted = comparable(text);
  const contains = (part: string) => part !== ERASED_LABEL && comparable(part).includes(wanted);
  const entries = Object.entries(labels);
  if (!entries.flat().some(contains)) return undefined;
  return Object.fromEntries(
    entries.filter(([name]) => !contains(name))
      .map(([name, value]) => [name, contains(value) ? ERASED_LABEL : value]),
  );
}

function comparable(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** Returns the same text for the same labels, in any order. */
export function labelText(labels: Attributes | undefined): string {
  return JSON.stringify(sortedLabels(labels));
}
