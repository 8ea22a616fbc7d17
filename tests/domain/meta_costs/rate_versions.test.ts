import assert from "node:assert/strict";
import { parseRatio } from "../../../src/domain/meta_costs/exchange_rates.ts";
import type { MarketPrices, PriceTier } from "../../../src/domain/meta_costs/rate_card.ts";
import {
  type ExchangeRateRequest,
  latestDate,
  type MetaRatesRequest,
  nextExchangeRate,
  nextMetaRates,
  type StoredMetaRates,
} from "../../../src/domain/meta_costs/rate_versions.ts";
import { priceFrom } from "../../../src/domain/money.ts";
import type { LocalDate } from "../../../src/domain/types.ts";

const at = (instant: string) => ({ at_ms: Date.parse(instant), by: "finance" });
const BEFORE = at("2026-09-30T09:59:59Z");
const AFTER = at("2026-09-30T10:00:00Z");

const tiers = (...prices: string[]): readonly PriceTier[] =>
  prices.map((price, index) => ({ from_messages: index * 1000, price: priceFrom(price) }));

function request(
  prices: Record<string, MarketPrices>,
  more: Partial<MetaRatesRequest> = {},
): MetaRatesRequest {
  return {
    currency: "USD",
    effective_from: "2026-10-01" as LocalDate,
    free_service_messages: undefined,
    prices: new Map(Object.entries(prices)),
    adds: false,
    correction: undefined,
    ...more,
  };
}

const BRAZIL = { Brazil: { marketing: tiers("0.0625"), utility: tiers("0.0068", "0.0065") } };

function stored(prices: Record<string, MarketPrices> = BRAZIL): StoredMetaRates {
  const next = nextMetaRates(request(prices), undefined, BEFORE);
  assert.ok(!("type" in next));
  return next;
}

Deno.test("a date begins where the clocks are 14 hours ahead of UTC", () => {
  assert.equal(latestDate(BEFORE.at_ms), "2026-09-30");
  assert.equal(latestDate(AFTER.at_ms), "2026-10-01");
});

Deno.test("the first revision is stored whenever it comes, and the same again changes nothing", () => {
  const first = nextMetaRates(request(BRAZIL), undefined, at("2027-05-01T00:00:00Z"));
  assert.ok(!("type" in first));
  assert.deepEqual([first.revision, first.recorded_by], [1, "finance"]);
  const { Brazil } = BRAZIL;
  const reordered = { Brazil: { utility: Brazil.utility, marketing: Brazil.marketing } };
  assert.equal(nextMetaRates(request(reordered, { correction: "none" }), first, AFTER), first);
});

Deno.test("before its date a version is replaced by any other", () => {
  const next = nextMetaRates(request({ Chile: {} }), stored(), BEFORE);
  assert.ok(!("type" in next));
  assert.deepEqual([...next.prices.keys()], ["Chile"]);
  assert.deepEqual([next.revision, next.correction], [2, undefined]);
});

Deno.test("from its date on a version is completed, and what it says stays", () => {
  const completions: Record<string, Record<string, MarketPrices>> = {
    "a price that was missing": { Brazil: { ...BRAZIL.Brazil, service: tiers("0.0068") } },
    "a market that was missing": { ...BRAZIL, Chile: { utility: tiers("0.02") } },
    "tiers after a single price": { Brazil: { ...BRAZIL.Brazil, marketing: tiers("0.0625", "0.06") } },
  };
  for (const [name, prices] of Object.entries(completions)) {
    const next = nextMetaRates(request(prices, { correction: "none needed" }), stored(), AFTER);
    assert.ok(!("type" in next), name);
    assert.deepEqual([next.revision, next.correction], [2, undefined], name);
  }
});

