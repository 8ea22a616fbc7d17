import type { Attributes } from "./ledger.ts";

/**
 * Returns labels sorted by name, for comparing and hashing. The stored order means nothing: Postgres does not keep
 * the order of jsonb keys.
 */
export function sortedLabels(labels: Attributes | undefined): (readonly [string, string])[] {
  return Object.entries(labels ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
}

/** Returns the same text for the same labels, in any order. */
export function labelText(labels: Attributes | undefined): string {
  return JSON.stringify(sortedLabels(labels));
}
