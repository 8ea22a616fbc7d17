/**
 * What a company's month earns, and what is left of it after Meta's costs.
 *
 * - MARGIN-1: revenue is earned by use. The package earns its price times the share of its credits that is used, the
 *   excess its price. What is used of a package has earned no more than its price, however it is split over dates.
 * - MARGIN-2: the revenue of some dates of a month is what the month has earned by the last of them, minus what it had
 *   earned before the first. So dates add up to the month, and a month to its statement: with the unused part of the
 *   package it is the statement's total.
 * - MARGIN-3: costs count by the company's local date, as credits do. Those of another currency are exchanged at the
 *   rate in force on the account date of their messages: what has one rate is added up, and rounded once.
 * - MARGIN-4: an amount that needs a missing price or rate is missing, and neither is zero.
 */

import { lastDateOf } from "../calendar.ts";
import { type ContractVersion, packagePriceOf, type Terms, termsOn } from "../contract.ts";
import { lineAmount, type Micros, shareOf } from "../money.ts";
import { excessAmountOf } from "../statement.ts";
import { type CompanyId, type Credits, credits, type LocalDate, type Month } from "../types.ts";
import { addCosts, type Cost, NO_COST } from "./costs.ts";
import type { ExchangeRates } from "./exchange_rates.ts";

/** The use of some dates of a company's month. */
export interface MonthUse {
  readonly month: Month;
  /** The credits of the month's package. */
  readonly granted: Credits;
  /** Credits that the month consumed before the first of the dates. */
  readonly consumed_before: Credits;
  /** Credits that the month consumed by the end of the last of the dates. */
  readonly consumed_through: Credits;
}

