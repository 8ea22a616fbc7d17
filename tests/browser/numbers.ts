/**
 * Compares the numbers of the page with those of the API and of the CSV. They are read from the visible text in the
 * format of the locale, not from attributes.
 */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../src/web/strings/strings.ts";
import type { Client } from "../support/service.ts";
import { assertBalanceAt, assertHead, entriesOf } from "./head_numbers.ts";
import { assertFile, assertHistory, sumOf, timeOf } from "./history_numbers.ts";
import { cellsOf, factsOf, NumberReader, textOf } from "./page_reader.ts";
import type { Viewer } from "./viewer.ts";

/** A response body. */
// deno-lint-ignore no-explicit-any
type Json = any;

/** The address and language of a page. */
export interface PageUnderTest {
  readonly company: string;
  readonly language: "pt-BR" | "en";
  /** The query parameters of the page. */
  readonly query: URLSearchParams;
}

/** Asserts that the page and its CSV have the API's numbers. */
export async function assertPageMatchesApi(
  client: Client,
  viewer: Viewer,
  tested: PageUnderTest,
): Promise<void> {
  const { page } = viewer;
  const path = `/v1/companies/${tested.company}`;
  const profile = await client.ok("GET", path);
  const primary = (tag: string) => tag.split("-")[0];
  const locale = primary(profile.locale) === primary(tested.language) ? profile.locale : tested.language;
  const answers = await readApi(viewer, path, tested.query);
  const reader = new NumberReader(locale);
  const texts = STRINGS[tested.language === "en" ? "en" : "pt-BR"];
  await assertBalance(page, reader, texts, answers);
  await assertMonths(page, reader, answers.statements);
  if (answers.ledger.length === 0 && answers.statements.length === 1) {
    return assert.equal(await page.locator("#nothing").count(), 1, "the page has no first steps");
  }
  if (answers.usage.length > 0) {
    await assertFeatures(page, reader, answers);
    await assertDays(page, reader, answers);
  }
  if (answers.is_open_month) await assertOpenWindows(page, reader, answers);
  await assertHistory(page, reader, answers.ledger);
  await assertFile(viewer, tested.language, answers.ledger);
}

/** Reads the data of a page from the API, with the session of its viewer. */
async function readApi(viewer: Viewer, path: string, query: URLSearchParams) {
  const get = async (url: string): Promise<Json> => {
    const response = await viewer.context.request.get(url);
    assert.equal(response.status(), 200, `${url}: ${await response.text()}`);
    return await response.json();
  };
  const balance = await get(`${path}/balance`);
  const { data: statements } = await get(`${path}/statements`);
  const month = query.get("month") ?? balance.period;
  const { data: usage } = await get(`${path}/usage?${spanOf(month, balance.closed_through)}`);
  const ledger = await entriesOf(get, `${path}/ledger?limit=200&${filterOf(query, month, balance)}`);
  return {
    balance,
    statements,
    statement: statements.find(({ period }: Json) => period === month),
    usage,
    ledger,
    forecast: month === balance.period ? await get(`${path}/forecast`) : {},
    entries: await entriesOf(get, `${path}/ledger?limit=200&${spanOf(month, balance.closed_through)}`),
    windows: (await get(`${path}/windows?open=true&limit=200`)).data,
    is_open_month: month === balance.period,
  };
}

type ApiAnswers = Awaited<ReturnType<typeof readApi>>;

function spanOf(month: string, closed_through: string): string {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  const last = first.with({ day: first.daysInMonth });
  const today = Temporal.PlainDate.from(closed_through).add({ days: 1 });
  return `from=${first}&to=${Temporal.PlainDate.compare(last, today) < 0 ? last : today}`;
}

const FILTERS = ["from", "to", "feature", "type", "direction", "late"];

/** Returns the filters of the ledger. A page lists the entries of its month, unless it has other dates. */
function filterOf(query: URLSearchParams, month: string, balance: Json): URLSearchParams {
  const filter = new URLSearchParams(
    [...query].filter(([name, value]) => FILTERS.includes(name) && value !== ""),
  );
  if (filter.has("from") || filter.has("to")) return filter;
  for (const [name, value] of new URLSearchParams(spanOf(month, balance.closed_through))) {
    filter.set(name, value);
  }
  return filter;
}

