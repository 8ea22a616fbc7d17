/**
 * Exchange rates that the platform gives, by date.
 *
 * - EXCHANGE-1: a rate holds from its date until the next date of its two currencies, whichever way that one is given.
 * - EXCHANGE-2: without a rate in force there is no amount. Rates are never chained through a third currency.
 * - EXCHANGE-3: the last rate recorded for two currencies and a date counts. A rate serves both ways; of two rates of
 *   one date, one for each way, the one that is asked for counts.
 */

import type { Micros } from "../money.ts";
import type { LocalDate } from "../types.ts";

/** What one unit of a currency is worth in another one, from a date on. */
export interface ExchangeRate {
  /** ISO 4217. */
  readonly from: string;
  /** ISO 4217. */
  readonly to: string;
  readonly effective_from: LocalDate;
  readonly rate: Ratio;
}

/** A rate as a fraction. */
export interface Fraction {
  readonly multiplied_by: bigint;
  readonly divided_by: bigint;
}

declare const brand: unique symbol;

/** A positive exchange rate in ten-thousand-millionths: exact, and never a float. `54_000_000_000n` is 5.4. */
export type Ratio = bigint & { readonly [brand]: "Ratio" };

const PLACES = 10;
const SCALE = 10_000_000_000n;

/** The format of an exchange rate on the wire: up to 9 digits and 10 decimal places, no sign, no exponent. */
export const RATIO_PATTERN = /^\d{1,9}(\.\d{1,10})?$/;

/**
 * Parses an exchange rate such as `"5.4321"`.
 *
 * @returns undefined when the text does not match {@link RATIO_PATTERN} or is zero
 */
export function parseRatio(text: string): Ratio | undefined {
  if (!RATIO_PATTERN.test(text)) return undefined;
  const [whole, fraction = ""] = text.split(".");
  const ratio = BigInt(whole!) * SCALE + BigInt(fraction.padEnd(PLACES, "0"));
  return ratio === 0n ? undefined : ratio as Ratio;
}

/** Formats an exchange rate with two to ten decimal places, without trailing zeros after the second: `"5.40"`. */
export function showRatio(ratio: Ratio): string {
  const fraction = (ratio % SCALE).toString().padStart(PLACES, "0").replace(/0{1,8}$/, "");
  return `${ratio / SCALE}.${fraction}`;
}

/** All exchange rates that are stored, or those of a hypothesis. */
export class ExchangeRates<Rate extends ExchangeRate = ExchangeRate> {
  /** By `from to`, by ascending date. */
  readonly #rates = new Map<string, Rate[]>();

  /** @param rates in the order in which they were recorded: of two currencies and one date, the last one counts */
  constructor(rates: readonly Rate[]) {
    const last = new Map(rates.map((rate) => [`${rate.from} ${rate.to} ${rate.effective_from}`, rate]));
    for (const rate of [...last.values()].sort((a, b) => a.effective_from < b.effective_from ? -1 : 1)) {
      const pair = `${rate.from} ${rate.to}`;
      const others = this.#rates.get(pair);
      if (others === undefined) this.#rates.set(pair, [rate]);
      else others.push(rate);
    }
  }

  /** Lists the dates after `from`, up to `to`, on which a rate begins, ascending. */
  changes(from: LocalDate, to: LocalDate): LocalDate[] {
    const dates = [...this.#rates.values()].flat().map(({ effective_from }) => effective_from);
    return [...new Set(dates)].filter((date) => from < date && date <= to).sort();
  }

  /**
   * Converts an amount at the rate in force on a date, rounded once, half-even, to the millionth.
   *
   * @returns undefined when no rate between the two currencies is in force
   */
  convert(amount: Micros, from: string, to: string, date: LocalDate): Micros | undefined {
    const rate = this.rateOn(from, to, date);
    return rate && divideHalfEven(amount * rate.multiplied_by, rate.divided_by);
  }

  /** Returns the rate in force on a date as a fraction; undefined when there is none. */
  rateOn(from: string, to: string, date: LocalDate): Fraction | undefined {
    if (from === to) return { multiplied_by: 1n, divided_by: 1n };
    const direct = this.#on(from, to, date);
    const inverse = this.#on(to, from, date);
    if (direct !== undefined && (inverse === undefined || inverse.effective_from <= direct.effective_from)) {
      return { multiplied_by: direct.rate, divided_by: SCALE };
    }
    return inverse && { multiplied_by: SCALE, divided_by: inverse.rate };
  }

  /** Returns the rate of each two currencies in force on a date, by their codes. */
  on(date: LocalDate): Rate[] {
    return [...this.#rates.keys()].sort().flatMap((pair) => {
      return this.#rates.get(pair)!.findLast(({ effective_from }) => effective_from <= date) ?? [];
    });
  }

  #on(from: string, to: string, date: LocalDate): Rate | undefined {
    return this.#rates.get(`${from} ${to}`)?.findLast(({ effective_from }) => effective_from <= date);
  }
}

/** Divides by a positive number, rounded half-even. */
function divideHalfEven(amount: bigint, divisor: bigint): Micros {
  const negative = amount < 0n;
  const absolute = negative ? -amount : amount;
  const whole = absolute / divisor;
  const twice = (absolute % divisor) * 2n;
  const rounded = twice > divisor || (twice === divisor && whole % 2n === 1n) ? whole + 1n : whole;
  return (negative ? -rounded : rounded) as Micros;
}
