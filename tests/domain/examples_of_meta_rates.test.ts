/** The worked examples of `src/domain/README.md` of Meta's rate cards and of exchange rates. */

import assert from "node:assert/strict";
import { ExchangeRates, parseRatio } from "../../src/domain/meta_costs/exchange_rates.ts";
import type { Market } from "../../src/domain/meta_costs/markets.ts";
import { type MarketPrices, MetaRateCard, type PriceTier } from "../../src/domain/meta_costs/rate_card.ts";
import { nextMetaRates, type StoredMetaRates } from "../../src/domain/meta_costs/rate_versions.ts";
import type { MetaCategory } from "../../src/domain/meta_costs/types.ts";
import { priceFrom, showMoney } from "../../src/domain/money.ts";
import type { LocalDate } from "../../src/domain/types.ts";

const OCTOBER = "2026-10-01" as LocalDate;
const flat = (price: string): readonly PriceTier[] => [{ from_messages: 0, price: priceFrom(price) }];

Deno.test("E50: a price is that of the market and the rate card of the date, or missing", () => {
  const utility = [...flat("0.0068"), { from_messages: 250_000, price: priceFrom("0.0065") }];
  const card = new MetaRateCard([
    rates("2026-07-01", {
      "Brazil": { marketing: flat("0.06"), utility },
      "Rest of Africa": { utility: flat("0.004") },
      "Other": { utility: flat("0.0077") },
    }),
    rates(OCTOBER, { Brazil: { marketing: flat("0.0625"), utility }, Other: { utility: flat("0.0077") } }),
  ]);
  const table: [string, MetaCategory, string, Market, Record<number, string> | undefined][] = [
    ["BR", "marketing", "2026-06-30", "Brazil", undefined],
    ["BR", "marketing", "2026-09-30", "Brazil", { 0: "0.06" }],
    ["BR", "marketing", "2026-10-01", "Brazil", { 0: "0.0625" }],
    ["BR", "utility", "2026-10-01", "Brazil", { 0: "0.0068", 250_000: "0.0065" }],
    ["MA", "utility", "2026-09-30", "Rest of Africa", { 0: "0.004" }],
    ["MA", "utility", "2026-10-01", "Morocco", undefined],
    ["BS", "utility", "2026-10-01", "Other", { 0: "0.0077" }],
  ];
  for (const [country, category, on, market, prices] of table) {
    const date = on as LocalDate;
    assert.equal(card.market(country, date), market);
    const tiers = card.tiers("USD", country, category, date);
    const found = tiers && Object.fromEntries(
      tiers.map(({ from_messages, price }) => [from_messages, showMoney(price)]),
    );
    assert.deepEqual(found, prices, `${country} ${category} ${on}`);
  }
});

Deno.test("E51: a rate card in force is completed, or corrected with a reason; amounts have the rate of their date", () => {
  const send = (
    stored: StoredMetaRates | undefined,
    at: string,
    prices: MarketPrices,
    correction?: string,
  ) =>
    nextMetaRates(
      { ...rates(OCTOBER, { Brazil: prices }), adds: false, correction },
      stored,
      { at_ms: Date.parse(at), by: "finance" },
    );
  const accepted = (next: ReturnType<typeof send>) => {
    assert.ok(!("type" in next));
    return next;
  };
  const first = accepted(send(undefined, "2026-09-01T12:00:00Z", { marketing: flat("0.0625") }));
  const replaced = accepted(send(first, "2026-09-30T09:59:00Z", { marketing: flat("0.0635") }));
  assert.deepEqual([replaced.revision, replaced.correction], [2, undefined]);
  assert.ok("type" in send(replaced, "2026-09-30T10:00:00Z", { marketing: flat("0.0645") }));
  const both = { marketing: flat("0.0635"), utility: flat("0.0068") };
  const completed = accepted(send(replaced, "2026-11-05T12:00:00Z", both));
  assert.deepEqual([completed.revision, completed.correction], [3, undefined]);
  const changed = { ...both, marketing: flat("0.0645") };
  const corrected = accepted(send(completed, "2026-11-05T12:00:00Z", changed, "typing error"));
  assert.deepEqual([corrected.revision, corrected.correction], [4, "typing error"]);

  const exchange = new ExchangeRates([
    { from: "USD", to: "BRL", effective_from: OCTOBER, rate: parseRatio("5.20")! },
    { from: "USD", to: "BRL", effective_from: "2026-11-01" as LocalDate, rate: parseRatio("5.4321")! },
  ]);
  const table = [
    ["USD", "2026-10-31", "BRL", "5200.00"],
    ["USD", "2026-11-01", "BRL", "5432.10"],
    ["BRL", "2026-11-01", "USD", "184.090867"],
    ["EUR", "2026-11-01", "BRL", undefined],
  ] as const;
  for (const [from, on, to, amount] of table) {
    const converted = exchange.convert(priceFrom("1000"), from, to, on as LocalDate);
    assert.equal(converted === undefined ? undefined : showMoney(converted), amount);
  }
});

function rates(from: string, prices: Readonly<Record<Market, MarketPrices>>) {
  return {
    currency: "USD",
    effective_from: from as LocalDate,
    free_service_messages: undefined,
    prices: new Map(Object.entries(prices)),
  };
}
