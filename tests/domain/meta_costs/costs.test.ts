import assert from "node:assert/strict";
import fc from "fast-check";
import { AccountsByDate } from "../../../src/domain/meta_costs/counting.ts";
import {
  addCosts,
  type Cost,
  NO_COST,
  priceDays,
  type PricedDay,
  totalCost,
} from "../../../src/domain/meta_costs/costs.ts";
import { MetaRateCard } from "../../../src/domain/meta_costs/rate_card.ts";
import { type CostDay, META_CATEGORIES, PRICING_TYPES } from "../../../src/domain/meta_costs/types.ts";
import { type Micros, priceFrom, showMoney } from "../../../src/domain/money.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { accountOf, BRAZIL, BRAZIL_CARD, costDay, ratesFrom } from "../../support/cost_days.ts";

const ACCOUNTS = new AccountsByDate([accountOf()]);

Deno.test("a delivered message costs the price of its category", () => {
  const costs = (["marketing", "utility", "authentication"] as const).map((category) =>
    costOf([costDay({ on: "2026-11-23", category, messages: 3 })])
  );
  assert.deepEqual(costs, ["0.1875", "0.0204", "0.0204"]);
});

Deno.test("a message that Meta gives free costs nothing, even where its price is missing", () => {
  for (const pricing_type of PRICING_TYPES.filter((type) => type.startsWith("free_"))) {
    const [priced] = priceDays(
      [costDay({ on: "2026-11-23", country: undefined, pricing_type, billable: false, messages: 2 })],
      new AccountsByDate([]),
      new MetaRateCard([]),
    );
    assert.deepEqual(figuresOf(priced!), { free: 2, billable: 0, unpriced: 0, cost: "0.00" }, pricing_type);
  }
});

Deno.test("a type that is not known is free only where Meta says that it is not billable", () => {
  const figures = (billable: boolean) =>
    figuresOf(priceDay(costDay({ on: "2026-11-23", pricing_type: "unknown", billable })));
  assert.deepEqual(figures(true), { free: 0, billable: 1, unpriced: 0, cost: "0.0625" });
  assert.deepEqual(figures(false), { free: 1, billable: 0, unpriced: 0, cost: "0.00" });
});

Deno.test("a missing price makes the cost missing, and counts the messages without it", () => {
  const missing = { free: 0, billable: 5, unpriced: 5, cost: undefined };
  const without = [
    costDay({ on: "2026-11-23", category: "authentication_international", messages: 5 }),
    costDay({ on: "2026-11-23", country: "US", messages: 5 }),
    costDay({ on: "2026-11-23", country: undefined, messages: 5 }),
    costDay({ on: "2026-09-30", messages: 5 }),
    costDay({ on: "2026-11-23", company: "beta", messages: 5 }),
    costDay({
      on: "2026-11-23",
      category: "unknown",
      pricing_type: "unknown",
      billable: false,
      messages: 5,
    }),
  ];
  for (const day of without) assert.deepEqual(figuresOf(priceDay(day)), missing, JSON.stringify(day));
  const both = priceDays([costDay({ on: "2026-11-23" }), without[0]!], ACCOUNTS, BRAZIL_CARD);
  assert.equal(showMoney(sumOf(both).priced_cost), "0.0625");
  assert.equal(totalCost(sumOf(both)), undefined);
});

Deno.test("the price is that of the account's date, in the account's currency", () => {
  const card = new MetaRateCard([
    ratesFrom("2026-10-01", { Brazil: { marketing: "0.06" } }),
    ratesFrom("2026-11-24", { Brazil: { marketing: "0.07" } }),
    ratesFrom("2026-10-01", { Brazil: { marketing: "0.35" } }, { currency: "BRL" }),
  ]);
  const accounts = new AccountsByDate([
    accountOf(),
    accountOf({ from_ms: Date.UTC(2026, 10, 26, 15), currency: "BRL" }),
  ]);
  const price = (on: string, account_date: string) => {
    const [priced] = priceDays([costDay({ on, account_date })], accounts, card);
    return `${priced!.currency} ${showMoney(priced!.cost!)}`;
  };
  assert.equal(price("2026-11-24", "2026-11-23"), "USD 0.06");
  assert.equal(price("2026-11-23", "2026-11-24"), "USD 0.07");
  assert.equal(price("2026-11-25", "2026-11-25"), "USD 0.07");
  assert.equal(price("2026-11-26", "2026-11-26"), "BRL 0.35");
});

Deno.test("the first account of a number prices the messages before it too", () => {
  const accounts = new AccountsByDate([
    accountOf({ from_ms: Date.UTC(2026, 10, 20, 15) }),
    accountOf({ from_ms: Date.UTC(2026, 10, 24, 15), currency: "BRL" }),
  ]);
  const currencies = ["2026-11-01", "2026-11-20", "2026-11-23", "2026-11-24"].map((on) =>
    priceDays([costDay({ on })], accounts, BRAZIL_CARD)[0]!.currency
  );
  assert.deepEqual(currencies, ["USD", "USD", "USD", "BRL"]);
});

