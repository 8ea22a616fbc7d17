import type { CostGroup } from "./types.ts";

/** Messages of one group, more or fewer (negative) than before. */
export interface CountedCost {
  readonly group: CostGroup;
  readonly messages: number;
}

/** Returns a text that is equal for equal groups, and in which groups sort by date. */
export function costGroupKey(group: CostGroup): string {
  const { local_date, account_date, phone_number_id, country, category, pricing_type, billable } = group;
  return `${local_date} ${account_date} ${phone_number_id} ${
    country ?? ""
  } ${category} ${pricing_type} ${billable}`;
}

/** Adds a difference to those of its group. A sum may be zero. */
export function mergeCounted(counted: Map<string, CountedCost>, { group, messages }: CountedCost): void {
  const key = costGroupKey(group);
  const known = counted.get(key);
  counted.set(
    key,
    known === undefined ? { group, messages } : { group, messages: known.messages + messages },
  );
}
