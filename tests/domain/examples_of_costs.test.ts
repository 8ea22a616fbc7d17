/** The worked examples of `src/domain/README.md` of Meta's costs and the margin. */

import assert from "node:assert/strict";
import { AccountsByDate } from "../../src/domain/meta_costs/counting.ts";
import { addCosts, NO_COST, priceDays, type PricedDay } from "../../src/domain/meta_costs/costs.ts";
import { ExchangeRates, parseRatio } from "../../src/domain/meta_costs/exchange_rates.ts";
import { marginOf } from "../../src/domain/meta_costs/margin.ts";
import { showMoney } from "../../src/domain/money.ts";
import { type CompanyId, credits, type LocalDate, type Month } from "../../src/domain/types.ts";
import { ContractHistory } from "../support/contract_history.ts";
import { accountOf, BRAZIL_CARD, costDay } from "../support/cost_days.ts";

Deno.test("E52: free replies are counted through the month of Meta's account", () => {
  const replies = (on: string, account_date: string, messages: number) =>
    costDay({ on, account_date, category: "service", messages });
  const priced = priceDays(
    [
      replies("2026-11-15", "2026-11-15", 990),
      replies("2026-11-30", "2026-11-30", 8),
      replies("2026-12-01", "2026-11-30", 7),
      replies("2026-12-01", "2026-12-01", 20),
    ],
    new AccountsByDate([accountOf({ time_zone: "America/Los_Angeles" })]),
    BRAZIL_CARD,
  );
  assert.deepEqual(priced.slice(1).map(freeAndCharged), [[8, 0, "0.00"], [2, 5, "0.034"], [20, 0, "0.00"]]);
  const december = priced.filter(({ local_date }) => local_date >= "2026-12-01").reduce(addCosts, NO_COST);
  assert.deepEqual([december.free_messages, december.billable_messages], [22, 5]);
  assert.equal(showMoney(december.priced_cost), "0.034");
});

Deno.test("E53: a portfolio reaches a volume tier within a date, over all its companies", () => {
  const beta = { company: "beta" as CompanyId, phone_number_id: "106540000000002" };
  const utility = (on: string, messages: number, more = {}) =>
    costDay({ on, category: "utility", messages, ...more });
  const priced = priceDays(
    [
      utility("2026-11-10", 60_000),
      utility("2026-11-20", 39_000, beta),
      utility("2026-11-21", 3_000),
      utility("2026-11-22", 1_000, beta),
      utility("2026-12-01", 1_000),
    ],
    new AccountsByDate([accountOf(), accountOf(beta)]),
    BRAZIL_CARD,
  );
  assert.deepEqual(priced.map(({ counted_before, cost }) => [counted_before, showMoney(cost!)]), [
    [0, "408.00"],
    [60_000, "265.20"],
    [99_000, "17.60"],
    [102_000, "5.40"],
    [0, "6.80"],
  ]);
});

Deno.test("E54: the margin of a month is that of its dates, exchanged at the rates of the dates", () => {
  const contract = new ContractHistory()
    .change("2026-11-01", { package: 1_000, price: "150.00", excess: "0.20" }).history;
  const rate = (effective_from: string, text: string) => ({
    from: "USD",
    to: "BRL",
    effective_from: effective_from as LocalDate,
    rate: parseRatio(text)!,
  });
  const rates = new ExchangeRates([rate("2026-11-01", "5.40"), rate("2026-11-16", "5.50")]);
  const priced = priceDays(
    [costDay({ on: "2026-11-10", messages: 100 }), costDay({ on: "2026-11-20", messages: 100 })],
    new AccountsByDate([accountOf()]),
    BRAZIL_CARD,
  );
  const marginIn = (from: string, to: string, before: number, through: number) => {
    const costs = priced.filter(({ local_date }) => local_date >= from && local_date <= to)
      .map((day) => ({ ...day, cost: day }));
    const use = { consumed_before: credits(before), consumed_through: credits(through) };
    const margin = marginOf(
      contract,
      { month: "2026-11" as Month, granted: credits(1_000), ...use },
      costs,
      rates,
    );
    const { credits: used, revenue, messages, meta_cost, unused_package } = margin;
    const amounts = [revenue, meta_cost, margin.margin, unused_package].map((amount) => showMoney(amount!));
    return [used, messages, ...amounts];
  };
  assert.deepEqual(marginIn("2026-11-01", "2026-11-15", 0, 400), [
    400,
    100,
    "60.00",
    "33.75",
    "26.25",
    "90.00",
  ]);
  assert.deepEqual(marginIn("2026-11-16", "2026-11-30", 400, 1_100), [
    700,
    100,
    "110.00",
    "34.375",
    "75.625",
    "0.00",
  ]);
  assert.deepEqual(marginIn("2026-11-01", "2026-11-30", 0, 1_100), [
    1_100,
    200,
    "170.00",
    "68.125",
    "101.875",
    "0.00",
  ]);
});

function freeAndCharged({ free_messages, billable_messages, cost }: PricedDay) {
  return [free_messages, billable_messages, showMoney(cost!)];
}
