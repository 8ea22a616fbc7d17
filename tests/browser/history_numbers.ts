/** Compares the history of the page with the ledger of the API. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { FILE_TEXTS } from "../../src/http/resources/file_texts.ts";
import { rowsOfCsv } from "../support/csv.ts";
import { cellsOf, type NumberReader } from "./page_reader.ts";
import { ZONE } from "./scenes.ts";
import type { Viewer } from "./viewer.ts";

/** A response body. */
// deno-lint-ignore no-explicit-any
type Json = any;

/** Compares the listed entries and the sums of their dates with those of the API, which lists them as recorded. */
export async function assertHistory(
  page: Page,
  reader: NumberReader,
  ledger: readonly Json[],
): Promise<void> {
  const rows = await cellsOf(page, "tr[id^=entry-]");
  const ids = await page.locator("tr[id^=entry-]").evaluateAll((all) => all.map(({ id }) => id));
  const expected = ledger.toSorted(byDate).slice(0, rows.length);
  if (ledger.length > 0) assert.ok(rows.length > 0, "no entry is listed");
  assert.deepEqual(ids, expected.map(({ seq }) => `entry-${seq}`));
  for (const [i, [when, what, contact, credits, after]] of rows.entries()) {
    const entry = expected[i]!;
    const is_of_its_date = localDateOf(entry.occurred_at) === entry.local_date;
    if (is_of_its_date) assert.equal(when, timeOf(reader, entry.occurred_at));
    else assert.match(when!, new RegExp(`, ${timeOf(reader, entry.occurred_at)}$`));
    assert.equal(reader.number(credits!), entry.credits, `entry ${entry.seq}: ${credits}`);
    const is_excess = entry.excess_after > 0;
    assert.equal(reader.number(after!), is_excess ? entry.excess_after : entry.available_after);
    assert.equal(contact, entry.window === null ? "" : entry.window.contact);
    const is_late = await page.locator(`#entry-${entry.seq} .late`).count() > 0;
    assert.equal(is_late, entry.late, `entry ${entry.seq}: ${what}`);
  }
  const by_date = Map.groupBy(expected, ({ local_date }) => local_date);
  assert.deepEqual(
    (await cellsOf(page, "table.entries tr.day")).map(([day, sum]) => [
      day!.slice(0, day!.search(/ [\d.,]+ \D/)),
      reader.number(sum!),
    ]),
    [...by_date.keys()].map((date) => [
      reader.date(date, { day: "numeric", month: "short" }),
      sumOf(ledger.filter(({ local_date }) => local_date === date), "credits"),
    ]),
  );
}

/** Compares the file that the page links to with the ledger of the API. It is in the page's language and order. */
export async function assertFile(
  { page, context }: Viewer,
  language: "pt-BR" | "en",
  ledger: readonly Json[],
): Promise<void> {
  const response = await context.request.get((await page.locator("a.csv").getAttribute("href"))!);
  assert.equal(response.status(), 200);
  const texts = FILE_TEXTS[language].ledger;
  const rows = rowsOfCsv(await response.text(), language === "en" ? "," : ";");
  const names = ["seq", "credits", "prepaid", "excess", "available_after", "excess_after"] as const;
  assert.deepEqual(
    rows.map((row) => names.map((name) => Number(row[texts[name]]))),
    ledger.toSorted(byDate).map((entry) => names.map((name) => entry[name])),
  );
}

function byDate(a: Json, b: Json): number {
  if (a.local_date !== b.local_date) return a.local_date < b.local_date ? 1 : -1;
  return Number(b.late) - Number(a.late) || b.seq - a.seq;
}

/** Formats the time of an instant at the companies. */
export function timeOf(reader: NumberReader, instant: string): string {
  const options = { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(reader.locale, options).format(Date.parse(instant));
}

function localDateOf(instant: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(ZONE).toPlainDate().toString();
}

/** Sums a field of rows. */
export function sumOf(rows: readonly Json[], name: string): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}
