/** The bodies of answers about Meta's rate cards. */

import { z } from "@hono/zod-openapi";
import { PRICED_CATEGORIES, type PricedCategory } from "../../domain/meta_costs/file_cells.ts";
import { COUNTRIES, isCountryMarket, type Market, OTHER } from "../../domain/meta_costs/markets.ts";
import {
  freeServiceMessages,
  type MarketPrices,
  type MetaRateCard,
} from "../../domain/meta_costs/rate_card.ts";
import type {
  InForce,
  MetaRatesVersion,
  Recorded,
  StoredMetaRates,
} from "../../domain/meta_costs/rate_versions.ts";
import { TIERED_CATEGORIES } from "../../domain/meta_costs/volume_tiers.ts";
import { showMoney } from "../../domain/money.ts";
import type { LocalDate } from "../../domain/types.ts";
import { DateBody, formatInstant, InstantBody } from "../kit/fields.ts";
import { Problem } from "../kit/problems.ts";

/** The fields that say who recorded a version, and when. */
export const RECORDED_FIELDS = {
  revision: z.int().openapi({
    description: "1, 2, 3 … of one date. Each revision replaces the one before it, which stays listed.",
  }),
  correction: z.string().nullable().openapi({
    description: "Why the revision changes what was in force. Null: it changes nothing that was.",
  }),
  recorded_at: InstantBody,
  recorded_by: z.string().openapi({ description: "The name of the key that sent it." }),
};

/** Converts who recorded a version, and when. */
export function toRecordedFields({ revision, correction, recorded_at_ms, recorded_by }: Recorded) {
  return {
    revision,
    correction: correction ?? null,
    recorded_at: formatInstant(recorded_at_ms),
    recorded_by,
  };
}

const PriceBody = z.string().nullable().openapi({
  description: "The price of one delivered message. Null: it is missing, not zero.",
  example: "0.0068",
});

const TiersBody = z.array(z.object({
  from: z.int().openapi({
    description: "The first message of the month at this price, counted from 1.",
    example: 250_001,
  }),
  price: z.string().openapi({ example: "0.0065" }),
}));

const MetaRateBody = z.object({
  market: z.string().openapi({ example: "Brazil" }),
  countries: z.array(z.string()).openapi({
    description: "The countries of the market on that date, ISO 3166-1 alpha-2.",
    example: ["BR"],
  }),
  marketing: PriceBody,
  utility: PriceBody,
  authentication: PriceBody,
  authentication_international: PriceBody,
  service: PriceBody,
  tiers: z.object({
    utility: TiersBody,
    authentication: TiersBody,
    authentication_international: TiersBody,
  }).openapi({ description: "The prices of later messages of a month." }),
}).openapi("MetaRateInForce");

const CARD_FIELDS = {
  currency: z.string().openapi({ example: "USD" }),
  effective_from: DateBody.openapi({
    description: "The first date of the prices, in the time zone of Meta's account.",
    example: "2026-10-01",
  }),
  free_service_messages: z.int().openapi({
    description: "Delivered service messages that are free each month for each business number.",
    example: 1000,
  }),
};

/** The schema of a rate card of Meta. */
export const MetaRatesBody = z.object({
  ...CARD_FIELDS,
  on: DateBody.openapi({ description: "The date of the question.", example: "2026-11-23" }),
  ...RECORDED_FIELDS,
  rates: z.array(MetaRateBody).openapi({
    description:
      "Every market of that date: countries by name, then regions. One that the card lacks has no price.",
  }),
}).openapi("MetaRates");

/** The schema of a version of Meta's rate cards in a list. */
export const MetaRatesVersionBody = z.object({
  ...CARD_FIELDS,
  ...RECORDED_FIELDS,
  markets: z.int().openapi({ description: "Number of markets that the card names." }),
}).openapi("MetaRatesVersion");

/** Converts a rate card to its body, as it holds on a date. */
export function toMetaRatesBody(
  version: StoredMetaRates,
  card: MetaRateCard,
  on: LocalDate,
): z.infer<typeof MetaRatesBody> {
  const { currency, effective_from, prices } = version;
  return {
    currency,
    effective_from,
    free_service_messages: card.free_service_messages(currency, on),
    on,
    ...toRecordedFields(version),
    rates: [...marketsOn(card, on, prices.keys())].map(([market, countries]) =>
      toRateBody(market, countries, prices.get(market) ?? {})
    ),
  };
}

/** Converts a version to its row in the list. */
export function toVersionBody(
  version: MetaRatesVersion,
): z.infer<typeof MetaRatesVersionBody> {
  const { currency, effective_from, free_service_messages, markets } = version;
  return {
    currency,
    effective_from,
    free_service_messages: free_service_messages ?? freeServiceMessages(effective_from),
    ...toRecordedFields(version),
    markets,
  };
}

/** 409: a version changes what is in force, and says no reason. */
export function inForceProblem({ changes }: InForce): Problem {
  const detail = `It is in force, and this would change ${
    changes.join(", ")
  }: send a \`correction\` that says why, or a later date.`;
  return new Problem(409, "meta_rates_in_force", detail);
}

/** Returns the markets of a date with their countries: countries by name, then regions, then `Other`. */
function marketsOn(
  card: MetaRateCard,
  on: LocalDate,
  named: Iterable<Market>,
): ReadonlyMap<Market, readonly string[]> {
  const countries = new Map<Market, string[]>([...named].map((market) => [market, []]));
  for (const country of COUNTRIES) {
    const market = card.market(country, on);
    const of_market = countries.get(market);
    if (of_market === undefined) countries.set(market, [country]);
    else of_market.push(country);
  }
  const rank = (market: Market) => isCountryMarket(market) ? 0 : market === OTHER ? 2 : 1;
  return new Map([...countries].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)));
}

function toRateBody(
  market: Market,
  countries: readonly string[],
  prices: MarketPrices,
): z.infer<typeof MetaRateBody> {
  const first = (category: PricedCategory) => {
    const tier = prices[category]?.[0];
    return tier === undefined ? null : showMoney(tier.price);
  };
  const later = (category: PricedCategory) =>
    (prices[category] ?? []).slice(1).map(({ from_messages, price }) => ({
      from: from_messages + 1,
      price: showMoney(price),
    }));
  const categories = Object.keys(PRICED_CATEGORIES) as PricedCategory[];
  return {
    market,
    countries: [...countries],
    ...Object.fromEntries(categories.map((category) => [category, first(category)])) as Record<
      PricedCategory,
      string | null
    >,
    tiers: Object.fromEntries(TIERED_CATEGORIES.map((category) => [category, later(category)])) as Record<
      typeof TIERED_CATEGORIES[number],
      { from: number; price: string }[]
    >,
  };
}
