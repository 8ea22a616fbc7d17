import type { Attributes } from "./ledger.ts";

/**
 * Labels in the one order in which they are compared and hashed: that of their names. The order they are held in says
 * nothing, for a store may give them back in another than they were reported in.
 */
export function sortedLabels(labels: Attributes | undefined): (readonly [string, string])[] {
  return Object.entries(labels ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
}

/** The same text for the same labels. */
export function labelText(labels: Attributes | undefined): string {
  return JSON.stringify(sortedLabels(labels));
}
