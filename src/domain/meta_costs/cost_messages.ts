/**
 * The messages of companies by price: what reports of costs and margins add up. A store finds them without reading every
 * day: it matters in which order messages count only on the dates on which a count passes a boundary.
 */

import { addDays, firstDateOf, monthOf, nextDate, nextMonth } from "../calendar.ts";
import type { CompanyId, LocalDate, Month } from "../types.ts";
import { type AccountsByDate, countDays, counterOf } from "./counting.ts";
import { type MessagePart, partsOf } from "./costs.ts";
import type { Market } from "./markets.ts";
import type { MetaRateCard } from "./rate_card.ts";
import { type CostDay, type CostGroup, META_CATEGORIES, type MetaCategory } from "./types.ts";

/** Selects the messages of companies by local date, both dates inclusive. */
export interface CostMessagesQuery {
  readonly companies: readonly CompanyId[];
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** What their messages are added up by, beside their groups and prices. */
  readonly by: "day" | "month";
  /** The accounts of the companies, and of those with which they share a portfolio. */
  readonly accounts: AccountsByDate;
  readonly card: MetaRateCard;
  /** Account dates, ascending, on which other things change: messages before and after them are not added up. */
  readonly more_dates: readonly LocalDate[];
}

/** Messages of a company at one price, of one number and one date or month. */
export interface CompanyMessages extends MessagePart {
  readonly company: CompanyId;
  readonly phone_number_id: string;
  /** The local date, or its month. */
  readonly period: LocalDate | Month;
  readonly market: Market | undefined;
}

/** The messages of one group on account dates that have one month, account and market. */
export interface GroupSpan extends Omit<CostGroup, "local_date" | "account_date"> {
  readonly company: CompanyId;
  readonly from: LocalDate;
  /** The first date after them. */
  readonly until: LocalDate;
  readonly messages: number;
}

/** Groups that count together. */
export interface Counter {
  readonly groups: readonly GroupSpan[];
}

/** A date on which a count passes a boundary. */
export interface PassedDate {
  readonly account_date: LocalDate;
  readonly counted_before: number;
  readonly messages: number;
}

/** Days between the dates of two time zones at one instant, at most: the widest difference is 26 hours. */
export const DATES_APART_MAX = 2;

/** Returns the account dates that decide the prices of local dates: from the first of their first month on. */
export function accountSpan({ from, to }: { readonly from: LocalDate; readonly to: LocalDate }) {
  return {
    from: firstDateOf(monthOf(addDays(from, -DATES_APART_MAX))),
    to: addDays(to, DATES_APART_MAX),
  };
}

/** Returns the first of the account dates, and those on which a month begins or prices change, ascending. */
export function priceDates(query: Pick<CostMessagesQuery, "from" | "to" | "card">): LocalDate[] {
  const { from, to } = accountSpan(query);
  const dates = new Set([from, ...query.card.changes(from, to)]);
  for (let month = nextMonth(monthOf(from)); month <= monthOf(to); month = nextMonth(month)) {
    dates.add(firstDateOf(month));
  }
  return [...dates].sort();
}

/** Returns the categories whose price depends on a count, with the counts at which it changes. */
export function boundariesBy(
  query: Pick<CostMessagesQuery, "from" | "to" | "card">,
): ReadonlyMap<MetaCategory, readonly number[]> {
  const { from, to } = accountSpan(query);
  return new Map(
    META_CATEGORIES.map((category) => [category, query.card.boundaries(category, from, to)] as const)
      .filter(([, boundaries]) => boundaries.length > 0),
  );
}

/** Returns the counters that pass a boundary. The others have one price from their first message on. */
export function passingCounters(
  groups: readonly GroupSpan[],
  { accounts, card }: Pick<CostMessagesQuery, "accounts" | "card">,
  boundaries: ReadonlyMap<MetaCategory, readonly number[]>,
): Counter[] {
  const by_counter = Map.groupBy(
    groups,
    (group) => counterOf({ ...group, account_date: group.from }, accounts, card).counter,
  );
  by_counter.delete(undefined);
  return [...by_counter.values()].flatMap((together) => {
    const of_category = boundaries.get(together[0]!.category) ?? [];
    const messages = together.reduce((sum, group) => sum + group.messages, 0);
    return messages > (of_category[0] ?? Infinity) ? [{ groups: together }] : [];
  });
}

/** Returns the dates that separate a counter's messages of one price from those of a date that passes a boundary. */
export function cutsAround(passed: readonly PassedDate[]): LocalDate[] {
  return [...new Set(passed.flatMap(({ account_date }) => [account_date, nextDate(account_date)]))].sort();
}

/** Returns what a counter has counted before a date on which it passes no boundary. */
export function countedBefore(passed: readonly PassedDate[], date: LocalDate): number {
  const last = passed.findLast(({ account_date }) => account_date < date);
  return last === undefined ? 0 : last.counted_before + last.messages;
}

/**
 * Counts days and splits them by price.
 *
 * @param days all groups of what is counted together, such as those of the account months of the companies
 * @param counted_before how many messages each count has before the first of the days
 */
export function messagesOf(
  days: readonly CostDay[],
  { companies, from, to, by, accounts, card }: Omit<CostMessagesQuery, "more_dates">,
  counted_before = 0,
): CompanyMessages[] {
  const asked = new Set(companies);
  return countDays(days, accounts, card, counted_before)
    .filter(({ company, local_date }) => asked.has(company) && local_date >= from && local_date <= to)
    .flatMap((day) => {
      const { company, phone_number_id, local_date, market } = day;
      const period = by === "day" ? local_date : monthOf(local_date);
      return partsOf(day, card).map((part) => ({ ...part, company, phone_number_id, period, market }));
    });
}
