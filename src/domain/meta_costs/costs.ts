/**
 * What Meta charges for counted messages.
 *
 * - COST-1: each message has one price: that of its currency, country, category and account date, at its place in the
 *   month (COUNT-1 to COUNT-4). Amounts are whole millionths, so sums are exact in any grouping.
 * - COST-2: a message that Meta charges at a price that is missing has no cost, and neither has a sum with it. It is
 *   counted as unpriced.
 * - COST-3: a free message costs nothing, with or without a price.
 */

import type { Micros } from "../money.ts";
import type { LocalDate } from "../types.ts";
import { type AccountsByDate, type Charging, countDays, type CountedDay, isFree } from "./counting.ts";
import type { MetaRateCard } from "./rate_card.ts";
import type { CostDay, CountryCode } from "./types.ts";

/** Messages that Meta prices alike: no price changes between them. */
export interface MessagePart extends Charging {
  readonly country: CountryCode | undefined;
  /** The currency of Meta's account; undefined while no account is set. */
  readonly currency: string | undefined;
  /** A date of the account at whose prices they are. */
  readonly account_date: LocalDate;
  /** A count of the month at whose price they are: how many messages Meta counted before. */
  readonly counted_before: number;
  readonly messages: number;
}

/** What messages cost. Sums are exact. */
export interface Cost {
  /** Delivered messages: the free and the billable ones. */
  readonly messages: number;
  /** Messages that cost nothing: free by their type, or among the free service messages of their number. */
  readonly free_messages: number;
  /** Messages that Meta charges. */
  readonly billable_messages: number;
  /** Billable messages whose price is missing. */
  readonly unpriced_messages: number;
  /** What the billable messages with a price cost. */
  readonly priced_cost: Micros;
}

/** Messages of one group and day with their cost, in the currency of the account. */
export interface PricedDay extends CountedDay, Cost {
  /** Undefined while no account is set for the number. */
  readonly currency: string | undefined;
  /** Undefined while a price is missing. */
  readonly cost: Micros | undefined;
}

/** The cost of no messages. */
export const NO_COST: Cost = {
  messages: 0,
  free_messages: 0,
  billable_messages: 0,
  unpriced_messages: 0,
  priced_cost: 0n as Micros,
};

/**
 * Prices messages.
 *
 * @param days all groups of every month, number and portfolio that are priced, in any order; a group may be split
 * @returns one row for each group, by date
 */
export function priceDays(
  days: readonly CostDay[],
  accounts: AccountsByDate,
  card: MetaRateCard,
): PricedDay[] {
  return countDays(days, accounts, card).map((day) => {
    const sum = partsOf(day, card).reduce((cost, part) => addCosts(cost, costOf(part, card)), NO_COST);
    return { ...day, ...sum, currency: day.account?.currency, cost: totalCost(sum) };
  });
}

/** Computes what messages of one price cost. */
export function costOf(part: MessagePart, card: MetaRateCard): Cost {
  const { messages } = part;
  if (isFree(part) || isFreeService(part, card)) return { ...NO_COST, messages, free_messages: messages };
  const price = priceOf(part, card);
  return {
    messages,
    free_messages: 0,
    billable_messages: messages,
    unpriced_messages: price === undefined ? messages : 0,
    priced_cost: (price === undefined ? 0n : price * BigInt(messages)) as Micros,
  };
}

/** Adds two costs in one currency. */
export function addCosts(a: Cost, b: Cost): Cost {
  return {
    messages: a.messages + b.messages,
    free_messages: a.free_messages + b.free_messages,
    billable_messages: a.billable_messages + b.billable_messages,
    unpriced_messages: a.unpriced_messages + b.unpriced_messages,
    priced_cost: (a.priced_cost + b.priced_cost) as Micros,
  };
}

/** Returns what all the messages cost; undefined while a price is missing. */
export function totalCost({ unpriced_messages, priced_cost }: Cost): Micros | undefined {
  return unpriced_messages === 0 ? priced_cost : undefined;
}

/** Splits the messages of a day where their price changes. */
export function partsOf(day: CountedDay, card: MetaRateCard): MessagePart[] {
  const { country, category, pricing_type, billable, account_date, account } = day;
  const first = day.counted_before;
  const end = first + day.messages;
  const group = { country, category, pricing_type, billable, account_date, currency: account?.currency };
  const inside = boundariesOf(group, card).filter((boundary) => first < boundary && boundary < end);
  const starts = [first, ...inside];
  return starts.map((start, i) => ({
    ...group,
    counted_before: start,
    messages: (starts[i + 1] ?? end) - start,
  }));
}

/** Returns the counts of the month at which the price of a group changes, ascending. */
function boundariesOf(group: Omit<MessagePart, "messages" | "counted_before">, card: MetaRateCard): number[] {
  const { category, country, currency, account_date } = group;
  if (category === "service") return [card.free_service_messages(currency ?? "", account_date)];
  const tiers = currency === undefined ? undefined : card.tiers(currency, country, category, account_date);
  return tiers?.map(({ from_messages }) => from_messages) ?? [];
}

function isFreeService(
  { category, currency, account_date, counted_before }: MessagePart,
  card: MetaRateCard,
) {
  return category === "service" && counted_before < card.free_service_messages(currency ?? "", account_date);
}

/** Returns the price of one message; undefined where it is missing. A service message has no volume tier. */
function priceOf(part: MessagePart, card: MetaRateCard): Micros | undefined {
  const { currency, country, category, account_date, counted_before } = part;
  if (currency === undefined) return undefined;
  const counted = category === "service" ? 0 : counted_before;
  return card.tiers(currency, country, category, account_date)
    ?.findLast(({ from_messages }) => from_messages <= counted)?.price;
}
