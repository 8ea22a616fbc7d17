/** The list of rates in Meta's files: a header row, and a row for each market. */

import {
  categoryOf,
  type CellReader,
  heading,
  isEmptyRow,
  PRICED_CATEGORIES,
  type PricedCategory,
  quoted,
  type Rows,
} from "./file_cells.ts";
import type { Market } from "./markets.ts";
import type { MarketPrices, PriceTier } from "./rate_card.ts";

/**
 * Reads the list of rates.
 *
 * @param at the index of the header row
 * @param end the index of the first row after the list
 */
export function readRateList(
  rows: Rows,
  { at, end }: { readonly at: number; readonly end: number },
  cells: CellReader,
): Map<Market, MarketPrices> {
  const prices = new Map<Market, MarketPrices>();
  const header = rows[at]!;
  const names = header.map(heading);
  const market_column = names.indexOf("market");
  const currency_column = names.indexOf("currency");
  const categories = categoriesOf(header, at, cells);
  const earlier = new Map<Market, number>();
  for (let index = at + 1; index < end && cells.wants_more; index++) {
    const row = rows[index]!;
    if (isEmptyRow(row)) continue;
    if (!isEmptyRow(row.slice(header.length))) {
      cells.refuse(
        index,
        undefined,
        `has ${row.length} cells under ${header.length} columns: quote cells with commas`,
      );
      continue;
    }
    const market = cells.market(index, row[market_column], earlier);
    cells.currency(index, row[currency_column]);
    const of_market: Partial<Record<PricedCategory, readonly PriceTier[]>> = {};
    for (const [category, column] of categories) {
      const price = cells.price(index, PRICED_CATEGORIES[category], row[column]);
      if (price !== undefined) of_market[category] = [{ from_messages: 0, price }];
    }
    if (market !== undefined) prices.set(market, of_market);
  }
  return prices;
}

/** Finds the column of each category. */
function categoriesOf(header: readonly string[], at: number, cells: CellReader): Map<PricedCategory, number> {
  const categories = new Map<PricedCategory, number>();
  header.forEach((cell, column) => {
    if (["market", "currency", ""].includes(heading(cell))) return;
    const category = categoryOf(cell);
    if (category === undefined) {
      const known = Object.values(PRICED_CATEGORIES).join(", ");
      cells.refuse(at, quoted(cell), `is no category of Meta: remove the column, or name it ${known}`);
    } else if (categories.has(category)) {
      cells.refuse(at, PRICED_CATEGORIES[category], "is there twice: keep one column");
    } else categories.set(category, column);
  });
  if (categories.size === 0) {
    cells.refuse(at, undefined, "has no column of a category: add one, such as Marketing");
  }
  return categories;
}
