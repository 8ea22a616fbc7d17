/** The store contract of Meta's rate cards and of exchange rates. */

import assert from "node:assert/strict";
import { parseRatio } from "../../src/domain/meta_costs/exchange_rates.ts";
import type { MarketPrices } from "../../src/domain/meta_costs/rate_card.ts";
import type { StoredExchangeRate, StoredMetaRates } from "../../src/domain/meta_costs/rate_versions.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { type ContractCheck, NOON } from "./store_under_test.ts";

const BRAZIL: MarketPrices = {
  marketing: [{ from_messages: 0, price: priceFrom("0.0625") }],
  utility: [
    { from_messages: 0, price: priceFrom("0.0068") },
    { from_messages: 250_000, price: priceFrom("0.006512") },
  ],
  service: [{ from_messages: 0, price: priceFrom("0") }],
};

function rateCard(more: Partial<StoredMetaRates> = {}): StoredMetaRates {
  return {
    currency: "USD",
    effective_from: "2026-10-01" as LocalDate,
    free_service_messages: undefined,
    prices: new Map([["Brazil", BRAZIL], ["Rest of Africa", {}]]),
    revision: 1,
    correction: undefined,
    recorded_at_ms: NOON,
    recorded_by: "tests",
    ...more,
  };
}

function exchangeRate(more: Partial<StoredExchangeRate> = {}): StoredExchangeRate {
  return {
    from: "USD",
    to: "BRL",
    effective_from: "2026-10-01" as LocalDate,
    rate: parseRatio("5.4321000001")!,
    revision: 1,
    correction: undefined,
    recorded_at_ms: NOON,
    recorded_by: "tests",
    ...more,
  };
}

/** Checks of Meta's rate cards and of exchange rates, by test name. */
export const META_PRICING_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  "a rate card of Meta is read as it was added, and the last revision of a date counts": async (
    { meta_pricing },
  ) => {
    assert.deepEqual(await meta_pricing.rateCards(), []);
    const first = rateCard();
    assert.ok(await meta_pricing.addRateCard(first));
    const read = await meta_pricing.rateCards();
    assert.deepEqual(read, [first]);
    assert.equal(await meta_pricing.rateCards(), read, "the same array until one is added");
    const second = rateCard({
      revision: 2,
      correction: "typing error",
      free_service_messages: 0,
      recorded_at_ms: NOON + 1,
    });
    const brl = rateCard({ currency: "BRL", effective_from: "2026-07-01" as LocalDate });
    assert.ok(await meta_pricing.addRateCard(second));
    assert.ok(await meta_pricing.addRateCard(brl));
    const all = (await meta_pricing.rateCards()).toSorted((a, b) => a.currency < b.currency ? -1 : 1);
    assert.deepEqual(all, [brl, second]);
    const head = ({ prices, ...version }: StoredMetaRates) => ({ ...version, markets: prices.size });
    assert.deepEqual(await meta_pricing.rateCardVersions(), [head(second), head(first), head(brl)]);
  },

  "a revision of a rate card or an exchange rate is added once": async ({ meta_pricing }) => {
    assert.ok(await meta_pricing.addRateCard(rateCard()));
    assert.ok(
      !await meta_pricing.addRateCard(rateCard({ prices: new Map(), recorded_by: "another process" })),
    );
    assert.deepEqual(await meta_pricing.rateCards(), [rateCard()]);
    assert.ok(await meta_pricing.addExchangeRate(exchangeRate()));
    assert.ok(!await meta_pricing.addExchangeRate(exchangeRate({ rate: parseRatio("1")! })));
    assert.deepEqual(await meta_pricing.exchangeRates(), [exchangeRate()]);
  },

  "exchange rates are read exactly, and listed newest date first from a position on": async (
    { meta_pricing },
  ) => {
    const corrected = { revision: 2, correction: "typing error", recorded_at_ms: NOON + 1 };
    const rates = [
      exchangeRate({ effective_from: "2026-11-01" as LocalDate }),
      exchangeRate({ from: "EUR" }),
      exchangeRate({ ...corrected, rate: parseRatio("999999999.9999999999")! }),
      exchangeRate(),
      exchangeRate({ effective_from: "2026-09-01" as LocalDate, rate: parseRatio("0.0000000001")! }),
    ];
    for (const rate of rates.toReversed()) assert.ok(await meta_pricing.addExchangeRate(rate));
    const list = (after?: StoredExchangeRate, limit = 10, more = {}) =>
      meta_pricing.exchangeRateVersions({ from: undefined, to: undefined, after, limit, ...more });
    assert.deepEqual(await list(), rates);
    for (const [index, rate] of rates.entries()) {
      assert.deepEqual(await list(rate, 2), rates.slice(index + 1, index + 3));
    }
    assert.deepEqual(await list(undefined, 10, { from: "EUR" }), [rates[1]]);
    assert.deepEqual(await list(undefined, 10, { to: "EUR" }), []);
    const last = await meta_pricing.exchangeRates();
    assert.equal(last.length, 4);
    assert.ok(
      !last.some(({ rate, from, effective_from }) =>
        from === "USD" && effective_from === "2026-10-01" && rate === rates[3]!.rate
      ),
    );
    assert.equal(await meta_pricing.exchangeRates(), last, "the same array until one is added");
  },
};