Deno.test("replies that Meta reports as free use up the free service messages, those of a free entry point do not", () => {
  const replies = { category: "service", messages: 600 } as const;
  const free = { pricing_type: "free_customer_service", billable: false } as const;
  const after = (first: Partial<CostDay>) =>
    priceDays(
      [costDay({ on: "2026-11-02", ...replies, ...first }), costDay({ on: "2026-11-03", ...replies })],
      ACCOUNTS,
      BRAZIL_CARD,
    ).at(-1)!.free_messages;
  assert.equal(after({}), 400);
  assert.equal(after(free), 400);
  assert.equal(after({ ...free, pricing_type: "free_entry_point" }), 600);
});

Deno.test("a number has one allowance of free replies, also when it changes its company within the month", () => {
  const accounts = new AccountsByDate([accountOf(), accountOf({ company: "beta" as CompanyId })]);
  const priced = priceDays(
    [
      costDay({ on: "2026-11-10", category: "service", messages: 900 }),
      costDay({ on: "2026-11-20", company: "beta", category: "service", messages: 300 }),
      costDay({ on: "2026-11-20", phone_number_id: "another", category: "service", messages: 300 }),
    ],
    accounts,
    BRAZIL_CARD,
  );
  assert.deepEqual(priced.map(({ free_messages }) => free_messages), [900, 100, 300]);
});

Deno.test("a rate card can say how many replies are free", () => {
  const card = new MetaRateCard([
    ratesFrom("2026-10-01", { Brazil: BRAZIL }, { free_service_messages: 10 }),
  ]);
  const [priced] = priceDays(
    [costDay({ on: "2026-11-10", category: "service", messages: 12 })],
    ACCOUNTS,
    card,
  );
  assert.deepEqual(figuresOf(priced!), { free: 10, billable: 2, unpriced: 0, cost: "0.0136" });
});

Deno.test("volume tiers count charged messages only, by portfolio, market and category", () => {
  const accounts = new AccountsByDate([
    accountOf(),
    accountOf({ company: "beta" as CompanyId, phone_number_id: "second", currency: "BRL" }),
    accountOf({ company: "gamma" as CompanyId, phone_number_id: "third", portfolio_id: "another" }),
  ]);
  const tiers = { utility: "0: 0.01, 100: 0.005", authentication: "0: 0.01, 100: 0.005" };
  const card = new MetaRateCard([
    ratesFrom("2026-10-01", { Brazil: tiers, Mexico: tiers }),
    ratesFrom("2026-10-01", { Brazil: { utility: "0: 0.05, 100: 0.04" } }, { currency: "BRL" }),
  ]);
  const utility = { category: "utility", messages: 100 } as const;
  const priced = priceDays(
    [
      costDay({ on: "2026-11-01", ...utility, pricing_type: "free_entry_point", billable: false }),
      costDay({ on: "2026-11-02", ...utility, country: "MX" }),
      costDay({ on: "2026-11-03", ...utility, category: "authentication" }),
      costDay({ on: "2026-11-04", ...utility, company: "gamma", phone_number_id: "third" }),
      costDay({ on: "2026-11-05", ...utility, messages: 90 }),
      costDay({ on: "2026-11-06", ...utility, company: "beta", phone_number_id: "second" }),
      costDay({ on: "2026-11-07", ...utility }),
    ],
    accounts,
    card,
  );
  assert.deepEqual(priced.map(({ cost }) => showMoney(cost!)), [
    "0.00",
    "1.00",
    "1.00",
    "1.00",
    "0.90",
    "4.10",
    "0.50",
  ]);
});

Deno.test("any order of rows, and any split of them, gives the same costs", () => {
  fc.assert(fc.property(
    costDays().chain((days) =>
      fc.record({
        days: fc.constant(days),
        shuffled: fc.shuffledSubarray(days, { minLength: days.length }),
        split: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: days.length,
          maxLength: days.length,
        }),
      })
    ),
    ({ days, shuffled, split }) => {
      const parts = shuffled.flatMap((day, i) => {
        const messages = Math.floor(day.messages * split[i]!);
        return [{ ...day, messages }, { ...day, messages: day.messages - messages }];
      });
      assert.deepEqual(
        priceDays(parts.toReversed(), MANY_ACCOUNTS, MANY_RATES),
        priceDays(days, MANY_ACCOUNTS, MANY_RATES),
      );
    },
  ));
});

Deno.test("the costs of days add up to those of months in any grouping, and every message is free or billable", () => {
  const GROUPINGS: readonly ((day: PricedDay) => string)[] = [
    ({ local_date }) => local_date,
    ({ local_date }) => local_date.slice(0, 7),
    ({ account_date }) => account_date.slice(0, 7),
    ({ category, market }) => `${category} ${market}`,
    ({ company, pricing_type, phone_number_id }) => `${company} ${pricing_type} ${phone_number_id}`,
  ];
  fc.assert(fc.property(costDays(), (days) => {
    const priced = priceDays(days, MANY_ACCOUNTS, MANY_RATES);
    const total = sumOf(priced);
    for (const grouping of GROUPINGS) {
      const groups = [...Map.groupBy(priced, grouping).values()].map(sumOf);
      assert.deepEqual(groups.reduce(addCosts, NO_COST), total);
    }
    assert.equal(total.messages, days.reduce((sum, { messages }) => sum + messages, 0));
    assert.equal(total.free_messages + total.billable_messages, total.messages);
  }));
});

