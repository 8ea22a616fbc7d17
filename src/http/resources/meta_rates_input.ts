/** The bodies of `PUT /v1/meta_rates`: JSON, or a file of Meta. */

import { z } from "@hono/zod-openapi";
import {
  type FileError,
  PRICED_CATEGORIES,
  type PricedCategory,
} from "../../domain/meta_costs/file_cells.ts";
import { type Market, MARKET_NAMES, marketNamed } from "../../domain/meta_costs/markets.ts";
import type { MarketPrices, MetaRates, PriceTier } from "../../domain/meta_costs/rate_card.ts";
import { readRateFile } from "../../domain/meta_costs/rate_file.ts";
import type { MetaRatesRequest } from "../../domain/meta_costs/rate_versions.ts";
import { TIERED_CATEGORIES } from "../../domain/meta_costs/volume_tiers.ts";
import type { Micros } from "../../domain/money.ts";
import type { CsvLimits, CsvRows } from "../kit/csv_body.ts";
import { CurrencyField, optionalField, PriceField, StartDateField, textField } from "../kit/fields.ts";
import { type FieldError, invalidRequest, type Problem } from "../kit/problems.ts";

/** The most that is read of a file. Meta's volume tiers have about 300 rows of 17 cells. */
export const CSV_LIMITS: CsvLimits = { rows: 5_000, columns: 100 };

const MESSAGES_MAX = 1_000_000_000_000;
const FREE_MAX = 1_000_000_000;
const TIERS_MAX = 50;

const FREE_DESCRIPTION =
  "delivered service messages that are free each month for each business number. Default: as Meta announced, 1000 from " +
  "2026-10-01 on.";

/** A sentence that says why prices in force change. */
export const CorrectionField = textField(300).openapi({
  description:
    "Why prices that are in force change or disappear. Required then, since costs that were reported change too; stored " +
    "with the version.",
  example: "Meta corrected its file on 2 December",
});

const MarketField = z.string().transform((name, context): Market => {
  const market = marketNamed(name);
  if (market !== undefined) return market;
  context.addIssue({
    code: "custom",
    message: "is no market of Meta: write it as Meta does, such as Brazil",
  });
  return z.NEVER;
}).openapi({ description: "The market, as Meta's rate cards name it.", example: "Brazil" });

const TierJson = z.strictObject({
  from: z.int().min(2).max(MESSAGES_MAX).openapi({
    description: "The first message of the month at this price, counted from 1: Meta's `From`.",
    example: 250_001,
  }),
  price: PriceField,
}).openapi("MetaPriceTier");

const TiersJson = z.array(TierJson).max(TIERS_MAX).refine(
  (tiers) => tiers.every(({ from }, index) => index === 0 || from > tiers[index - 1]!.from),
  { error: "must ascend by `from`" },
);

const PriceOf = optionalField(PriceField).openapi({
  description: "The price of one delivered message. Null or absent: there is none.",
});

const RateJson = z.strictObject({
  market: MarketField,
  marketing: PriceOf,
  utility: PriceOf,
  authentication: PriceOf,
  authentication_international: PriceOf,
  service: PriceOf,
  tiers: optionalField(z.strictObject({
    utility: optionalField(TiersJson),
    authentication: optionalField(TiersJson),
    authentication_international: optionalField(TiersJson),
  })).openapi({ description: "The lower prices of later messages of a month. Default: none." }),
}).superRefine((rate, context) => {
  for (const [category, tiers] of tiersOf(rate)) {
    if (tiers.length === 0 || rate[category] !== undefined) continue;
    const message = `needs the price of the first messages: send \`${category}\` too`;
    context.addIssue({ code: "custom", path: ["tiers", category], message });
  }
}).openapi("MetaRate");

/** A rate card of Meta as JSON. */
export const MetaRatesJson = z.strictObject({
  currency: CurrencyField,
  effective_from: StartDateField.openapi({
    description: "The first date of the prices, in the time zone of Meta's account.",
    example: "2026-10-01",
  }),
  free_service_messages: optionalField(z.int().min(0).max(FREE_MAX)).openapi({
    description: `Number of ${FREE_DESCRIPTION}`,
  }),
  rates: z.array(RateJson).min(1).max(MARKET_NAMES.length).superRefine((rates, context) => {
    const seen = new Map<Market, number>();
    rates.forEach(({ market }, index) => {
      const first = seen.get(market);
      if (first === undefined) seen.set(market, index);
      else {
        const message = `is ${market}, as rates[${first}].market: send each market once`;
        context.addIssue({ code: "custom", path: [index, "market"], message });
      }
    });
  }),
  correction: optionalField(CorrectionField),
}).openapi("MetaRatesRequest");

