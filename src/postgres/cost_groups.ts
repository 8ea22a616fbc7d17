/** The groups of counted messages as parameters of a statement. */

import type { GroupSpan } from "../domain/meta_costs/cost_messages.ts";
import type { CostDay } from "../domain/meta_costs/types.ts";
import type { LocalDate } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";

/** The columns of a group. */
export type GroupRow =
  & Pick<CostDay, "company" | "phone_number_id" | "category" | "pricing_type" | "billable">
  & {
    readonly country: string;
  };

/** Groups of counters with their dates, as the arrays of a statement. */
export interface DatedGroup {
  readonly counter: number;
  readonly group: GroupRow;
  readonly first: string;
  /** The first date after them, where the statement reads it. */
  readonly second?: string;
}

/** Returns the arrays of dated groups, in the order of the statements' parameters. */
export function groupArrays(dated: readonly DatedGroup[]): unknown[] {
  return [
    dated.map(({ counter }) => counter),
    dated.map(({ group }) => companyKey(group.company)),
    dated.map(({ group }) => group.phone_number_id),
    dated.map(({ group }) => group.country),
    dated.map(({ group }) => group.category),
    dated.map(({ group }) => group.pricing_type),
    dated.map(({ group }) => group.billable),
    dated.map(({ first }) => first),
    dated.map(({ second }) => second ?? null),
  ];
}

/** Formats numbers or dates as the text of a Postgres array. */
export function arrayText(values: readonly (number | LocalDate)[]): string {
  return `{${values.join(",")}}`;
}

/** Returns the columns of a group. */
export function toGroupRow(
  { company, phone_number_id, country, category, pricing_type, billable }: GroupSpan,
): GroupRow {
  return { company, phone_number_id, country: country ?? "", category, pricing_type, billable };
}

/** Returns a text that is equal for equal groups. */
export function groupKey(
  { company, phone_number_id, country, category, pricing_type, billable }: GroupRow,
): string {
  return `${company} ${phone_number_id} ${country} ${category} ${pricing_type} ${billable}`;
}
