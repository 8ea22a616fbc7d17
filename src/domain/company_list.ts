/** The list of companies: its filters and orders. */

import type { PackageStatus } from "./contract.ts";
import { availableIn, excessIn, type Period } from "./period.ts";
import type { CompanyId } from "./types.ts";

/** The values that companies can be listed by, each of the current month. */
export const COMPANY_SORTS = ["company", "name", "available", "excess", "consumed", "share_used"] as const;

/** A value that companies can be listed by. */
export type CompanySort = typeof COMPANY_SORTS[number];

/** A position in a list of companies: the value that it is sorted by, then the id. */
export interface CompanyPosition {
  readonly value: string | number;
  readonly company: CompanyId;
}

/** Selects companies, by their stored rows. An absent filter selects all. */
export interface CompanyQuery {
  readonly sort: CompanySort;
  /** The greatest value first. Companies of one value are in order of id either way. */
  readonly descending: boolean;
  /** Only companies after this position. */
  readonly after?: CompanyPosition | undefined;
  readonly company?: CompanyId | undefined;
  /** A part of the name, folded: see {@link foldedName}. */
  readonly name?: string | undefined;
  readonly status?: PackageStatus | undefined;
  /** Whether the current month has consumed more than its package. */
  readonly in_excess?: boolean | undefined;
  readonly limit: number;
}

/** Returns the value that a company is sorted by. The store computes the same one. */
export function sortValueOf(
  sort: CompanySort,
  { company, name, period }: { readonly company: CompanyId; readonly name: string; readonly period: Period },
): string | number {
  switch (sort) {
    case "company":
      return company;
    case "name":
      return foldedName(name);
    case "available":
      return availableIn(period);
    case "excess":
      return excessIn(period);
    case "consumed":
      return period.consumed;
    case "share_used":
      // Without a package each consumed credit counts as a whole one.
      return period.consumed / Math.max(period.granted, 1);
  }
}

/**
 * The Latin letters that folding replaces, and their replacements: a letter with a mark by the letter, any other capital
 * by its small letter. A table, because a database without locales knows no letters but those of ASCII.
 */
export const FOLDED_LETTERS: { readonly from: string; readonly to: string } = foldedLetters();

function foldedLetters() {
  let [from, to] = ["", ""];
  for (let code = 0xc0; code <= 0x17f; code++) {
    const letter = String.fromCodePoint(code);
    const base = letter.normalize("NFD")[0]!;
    const folded = /[a-z]/i.test(base) ? base.toLowerCase() : letter.toLowerCase();
    if (folded === letter || folded.length !== 1) continue;
    from += letter;
    to += folded;
  }
  return { from, to };
}

const folding = new Map([...FOLDED_LETTERS.from].map((letter, i) => [letter, FOLDED_LETTERS.to[i]!]));

/** Folds a name, so that `São` is found by `SAO`: Latin letters become small, and lose their marks. */
export function foldedName(name: string): string {
  let folded = "";
  for (const letter of name) folded += folding.get(letter) ?? asciiLower(letter);
  return folded;
}

function asciiLower(letter: string): string {
  return letter >= "A" && letter <= "Z" && letter.length === 1 ? letter.toLowerCase() : letter;
}