/** The query of a file: what its rows do not say. */
export const FileQuery = z.strictObject({
  currency: CurrencyField.optional().openapi({ description: "With a file: the currency of its prices." }),
  effective_from: StartDateField.optional().openapi({
    description: "With a file: the first date of its prices, in the time zone of Meta's account.",
    example: "2026-10-01",
  }),
  free_service_messages: z.string().regex(/^\d{1,9}$/, { error: "must be a whole number" }).transform(Number)
    .optional().openapi({
      type: "integer",
      description: `With a file that lists rates: number of ${FREE_DESCRIPTION}`,
    }),
  correction: CorrectionField.optional(),
});

/** Reads what a request stores. Returns a problem that names each wrong field or cell. */
export function metaRatesRequest(
  body: z.output<typeof MetaRatesJson> | CsvRows,
  query: z.output<typeof FileQuery>,
): MetaRatesRequest | Problem {
  return isFile(body) ? fromFile(body, query) : fromJson(body, query);
}

function isFile(body: z.output<typeof MetaRatesJson> | CsvRows): body is CsvRows {
  return Array.isArray(body);
}

function fromFile(
  rows: CsvRows,
  { currency, effective_from, free_service_messages, correction }: z.output<typeof FileQuery>,
): MetaRatesRequest | Problem {
  if (currency === undefined || effective_from === undefined) {
    const missing = Object.entries({ currency, effective_from }).filter(([, value]) => value === undefined);
    return invalidRequest(missing.map(([path]) => {
      return { path, message: `${path} is required with a file: send it in the query` };
    }));
  }
  const file = readRateFile(rows, currency);
  if (!("prices" in file)) return invalidRequest(file.map(toFieldError));
  if (!file.lists_rates && free_service_messages !== undefined) {
    const message = "free_service_messages belongs to a list of rates: send it with that file";
    return invalidRequest([{ path: "free_service_messages", message }]);
  }
  const { prices } = file;
  return { currency, effective_from, free_service_messages, prices, adds: !file.lists_rates, correction };
}

function toFieldError({ row, column, message }: FileError): FieldError {
  const path = column === undefined ? `row ${row}` : `row ${row}, ${column}`;
  return { path, message: `${path} ${message}` };
}

function fromJson(
  body: z.output<typeof MetaRatesJson>,
  query: z.output<typeof FileQuery>,
): MetaRatesRequest | Problem {
  const parameters = Object.keys(query);
  if (parameters.length > 0) {
    return invalidRequest(parameters.map((path) => {
      return { path, message: `${path} is read in the query with a file only: send it in the body` };
    }));
  }
  return { ...metaRatesOf(body), adds: false, correction: body.correction };
}

/** Converts a rate card of Meta from JSON. */
export function metaRatesOf(
  { currency, effective_from, free_service_messages, rates }: z.output<typeof MetaRatesJson>,
): MetaRates {
  const prices = new Map(rates.map((rate) => [rate.market, pricesOf(rate)]));
  return { currency, effective_from, free_service_messages, prices };
}

function pricesOf(rate: z.output<typeof RateJson>): MarketPrices {
  const tiers = new Map<PricedCategory, readonly { from: number; price: Micros }[]>(tiersOf(rate));
  const prices: Partial<Record<PricedCategory, readonly PriceTier[]>> = {};
  for (const category of Object.keys(PRICED_CATEGORIES) as PricedCategory[]) {
    const price = rate[category];
    if (price === undefined) continue;
    const later = tiers.get(category)?.map((tier) => ({ from_messages: tier.from - 1, price: tier.price })) ??
      [];
    prices[category] = [{ from_messages: 0, price }, ...later];
  }
  return prices;
}

/** Lists the volume tiers of each category that has any. */
function tiersOf({ tiers }: Pick<z.output<typeof RateJson>, "tiers">) {
  return TIERED_CATEGORIES.flatMap((category) => {
    const of_category = tiers?.[category];
    return of_category === undefined ? [] : [[category, of_category] as const];
  });
}
