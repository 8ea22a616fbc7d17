/**
 * The messages of companies by price: what reports of costs and margins add up. A store finds them without reading every
 * day: it matters in which order messages count only on the dates on which a count passes a boundary.
 */

import { addDays, firstDateOf, monthOf, nextDate, nextMonth } from "../calendar.ts";
import type { CompanyId, LocalDate, Month } from "../types.ts";
import { type AccountsByDate, countDays, type CountedDay } from "./counting.ts";
import { type MessagePart, partsOf } from "./costs.ts";
import type { Market } from "./markets.ts";
import type { MetaRateCard } from "./rate_card.ts";
import { type CostDay, META_CATEGORIES, type MetaCategory } from "./types.ts";

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

/** A date on which a count reaches a boundary. */
export interface PassedDate {
  readonly account_date: LocalDate;
  readonly counted_before: number;
  readonly messages: number;
}

/** Dates in `[from, until)` of a count, and its messages of the month before them. */
export interface CountSpan {
  readonly from: LocalDate;
  readonly until: LocalDate;
  /** Undefined for a date that reaches a boundary: it depends on the message. */
  readonly counted_before: number | undefined;
}

type PeriodAndCard = Pick<CostMessagesQuery, "by" | "card">;

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

/** Returns the dates of a count's months from the first passed date on. Before it nothing was counted. */
export function countSpans(passed: readonly PassedDate[]): CountSpan[] {
  return passed.flatMap(({ account_date, counted_before, messages }, i) => {
    const after = nextDate(account_date);
    const month_end = firstDateOf(nextMonth(monthOf(account_date)));
    const until = [month_end, passed[i + 1]?.account_date ?? month_end].sort()[0]!;
    return [
      { from: account_date, until: after, counted_before: undefined },
      { from: after, until, counted_before: counted_before + messages },
    ].filter((span) => span.from < span.until);
  });
}

/** Splits the messages of a day where their price changes. */
export function messagesOfDay(day: CountedDay, { by, card }: PeriodAndCard): CompanyMessages[] {
  const { company, phone_number_id, local_date, market } = day;
  const period = by === "day" ? local_date : monthOf(local_date);
  return partsOf(day, card).map((part) => ({ ...part, company, phone_number_id, period, market }));
}

/**
 * Counts days and splits them by price.
 *
 * @param days all groups of what is counted together, such as those of the account months of the companies
 */
export function messagesOf(
  days: readonly CostDay[],
  query: Omit<CostMessagesQuery, "more_dates">,
): CompanyMessages[] {
  const { companies, from, to, accounts, card } = query;
  const asked = new Set(companies);
  return countDays(days, accounts, card)
    .filter(({ company, local_date }) => asked.has(company) && local_date >= from && local_date <= to)
    .flatMap((day) => messagesOfDay(day, query));
}
