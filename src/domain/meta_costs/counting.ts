/**
 * Meta's counts within a month: how many messages came before, for the free service messages and the volume tiers.
 *
 * - COUNT-1: a month is that of Meta's account. The date of delivery in the account's zone decides it.
 * - COUNT-2: a number's service messages count together, whichever company owned the number. Those that Meta reports as
 *   free in the customer service window count too; those of a free entry point do not.
 * - COUNT-3: the charged messages of another category count together by portfolio, market and category, over all
 *   companies and currencies. Free ones do not count.
 * - COUNT-4: messages count in order of account date, local date, free before charged, then number, company and group.
 *   Within a date the order of delivery is not stored, so this order decides which of them pass a boundary.
 */

import { monthOf } from "../calendar.ts";
import type { CompanyId, LocalDate } from "../types.ts";
import { RUNTIME_ZONE_DATA } from "../zone_data.ts";
import type { Market } from "./markets.ts";
import type { NumberAccount } from "./number_accounts.ts";
import type { MetaRateCard } from "./rate_card.ts";
import {
  type CostDay,
  META_CATEGORIES,
  type MetaCategory,
  PRICING_TYPES,
  type PricingType,
} from "./types.ts";

/** What decides whether Meta charges messages at all. */
export interface Charging {
  readonly category: MetaCategory;
  readonly pricing_type: PricingType;
  readonly billable: boolean;
}

/** Messages of one group and day, with their place among those that Meta counts together. */
export interface CountedDay extends CostDay {
  /** Meta's account of the number on the date; undefined while none is set. */
  readonly account: NumberAccount | undefined;
  /** Undefined while the country is unknown. */
  readonly market: Market | undefined;
  /** How many messages of the account's month Meta counted before them; 0 where it counts none. */
  readonly counted_before: number;
}

/** The accounts of numbers by date. On the date of a change the new account counts for the whole date. */
export class AccountsByDate {
  readonly #versions: ReadonlyMap<string, readonly DatedAccount[]>;

  /** @param accounts in any order */
  constructor(accounts: readonly NumberAccount[]) {
    const dated = accounts.toSorted((a, b) => a.from_ms - b.from_ms).map((account) => ({
      account,
      from: RUNTIME_ZONE_DATA.dateOn(account.from_ms, account.time_zone),
    }));
    this.#versions = Map.groupBy(dated, ({ account }) => keyOf(account.company, account.phone_number_id));
  }

  /** Returns Meta's account of a company's number on a date in the account's zone; undefined before the first. */
  on(company: CompanyId, phone_number_id: string, date: LocalDate): NumberAccount | undefined {
    return this.#versions.get(keyOf(company, phone_number_id))?.findLast(({ from }) => from <= date)?.account;
  }

  /** Lists every account with the first date that it counts for. */
  all(): readonly DatedAccount[] {
    return [...this.#versions.values()].flat();
  }
}

/** An account, and the first date in its zone that it counts for. */
export interface DatedAccount {
  readonly account: NumberAccount;
  readonly from: LocalDate;
}

function keyOf(company: CompanyId, phone_number_id: string): string {
  return `${company} ${phone_number_id}`;
}

/**
 * Whether Meta says that messages are free. Without a type that this version knows, `billable` decides; of messages
 * whose pricing did not arrive nothing is known, and they are not free.
 */
export function isFree({ category, pricing_type, billable }: Charging): boolean {
  if (pricing_type === "unknown") return !billable && category !== "unknown";
  return pricing_type !== "regular" || !billable;
}

/** Whether messages use up the free service messages of their number. */
export function usesFreeService({ category, pricing_type }: Charging): boolean {
  return category === "service" && pricing_type !== "free_entry_point";
}

/**
 * Counts messages through their months.
 *
 * @param days all groups of every month, number and portfolio that are counted, in any order; a group may be split
 * @returns one row for each group, in the order of COUNT-4
 */
export function countDays(
  days: readonly CostDay[],
  accounts: AccountsByDate,
  card: MetaRateCard,
): CountedDay[] {
  const counts = new Map<string, number>();
  return merged(days).sort(inOrder).map((day) => {
    const account = accounts.on(day.company, day.phone_number_id, day.account_date);
    const market = day.country === undefined ? undefined : card.market(day.country, day.account_date);
    const counter = counterOf(day, account, market);
    if (counter === undefined) return { ...day, account, market, counted_before: 0 };
    const counted_before = counts.get(counter) ?? 0;
    counts.set(counter, counted_before + day.messages);
    return { ...day, account, market, counted_before };
  });
}

/** Returns what a group counts under; undefined where Meta does not count it. */
function counterOf(
  day: CostDay,
  account: NumberAccount | undefined,
  market: Market | undefined,
): string | undefined {
  const month = monthOf(day.account_date);
  if (day.category === "service") {
    return usesFreeService(day) ? JSON.stringify([month, day.phone_number_id]) : undefined;
  }
  if (isFree(day) || account === undefined || market === undefined) return undefined;
  return JSON.stringify([month, account.portfolio_id, market, day.category]);
}

/** Adds up the rows of equal groups. */
function merged(days: readonly CostDay[]): CostDay[] {
  const by_group = new Map<string, CostDay>();
  for (const day of days) {
    const key = JSON.stringify(placeOf(day));
    const known = by_group.get(key);
    by_group.set(key, known === undefined ? day : { ...known, messages: known.messages + day.messages });
  }
  return [...by_group.values()];
}

function inOrder(a: CostDay, b: CostDay): number {
  const [left, right] = [placeOf(a), placeOf(b)];
  const at = left.findIndex((value, i) => value !== right[i]);
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
}

/** The fields of a group in the order of COUNT-4. */
function placeOf(day: CostDay): readonly (string | number)[] {
  return [
    day.account_date,
    day.local_date,
    isFree(day) ? 0 : 1,
    day.phone_number_id,
    day.company,
    day.country ?? "",
    META_CATEGORIES.indexOf(day.category),
    PRICING_TYPES.indexOf(day.pricing_type),
    day.billable ? 1 : 0,
  ];
}