type Texts = (typeof STRINGS)["pt-BR"];

async function assertBalance(
  page: Page,
  reader: NumberReader,
  texts: Texts,
  answers: ApiAnswers,
): Promise<void> {
  const { balance, statement, is_open_month } = answers;
  const lead = await textOf(page, "#balance .number strong");
  const leading = is_open_month && balance.granted > 0 ? balance.available : statement.consumed;
  assert.equal(reader.number(lead), leading, `the main number: ${lead}`);
  const facts = await factsOf(page, "#balance dl.facts");
  const fact = (term: string) => reader.number(facts.get(term) ?? "");
  assert.equal(fact(texts.balance.excess), statement.excess, "the excess");
  assert.equal(fact(texts.balance.total), decimal(statement.total), "the month's total");
  if (statement.granted > 0) {
    assert.equal(fact(texts.balance.package), statement.granted, "the package");
    assert.equal(fact(texts.balance.used), statement.consumed, "the used credits");
  }
  await assertHead(page, reader, answers);
  if (!is_open_month) return;
  if (balance.renews_on !== null) {
    const renews = reader.date(balance.renews_on, { day: "numeric", month: "long" });
    assert.equal(facts.get(texts.balance.renews), renews);
  }
  if (balance.commitment_ends_on !== null && balance.commitment_ends_on > balance.closed_through) {
    const options = { day: "numeric", month: "short", year: "numeric" } as const;
    assert.equal(facts.get(texts.balance.commitment), reader.date(balance.commitment_ends_on, options));
  }
}

async function assertMonths(page: Page, reader: NumberReader, statements: readonly Json[]): Promise<void> {
  const rows = await cellsOf(page, "table.months tbody tr:not(.late-entries)");
  const amounts = (row: readonly string[]) => row.map((text) => reader.number(text));
  assert.deepEqual(
    rows.map(([month, , ...rest]) => [month, ...amounts(rest)]),
    statements.map((one) => [
      reader.date(`${one.period}-01`, { month: "long", year: "numeric" }),
      one.granted,
      one.consumed,
      one.expired,
      one.excess,
      decimal(one.package_price),
      decimal(one.excess_amount),
      decimal(one.total),
    ]),
  );
  const late = statements.map(({ late_entries }) => late_entries)
    .filter((one) => one !== null && (one.granted || one.consumed || one.expired || one.excess));
  assert.deepEqual(
    (await cellsOf(page, "table.months tr.late-entries")).map(([, ...rest]) => amounts(rest)),
    late.map((one) => [
      one.granted,
      one.consumed,
      one.expired,
      one.excess,
      null,
      decimal(one.excess_amount),
      decimal(one.total),
    ]),
  );
}

