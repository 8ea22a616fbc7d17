/** Counts the messages that Meta prices, by a plain fold over the facts of a contact. */

import { type Fact, PROVES_DELIVERY, withoutMoved } from "./expected_windows.ts";
import type { AccountDays } from "./account_days.ts";
import type { LocalDays } from "./local_days.ts";

/** A version of the Meta account of a number. */
export interface AccountRow {
  readonly phone_number_id: string;
  readonly from_ms: bigint;
  readonly time_zone: string;
}

/** The days and accounts that the counts take from a company. */
export interface CostRules {
  readonly days: Pick<LocalDays, "dateOf">;
  /** In order of time. */
  readonly accounts: readonly AccountRow[];
  readonly account_days: Pick<AccountDays, "dateOf">;
}

/** Messages by group: `2026-11-23 2026-11-22 <number> BR marketing regular true`. */
export type CostCounts = Map<string, bigint>;

const CATEGORIES: Readonly<Record<number, string>> = {
  1: "marketing",
  2: "authentication_international",
  3: "authentication",
  4: "utility",
  5: "service",
  15: "unknown",
};
const TYPES: Readonly<Record<number, string>> = {
  1: "regular",
  2: "free_customer_service",
  3: "free_entry_point",
  4: "free_group_customer_service",
  15: "unknown",
};
/**
 * Meta reports a message within this many days after it was sent. In the first days of the stored facts, some facts of a
 * message may be deleted.
 */
export const REPORTED_WITHIN_DAYS = 31;
/** A country of a BSUID is this much more than the same one of a phone. */
const OF_BSUID = 1024;

/** The content of a fact's `pricing`. */
interface Price {
  readonly country: number;
  readonly category: number;
  readonly type: number;
  readonly not_billable: number;
  readonly needs_sending: boolean;
}

/** Adds the messages of a contact to the counts. */
export function countCosts(counts: CostCounts, stored: readonly Fact[], rules: CostRules): void {
  const facts = withoutMoved(stored);
  if (facts.every(({ pricing }) => pricing === null)) return;
  for (const statuses of Map.groupBy(facts, ({ message }) => message).values()) {
    const group = groupOf(statuses, rules);
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0n) + 1n);
  }
}

/** What messages are counted by. */
export interface CountedGroup {
  readonly local_date: string;
  readonly account_date: string;
  readonly phone_number_id: string;
  readonly country: string;
  readonly category: string;
  readonly pricing_type: string;
  readonly billable: boolean;
}

/** Formats a group as the key of {@link CostCounts}. */
export function groupKey(group: CountedGroup): string {
  const { local_date, account_date, phone_number_id, country, category, pricing_type, billable } = group;
  return [local_date, account_date, phone_number_id, country, category, pricing_type, billable].join(" ");
}

/** A delivered message, as its statuses tell of it. */
export interface DeliveredMessage {
  readonly delivered_ms: number;
  readonly category: string;
  readonly type: string;
  readonly billable: boolean;
  /** The codes of the countries that its statuses give. */
  readonly countries: readonly number[];
}

/** Folds the statuses of one message; undefined if it was not delivered, or no price was read. */
export function deliveredMessage(statuses: readonly Fact[]): DeliveredMessage | undefined {
  const prices = statuses.flatMap(({ pricing }) => pricing === null ? [] : [decode(pricing)]);
  const deliveries = statuses.filter(({ kind }) => PROVES_DELIVERY.includes(kind)).map(({ at_ms }) => at_ms);
  if (prices.length === 0 || deliveries.length === 0) return undefined;
  const sending_seen = statuses.some(({ kind }) => kind === "sent" || kind === "delivered");
  if (!sending_seen && prices.every(({ needs_sending }) => needs_sending)) return undefined;
  const [dearest] = prices.toSorted((a, b) =>
    a.category - b.category || a.type - b.type || a.not_billable - b.not_billable
  );
  const { category, type, not_billable } = dearest!;
  return {
    delivered_ms: Math.min(...deliveries),
    category: CATEGORIES[category]!,
    type: TYPES[type]!,
    billable: not_billable === 0,
    countries: prices.map(({ country }) => country),
  };
}

function groupOf(statuses: readonly Fact[], { days, accounts, account_days }: CostRules): string | undefined {
  const message = deliveredMessage(statuses);
  if (message === undefined) return undefined;
  const { delivered_ms, category, type, billable, countries } = message;
  const [number = ""] = statuses.flatMap(({ phone_number_id }) => phone_number_id ?? []).sort();
  const account = accounts.findLast(({ phone_number_id, from_ms }) =>
    phone_number_id === number && Number(from_ms) <= delivered_ms
  );
  const local_date = days.dateOf(delivered_ms);
  return groupKey({
    local_date,
    account_date: account === undefined ? local_date : account_days.dateOf(account.time_zone, delivered_ms),
    phone_number_id: number,
    country: letters(Math.min(...countries) % OF_BSUID),
    category,
    pricing_type: type,
    billable,
  });
}

/** Returns the stored number of a price that a status of no country gives. */
export function encodePrice(category: string, type: string, billable: boolean): number {
  const codeOf = (names: Readonly<Record<number, string>>, name: string) =>
    Number(Object.entries(names).find(([, known]) => known === name)![0]);
  return codeOf(CATEGORIES, category) * 64 + codeOf(TYPES, type) * 4 + (billable ? 0 : 2);
}

/** Takes the parts of a stored number from its end. */
function decode(pricing: number): Price {
  let rest = pricing;
  const take = (values: number): number => {
    const part = rest % values;
    rest = (rest - part) / values;
    return part;
  };
  const needs_sending = take(2) === 1;
  const not_billable = take(2);
  const type = take(16);
  const category = take(16);
  return { country: rest, category, type, not_billable, needs_sending };
}

/** Returns the two letters of a country; `""` for none. */
function letters(code: number): string {
  if (code === OF_BSUID - 1) return "";
  return String.fromCharCode(64 + Math.floor(code / 32), 64 + code % 32);
}
