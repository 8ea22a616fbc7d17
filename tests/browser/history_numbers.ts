/** Compares the history, the open receipt and the open windows of the page with the API. */

import assert from "node:assert/strict";
import { type Json, sumOf } from "./api_answers.ts";
import type { Compared } from "./head_numbers.ts";
import { assertValues, cellsOf, factsOf, type NumberReader, textOf, textsOf } from "./page_reader.ts";
import { ZONE } from "./scenes.ts";

/** Compares the listed entries and the sums of their dates with those of the API, which lists them as recorded. */
export async function assertHistory({ page, reader, texts, answers }: Compared): Promise<void> {
  const { ledger, statement, today } = answers;
  const title = await textOf(page, "#history-heading");
  assertValues(title, /\d/.test(title) ? [reader.month(statement.period)] : [], "the heading of the history");
  const rows = await cellsOf(page, "tr[id^=entry-]");
  const ids = await page.locator("tr[id^=entry-]").evaluateAll((all) => all.map(({ id }) => id));
  const expected = ledger.toSorted(byDate).slice(0, rows.length);
  assert.equal(rows.length, Math.min(ledger.length, ROWS), "the listed entries");
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
    const { late, after_close } = texts.history;
    const mark = entry.after_close ? after_close : entry.late ? late : "";
    assert.ok(what!.endsWith(mark), `entry ${entry.seq}: ${what}`);
    assert.equal([late, after_close].some((text) => what!.endsWith(text)), entry.late, `${what}`);
  }
  const days = await cellsOf(page, "table.entries tr.day");
  const shown = Map.groupBy(expected, ({ local_date }) => local_date);
  assert.equal(days.length, shown.size, "the dates of the history");
  for (const [i, [date, on_page]] of [...shown].entries()) {
    const of_date = ledger.filter(({ local_date }) => local_date === date);
    const counts = on_page.length < of_date.length ? [on_page.length, of_date.length] : [of_date.length];
    const is_of_this_year = date.slice(0, 4) === today.slice(0, 4);
    const year = is_of_this_year ? {} : { year: "numeric" } as const;
    assertValues(days[i]!.join(" "), [
      reader.date(date, { day: "numeric", month: "short", ...year }),
      ...counts.map((count) => reader.credits(count)),
      reader.credits(sumOf(of_date, "credits"), "signed"),
    ], `the sum of ${date}`);
  }
}

/** The entries on one page of the history. */
const ROWS = 50;

/** Orders entries as the history does: by date, in a date the late ones first, the last recorded first. */
export function byDate(a: Json, b: Json): number {
  if (a.local_date !== b.local_date) return a.local_date < b.local_date ? 1 : -1;
  return Number(b.late) - Number(a.late) || b.seq - a.seq;
}

/** Compares the open receipt with that of the API, in the page's language. */
export async function assertReceipt(
  { page, reader, texts, answers }: Compared,
  language: string,
): Promise<void> {
  const heading = await textsOf(page, "#receipt-heading");
  if (heading.length === 0) return;
  const seq = reader.number(heading[0]!);
  const { balance, get } = answers;
  const receipt = await get(`/v1/companies/${balance.company}/ledger/${seq}`, language);
  assert.equal(await textOf(page, ".receipt .sentence"), receipt.sentence);
  const { prepaid, excess, excess_amount, excess_credit_price, currency, rate, contract, window, feature } =
    receipt;
  const lines: [term: string, values: readonly string[]][] = [];
  const parts = [prepaid, excess].filter((part) => part !== 0).map((part) => reader.credits(Math.abs(part)));
  if (feature !== null) lines.push([texts.receipt.split, parts.length === 0 ? ["0"] : parts]);
  const amounts = excess_amount === null ? [] : [
    reader.money(excess_amount, currency),
    reader.credits(Math.abs(excess)),
    reader.money(excess_credit_price, currency),
  ];
  if (feature !== null) lines.push([texts.receipt.amount, amounts]);
  if (window) {
    lines.push([
      texts.receipt.window,
      [window.opened_at, window.closes_at].map((at) => timeOf(reader, at)),
    ]);
  }
  if (rate) lines.push([texts.receipt.rate, [reader.credits(rate.credits), String(rate.version)]]);
  if (contract) {
    const from = reader.date(contract.effective_from, { day: "numeric", month: "long", year: "numeric" });
    lines.push([texts.receipt.contract, [String(contract.version), from]]);
  }
  lines.push([texts.receipt.period, [reader.month(receipt.period)]]);
  const shown = await factsOf(page, ".receipt dl");
  for (const [term, values] of lines) assertValues(shown.get(term)!, values, `${term} of receipt ${seq}`);
  const recorded = shown.get(texts.receipt.recorded)!;
  assert.ok(recorded.endsWith(timeOf(reader, receipt.recorded_at)), recorded);
}

/** Compares the open conversations: their numbers, their list and when they close. */
export async function assertOpenWindows({ page, reader, answers }: Compared): Promise<void> {
  const { inbound, outbound, closes_at } = answers.balance.open_windows;
  const closes = (await textOf(page, "#open .countdown")).replace(/-?\d+:\d\d:\d\d$/, "");
  assertValues(closes, [timeOf(reader, closes_at)], "the end of the day");
  const counts = (await textsOf(page, "#open .counts")).join(" ");
  const values = [inbound + outbound, inbound, outbound].map((count) => reader.credits(count));
  assertValues(counts, inbound + outbound === 0 ? [] : values, "the open conversations");
  const rows = await cellsOf(page, "table.open tbody tr");
  const windows = answers.windows.slice(0, rows.length);
  assert.equal(rows.length > 0, inbound + outbound > 0);
  assert.deepEqual(
    rows.map(([since, , contact, credits]) => [since, contact, reader.number(credits!)]),
    windows.map((one: Json) => [timeOf(reader, one.opened_at), one.contact, one.credits]),
  );
  const [more = ""] = await textsOf(page, "#open .more");
  assertValues(more, /\d/.test(more) ? [reader.credits(rows.length)] : [], "the newest conversations");
}

/** Formats the time of an instant at the companies. */
export function timeOf(reader: NumberReader, instant: string): string {
  const options = { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(reader.locale, options).format(Date.parse(instant));
}

function localDateOf(instant: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(ZONE).toPlainDate().toString();
}
