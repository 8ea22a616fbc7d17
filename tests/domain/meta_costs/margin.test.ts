import assert from "node:assert/strict";
import fc from "fast-check";
import { lastDateOf } from "../../../src/domain/calendar.ts";
import { type Cost, NO_COST } from "../../../src/domain/meta_costs/costs.ts";
import { ExchangeRates, parseRatio } from "../../../src/domain/meta_costs/exchange_rates.ts";
import {
  addMargins,
  type DatedCost,
  type Margin,
  marginOf,
  type MonthUse,
  revenueOf,
} from "../../../src/domain/meta_costs/margin.ts";
import { type Micros, priceFrom, showMoney } from "../../../src/domain/money.ts";
import { consume, grant, newPeriod } from "../../../src/domain/period.ts";
import { statementOf } from "../../../src/domain/statement.ts";
import { credits, type LocalDate, type Month } from "../../../src/domain/types.ts";
import { ContractHistory } from "../../support/contract_history.ts";
import type { OfferDetails } from "../../support/fixtures.ts";

const NOVEMBER = "2026-11" as Month;
const NO_RATES = new ExchangeRates([]);

Deno.test("a package earns the share of its price that is used, and excess its price", () => {
  const contract = contractOf({ package: 1_000, price: "100.00", excess: "0.25" });
  const earned = (consumed: number) => {
    const { revenue, unused_package } = revenueOf(contract, use({ granted: 1_000, consumed }));
    return [revenue, unused_package].map((amount) => showMoney(amount!));
  };
  assert.deepEqual(earned(0), ["0.00", "100.00"]);
  assert.deepEqual(earned(333), ["33.30", "66.70"]);
  assert.deepEqual(earned(1_000), ["100.00", "0.00"]);
  assert.deepEqual(earned(1_010), ["102.50", "0.00"]);
});

Deno.test("without a package every credit earns the price of the excess", () => {
  const { revenue, unused_package } = revenueOf(
    contractOf({ package: null, excess: "0.25" }),
    use({ granted: 0, consumed: 10 }),
  );
  assert.deepEqual([showMoney(revenue!), showMoney(unused_package!)], ["2.50", "0.00"]);
});

Deno.test("while a price of the contract is not set the revenue is missing, and so is the margin", () => {
  const [version] = contractOf({ package: 10 });
  const { terms } = version!;
  const no_package_price = [{
    ...version!,
    terms: { ...terms, package: { credits: credits(10), price: null } },
  }];
  const no_excess_price = [{ ...version!, terms: { ...terms, excess_credit_price: null } }];
  for (const contract of [[], no_package_price, no_excess_price]) {
    const margin = marginOf(contract, use({ granted: 10, consumed: 11 }), [], NO_RATES);
    assert.deepEqual(
      [margin.revenue, margin.margin, margin.missing],
      [undefined, undefined, ["contract_price"]],
    );
  }
  const within = marginOf(no_excess_price, use({ granted: 10, consumed: 10 }), [], NO_RATES);
  assert.deepEqual(within.missing, []);
});

Deno.test("a margin is the revenue less Meta's costs, in the currency of the contract", () => {
  const margin = marginOf(
    contractOf({ package: null, excess: "1.00", currency: "BRL" }),
    use({ granted: 0, consumed: 10 }),
    [
      costed("USD", "2026-11-14", "1.00"),
      costed("USD", "2026-11-15", "0.50"),
      costed("BRL", "2026-11-15", "2.00"),
    ],
    exchangeRates([["USD", "BRL", "2026-11-01", "5.00"], ["USD", "BRL", "2026-11-15", "6.00"]]),
  );
  assert.deepEqual(amountsOf(margin), {
    currency: "BRL",
    meta_cost: "10.00",
    revenue: "10.00",
    margin: "0.00",
  });
});

Deno.test("costs at one exchange rate are rounded once", () => {
  const rates = exchangeRates([["USD", "BRL", "2026-11-01", "0.5"]]);
  const contract = contractOf({ package: null, excess: "1.00" });
  const cost = (...amounts: string[]) =>
    showMoney(
      marginOf(
        contract,
        use({ granted: 0, consumed: 0 }),
        amounts.map((amount, i) => costed("USD", `2026-11-0${i + 1}`, amount)),
        rates,
      ).meta_cost!,
    );
  assert.equal(cost("0.000001"), "0.00");
  assert.equal(cost("0.000001", "0.000001", "0.000001"), "0.000002");
});

