/**
 * The volume tiers in Meta's files: a row that names categories over their columns, a header row, and rows of which
 * several can belong to one market.
 */

import {
  categoryOf,
  type CellReader,
  heading,
  isEmptyRow,
  isMissing,
  PRICED_CATEGORIES,
  type PricedCategory,
  type Rows,
} from "./file_cells.ts";
import type { Micros } from "../money.ts";
import type { Market } from "./markets.ts";
import type { MarketPrices } from "./rate_card.ts";

/** The categories with volume tiers. Source: Meta, "Pricing", "Volume tiers". */
export const TIERED_CATEGORIES = ["utility", "authentication", "authentication_international"] as const;

/** A category with volume tiers. */
export type TieredCategory = typeof TIERED_CATEGORIES[number];

/** The columns of one category. */
interface Section {
  readonly category: TieredCategory;
  readonly from: number;
  readonly to: number;
  readonly rate: number;
}

/** One tier: its first and last message of the month, counted from 1. */
interface Tier {
  /** The index of its row. */
  readonly at: number;
  readonly first: number;
  readonly last: number;
  readonly price: Micros;
}

/** The tiers of one market. */
interface Block {
  readonly market: Market;
  readonly tiers: Map<TieredCategory, Tier[]>;
}

/**
 * Adds the volume tiers to the prices of their markets.
 *
 * @param at the index of the header row; `above`: of the row that names the categories; `end`: of the first row after
 */
export function addVolumeTiers(
  rows: Rows,
  table: { readonly at: number; readonly above: number | undefined; readonly end: number },
  prices: Map<Market, MarketPrices>,
  cells: CellReader,
): void {
  for (const { market, tiers } of blocksOf(rows, table, cells)) {
    const of_market = { ...prices.get(market) };
    for (const [category, of_category] of tiers) {
      checkTiers(market, category, of_category, cells);
      const listed = of_market[category]?.[0]?.price;
      const [lowest] = of_category;
      if (listed !== undefined && listed !== lowest!.price) {
        const column = `${PRICED_CATEGORIES[category]} Rate`;
        cells.refuse(lowest!.at, column, "differs from the list of rates: correct one of them");
      }
      of_market[category] = of_category.map(({ first, price }) => {
        return { from_messages: Math.max(0, first - 1), price };
      });
    }
    prices.set(market, of_market);
  }
}

/** Reads the rows. A row without a market continues the market above. */
function blocksOf(
  rows: Rows,
  { at, above, end }: { readonly at: number; readonly above: number | undefined; readonly end: number },
  cells: CellReader,
): Block[] {
  const sections = sectionsOf(rows[at]!, above === undefined ? [] : rows[above]!, at, cells);
  const currency_column = rows[at]!.map(heading).indexOf("currency");
  const earlier = new Map<Market, number>();
  const blocks: Block[] = [];
  // Undefined under a market that was refused: its rows are read for their own errors.
  let block: Block | undefined;
  for (let index = at + 1; index < end && cells.wants_more; index++) {
    const row = rows[index]!;
    if (isEmptyRow(row)) continue;
    cells.currency(index, row[currency_column]);
    const continues = (row[0] ?? "").trim() === "" && earlier.size + cells.errors.length > 0;
    if (!continues) {
      const market = cells.market(index, row[0], earlier);
      block = market === undefined ? undefined : { market, tiers: new Map() };
      if (block !== undefined) blocks.push(block);
    }
    for (const section of sections) {
      const tier = tierOf(index, row, section, cells);
      if (tier === undefined || block === undefined) continue;
      const of_category = block.tiers.get(section.category);
      if (of_category === undefined) block.tiers.set(section.category, [tier]);
      else of_category.push(tier);
    }
  }
  return blocks;
}

/** Finds the columns of each category: its name stands above them, over `From` or left of it. */
function sectionsOf(
  header: readonly string[],
  above: readonly string[],
  at: number,
  cells: CellReader,
): Section[] {
  const names = header.map(heading);
  const froms = names.flatMap((name, column) => name === "from" ? [column] : []);
  return froms.flatMap((from, index) => {
    const after_last = index === 0 ? 0 : froms[index - 1]! + 1;
    const category = above.slice(after_last, from + 1).map(categoryOf).findLast((found) =>
      found !== undefined
    );
    if (!hasTiers(category)) {
      const remedy = "name Utility, Authentication or Authentication-International in the row above";
      cells.refuse(at, `From in column ${from + 1}`, `is of no category with volume tiers: ${remedy}`);
      return [];
    }
    const columns = names.slice(0, froms[index + 1]);
    const to = columns.indexOf("to", from);
    const rate = columns.indexOf("rate", from);
    if (to === -1 || rate === -1) {
      cells.refuse(at, PRICED_CATEGORIES[category], "lacks a column: send From, To and Rate");
      return [];
    }
    return [{ category, from, to, rate }];
  });
}

function hasTiers(category: PricedCategory | undefined): category is TieredCategory {
  return TIERED_CATEGORIES.some((tiered) => tiered === category);
}

/** Reads the tier of a category in a row. Undefined when there is none, or it is wrong. */
function tierOf(
  at: number,
  row: readonly string[],
  { category, from, to, rate }: Section,
  cells: CellReader,
): Tier | undefined {
  if (isMissing(row[from]) && isMissing(row[rate])) return undefined;
  const name = PRICED_CATEGORIES[category];
  const first = cells.count(at, `${name} From`, row[from]);
  const last = isMissing(row[to]) ? Infinity : cells.count(at, `${name} To`, row[to]);
  const price = cells.price(at, `${name} Rate`, row[rate]);
  if (isMissing(row[rate])) cells.refuse(at, `${name} Rate`, "is missing: write the price of the tier");
  if (first === undefined || last === undefined || price === undefined) return undefined;
  return { at, first, last, price };
}

/** Checks that tiers begin with the first message, follow one another, and never end. */
function checkTiers(
  market: Market,
  category: TieredCategory,
  tiers: readonly Tier[],
  cells: CellReader,
): void {
  const name = PRICED_CATEGORIES[category];
  tiers.forEach(({ at, first, last }, index) => {
    const before = tiers[index - 1];
    if (before === undefined ? first > 1 : first !== before.last + 1) {
      const remedy = before === undefined
        ? "begin with 0"
        : before.last === Infinity
        ? "end the tier above it"
        : `continue with ${before.last + 1}`;
      cells.refuse(at, `${name} From`, `is ${first}, and ${market} has a gap or an overlap: ${remedy}`);
    } else if (last < first) {
      cells.refuse(at, `${name} To`, `is ${last}, less than From: write the last message of the tier`);
    }
  });
  const highest = tiers.at(-1)!;
  if (highest.last !== Infinity) {
    cells.refuse(
      highest.at,
      `${name} To`,
      `is ${highest.last}, and no tier follows: write -- for the last tier`,
    );
  }
}
