/** The rate card, Meta's rate cards and exchange rates. */

import type { Refused } from "../domain/company/command.ts";
import type { ExchangeRates } from "../domain/meta_costs/exchange_rates.ts";
import type { MetaRateCard } from "../domain/meta_costs/rate_card.ts";
import type {
  ExchangeRateQuery,
  ExchangeRateRequest,
  InForce,
  MetaRatesRequest,
  MetaRatesVersion,
  StoredExchangeRate,
  StoredMetaRates,
} from "../domain/meta_costs/rate_versions.ts";
import type { RateCardFeature, RateRequest } from "../domain/rates.ts";
import type { FeatureCode } from "../domain/types.ts";

/** Reads and changes the rate card for all companies. */
export interface RateCardAdmin {
  /** Lists features in order of code. */
  list(): Promise<readonly RateCardFeature[]>;
  find(feature: FeatureCode): Promise<RateCardFeature | undefined>;
  setRate(request: RateRequest, changed_by: string): Promise<RateCardFeature | Refused>;
}

/** Reads what Meta charges, and what its currencies are worth. */
export interface MetaPrices {
  /** Reads the rate cards of Meta: the same object until one is added. */
  rateCard(): Promise<MetaRateCard<StoredMetaRates>>;
  /** Reads the exchange rates: the same object until one is added. */
  exchangeRates(): Promise<ExchangeRates<StoredExchangeRate>>;
}

/** Reads and adds versions of Meta's rate cards and of exchange rates. */
export interface MetaPricingAdmin extends MetaPrices {
  /** Lists every revision of the rate cards: the newest date first, of one date by currency, the last revision first. */
  rateCardVersions(): Promise<readonly MetaRatesVersion[]>;
  /** Lists revisions of the exchange rates: the newest date first, of one date by currencies, the last revision first. */
  exchangeRateVersions(query: ExchangeRateQuery): Promise<readonly StoredExchangeRate[]>;
  putRateCard(request: MetaRatesRequest, by: string): Promise<StoredMetaRates | InForce>;
  putExchangeRate(request: ExchangeRateRequest, by: string): Promise<StoredExchangeRate | InForce>;
}
