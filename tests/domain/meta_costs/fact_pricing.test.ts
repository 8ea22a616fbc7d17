import assert from "node:assert/strict";
import fc from "fast-check";
import {
  countryOf,
  factPricing,
  joinPricing,
  needsSending,
  pricingOf,
} from "../../../src/domain/meta_costs/fact_pricing.ts";
import { META_CATEGORIES, PRICING_TYPES } from "../../../src/domain/meta_costs/types.ts";

const pricing = fc.record({
  category: fc.constantFrom(...META_CATEGORIES),
  type: fc.constantFrom(...PRICING_TYPES),
  billable: fc.boolean(),
}, { noNullPrototype: true });
const recipient = fc.record({
  country: fc.constantFrom("AD", "BR", "MX", "ZW", undefined),
  of_bsuid: fc.boolean(),
  needs_sending: fc.boolean(),
});
const coded = fc.tuple(pricing, recipient).map(([price, of]) => factPricing(price, of));

Deno.test("a price is decoded as it was encoded, and fits four bytes", () => {
  fc.assert(fc.property(pricing, recipient, (price, of) => {
    const code = factPricing(price, of);
    assert.deepEqual([pricingOf(code), countryOf(code), needsSending(code)], [
      price,
      of.country,
      of.needs_sending,
    ]);
    assert.ok(code > 0 && code < 2 ** 31);
  }));
});

Deno.test("the join of prices is commutative, associative and idempotent, and is one of them", () => {
  fc.assert(fc.property(coded, coded, coded, (a, b, c) => {
    const joined = joinPricing(a, b)!;
    assert.equal(joined, joinPricing(b, a));
    assert.equal(joinPricing(joined, c), joinPricing(a, joinPricing(b, c)));
    assert.equal(joinPricing(joined, a), joined);
    assert.equal(joinPricing(a, undefined), a);
    assert.ok([a, b].some((one) => JSON.stringify(pricingOf(one)) === JSON.stringify(pricingOf(joined))));
  }));
});

Deno.test("the stored codes of prices never change", () => {
  const of = { country: "BR", of_bsuid: false, needs_sending: false };
  const code = (category: typeof META_CATEGORIES[number], type: typeof PRICING_TYPES[number]) =>
    factPricing({ category, type, billable: true }, of) -
    factPricing({ category: "marketing", type: "regular", billable: true }, of);
  assert.equal(factPricing({ category: "marketing", type: "regular", billable: false }, of), 84_038);
  assert.deepEqual(META_CATEGORIES.map((category) => code(category, "regular") / 64), [0, 1, 2, 3, 4, 14]);
  assert.deepEqual(PRICING_TYPES.map((type) => code("marketing", type) / 4), [0, 1, 2, 3, 14]);
  assert.equal(
    factPricing({ category: "unknown", type: "unknown", billable: false }, {
      country: undefined,
      of_bsuid: false,
      needs_sending: true,
    }),
    2 ** 21 - 1,
  );
});
