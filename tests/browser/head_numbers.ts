/** Compares the head of the page, and the balances of its days, with the API. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type NumberReader, textOf } from "./page_reader.ts";
import { ZONE } from "./scenes.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/**
 * Reads every page of a ledger, in the order the entries were posted.
 *
 * @param get reads the body of an address
 * @param url the first page, with a query
 */
export async function entriesOf(get: (url: string) => Promise<Json>, url: string): Promise<Json[]> {
  const entries: Json[] = [];
  for (let cursor = "";;) {
    const { data, next_cursor } = await get(url + cursor);
    entries.push(...data);
    if (next_cursor === null) return entries.reverse();
    cursor = `&cursor=${encodeURIComponent(next_cursor)}`;
  }
}

/** The answers of the API that the head and the days are compared with. */
export interface HeadAnswers {
  readonly balance: Json;
  readonly statement: Json;
  readonly forecast: Json;
  /** The entries of the month, in the order they were posted. */
  readonly entries: readonly Json[];
  readonly is_open_month: boolean;
}

/** Compares the used share, the expected bill and the legend of the month's chart. */
export async function assertHead(page: Page, reader: NumberReader, answers: HeadAnswers): Promise<void> {
  const { balance, statement, forecast, entries, is_open_month } = answers;
  if (statement.granted > 0) {
    const share = reader.number(await textOf(page, "#balance .share-text"))!;
    const exact = 100 * statement.consumed / statement.granted;
    assert.ok(Math.abs(share - exact) <= 1 && share > 100 === exact > 100, `share ${share} of ${exact} %`);
  }
  if (!is_open_month) return;
  assert.deepEqual([balance.excess_amount, balance.total], [statement.excess_amount, statement.total]);
  const expected = forecast.expected_total ?? null;
  assert.equal(await page.locator("#balance .bill").count(), expected === null ? 0 : 1);
  if (expected !== null) {
    assert.equal(reader.number(await textOf(page, "#balance .bill strong")), Number(expected), "the bill");
  }
  if (entries.length === 0) return;
  const legend = reader.number(await textOf(page, "#month .key strong"));
  assert.equal(legend, balance.granted > 0 ? balance.available : balance.consumed, "the legend");
}

/** Compares a row of the month's table with the last entry that was posted by the end of its date. */
export function assertBalanceAt(
  reader: NumberReader,
  row: readonly string[],
  { entries, statement }: HeadAnswers,
  date: string,
): void {
  const postedOn = (instant: string) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(ZONE).toPlainDate().toString();
  const last = entries.findLast(({ type, late, local_date, recorded_at }) =>
    late ? postedOn(recorded_at) <= date : type !== "expiry" && local_date <= date
  );
  assert.equal(reader.number(row.at(-1)!), last?.excess_after ?? 0, `the excess at the end of ${date}`);
  if (statement.granted === 0) return;
  assert.equal(reader.number(row[2]!), last?.available_after ?? 0, `the credits left at the end of ${date}`);
}