Deno.test("a missing exchange rate or price of Meta makes the cost missing, and says which it is", () => {
  const contract = contractOf({ package: null, excess: "1.00", currency: "BRL" });
  const marginWith = (cost: DatedCost) =>
    marginOf(contract, use({ granted: 0, consumed: 1 }), [cost], NO_RATES);
  const no_rate = marginWith(costed("USD", "2026-11-14", "1.00"));
  assert.deepEqual(
    [no_rate.meta_cost, no_rate.margin, no_rate.missing],
    [undefined, undefined, ["exchange_rate"]],
  );
  const unpriced = { ...NO_COST, messages: 3, billable_messages: 3, unpriced_messages: 3 };
  const no_price = marginWith({
    currency: undefined,
    account_date: "2026-11-14" as LocalDate,
    cost: unpriced,
  });
  assert.deepEqual([no_price.meta_cost, no_price.missing], [undefined, ["meta_price"]]);
  assert.equal(no_price.unpriced_messages, 3);
  const free = marginWith({
    currency: "USD",
    account_date: "2026-11-14" as LocalDate,
    cost: { ...NO_COST, messages: 1, free_messages: 1 },
  });
  assert.deepEqual([showMoney(free.meta_cost!), free.missing], ["0.00", []]);
});

Deno.test("a sum with a missing amount misses it", () => {
  const contract = contractOf({ package: null, excess: "1.00", currency: "BRL" });
  const known = marginOf(
    contract,
    use({ granted: 0, consumed: 2 }),
    [costed("BRL", "2026-11-14", "1.00")],
    NO_RATES,
  );
  const missing = marginOf(
    contract,
    use({ granted: 0, consumed: 1 }),
    [costed("USD", "2026-11-14", "1.00")],
    NO_RATES,
  );
  const sum = addMargins(addMargins(known, known), missing);
  assert.deepEqual([sum.meta_cost, sum.margin, sum.missing], [undefined, undefined, ["exchange_rate"]]);
  assert.deepEqual([showMoney(sum.revenue!), sum.credits, sum.messages], ["5.00", 5, 3]);
});

Deno.test("the revenue of dates adds up to that of the month, and with the unused package to its statement", () => {
  fc.assert(fc.property(
    fc.record({
      size: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: null }),
      price: fc.integer({ min: 0, max: 99_999_999 }),
      excess: fc.integer({ min: 0, max: 999_999 }),
      days: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
    }),
    ({ size, price, excess, days }) => {
      const contract = contractOf({
        package: size,
        price: showMoney(BigInt(price) as Micros),
        excess: showMoney(BigInt(excess) as Micros),
      });
      const granted = size ?? 0;
      let consumed = 0;
      const revenues = days.map((used) => {
        const consumed_before = credits(consumed);
        consumed += used;
        return revenueOf(contract, {
          month: NOVEMBER,
          granted: credits(granted),
          consumed_before,
          consumed_through: credits(consumed),
        });
      });
      const [opened] = grant(newPeriod(NOVEMBER, false), credits(granted));
      const [period] = consume(opened, credits(consumed));
      const { total } = statementOf(period, null, contract, lastDateOf(NOVEMBER));
      const revenue = revenues.reduce((sum, day) => sum + day.revenue!, 0n);
      assert.equal(revenue + revenues.at(-1)!.unused_package!, total);
    },
  ));
});

/** The use of a whole month. */
function use({ granted, consumed }: { granted: number; consumed: number }): MonthUse {
  return {
    month: NOVEMBER,
    granted: credits(granted),
    consumed_before: credits(0),
    consumed_through: credits(consumed),
  };
}

function contractOf(offer: OfferDetails) {
  return new ContractHistory().change("2026-10-01", { starts_on: "2026-10-01", ...offer }).history;
}

function costed(currency: string, account_date: string, amount: string): DatedCost {
  const cost: Cost = { ...NO_COST, messages: 1, billable_messages: 1, priced_cost: priceFrom(amount) };
  return { currency, account_date: account_date as LocalDate, cost };
}

function exchangeRates(rates: readonly (readonly [string, string, string, string])[]): ExchangeRates {
  return new ExchangeRates(rates.map(([from, to, date, rate]) => ({
    from,
    to,
    effective_from: date as LocalDate,
    rate: parseRatio(rate)!,
  })));
}

function amountsOf({ currency, meta_cost, revenue, margin }: Margin) {
  return {
    currency,
    meta_cost: showMoney(meta_cost!),
    revenue: showMoney(revenue!),
    margin: showMoney(margin!),
  };
}
