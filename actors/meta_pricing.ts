import { ExchangeRates } from "../src/domain/meta_costs/exchange_rates.ts";
import { MetaRateCard } from "../src/domain/meta_costs/rate_card.ts";
import {
  type ExchangeRateQuery,
  type ExchangeRateRequest,
  type InForce,
  type MetaRatesRequest,
  type MetaRatesVersion,
  nextExchangeRate,
  nextMetaRates,
  type StoredExchangeRate,
  type StoredMetaRates,
} from "../src/domain/meta_costs/rate_versions.ts";
import type { MetaPricingAdmin } from "../src/ports/prices.ts";
import type { Clock } from "../src/ports/runtime.ts";

/** The stored rate cards of Meta, and exchange rates. Rejects when the store cannot be reached. */
export interface MetaPricingStore {
  /** The last revision of each currency and date: the same array until one is added. */
  rateCards(): Promise<readonly StoredMetaRates[]>;
  /** Every revision: the newest date first, of one date by currency, the last revision first. */
  rateCardVersions(): Promise<readonly MetaRatesVersion[]>;
  /** @returns false when the revision exists already: read again */
  addRateCard(version: StoredMetaRates): Promise<boolean>;
  /** The last revision of each two currencies and date: the same array until one is added. */
  exchangeRates(): Promise<readonly StoredExchangeRate[]>;
  /** Revisions: the newest date first, of one date by currencies, the last revision first. */
  exchangeRateVersions(query: ExchangeRateQuery): Promise<readonly StoredExchangeRate[]>;
  /** @returns false when the revision exists already: read again */
  addExchangeRate(version: StoredExchangeRate): Promise<boolean>;
}

/** What Meta charges and what currencies are worth: every version that the platform gave. */
export class MetaPricing implements MetaPricingAdmin {
  readonly #clock: Clock;
  readonly #store: MetaPricingStore;
  #card: { readonly versions: readonly StoredMetaRates[]; readonly card: MetaRateCard<StoredMetaRates> };
  #exchange: {
    readonly versions: readonly StoredExchangeRate[];
    readonly rates: ExchangeRates<StoredExchangeRate>;
  };

  constructor(clock: Clock, store: MetaPricingStore) {
    this.#clock = clock;
    this.#store = store;
    this.#card = { versions: [], card: new MetaRateCard([]) };
    this.#exchange = { versions: [], rates: new ExchangeRates([]) };
  }

  /** Reads the rate cards of Meta: the same object until one is added. */
  async rateCard(): Promise<MetaRateCard<StoredMetaRates>> {
    const versions = await this.#store.rateCards();
    if (this.#card.versions !== versions) this.#card = { versions, card: new MetaRateCard(versions) };
    return this.#card.card;
  }

  /** Reads the exchange rates: the same object until one is added. */
  async exchangeRates(): Promise<ExchangeRates<StoredExchangeRate>> {
    const versions = await this.#store.exchangeRates();
    if (this.#exchange.versions !== versions) {
      this.#exchange = { versions, rates: new ExchangeRates(versions) };
    }
    return this.#exchange.rates;
  }

  /** Lists every revision of the rate cards. */
  rateCardVersions(): Promise<readonly MetaRatesVersion[]> {
    return this.#store.rateCardVersions();
  }

  /** Lists revisions of the exchange rates. */
  exchangeRateVersions(query: ExchangeRateQuery): Promise<readonly StoredExchangeRate[]> {
    return this.#store.exchangeRateVersions(query);
  }

  /** Stores a rate card, unless it is stored already or changes one that is in force without a reason. */
  async putRateCard(request: MetaRatesRequest, by: string): Promise<StoredMetaRates | InForce> {
    while (true) {
      const versions = await this.#store.rateCards();
      const stored = versions.find(({ currency, effective_from }) =>
        currency === request.currency && effective_from === request.effective_from
      );
      const next = nextMetaRates(request, stored, { at_ms: this.#clock.now_ms(), by });
      // Another process can add the revision first: read it, and decide again.
      if ("type" in next || next === stored || await this.#store.addRateCard(next)) return next;
    }
  }

  /** Stores an exchange rate, unless it is stored already or changes one that is in force without a reason. */
  async putExchangeRate(request: ExchangeRateRequest, by: string): Promise<StoredExchangeRate | InForce> {
    while (true) {
      const versions = await this.#store.exchangeRates();
      const stored = versions.find(({ from, to, effective_from }) =>
        from === request.from && to === request.to && effective_from === request.effective_from
      );
      const next = nextExchangeRate(request, stored, { at_ms: this.#clock.now_ms(), by });
      // Another process can add the revision first: read it, and decide again.
      if ("type" in next || next === stored || await this.#store.addExchangeRate(next)) return next;
    }
  }
}
