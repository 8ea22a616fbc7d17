/**
 * Meta's rate cards: what Meta charges for a delivered message, by billing currency, market, category and date.
 *
 * - META-RATES-1: a price that no version in force gives is undefined, never zero.
 * - META-RATES-2: a version holds from its date in the zone of Meta's account until the next date of its currency,
 *   for all markets together. It never falls back to an older version, another currency or another market.
 * - META-RATES-3: the market of a country is its own where a version in force prices it alone, else that of Meta's
 *   table.
 */

import type { Micros } from "../money.ts";
import type { LocalDate } from "../types.ts";
import { isCountryMarket, type Market, marketOf, MOVE_DATES } from "./markets.ts";
import type { CountryCode, MetaCategory } from "./types.ts";

/** The price of messages from one count of a month on. */
export interface PriceTier {
  /** How many messages of the month come before the first one at this price. 0: from the first message on. */
  readonly from_messages: number;
  readonly price: Micros;
}

/** Prices by category. A category without a price is absent. Tiers ascend and begin at 0. */
export type MarketPrices = Readonly<Partial<Record<MetaCategory, readonly PriceTier[]>>>;

/** What Meta charges in one currency from a date on: one rate card of Meta. */
export interface MetaRates {
  /** The currency that Meta bills the account in, ISO 4217. */
  readonly currency: string;
  /** The first date on which it holds, in the zone of Meta's account. */
  readonly effective_from: LocalDate;
  /** Delivered service messages that are free each month for each business number; undefined: as Meta announced. */
  readonly free_service_messages?: number | undefined;
  readonly prices: ReadonlyMap<Market, MarketPrices>;
}

/** From when Meta charges service messages. Source: Meta, "Pricing", updates of 2026-10-01. */
export const SERVICE_CHARGED_FROM = "2026-10-01" as LocalDate;

/**
 * Returns how many delivered service messages a month Meta leaves free for each business number since it charges them.
 * Individual and group deliveries share them, and what is left of them does not roll over. Source: Meta, "Pricing",
 * "Free tier of monthly service messages".
 */
export function freeServiceMessages(date: LocalDate): number {
  return date < SERVICE_CHARGED_FROM ? 0 : 1000;
}

/** All rate cards of Meta that are stored, or those of a hypothesis. */
export class MetaRateCard<Version extends MetaRates = MetaRates> {
  /** By currency, by ascending date. */
  readonly #versions = new Map<string, Version[]>();
  /** From each date on which a version begins: the countries that any version then in force prices alone. */
  readonly #standalone: readonly { readonly from: LocalDate; readonly markets: ReadonlySet<Market> }[];

  /** @param versions in the order in which they were recorded: of one currency and date, the last one counts */
  constructor(versions: readonly Version[]) {
    const last = new Map(
      versions.map((version) => [`${version.currency} ${version.effective_from}`, version]),
    );
    for (const version of [...last.values()].sort((a, b) => a.effective_from < b.effective_from ? -1 : 1)) {
      const others = this.#versions.get(version.currency);
      if (others === undefined) this.#versions.set(version.currency, [version]);
      else others.push(version);
    }
    const dates = new Set([...last.values()].map(({ effective_from }) => effective_from));
    this.#standalone = [...dates].sort().map((from) => ({ from, markets: this.#standaloneOn(from) }));
  }

  /** Returns the version of a currency in force on a date. */
  on(currency: string, date: LocalDate): Version | undefined {
    return this.#versions.get(currency)?.findLast(({ effective_from }) => effective_from <= date);
  }

  /**
   * Returns the prices of a message by its number in the month.
   *
   * @param country of the recipient; undefined when it is unknown
   * @param date of delivery in the zone of Meta's account
   * @returns undefined when no version in force gives a price: it is missing, not zero
   */
  tiers(
    currency: string,
    country: CountryCode | undefined,
    category: MetaCategory,
    date: LocalDate,
  ): readonly PriceTier[] | undefined {
    if (country === undefined) return undefined;
    return this.on(currency, date)?.prices.get(this.market(country, date))?.[category];
  }

  /** Returns the market of a country on a date. */
  market(country: CountryCode, date: LocalDate): Market {
    return marketOf(country, date, this.#standalone.findLast(({ from }) => from <= date)?.markets);
  }

  /**
   * Returns how many delivered service messages are free in the month of a date, for each business number. Those that
   * Meta reports as `free_customer_service` or `free_group_customer_service` use them up, too.
   *
   * @returns 0 before Meta charged service messages: none of them is billable
   */
  free_service_messages(currency: string, date: LocalDate): number {
    return this.on(currency, date)?.free_service_messages ?? freeServiceMessages(date);
  }

  /** Lists the dates after `from`, up to `to`, on which a price, a market or the free messages can change, ascending. */
  changes(from: LocalDate, to: LocalDate): LocalDate[] {
    const dates = [SERVICE_CHARGED_FROM, ...MOVE_DATES, ...this.#standalone.map((since) => since.from)];
    return [...new Set(dates)].filter((date) => from < date && date <= to).sort();
  }

  /** Lists the counts of a month at which the price of a category can change between two dates: ascending, without 0. */
  boundaries(category: MetaCategory, from: LocalDate, to: LocalDate): number[] {
    const counts = new Set<number>();
    const is_service = category === "service";
    if (is_service) counts.add(freeServiceMessages(from)).add(freeServiceMessages(to));
    for (const [currency, versions] of this.#versions) {
      const first = this.on(currency, from);
      for (const version of versions) {
        if (version !== first && (version.effective_from <= from || version.effective_from > to)) continue;
        if (is_service) counts.add(version.free_service_messages ?? 0);
        else for (const count of tierCounts(version, category)) counts.add(count);
      }
    }
    return [...counts].filter((count) => count > 0).sort((a, b) => a - b);
  }

  /** Returns these rate cards, with one of a hypothesis instead of all of its currency. */
  instead(hypothesis: MetaRates): MetaRateCard {
    const others = [...this.#versions.values()].flat().filter(({ currency }) =>
      currency !== hypothesis.currency
    );
    return new MetaRateCard<MetaRates>([...others, hypothesis]);
  }

  #standaloneOn(date: LocalDate): ReadonlySet<Market> {
    const standalone = new Set<Market>();
    for (const currency of this.#versions.keys()) {
      for (const market of this.on(currency, date)?.prices.keys() ?? []) {
        if (isCountryMarket(market)) standalone.add(market);
      }
    }
    return standalone;
  }
}

function tierCounts({ prices }: MetaRates, category: MetaCategory): number[] {
  return [...prices.values()].flatMap((of_market) =>
    of_market[category]?.map(({ from_messages }) => from_messages) ?? []
  );
}