Deno.test("from its date on a price changes or disappears with a reason only", () => {
  const { marketing, utility } = BRAZIL.Brazil;
  const changes: [string, Record<string, MarketPrices>, string][] = [
    ["another price", { Brazil: { marketing: tiers("0.0635"), utility } }, "Brazil marketing"],
    ["no price", { Brazil: { marketing } }, "Brazil utility (removed)"],
    ["no market", {}, "Brazil marketing (removed)"],
    ["another tier", { Brazil: { marketing, utility: tiers("0.0068", "0.0064") } }, "Brazil utility"],
    [
      "no tiers",
      { Brazil: { marketing, utility: tiers("0.0068") } },
      "Brazil utility (volume tiers removed)",
    ],
    ["more tiers", { Brazil: { marketing, utility: tiers("0.0068", "0.0065", "0.0060") } }, "Brazil utility"],
    ["tiers below", { Brazil: { marketing: tiers("0.06", "0.0625"), utility } }, "Brazil marketing"],
  ];
  for (const [name, prices, change] of changes) {
    const refused = nextMetaRates(request(prices), stored(), AFTER);
    assert.ok("type" in refused, name);
    assert.equal(refused.changes[0], change, name);
    const next = nextMetaRates(request(prices, { correction: "Meta's own correction" }), stored(), AFTER);
    assert.ok(!("type" in next));
    assert.deepEqual([next.revision, next.correction], [2, "Meta's own correction"]);
  }
  const free = nextMetaRates(request(BRAZIL, { free_service_messages: 0 }), stored(), AFTER);
  assert.deepEqual("type" in free && free.changes, ["free_service_messages"]);
});

Deno.test("a country that gets a price of its own leaves a region that is priced: that is a change", () => {
  const region = { "Rest of Asia Pacific": { utility: tiers("0.01") } };
  const with_japan = { ...region, Japan: { utility: tiers("0.02") } };
  const refused = nextMetaRates(request(with_japan), stored(region), AFTER);
  assert.deepEqual("type" in refused && refused.changes, ["Japan"]);
  // Morocco is a market of its own since that date by Meta's table.
  const africa = { "Rest of Africa": { utility: tiers("0.01") } };
  const with_morocco = { ...africa, Morocco: { utility: tiers("0.02") } };
  assert.ok(!("type" in nextMetaRates(request(with_morocco), stored(africa), AFTER)));
});

Deno.test("volume tiers are added to the stored prices, and its free messages stay", () => {
  const card = {
    ...stored({ Brazil: { marketing: tiers("0.0625"), utility: tiers("0.0068") } }),
    free_service_messages: 7,
  };
  const added = request({ Brazil: { utility: tiers("0.0068", "0.0065") } }, { adds: true });
  const next = nextMetaRates(added, card, AFTER);
  assert.ok(!("type" in next));
  assert.deepEqual(next.prices, new Map([["Brazil", BRAZIL.Brazil]]));
  assert.deepEqual([next.free_service_messages, next.revision], [7, 2]);
  const other = request({ Brazil: { utility: tiers("0.0069", "0.0065") } }, { adds: true });
  const refused = nextMetaRates(other, card, AFTER);
  assert.deepEqual("type" in refused && refused.changes, ["Brazil utility"]);
  const alone = nextMetaRates(added, undefined, AFTER);
  assert.ok(!("type" in alone) && alone.revision === 1);
});

Deno.test("an exchange rate whose date has begun changes with a reason only", () => {
  const rate: ExchangeRateRequest = {
    from: "USD",
    to: "BRL",
    effective_from: "2026-10-01" as LocalDate,
    rate: parseRatio("5.4321")!,
    correction: undefined,
  };
  const first = nextExchangeRate(rate, undefined, AFTER);
  assert.ok(!("type" in first) && first.revision === 1);
  assert.equal(nextExchangeRate(rate, first, AFTER), first);
  const other = { ...rate, rate: parseRatio("5.4322")! };
  assert.ok("type" in nextExchangeRate(other, first, AFTER));
  const earlier = nextExchangeRate(other, first, BEFORE);
  assert.ok(!("type" in earlier) && earlier.revision === 2);
  const corrected = nextExchangeRate({ ...other, correction: "typing error" }, first, AFTER);
  assert.ok(!("type" in corrected) && corrected.correction === "typing error");
});
