/** The cells of Meta's rate card files, and what is wrong with them. */

import { type Micros, PRICE_PATTERN, priceFrom } from "../money.ts";
import { type Market, marketNamed } from "./markets.ts";
import type { MetaCategory } from "./types.ts";

/** The rows of a file, each with its cells. The first is row 1 of a spreadsheet. */
export type Rows = readonly (readonly string[])[];

/** What is wrong with a cell or a row, and what to do. */
export interface FileError {
  /** The number of the row in a spreadsheet, from 1. */
  readonly row: number;
  /** The name of the column; undefined for the whole row. */
  readonly column: string | undefined;
  /** The rest of a sentence that begins with the row and the column. */
  readonly message: string;
}

/** The categories that Meta prices, by the heading of their columns in Meta's files. */
export const PRICED_CATEGORIES = {
  marketing: "Marketing",
  utility: "Utility",
  authentication: "Authentication",
  authentication_international: "Authentication-International",
  service: "Service",
} as const satisfies Partial<Record<MetaCategory, string>>;

/** A category with a price. */
export type PricedCategory = keyof typeof PRICED_CATEGORIES;

/** The errors that are listed of one file: the first ones suffice. */
const ERRORS_MAX = 20;

/** Reads cells, and collects what is wrong with them. */
export class CellReader {
  readonly errors: FileError[] = [];
  readonly #currency: string;

  /** @param currency of every price of the file */
  constructor(currency: string) {
    this.#currency = currency;
  }

  /** Whether more errors are listed. */
  get wants_more(): boolean {
    return this.errors.length < ERRORS_MAX;
  }

  /** Adds an error of the row at an index. */
  refuse(at: number, column: string | undefined, message: string): void {
    if (this.wants_more) this.errors.push({ row: at + 1, column, message });
  }

  /** Reads a market that no earlier row names. Undefined when it is wrong. */
  market(at: number, cell: string | undefined, earlier: Map<Market, number>): Market | undefined {
    const market = marketNamed(cell ?? "");
    if (market === undefined) {
      this.refuse(
        at,
        "Market",
        `is ${quoted(cell)}, no market of Meta: write it as Meta does, such as Brazil`,
      );
      return undefined;
    }
    const first = earlier.get(market);
    if (first !== undefined) {
      this.refuse(at, "Market", `is ${market}, as that of row ${first + 1}: keep one of the rows`);
      return undefined;
    }
    earlier.set(market, at);
    return market;
  }

  /** Checks that a cell names the currency of the file. */
  currency(at: number, cell: string | undefined): void {
    const code = (cell ?? "").trim().toUpperCase();
    if ((SYMBOLS[code] ?? code) === this.#currency) return;
    this.refuse(
      at,
      "Currency",
      `is ${quoted(cell)}: send prices in ${this.#currency}, or name their currency`,
    );
  }

  /** Reads a price. Undefined when it is missing or wrong. */
  price(at: number, column: string, cell: string | undefined): Micros | undefined {
    if (isMissing(cell)) return undefined;
    const text = cell!.trim();
    if (PRICE_PATTERN.test(text)) return priceFrom(text);
    const remedy = /^\d+,\d+$/.test(text)
      ? `write ${text.replace(",", ".")} with a point`
      : "write up to 9 digits and 6 decimal places, such as 0.0625, or n/a";
    this.refuse(at, column, `is ${quoted(cell)}, no price: ${remedy}`);
    return undefined;
  }

  /** Reads a number of messages, with or without commas after each three digits. Undefined when it is wrong. */
  count(at: number, column: string, cell: string | undefined): number | undefined {
    const text = (cell ?? "").trim();
    if (/^(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})$/.test(text)) return Number(text.replaceAll(",", ""));
    this.refuse(at, column, `is ${quoted(cell)}: write a number of messages, such as 250001`);
    return undefined;
  }
}

/** How older files of Meta write a currency. */
const SYMBOLS: Readonly<Record<string, string>> = { "$US": "USD", "US$": "USD" };

const MISSING: ReadonlySet<string> = new Set(["", "n/a", "-", "--", "–", "—"]);

/** Whether a cell says that there is no value: it is empty, `n/a` or a dash. */
export function isMissing(cell: string | undefined): boolean {
  return cell === undefined || MISSING.has(cell.trim().toLowerCase());
}

/** Whether all cells are empty. */
export function isEmptyRow(row: readonly string[]): boolean {
  return row.every((cell) => cell.trim() === "");
}

/** Returns a column's name without its spelling: case, and spaces around it. */
export function heading(cell: string): string {
  return cell.trim().toLowerCase();
}

const CATEGORY_OF: ReadonlyMap<string, PricedCategory> = new Map(
  Object.entries(PRICED_CATEGORIES).map(([category, name]) => [compact(name), category as PricedCategory]),
);

/** Finds the category that a heading names. Meta breaks the longest one into two lines. */
export function categoryOf(cell: string): PricedCategory | undefined {
  return CATEGORY_OF.get(compact(cell));
}

function compact(text: string): string {
  return text.replace(/[\s-]+/g, "").toLowerCase();
}

/** Quotes a cell in a message, shortened. */
export function quoted(cell: string | undefined): string {
  const text = (cell ?? "").trim();
  return text === "" ? "empty" : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
