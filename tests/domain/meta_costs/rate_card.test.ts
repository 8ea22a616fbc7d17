import assert from "node:assert/strict";
import { MetaRateCard, type MetaRates, type PriceTier } from "../../../src/domain/meta_costs/rate_card.ts";
import type { MetaCategory } from "../../../src/domain/meta_costs/types.ts";
import { priceFrom } from "../../../src/domain/money.ts";
import type { LocalDate } from "../../../src/domain/types.ts";

const date = (text: string) => text as LocalDate;
const flat = (price: string): readonly PriceTier[] => [{ from_messages: 0, price: priceFrom(price) }];

function rates(
  from: string,
  prices: Record<string, Partial<Record<MetaCategory, string>>>,
  more: Partial<MetaRates> = {},
): MetaRates {
  return {
    currency: "USD",
    effective_from: date(from),
    prices: new Map(
      Object.entries(prices).map(([market, of_market]) => [
        market,
        Object.fromEntries(Object.entries(of_market).map(([category, price]) => [category, flat(price)])),
      ]),
    ),
    ...more,
  };
}

Deno.test("a version holds from its date until the next one of its currency", () => {
  const card = new MetaRateCard([
    rates("2026-10-01", { Brazil: { marketing: "0.0625" } }),
    rates("2026-07-01", { Brazil: { marketing: "0.06" } }),
    rates("2026-08-01", { Brazil: { marketing: "0.31" } }, { currency: "BRL" }),
  ]);
  const price = (on: string) => card.tiers("USD", "BR", "marketing", date(on));
  assert.equal(price("2026-06-30"), undefined);
  assert.deepEqual(price("2026-07-01"), flat("0.06"));
  assert.deepEqual(price("2026-09-30"), flat("0.06"));
  assert.deepEqual(price("2026-10-01"), flat("0.0625"));
  assert.deepEqual(price("2027-10-01"), flat("0.0625"));
});

Deno.test("of one currency and date the version recorded last counts", () => {
  const card = new MetaRateCard([
    rates("2026-10-01", { Brazil: { marketing: "0.5", service: "0.0068" } }),
    rates("2026-10-01", { Brazil: { marketing: "0.0625" } }),
  ]);
  assert.deepEqual(card.tiers("USD", "BR", "marketing", date("2026-10-01")), flat("0.0625"));
  assert.equal(card.tiers("USD", "BR", "service", date("2026-10-01")), undefined);
});

Deno.test("a price is missing without country, version, market or category in force", () => {
  const card = new MetaRateCard([
    rates("2026-07-01", { Brazil: { marketing: "0.06" }, Chile: { marketing: "0.07" } }),
    rates("2026-10-01", { Brazil: { marketing: "0.0625" }, Other: { utility: "0.01" } }),
  ]);
  const on = date("2026-10-01");
  assert.equal(card.tiers("USD", undefined, "marketing", on), undefined);
  assert.equal(card.tiers("BRL", "BR", "marketing", on), undefined);
  assert.equal(card.tiers("USD", "BR", "unknown", on), undefined);
  assert.equal(card.tiers("USD", "BR", "utility", on), undefined);
  assert.equal(card.tiers("USD", "CL", "marketing", on), undefined, "neither July's price nor that of Other");
});

Deno.test("a country that a newer rate card prices alone is its own market from that card's date on", () => {
  const card = new MetaRateCard([
    rates("2026-10-01", { "Rest of Asia Pacific": { utility: "0.01" } }),
    rates("2027-01-01", { "Rest of Asia Pacific": { utility: "0.01" }, "Japan": { utility: "0.02" } }),
  ]);
  const japan = (on: string) => [card.market("JP", date(on)), card.tiers("USD", "JP", "utility", date(on))];
  assert.deepEqual(japan("2026-12-31"), ["Rest of Asia Pacific", flat("0.01")]);
  assert.deepEqual(japan("2027-01-01"), ["Japan", flat("0.02")]);
  assert.equal(card.market("TH", date("2027-01-01")), "Rest of Asia Pacific");
});

Deno.test("1,000 service messages a month are free since Meta charges them, unless the rate card says otherwise", () => {
  const card = new MetaRateCard([rates("2027-01-01", {}, { free_service_messages: 500 })]);
  const free = (currency: string, on: string) => card.free_service_messages(currency, date(on));
  assert.equal(free("USD", "2026-09-30"), 0);
  assert.equal(free("USD", "2026-10-01"), 1000);
  assert.equal(free("USD", "2027-01-01"), 500);
  assert.equal(free("BRL", "2027-01-01"), 1000);
});
