/**
 * Meta's rate card files: the list of rates, the volume tiers, or both in one file, one after the other.
 *
 * The list of rates has a header row with `Market`, `Currency` and at least one category, in any order. The volume
 * tiers have a header row with `Currency` and, for each category, `From`, `To` and `Rate`. Rows of text before a header
 * are titles. Source: Meta, "Pricing", "Rate cards and volume tiers", the files of 2024 to 2026.
 */

import { categoryOf, CellReader, type FileError, heading, type Rows } from "./file_cells.ts";
import { type Market, marketNamed } from "./markets.ts";
import type { MarketPrices } from "./rate_card.ts";
import { readRateList } from "./rate_list.ts";
import { addVolumeTiers } from "./volume_tiers.ts";

export type { FileError };

/** The prices of a file. */
export interface RateFile {
  readonly prices: ReadonlyMap<Market, MarketPrices>;
  /** Whether the file lists the rates. Otherwise it has volume tiers alone, which complete a rate card. */
  readonly lists_rates: boolean;
}

/** A table of a file, by the indexes of its rows. */
interface Table {
  readonly kind: "rates" | "tiers";
  /** The header row. */
  readonly at: number;
  /** The row above it that names categories, in a table of tiers. */
  readonly above: number | undefined;
  /** The first row after the table. */
  readonly end: number;
}

/**
 * Reads the prices of a file.
 *
 * @param currency of all its prices, ISO 4217
 * @returns the prices, or what is wrong with the file
 */
export function readRateFile(rows: Rows, currency: string): RateFile | readonly FileError[] {
  const cells = new CellReader(currency);
  const tables = tablesOf(rows, cells);
  const list = tables.find(({ kind }) => kind === "rates");
  const tiers = tables.find(({ kind }) => kind === "tiers");
  if (cells.errors.length > 0) return cells.errors;
  const prices = list === undefined ? new Map<Market, MarketPrices>() : readRateList(rows, list, cells);
  if (tiers !== undefined) addVolumeTiers(rows, tiers, prices, cells);
  if (prices.size === 0) cells.refuse(tables[0]!.at, undefined, "has no row of a market below: add one");
  return cells.errors.length > 0 ? cells.errors : { prices, lists_rates: list !== undefined };
}

/** Finds the tables, at most one of each kind. */
function tablesOf(rows: Rows, cells: CellReader): Table[] {
  const headers = rows.flatMap((row, at) => {
    const kind = kindOf(row);
    return kind === undefined ? [] : [{ kind, at }];
  });
  if (headers.length === 0) {
    const has_other_commas = rows.some((row) => row.some((cell) => /market ?[;\t] ?currency/i.test(cell)));
    const remedy = has_other_commas
      ? "has other separators: save the file with commas between cells"
      : "begins no rate card of Meta: send a header row with Market, Currency and the categories";
    cells.refuse(0, undefined, remedy);
  }
  const located = headers.map(({ kind, at }, index) => {
    const twin = headers.slice(0, index).find((earlier) => earlier.kind === kind);
    if (twin !== undefined) {
      cells.refuse(
        at,
        undefined,
        `is a header like row ${twin.at + 1}: send one list of rates and one of tiers`,
      );
    }
    const after = headers[index - 1]?.at ?? -1;
    const above = kind === "tiers" ? sectionsBetween(rows, after, at) : undefined;
    return { kind, at, above, begins: titlesAbove(rows, after, above ?? at) };
  });
  return located.map((table, index) => ({ ...table, end: located[index + 1]?.begins ?? rows.length }));
}

function kindOf(row: readonly string[]): Table["kind"] | undefined {
  const names = row.map(heading);
  if (!names.includes("currency")) return undefined;
  return names.includes("from") ? "tiers" : names.includes("market") ? "rates" : undefined;
}

/** Finds the last row between two headers that names a category. */
function sectionsBetween(rows: Rows, after: number, at: number): number | undefined {
  const index = rows.slice(after + 1, at).findLastIndex((row) =>
    row.some((cell) => categoryOf(cell) !== undefined)
  );
  return index === -1 ? undefined : after + 1 + index;
}

/** Returns the first row of the titles above a row: rows of at most one cell that names no market. */
function titlesAbove(rows: Rows, after: number, at: number): number {
  let first = at;
  while (first > after + 1) {
    const texts = rows[first - 1]!.filter((cell) => cell.trim() !== "");
    if (texts.length > 1 || marketNamed(texts[0] ?? "") !== undefined) break;
    first--;
  }
  return first;
}
