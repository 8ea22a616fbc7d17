/** Counted messages, accounts and rate cards of Meta, in short form. */

import type { NumberAccount } from "../../src/domain/meta_costs/number_accounts.ts";
import { MetaRateCard, type MetaRates, type PriceTier } from "../../src/domain/meta_costs/rate_card.ts";
import type { CostDay, MetaCategory } from "../../src/domain/meta_costs/types.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { CompanyId, LocalDate } from "../../src/domain/types.ts";
import { PHONE_NUMBER_ID } from "./fixtures.ts";

/** A group of counted messages with short values; by default charged marketing messages of Acme to Brazil. */
export interface CostDayDetails extends Omit<Partial<CostDay>, "company" | "local_date" | "account_date"> {
  readonly company?: string;
  readonly on: string;
  /** The date in the zone of the account; by default the local date. */
  readonly account_date?: string;
}

/** Makes a group of counted messages. */
export function costDay({ on, company = "acme", account_date = on, ...more }: CostDayDetails): CostDay {
  return {
    phone_number_id: PHONE_NUMBER_ID,
    country: "BR",
    category: "marketing",
    pricing_type: "regular",
    billable: true,
    messages: 1,
    ...more,
    company: company as CompanyId,
    local_date: on as LocalDate,
    account_date: account_date as LocalDate,
  };
}

/** Makes the account of a number since the year 2026; by default of Acme, in São Paulo and US dollars. */
export function accountOf(details: Partial<NumberAccount> = {}): NumberAccount {
  return {
    company: "acme" as CompanyId,
    phone_number_id: PHONE_NUMBER_ID,
    from_ms: Date.UTC(2026, 0, 1, 12),
    account_id: "account",
    portfolio_id: "portfolio",
    time_zone: "America/Sao_Paulo",
    currency: "USD",
    recorded_at_ms: 0,
    recorded_by: "platform",
    ...details,
  };
}

/** Prices by category: one price, or tiers such as `"0: 0.0068, 100000: 0.0054"`. */
export type PriceTexts = Partial<Record<MetaCategory, string>>;

/** Makes a rate card version; by default in US dollars. */
export function ratesFrom(
  effective_from: string,
  prices: Readonly<Record<string, PriceTexts>>,
  more: Partial<MetaRates> = {},
): MetaRates {
  const markets = Object.entries(prices).map(([market, texts]) => {
    const categories = Object.entries(texts).map(([category, text]) => [category, tiersOf(text)]);
    return [market, Object.fromEntries(categories)] as const;
  });
  return {
    currency: "USD",
    effective_from: effective_from as LocalDate,
    prices: new Map(markets),
    ...more,
  };
}

/** Meta's prices of Brazil in US dollars since October 2026, with a volume tier. */
export const BRAZIL: PriceTexts = {
  marketing: "0.0625",
  utility: "0: 0.0068, 100000: 0.0054",
  authentication: "0: 0.0068, 100000: 0.0054",
  service: "0.0068",
};

/** The rate card of the examples. */
export const BRAZIL_CARD: MetaRateCard = new MetaRateCard([ratesFrom("2026-10-01", { Brazil: BRAZIL })]);

function tiersOf(text: string): PriceTier[] {
  return text.split(", ").map((tier) => {
    const [price, from = "0"] = tier.split(": ").toReversed();
    return { from_messages: Number(from), price: priceFrom(price!) };
  });
}
