/** Compares the charts of the page and their tables with the ledger and the usage of the API. */

import assert from "node:assert/strict";
import { type ApiAnswers, type Json, sumOf } from "./api_answers.ts";
import type { Compared } from "./head_numbers.ts";
import { assertValues, cellsOf, type NumberReader, textsOf } from "./page_reader.ts";
import { ZONE } from "./scenes.ts";

/** Compares the legend and the table of the month's chart, and where its lines end. */
export async function assertMonthChart(compared: Compared): Promise<void> {
  const { page, reader, answers } = compared;
  const { balance, statement, is_open_month } = answers;
  const has_package = statement.granted > 0;
  const left = is_open_month ? balance.available : statement.expired;
  const line = has_package ? left : statement.consumed;
  const is_named = !has_package || is_open_month || left > 0;
  assertValues((await textsOf(page, "#month .key")).join(" "), [
    ...is_named ? [reader.credits(line)] : [],
    ...has_package && statement.excess > 0 ? [reader.credits(statement.excess)] : [],
  ], "the legend");
  if (is_open_month) await assertLineEnds(compared);
  await assertMonthTable(compared);
  await assertLines(compared);
}

/** Compares the drawn lines at the end of each date with the ledger, by the numbers of the axis. */
async function assertLines({ page, reader, answers }: Compared): Promise<void> {
  const { statement: { granted, period }, entries, is_open_month } = answers;
  const labels = (await page.locator("#month .numbers text").allTextContents()).slice(1);
  const grid = await page.locator("#month .field > line:is(.axis, .grid)").evaluateAll((all) =>
    all.map((line) => Number(line.getAttribute("y1")))
  );
  const [zero, top] = [grid[0]!, grid.at(-1)!];
  const px_per_credit = (zero - top) / reader.number(labels.at(-1)!)!;
  const lines = await page.locator("#month .plot path:is(.left-line, .excess-line)").evaluateAll((all) =>
    all.map((path) => ({ name: path.classList[0]!, d: path.getAttribute("d")! }))
  );
  const has_excess = granted > 0 && entries.some(({ excess_after }) => excess_after > 0);
  assert.deepEqual(lines.map(({ name }) => name), [...has_excess ? ["excess-line"] : [], "left-line"]);
  const { daysInMonth } = Temporal.PlainYearMonth.from(period);
  const dates = datesOf(answers).slice(0, is_open_month ? -1 : undefined);
  for (const { name, d } of lines) {
    const points = [...d.matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    const value = granted > 0 && name === "left-line" ? "available_after" : "excess_after";
    for (const [i, date] of dates.entries()) {
      const point = points.find(([x]) => Math.abs(x - 100 * (i + 1) / daysInMonth) < 0.01);
      const credits = lastEntryBy(entries, date)?.[value] ?? 0;
      // A line begins with its first credits.
      if ((point === undefined || point === points[0]) && credits === 0) continue;
      const drawn = point === undefined ? "nothing" : (zero - point[1]) / px_per_credit;
      const is_close = typeof drawn === "number" && Math.abs(drawn - credits) * px_per_credit < 0.01;
      assert.ok(is_close, `the line of ${name} has ${drawn} at the end of ${date}, the ledger ${credits}`);
    }
  }
}

/** Compares the ends of the lines, which the script moves, with the balance. */
async function assertLineEnds({ page, answers: { balance } }: Compared): Promise<void> {
  const ends = await page.locator("#month [data-line]").evaluateAll((all) =>
    all.map((line) => {
      const { zeroY, pxPerCredit } = (line.closest("[data-highest]") as unknown as Json).dataset;
      const y = Number(line.getAttribute("d")!.match(/[^,]*$/)![0]);
      return {
        name: line.getAttribute("data-line")!,
        px: Number(zeroY) - y,
        pxPerCredit: Number(pxPerCredit),
      };
    })
  );
  assert.ok(ends.length > 0, "the chart has no line");
  for (const { name, px, pxPerCredit } of ends) {
    assert.ok(Math.abs(px - balance[name] * pxPerCredit) < 0.01, `the line of ${name} ends at ${px} px`);
  }
}

/** Compares each date so far with the ledger: use on the date, the balance at its end and the even pace. */
async function assertMonthTable({ page, reader, answers }: Compared): Promise<void> {
  const { statement, entries } = answers;
  const has_package = statement.granted > 0;
  const rows = await cellsOf(page, "#month-table tbody tr:not(.after-closing)");
  const dates = datesOf(answers);
  assert.equal(rows.length, dates.length, "the dates of the month's chart");
  for (const [i, date] of dates.entries()) {
    const last = lastEntryBy(entries, date);
    const pace = evenPaceAt(entries, dates[0]!, i);
    const number = (amount: number | undefined) => amount === undefined ? "–" : reader.credits(amount);
    assert.deepEqual(rows[i], [
      shortDate(reader, date),
      number(usedOn(entries, date)),
      ...has_package ? [number(last?.available_after ?? 0), number(pace)] : [],
      number(last?.excess_after ?? 0),
    ], `the balance of ${date}`);
  }
  const end = (rows.at(-1) ?? []).slice(2);
  const left = has_package ? [reader.credits(Math.max(0, statement.granted - statement.consumed))] : [];
  const balance = [...left, reader.credits(statement.excess)];
  const [after, ...more] = await cellsOf(page, "#month-table .after-closing");
  assert.deepEqual(more, []);
  const shown = after === undefined ? end : after.slice(2);
  assert.deepEqual(shown.filter((_, i) => !has_package || i !== 1), balance, "the balance of the last row");
}

/** Compares the table of the daily bars with the usage by feature and with the ledger. */
export async function assertDays({ page, reader, texts, answers }: Compared): Promise<void> {
  const { usage, entries } = answers;
  if (sumOf(usage, "units") === 0) return;
  const [header] = await cellsOf(page, "#daily-table thead tr");
  const names = header!.slice(1, -1);
  const rows = await cellsOf(page, "#daily-table tbody tr");
  const dates = datesOf(answers);
  assert.equal(rows.length, dates.length, "the dates of the daily bars");
  const nameOf = ({ feature }: Json): string => {
    const name = answers.feature_names.get(feature) ?? feature;
    return names.includes(name) ? name : texts.features.others;
  };
  for (const [i, date] of dates.entries()) {
    const of_date = (usage as Json[]).filter(({ day }) => day === date);
    assert.equal(sumOf(of_date, "credits"), usedOn(entries, date), `usage and ledger of ${date}`);
    assert.deepEqual(rows[i], [
      shortDate(reader, date),
      ...names.map((name) => reader.credits(sumOf(of_date.filter((row) => nameOf(row) === name), "credits"))),
      reader.credits(sumOf(of_date, "credits")),
    ], `the bar of ${date}`);
  }
}

/** Returns the dates of the month that have begun. */
export function datesOf({ statement, today }: Pick<ApiAnswers, "statement" | "today">): string[] {
  const first = Temporal.PlainYearMonth.from(statement.period).toPlainDate({ day: 1 });
  return Array.from({ length: first.daysInMonth }, (_, index) => first.add({ days: index }).toString())
    .filter((date) => date <= today);
}

/** Returns the credits that the ledger has for the use of a date. */
export function usedOn(entries: readonly Json[], date: string): number {
  return 0 - sumOf(
    entries.filter(({ type, local_date }) =>
      local_date === date && (type === "consumption" || type === "reversal")
    ),
    "credits",
  );
}

/** Returns the last entry that was posted by the end of a date. The expiry at the end of the month is left out. */
function lastEntryBy(entries: readonly Json[], date: string): Json | undefined {
  const postedOn = (instant: string) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(ZONE).toPlainDate().toString();
  return entries.findLast(({ type, late, local_date, recorded_at }) =>
    late ? postedOn(recorded_at) <= date : type !== "expiry" && local_date <= date
  );
}

/** Returns what would be left at the end of a day if each grant were used evenly from its date to the month's end. */
function evenPaceAt(entries: readonly Json[], first: string, day: number): number | undefined {
  const { daysInMonth } = Temporal.PlainDate.from(first);
  const grants = entries.filter(({ type, local_date }) =>
    type === "grant" && Number(local_date.slice(8)) <= day + 1
  );
  if (grants.length === 0) return undefined;
  return Math.round(grants.reduce((sum, { credits, local_date }) => {
    const days = daysInMonth - Number(local_date.slice(8)) + 1;
    return sum + credits * (daysInMonth - day - 1) / days;
  }, 0));
}

/** Formats a date as tables do. */
export function shortDate(reader: NumberReader, date: string): string {
  return reader.date(date, { day: "numeric", month: "short" });
}
