import type {
  ExchangeRateQuery,
  MetaRatesVersion,
  StoredExchangeRate,
  StoredMetaRates,
} from "../../../src/domain/meta_costs/rate_versions.ts";

/** Meta's rate cards and the exchange rates in memory. */
export class MemoryMetaPricing {
  #rate_cards: readonly StoredMetaRates[] = [];
  #exchange_rates: readonly StoredExchangeRate[] = [];
  #last_rate_cards: readonly StoredMetaRates[] = [];
  #last_exchange_rates: readonly StoredExchangeRate[] = [];

  /** Reads the last revision of each rate card: the same array until one is added. */
  // deno-lint-ignore require-await
  async rateCards(): Promise<readonly StoredMetaRates[]> {
    return this.#last_rate_cards;
  }

  /** Lists every revision of the rate cards. */
  // deno-lint-ignore require-await
  async rateCardVersions(): Promise<MetaRatesVersion[]> {
    return this.#rate_cards
      .map(({ prices, ...version }) => ({ ...version, markets: prices.size }))
      .sort((a, b) =>
        compare(b.effective_from, a.effective_from) || compare(a.currency, b.currency) ||
        b.revision - a.revision
      );
  }

  /** Adds a revision of a rate card. @returns false when the revision exists */
  // deno-lint-ignore require-await
  async addRateCard(version: StoredMetaRates): Promise<boolean> {
    if (this.#rate_cards.some((stored) => rateCardKey(stored) === rateCardKey(version))) return false;
    this.#rate_cards = [...this.#rate_cards, version];
    const last = new Map(
      this.#rate_cards.map((stored) => [`${stored.currency} ${stored.effective_from}`, stored]),
    );
    this.#last_rate_cards = [...last.values()];
    return true;
  }

  /** Reads the last revision of each exchange rate: the same array until one is added. */
  // deno-lint-ignore require-await
  async exchangeRates(): Promise<readonly StoredExchangeRate[]> {
    return this.#last_exchange_rates;
  }

  /** Lists revisions of the exchange rates. */
  // deno-lint-ignore require-await
  async exchangeRateVersions({ from, to, after, limit }: ExchangeRateQuery): Promise<StoredExchangeRate[]> {
    return this.#exchange_rates
      .filter((rate) => (from === undefined || rate.from === from) && (to === undefined || rate.to === to))
      .filter((rate) => after === undefined || byNewest(after, rate) < 0)
      .sort(byNewest)
      .slice(0, limit);
  }

  /** Adds a revision of an exchange rate. @returns false when the revision exists */
  // deno-lint-ignore require-await
  async addExchangeRate(version: StoredExchangeRate): Promise<boolean> {
    if (this.#exchange_rates.some((stored) => byNewest(stored, version) === 0)) return false;
    this.#exchange_rates = [...this.#exchange_rates, version];
    const keyOf = ({ from, to, effective_from }: StoredExchangeRate) => `${from} ${to} ${effective_from}`;
    this.#last_exchange_rates = [
      ...new Map(this.#exchange_rates.map((stored) => [keyOf(stored), stored])).values(),
    ];
    return true;
  }
}

type ExchangeKey = NonNullable<ExchangeRateQuery["after"]>;

function byNewest(a: ExchangeKey, b: ExchangeKey): number {
  return compare(b.effective_from, a.effective_from) || compare(a.from, b.from) || compare(a.to, b.to) ||
    b.revision - a.revision;
}

function rateCardKey({ currency, effective_from, revision }: StoredMetaRates): string {
  return `${currency} ${effective_from} ${revision}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