Deno.test("a month costs what its count costs, however its messages fall on days and companies", () => {
  fc.assert(fc.property(costDays(), (days) => {
    const utility = days.map((day) => ({
      ...day,
      category: "utility" as const,
      country: "BR",
      pricing_type: "regular" as const,
      billable: true,
    }));
    const priced = priceDays(utility, MANY_ACCOUNTS, MANY_RATES).filter(({ currency }) => currency === "USD");
    const by_count = Map.groupBy(
      priced,
      ({ account, account_date }) => `${account!.portfolio_id} ${account_date.slice(0, 7)}`,
    );
    for (const of_count of by_count.values()) {
      const { messages, priced_cost } = sumOf(of_count);
      const [first, second, third] = [[0, 500], [500, 2_000], [2_000, Infinity]].map(([from, to]) =>
        Math.max(0, Math.min(messages, to!) - from!)
      );
      const expected = BigInt(first!) * priceFrom("0.01") + BigInt(second!) * priceFrom("0.007") +
        BigInt(third!) * priceFrom("0.000001");
      assert.equal(priced_cost, expected);
    }
  }));
});

Deno.test("a number's free replies of a month are as many as its card says, however they fall on days", () => {
  fc.assert(fc.property(costDays(), (days) => {
    const replies = days.map((day) => ({
      ...day,
      category: "service" as const,
      pricing_type: "regular" as const,
      billable: true,
    }));
    const priced = priceDays(replies, MANY_ACCOUNTS, MANY_RATES);
    const by_number = Map.groupBy(priced, (day) => `${day.phone_number_id} ${day.account_date.slice(0, 7)}`);
    for (const of_number of by_number.values()) {
      const { messages, free_messages } = sumOf(of_number);
      assert.equal(free_messages, Math.min(messages, 1_000));
    }
  }));
});

const MANY_ACCOUNTS = new AccountsByDate([
  accountOf({ phone_number_id: "1" }),
  accountOf({ phone_number_id: "2", portfolio_id: "another" }),
  accountOf({ company: "beta" as CompanyId, phone_number_id: "1" }),
  accountOf({ company: "beta" as CompanyId, phone_number_id: "3" }),
]);

const MANY_RATES = new MetaRateCard([
  ratesFrom("2026-10-01", {
    Brazil: { marketing: "0.0625", utility: "0: 0.01, 500: 0.007, 2000: 0.000001", service: "0.0068" },
    Argentina: { marketing: "0.06", authentication: "0: 0.03, 700: 0.02", service: "0.03" },
  }),
]);

/** Any groups of counted messages of two companies around the end of November, with equal groups among them. */
function costDays(): fc.Arbitrary<CostDay[]> {
  const date = fc.integer({ min: 26, max: 34 });
  return fc.array(
    fc.record({
      company: fc.constantFrom("acme", "beta"),
      day: date,
      ahead: fc.constantFrom(-1, 0, 0, 1),
      phone_number_id: fc.constantFrom("1", "2", "3"),
      country: fc.constantFrom("BR", "BR", "AR", "US", undefined),
      category: fc.constantFrom(...META_CATEGORIES),
      pricing_type: fc.constantFrom("regular" as const, ...PRICING_TYPES),
      billable: fc.boolean(),
      messages: fc.integer({ min: 1, max: 1_500 }),
    }).map(({ day, ahead, ...group }) =>
      costDay({ ...group, on: novemberDate(day), account_date: novemberDate(day + ahead) })
    ),
    { maxLength: 25 },
  );
}

function novemberDate(day: number): string {
  return new Date(Date.UTC(2026, 10, day)).toISOString().slice(0, 10);
}

function priceDay(day: CostDay): PricedDay {
  return priceDays([day], ACCOUNTS, BRAZIL_CARD)[0]!;
}

function costOf(days: readonly CostDay[]): string {
  return showMoney(sumOf(priceDays(days, ACCOUNTS, BRAZIL_CARD)).priced_cost);
}

function sumOf(costs: readonly Cost[]): Cost {
  return costs.map(({ messages, free_messages, billable_messages, unpriced_messages, priced_cost }) => ({
    messages,
    free_messages,
    billable_messages,
    unpriced_messages,
    priced_cost,
  })).reduce(addCosts, NO_COST);
}

function figuresOf(
  { free_messages, billable_messages, unpriced_messages, cost }: Cost & { cost: Micros | undefined },
) {
  return {
    free: free_messages,
    billable: billable_messages,
    unpriced: unpriced_messages,
    cost: cost === undefined ? undefined : showMoney(cost),
  };
}
