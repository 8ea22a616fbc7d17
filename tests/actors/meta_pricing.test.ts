import assert from "node:assert/strict";
import { MetaPricing, type MetaPricingStore } from "../../actors/meta_pricing.ts";
import { parseRatio } from "../../src/domain/meta_costs/exchange_rates.ts";
import type { MetaRatesRequest } from "../../src/domain/meta_costs/rate_versions.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { MemoryMetaPricing } from "../support/memory_store/meta_pricing.ts";

const clock = { now_ms: () => Date.parse("2026-11-03T12:00:00Z") };
const NEXT_YEAR = "2027-01-01" as LocalDate;

function card(price: string): MetaRatesRequest {
  const tiers = [{ from_messages: 0, price: priceFrom(price) }];
  return {
    currency: "USD",
    effective_from: NEXT_YEAR,
    free_service_messages: undefined,
    prices: new Map([["Brazil", { utility: tiers }]]),
    adds: false,
    correction: undefined,
  };
}

Deno.test("of two rate cards and rates that are set at once, each gets a revision of its own", async () => {
  const pricing = new MetaPricing(clock, new MemoryMetaPricing());
  const cards = await Promise.all(
    ["0.01", "0.02", "0.03"].map((price) => pricing.putRateCard(card(price), "a")),
  );
  assert.deepEqual(cards.map((stored) => "type" in stored || stored.revision).sort(), [1, 2, 3]);
  const dollar = { from: "USD", to: "BRL", effective_from: NEXT_YEAR, correction: undefined };
  const rates = await Promise.all(
    ["5.1", "5.2"].map((rate) => pricing.putExchangeRate({ ...dollar, rate: parseRatio(rate)! }, "a")),
  );
  assert.deepEqual(rates.map((stored) => "type" in stored || stored.revision).sort(), [1, 2]);
});

Deno.test("a version that another process sets first is read before the next one is decided", async () => {
  const store = new MemoryMetaPricing();
  const other = new MetaPricing(clock, store);
  let is_first = true;
  const raced: MetaPricingStore = {
    rateCards: () => store.rateCards(),
    rateCardVersions: () => store.rateCardVersions(),
    exchangeRates: () => store.exchangeRates(),
    exchangeRateVersions: (query) => store.exchangeRateVersions(query),
    addExchangeRate: (version) => store.addExchangeRate(version),
    addRateCard: async (version) => {
      if (is_first) await other.putRateCard(card("0.01"), "other process");
      is_first = false;
      return await store.addRateCard(version);
    },
  };
  const put = await new MetaPricing(clock, raced).putRateCard(card("0.02"), "this process");
  assert.ok(!("type" in put) && put.revision === 2);
  const versions = await store.rateCardVersions();
  assert.deepEqual(versions.map(({ recorded_by }) => recorded_by), ["this process", "other process"]);
});

Deno.test("the rate card and the exchange rates are the same objects until a version is added", async () => {
  const pricing = new MetaPricing(clock, new MemoryMetaPricing());
  await pricing.putRateCard(card("0.01"), "a");
  const before = await pricing.rateCard();
  assert.equal(await pricing.rateCard(), before);
  await pricing.putRateCard(card("0.01"), "a");
  assert.equal(await pricing.rateCard(), before, "the same card again");
  await pricing.putRateCard(card("0.02"), "a");
  const after = await pricing.rateCard();
  assert.notEqual(after, before);
  assert.equal(after.tiers("USD", "BR", "utility", NEXT_YEAR)?.[0]?.price, priceFrom("0.02"));
  assert.equal(await pricing.exchangeRates(), await pricing.exchangeRates());
});