/** Selects companies in order of id, and the local dates whose use is read, both inclusive. */
export interface UseQuery {
  /** The first id; an empty text begins with the first company. */
  readonly first_company: CompanyId | "";
  readonly limit: number;
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** The contract of a company, and what it used of dates: a month without a period is absent. */
export interface CompanyUse {
  readonly company: CompanyId;
  readonly contract: readonly ContractVersion[];
  readonly months: readonly MonthUse[];
}

/** What can be missing for an amount, sorted. */
export const MISSING_PARTS = ["contract_price", "exchange_rate", "meta_price"] as const;

/** What is missing for an amount. */
export type MissingPart = typeof MISSING_PARTS[number];

/** What dates of a month earned. An amount is undefined while a price of the contract is not set. */
export interface Revenue {
  /** ISO 4217; undefined without a contract. */
  readonly currency: string | undefined;
  readonly revenue: Micros | undefined;
  /** The price of the package's credits that the month had not used by the last of the dates. */
  readonly unused_package: Micros | undefined;
}

/** The cost of messages of one account date, or of dates at whose prices and exchange rates they are. */
export interface DatedCost {
  /** The currency of Meta's account; undefined while no account is set. */
  readonly currency: string | undefined;
  readonly account_date: LocalDate;
  readonly cost: Cost;
}

/** What is left of the revenue of some dates, after Meta's costs. Amounts are in one currency. */
export interface Margin {
  /** The currency of the contract; undefined without one. */
  readonly currency: string | undefined;
  readonly messages: number;
  readonly billable_messages: number;
  readonly free_messages: number;
  readonly unpriced_messages: number;
  readonly meta_cost: Micros | undefined;
  /** The credits that were used: those of every feature. */
  readonly credits: Credits;
  readonly revenue: Micros | undefined;
  readonly margin: Micros | undefined;
  readonly unused_package: Micros | undefined;
  /** Why an amount is missing, sorted. */
  readonly missing: readonly MissingPart[];
}

/** Computes the revenue of some dates of a month. */
export function revenueOf(
  contract: readonly ContractVersion[],
  { month, granted, consumed_before, consumed_through }: MonthUse,
): Revenue {
  const terms = termsOn(contract, lastDateOf(month));
  if (terms === undefined) return { currency: undefined, revenue: undefined, unused_package: undefined };
  const package_price = packageAmountOf(contract, month, terms);
  const before = earnedBy(consumed_before, granted, package_price, terms);
  const through = earnedBy(consumed_through, granted, package_price, terms);
  return {
    currency: terms.currency,
    revenue: minus(plus(through.of_package, through.of_excess), plus(before.of_package, before.of_excess)),
    unused_package: minus(package_price, through.of_package),
  };
}

/** Computes the margin of some dates of a month. */
export function marginOf(
  contract: readonly ContractVersion[],
  use: MonthUse,
  costs: readonly DatedCost[],
  exchange_rates: ExchangeRates,
): Margin {
  const { currency, revenue, unused_package } = revenueOf(contract, use);
  const total = costs.reduce((all, { cost }) => addCosts(all, cost), NO_COST);
  const exchanged = exchange(costs, currency, exchange_rates);
  const meta_cost = total.unpriced_messages > 0 ? undefined : exchanged;
  const missing: MissingPart[] = [
    ...(revenue === undefined ? ["contract_price" as const] : []),
    ...(exchanged === undefined && currency !== undefined ? ["exchange_rate" as const] : []),
    ...(total.unpriced_messages > 0 ? ["meta_price" as const] : []),
  ];
  const { priced_cost: _, ...messages } = total;
  return {
    currency,
    ...messages,
    meta_cost,
    credits: credits(use.consumed_through - use.consumed_before),
    revenue,
    margin: minus(revenue, meta_cost),
    unused_package,
    missing,
  };
}

/** Adds two margins in one currency. An amount is missing where one of its parts is. */
export function addMargins(a: Margin, b: Margin): Margin {
  return {
    currency: a.currency,
    messages: a.messages + b.messages,
    billable_messages: a.billable_messages + b.billable_messages,
    free_messages: a.free_messages + b.free_messages,
    unpriced_messages: a.unpriced_messages + b.unpriced_messages,
    meta_cost: plus(a.meta_cost, b.meta_cost),
    credits: credits(a.credits + b.credits),
    revenue: plus(a.revenue, b.revenue),
    margin: plus(a.margin, b.margin),
    unused_package: plus(a.unused_package, b.unused_package),
    missing: [...new Set([...a.missing, ...b.missing])].sort(),
  };
}

/** What a month has earned, by its package and by its excess. */
interface Earned {
  readonly of_package: Micros | undefined;
  readonly of_excess: Micros | undefined;
}

function earnedBy(
  consumed: Credits,
  granted: Credits,
  package_price: Micros | undefined,
  terms: Terms,
): Earned {
  const of_excess = excessAmountOf(credits(Math.max(0, consumed - granted)), terms) ?? undefined;
  if (package_price === undefined) return { of_package: undefined, of_excess };
  const used = Math.min(consumed, granted);
  return { of_package: granted === 0 ? 0n as Micros : shareOf(package_price, used, granted), of_excess };
}

/** Returns the line of the package in the month's statement: zero without one, undefined while it has no price. */
function packageAmountOf(
  contract: readonly ContractVersion[],
  month: Month,
  terms: Terms,
): Micros | undefined {
  if (terms.package === null) return 0n as Micros;
  const price = packagePriceOf(contract, month);
  return price === null ? undefined : lineAmount(1, price);
}

/** Exchanges costs to a currency. @returns undefined while a rate is missing */
function exchange(
  costs: readonly DatedCost[],
  to: string | undefined,
  rates: ExchangeRates,
): Micros | undefined {
  const by_rate = new Map<string, DatedCost & { amount: bigint }>();
  for (const dated of costs) {
    const { currency, account_date, cost: { priced_cost } } = dated;
    // Nothing is nothing in every currency.
    if (priced_cost === 0n) continue;
    const rate = currency === undefined || to === undefined
      ? undefined
      : rates.rateOn(currency, to, account_date);
    if (rate === undefined) return undefined;
    const key = `${currency} ${rate.multiplied_by}/${rate.divided_by}`;
    const same_rate = by_rate.get(key);
    if (same_rate === undefined) by_rate.set(key, { ...dated, amount: priced_cost });
    else same_rate.amount += priced_cost;
  }
  let total: Micros | undefined = 0n as Micros;
  for (const { currency, account_date, amount } of by_rate.values()) {
    total = plus(total, rates.convert(amount as Micros, currency!, to!, account_date));
  }
  return total;
}

function plus(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? undefined : (a + b) as Micros;
}

function minus(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? undefined : (a - b) as Micros;
}