/** Compares the table of features, the part that opens included. Its amounts add up to the total of the month. */
async function assertFeatures(
  page: Page,
  reader: NumberReader,
  { usage, statement }: Pick<ApiAnswers, "usage" | "statement">,
): Promise<void> {
  const rows = (await cellsOf(page, "table.features tbody tr:not(.rest)"))
    // A feature that was used only in the month before has no usage.
    .filter(([, units, credits]) => reader.number(units!) !== 0 || reader.number(credits!) !== 0);
  const sums = Map.groupBy(usage as Json[], ({ feature, direction }) => `${feature} ${direction}`).values()
    .map((rows) => [sumOf(rows, "units"), sumOf(rows, "credits")]);
  const amounts = rows.map(([, units, credits]) => [reader.number(units!), reader.number(credits!)]);
  assert.deepEqual(amounts.sort(inOrder), [...sums].sort(inOrder), "by feature");
  const [total] = await cellsOf(page, "table.features tfoot tr");
  assert.equal(reader.number(total![2]!), sumOf(usage, "credits"));
  const all = sumOf(usage, "credits");
  for (const [name, , credits, share] of rows) {
    const exact = all === 0 ? 0 : 100 * reader.number(credits!)! / all;
    assert.ok(Math.abs(reader.number(share!)! - exact) < 1, `${name}: ${share} of ${exact} %`);
  }
  const shares = (await cellsOf(page, "#features > table.features tbody tr")).map((cells) => cells[3]!);
  if (all > 0 && !shares.some((share) => /[<>]/.test(share))) {
    assert.equal(shares.reduce((sum, share) => sum + reader.number(share)!, 0), 100, `shares ${shares}`);
  }
  if (statement.total === null) return;
  const centavos = (text: string) => Math.round(100 * reader.number(text)!);
  const whole = Math.round(100 * decimal(statement.total)!);
  assert.equal(rows.reduce((sum, cells) => sum + centavos(cells[4]!), 0), whole, "the amounts of features");
  assert.equal(centavos(total![4]!), whole);
  const [bill] = await cellsOf(page, "table.lines tfoot tr");
  assert.equal(centavos(bill!.at(-1)!), whole, "the total of the statement's lines");
  const lines = (await cellsOf(page, "table.lines tbody tr")).map((cells) => centavos(cells.at(-1)!));
  assert.equal(lines.reduce((sum, amount) => sum + amount, 0), whole, "the lines of the statement");
}

/** Compares each date so far: its total, its use by feature and the balance at its end. */
async function assertDays(page: Page, reader: NumberReader, answers: ApiAnswers): Promise<void> {
  const by_day = Map.groupBy(answers.usage, ({ day }: Json) => day);
  const daily = await cellsOf(page, "#daily-table tbody tr");
  const monthly = await cellsOf(page, "#month-table tbody tr");
  const has_after_closing = await page.locator("#month-table .after-closing").count();
  assert.equal(daily.length, monthly.length - has_after_closing);
  const { period } = answers.statement;
  for (const [i, [text, ...credits]] of daily.entries()) {
    const date = `${period}-${String(i + 1).padStart(2, "0")}`;
    assert.equal(text, reader.date(date, { day: "numeric", month: "short" }));
    const numbers = credits.map((cell) => reader.number(cell)!);
    const total = numbers.pop();
    const rows: Json[] = by_day.get(date) ?? [];
    assert.equal(total, sumOf(rows, "credits"), date);
    const nonzero = (amounts: number[]) => amounts.filter((amount) => amount > 0).sort((a, b) => a - b);
    assert.deepEqual(nonzero(numbers), nonzero(rows.map((row) => row.credits)), date);
    assert.equal(reader.number(monthly[i]![1]!), total, date);
    assertBalanceAt(reader, monthly[i]!, answers, date);
  }
  const last = monthly.at(-1)!;
  assert.equal(
    reader.number(last.at(-1)!),
    answers.statement.excess,
    "the excess at the end of the last date",
  );
  if (answers.statement.granted > 0) {
    const left = Math.max(0, answers.statement.granted - answers.statement.consumed);
    assert.equal(reader.number(last[2]!), left, "the credits left at the end of the last date");
  }
}

async function assertOpenWindows(page: Page, reader: NumberReader, answers: ApiAnswers): Promise<void> {
  const { inbound, outbound } = answers.balance.open_windows;
  if (inbound + outbound === 0) return;
  const counts = (await textOf(page, "#open .counts")).match(/\d[\d.,]*/g)!.map((text) =>
    reader.number(text)
  );
  assert.deepEqual(counts, [inbound + outbound, inbound, outbound]);
  const rows = await cellsOf(page, "table.open tbody tr");
  const windows = answers.windows.slice(0, rows.length);
  assert.ok(rows.length > 0);
  assert.deepEqual(
    rows.map(([since, , contact, credits]) => [since, contact, reader.number(credits!)]),
    windows.map((one: Json) => [timeOf(reader, one.opened_at), one.contact, one.credits]),
  );
}

/** Parses money. The amounts of these scenes are exact in a float. */
function decimal(amount: string | null): number | null {
  return amount === null ? null : Number(amount);
}

function inOrder(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  return Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]);
}
