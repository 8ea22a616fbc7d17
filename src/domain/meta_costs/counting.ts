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
import type { Market } from "./markets.ts";
import { firstDate, type NumberAccount } from "./number_accounts.ts";
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

/**
 * The accounts of numbers by date. On the date of a change the new account counts for the whole date. The first one
 * counts for the dates before it too: it is when it was set, not when the number joined it.
 */
export class AccountsByDate {
  readonly #versions: ReadonlyMap<string, readonly DatedAccount[]>;

  /** @param accounts in any order */
  constructor(accounts: readonly NumberAccount[]) {
    const dated = accounts.toSorted((a, b) => a.from_ms - b.from_ms).map((account) => ({
      account,
      from: firstDate(account),
    }));
    this.#versions = Map.groupBy(dated, ({ account }) => keyOf(account.company, account.phone_number_id));
  }

  /** Returns Meta's account of a company's number on a date in the account's zone; undefined if none was ever set. */
  on(company: CompanyId, phone_number_id: string, date: LocalDate): NumberAccount | undefined {
    const versions = this.#versions.get(keyOf(company, phone_number_id));
    return (versions?.findLast(({ from }) => from <= date) ?? versions?.[0])?.account;
  }

  /** Lists the companies that have accounts. */
  companies(): CompanyId[] {
    return [...new Set([...this.#versions.values()].map(([first]) => first!.account.company))];
  }

  /** Lists the accounts of dates in `[from, until)`, each with those of its dates. */
  spans(from: LocalDate, until: LocalDate): AccountSpan[] {
    return [...this.#versions.values()].flatMap((versions) =>
      versions.map(({ account, from: begins }, i): AccountSpan => ({
        account,
        from: i === 0 || begins < from ? from : begins,
        until: [until, versions[i + 1]?.from ?? until].sort()[0]!,
      })).filter((span) => span.from < span.until)
    );
  }
}

/** The account of a number on dates in `[from, until)`. */
export interface AccountSpan {
  readonly account: NumberAccount;
  readonly from: LocalDate;
  readonly until: LocalDate;
}

interface DatedAccount {
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

/** Whether messages are replies that Meta bills: those that have a price in credits, if a platform sells replies. */
export function isBilledReply(charging: Charging): boolean {
  return charging.category === "service" && !isFree(charging);
}

/** Whether messages use up the free service messages of their number. */
export function usesFreeService({ category, pricing_type }: Charging): boolean {
  return category === "service" && pricing_type !== "free_entry_point";
}

/** Returns what messages count with: those of their number or of its portfolio; undefined where Meta counts none. */
export function countsWith(messages: Charging): "number" | "portfolio" | undefined {
  if (messages.category === "service") return usesFreeService(messages) ? "number" : undefined;
  return isFree(messages) ? undefined : "portfolio";
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
    const { account, market, counter } = counterOf(day, accounts, card);
    if (counter === undefined) return { ...day, account, market, counted_before: 0 };
    const before = counts.get(counter) ?? 0;
    counts.set(counter, before + day.messages);
    return { ...day, account, market, counted_before: before };
  });
}

/** What the messages of a group count under; the counter is undefined where Meta does not count them. */
interface GroupCounter extends Pick<CountedDay, "account" | "market"> {
  readonly counter: string | undefined;
}

/** Returns what the messages of a group count under on its account date. */
function counterOf(
  group: CostDay,
  accounts: AccountsByDate,
  card: MetaRateCard,
): GroupCounter {
  const { company, phone_number_id, account_date, country, category } = group;
  const account = accounts.on(company, phone_number_id, account_date);
  const market = country === undefined ? undefined : card.market(country, account_date);
  const month = monthOf(account_date);
  const counts_with = countsWith(group);
  if (counts_with === "number") {
    return { account, market, counter: JSON.stringify([month, phone_number_id]) };
  }
  const is_counted = counts_with === "portfolio" && account !== undefined && market !== undefined;
  const counter = is_counted ? JSON.stringify([month, account.portfolio_id, market, category]) : undefined;
  return { account, market, counter };
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
