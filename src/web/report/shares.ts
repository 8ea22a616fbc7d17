/** The shares of a table of usage, each rounded by itself. */

import { type Formats, shownPerCent } from "../format.ts";

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
  /** Whether the shares as they are shown add up to 100 %, and those of the others to the share of the row that sums them up. */
  readonly add_up: boolean;
}

/**
 * Formats the shares of a table. A share depends on its own row and the total only: equal rows have the same text, and no
 * row shows less than a smaller one. Whole per cents of this kind cannot always add up to 100, as those of three equal
 * rows: then `add_up` is false, and the page says that shares are rounded.
 */
export function sharesOf({ shown, listed, unlisted }: TableCredits, { share }: Formats): TableShares {
  const of_others = [...listed, unlisted];
  const others = sumOf(of_others);
  const whole = sumOf(shown) + others;
  const textOf = (part: number) => share(part, whole);
  const tenthsOf = (parts: readonly number[]) =>
    sumOf(parts.map((part) => Math.round(10 * shownPerCent(part, whole))));
  return {
    shown: shown.map(textOf),
    others: textOf(others),
    listed: listed.map(textOf),
    unlisted: textOf(unlisted),
    total: textOf(whole),
    add_up: tenthsOf([...shown, others]) === tenthsOf([whole]) && tenthsOf(of_others) === tenthsOf([others]),
  };
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
