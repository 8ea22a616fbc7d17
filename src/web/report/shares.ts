/** The shares of a table of usage, in whole per cent that add up to 100. */

import type { Formats } from "../format.ts";

/** Credits of a table's rows, none negative. */
interface TableCredits {
  readonly shown: readonly number[];
  /** The rows in the part that opens. One row of the table sums them up, together with `unlisted`. */
  readonly listed: readonly number[];
  /** The sum of the rows that are not listed. */
  readonly unlisted: number;
}

/** The texts of a table's shares. */
export interface TableShares {
  readonly shown: readonly string[];
  /** The row that sums up the listed and the unlisted rows. */
  readonly others: string;
  readonly listed: readonly string[];
  readonly unlisted: string;
  readonly total: string;
}

/**
 * Computes the shares of a table. They add up to 100 %, and those of the listed and the unlisted rows to that of the row
 * that sums them up. A row below 1 % reads `<1%`; such rows are added before rounding, so that equal rows have the same
 * text. Only the whole reads 100 %.
 */
export function sharesOf({ shown, listed, unlisted }: TableCredits, { perCent }: Formats): TableShares {
  const whole = sumOf([...shown, ...listed, unlisted]);
  const isSmall = (part: number) => 100 * part < whole;
  const smallOf = (parts: readonly number[]) => sumOf(parts.filter(isSmall));
  const largeOf = (parts: readonly number[]) => parts.map((part) => isSmall(part) ? 0 : part);
  const all = wholePerCents([
    ...largeOf(shown),
    ...largeOf(listed),
    smallOf(listed),
    unlisted,
    smallOf(shown),
  ]);
  const of_shown = all.slice(0, shown.length);
  const of_others = all.slice(shown.length, -1);
  const textOf = (part: number, per_cent: number) => {
    if (part > 0 && per_cent === 0) return `<${perCent(1)}`;
    return per_cent === 100 && part < whole ? `>${perCent(99)}` : perCent(per_cent);
  };
  return {
    shown: shown.map((part, i) => textOf(part, of_shown[i]!)),
    others: textOf(sumOf(listed) + unlisted, sumOf(of_others)),
    listed: listed.map((part, i) => textOf(part, of_others[i]!)),
    unlisted: textOf(unlisted, of_others.at(-1)!),
    total: textOf(whole, whole === 0 ? 0 : 100),
  };
}

/** Divides 100 % among parts in proportion, in whole per cent by largest remainder; the first of equal remainders. */
export function wholePerCents(parts: readonly number[]): number[] {
  const whole = BigInt(sumOf(parts));
  if (whole === 0n) return parts.map(() => 0);
  const quotas = parts.map((part, at) => {
    const product = 100n * BigInt(part);
    return { at, floor: Number(product / whole), remainder: product % whole };
  });
  const left = 100 - sumOf(quotas.map(({ floor }) => floor));
  const by_remainder = quotas.toSorted((a, b) =>
    a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : 0
  );
  const rounded_up = new Set(by_remainder.slice(0, left).map(({ at }) => at));
  return quotas.map(({ at, floor }) => floor + (rounded_up.has(at) ? 1 : 0));
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
