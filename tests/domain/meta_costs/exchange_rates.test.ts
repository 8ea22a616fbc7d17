import assert from "node:assert/strict";
import {
  type ExchangeRate,
  ExchangeRates,
  parseRatio,
  showRatio,
} from "../../../src/domain/meta_costs/exchange_rates.ts";
import { type Micros, priceFrom } from "../../../src/domain/money.ts";
import type { LocalDate } from "../../../src/domain/types.ts";

const date = (text: string) => text as LocalDate;

function rate(from: string, to: string, effective_from: string, value: string): ExchangeRate {
  return { from, to, effective_from: date(effective_from), rate: parseRatio(value)! };
}

Deno.test("a rate holds from its date until the next one of its currencies", () => {
  const rates = new ExchangeRates([
    rate("USD", "BRL", "2026-11-01", "5.4321"),
    rate("USD", "BRL", "2026-10-01", "5.2"),
    rate("EUR", "BRL", "2026-10-15", "6.1"),
  ]);
  const convert = (on: string) => rates.convert(priceFrom("100.00"), "USD", "BRL", date(on));
  assert.equal(convert("2026-09-30"), undefined);
  assert.equal(convert("2026-10-01"), priceFrom("520.00"));
  assert.equal(convert("2026-10-31"), priceFrom("520.00"));
  assert.equal(convert("2026-11-01"), priceFrom("543.21"));
  assert.equal(convert("2027-11-01"), priceFrom("543.21"));
});

Deno.test("the last rate recorded for two currencies and a date counts", () => {
  const rates = new ExchangeRates([
    rate("USD", "BRL", "2026-11-01", "54.321"),
    rate("USD", "BRL", "2026-11-01", "5.4321"),
  ]);
  assert.equal(rates.convert(priceFrom("1"), "USD", "BRL", date("2026-11-30")), priceFrom("5.4321"));
});

Deno.test("a rate serves both ways, and the rate of the way that is asked for counts first", () => {
  const one_way = new ExchangeRates([rate("USD", "BRL", "2026-11-01", "8")]);
  assert.equal(one_way.convert(priceFrom("1"), "BRL", "USD", date("2026-11-01")), priceFrom("0.125"));
  const both = new ExchangeRates([
    rate("USD", "BRL", "2026-11-01", "8"),
    rate("BRL", "USD", "2026-11-01", "0.12"),
  ]);
  assert.equal(both.convert(priceFrom("1"), "BRL", "USD", date("2026-11-01")), priceFrom("0.12"));
});

Deno.test("a rate ends when a later one of its currencies begins, also one of the other way", () => {
  const rates = new ExchangeRates([
    rate("USD", "BRL", "2026-10-01", "5"),
    rate("BRL", "USD", "2026-11-01", "0.125"),
    rate("USD", "BRL", "2026-12-01", "10"),
  ]);
  const convert = (on: string) => rates.convert(priceFrom("1"), "USD", "BRL", date(on));
  assert.deepEqual(["2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"].map(convert), [
    priceFrom("5"),
    priceFrom("8"),
    priceFrom("8"),
    priceFrom("10"),
  ]);
  assert.equal(rates.convert(priceFrom("1"), "BRL", "USD", date("2026-12-01")), priceFrom("0.1"));
});

Deno.test("an amount in its own currency stays as it is, and rates are never chained", () => {
  const rates = new ExchangeRates([
    rate("USD", "BRL", "2026-11-01", "5"),
    rate("USD", "EUR", "2026-11-01", "0.9"),
  ]);
  assert.equal(rates.convert(priceFrom("1.234567"), "MXN", "MXN", date("2020-01-01")), priceFrom("1.234567"));
  assert.equal(rates.convert(priceFrom("1"), "EUR", "BRL", date("2026-11-01")), undefined);
});

Deno.test("a conversion is rounded once, half-even, to the millionth, and losses as gains", () => {
  const rates = new ExchangeRates([
    rate("USD", "BRL", "2026-11-01", "0.5"),
    rate("USD", "CLP", "2026-11-01", "3"),
  ]);
  const convert = (micros: bigint, from: string, to: string) =>
    rates.convert(micros as Micros, from, to, date("2026-11-01"));
  assert.equal(convert(1n, "USD", "BRL"), 0n);
  assert.equal(convert(3n, "USD", "BRL"), 2n);
  assert.equal(convert(5n, "USD", "BRL"), 2n);
  assert.equal(convert(-3n, "USD", "BRL"), -2n);
  assert.equal(convert(1n, "CLP", "USD"), 0n);
  assert.equal(convert(2n, "CLP", "USD"), 1n);
});

Deno.test("exchange rates are read and shown exactly", () => {
  for (
    const [text, shown] of [["5.4321", "5.4321"], ["5.4", "5.40"], ["0.0000000001", "0.0000000001"], [
      "950",
      "950.00",
    ]] as const
  ) {
    assert.equal(showRatio(parseRatio(text)!), shown);
  }
  for (const text of ["0", "0.00", "-1", "1e3", "5,43", "", " 5", "1234567890", "1.00000000001"]) {
    assert.equal(parseRatio(text), undefined, text);
  }
});
