/** Compares the tables of usage by feature and by label with the usage report of the API. */

import assert from "node:assert/strict";
import { decimal, type Json, spanOf, sumOf } from "./api_answers.ts";
import type { Compared } from "./head_numbers.ts";
import { assertPercent, assertValues, cellsOf, textOf, textsOf } from "./page_reader.ts";

/** The expected figures of a row. */
interface Figures {
  /** Undefined where units cannot be added, or are not shown. */
  readonly units?: number;
  readonly credits: number;
  /** The credits on the compared dates, and those of the month before. */
  readonly now?: number;
  readonly before?: number;
}

/** Compares the table of features, with the part that opens and the change against the month before. */
export async function assertFeatures(compared: Compared): Promise<void> {
  const { page, texts, answers: { usage, usage_before, feature_names } } = compared;
  const dates = comparedDates(compared);
  const before = dates === undefined
    ? []
    : (usage_before as Json[]).filter(({ day }) => day <= dates.to_before);
  const isComparable = ({ day }: Json) => dates !== undefined && day <= dates.to;
  const all = Map.groupBy([...usage, ...before] as Json[], ({ feature }) => feature);
  const figures = new Map<string, Figures>();
  for (const feature of all.keys()) {
    const of_month = (usage as Json[]).filter((row) => row.feature === feature);
    const row = {
      units: sumOf(of_month, "units"),
      credits: sumOf(of_month, "credits"),
      now: sumOf(of_month.filter(isComparable), "credits"),
      before: sumOf(before.filter((row) => row.feature === feature), "credits"),
    };
    if (row.units > 0 || row.credits > 0 || row.before > 0) {
      figures.set(feature_names.get(feature) ?? feature, row);
    }
  }
  if (figures.size === 0) {
    return assert.equal(await page.locator("#features .empty").textContent(), texts.daily.none);
  }
  await assertRows(compared, figures, dates !== undefined);
  await assertNotes(compared, dates);
}

/** Compares the table of the values of a label: the tab that the page shows. */
export async function assertLabels(
  compared: Compared,
  by: "department" | "campaign" | "number",
): Promise<void> {
  const { texts, answers: { balance, statement, get } } = compared;
  const group = by === "number" ? "phone_number_id" : `attribute:${by}`;
  const dates = spanOf(statement.period, balance.closed_through);
  const { data } = await get(`/v1/companies/${balance.company}/usage?${dates}&group_by=${group}`);
  const figures = new Map<string, Figures>();
  for (const { phone_number_id, attributes, credits } of data as Json[]) {
    const label = by === "number" ? phone_number_id : attributes[by];
    if (credits > 0) figures.set(label ?? texts.features.without[by], { credits });
  }
  assert.equal(sumOf([...figures.values()], "credits"), statement.consumed, `all credits by ${by}`);
  if (figures.size === 0) return;
  await assertRows(compared, figures, false);
  await assertNotes(compared, undefined);
}

/** Compares the rows, their sums and the total. The amounts add up to the total of the month. */
async function assertRows(
  compared: Compared,
  figures: ReadonlyMap<string, Figures>,
  is_compared: boolean,
): Promise<void> {
  const { page, reader, texts, answers: { statement } } = compared;
  const rows = await cellsOf(page, "table.features tbody tr:not(.rest)");
  const names = rows.map(([name]) => name!.replaceAll(/[\u2066-\u2069]/g, ""));
  assert.deepEqual(names.toSorted(), [...figures.keys()].sort());
  const credits = names.map((name) => figures.get(name)!.credits);
  assert.deepEqual(credits, credits.toSorted((a, b) => b - a), "the largest is first");
  const at = [...figures.values()].some(({ units }) => units !== undefined) ? 3 : 2;
  let centavos = 0;
  for (const [i, cells] of rows.entries()) {
    centavos += assertRow(compared, cells, figures.get(names[i]!)!, is_compared, names[i]!);
  }
  if (statement.total !== null && statement.consumed > 0) {
    assert.equal(centavos, Math.round(100 * decimal(statement.total)!), "the amounts of the rows");
  }
  const shares = (await cellsOf(page, "#features > table.features tbody tr")).map((cells) => cells.at(at)!);
  const tenths = shares.reduce((sum, share) => sum + Math.round(10 * reader.number(share)!), 0);
  const is_rounded = (await textsOf(page, "#features > .note")).includes(texts.features.shares_rounded);
  assert.ok(statement.consumed === 0 || tenths === 1_000 || is_rounded, `shares ${shares}`);
  const others = names.slice(
    await page.locator("table.features").first().locator("tbody tr:not(.rest)").count(),
  );
  const rest = await cellsOf(page, "table.features tr.rest");
  assert.equal(rest.length, others.length > 0 ? 1 : 0, "the row of the others");
  if (others.length > 0) {
    assertRow(
      compared,
      rest[0]!,
      summed(others.map((name) => figures.get(name)!)),
      is_compared,
      "the others",
    );
    const summary = await textOf(page, "#features-others-summary");
    assertValues(summary, [reader.credits(others.length)], "the others");
  }
  const [total] = await cellsOf(page, "table.features tfoot tr");
  assertRow(compared, total!, summed([...figures.values()]), is_compared, "the total");
}

function summed(rows: readonly Figures[]): Figures {
  const sum = (name: "credits" | "now" | "before") =>
    rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  return { credits: sum("credits"), now: sum("now"), before: sum("before") };
}

/** Compares a row, and returns its amount in centavos. */
function assertRow(
  { reader, texts, answers: { statement } }: Compared,
  [, ...cells]: readonly string[],
  { units, credits, now = 0, before = 0 }: Figures,
  is_compared: boolean,
  name: string,
): number {
  const { consumed, total, currency } = statement;
  const rest = [...cells];
  if (units !== undefined) assert.equal(rest.shift(), reader.credits(units), `the units of ${name}`);
  else if (rest[0] === "") rest.shift();
  assert.equal(rest.shift(), reader.credits(credits), `the credits of ${name}`);
  const share = rest.shift()!;
  assertPercent(reader, share, consumed === 0 ? 0 : 100 * credits / consumed, `the share of ${name}`);
  let centavos = 0;
  if (total !== null) {
    const amount = rest.shift()!;
    const exact = consumed === 0 ? 0 : decimal(total)! * credits / consumed;
    const found = reader.number(amount) ?? 0;
    assert.ok(Math.abs(found - exact) < 0.01 + 1e-9, `the amount of ${name}: ${amount} of ${exact}`);
    if (consumed > 0) assert.equal(amount, reader.money(found.toFixed(2), currency));
    centavos = Math.round(100 * found);
  }
  if (is_compared) assertChange(rest.shift()!);
  assert.deepEqual(rest, [], `${name} has more figures`);
  return centavos;

  function assertChange(change: string): void {
    const what = `the change of ${name}: ${now} after ${before}`;
    if (before === 0) return assert.equal(change, now === 0 ? "–" : texts.features.new, what);
    if (now === before) return assert.equal(change, "=", what);
    assertPercent(reader, change, 100 * (now / before - 1), what);
  }
}

/** Compares the notes below the table: the divided total and the compared dates. */
async function assertNotes(
  { page, reader, answers: { statement: { total, currency } } }: Compared,
  dates: ComparedDates | undefined,
): Promise<void> {
  const amount = total === null ? [] : [reader.money(total, currency)];
  const span = dates === undefined ? [] : [reader.day(dates.from_before), reader.day(dates.to_before)];
  assertValues(
    (await textsOf(page, "#features > .note")).join(" "),
    [...amount, ...span],
    "the notes of usage",
  );
}

/** The dates that are compared with those of the month before. */
interface ComparedDates {
  readonly to: string;
  readonly from_before: string;
  readonly to_before: string;
}

/** Returns the compared dates: both months whole, or for an open month its closed dates and the same dates before. */
function comparedDates({ answers }: Compared): ComparedDates | undefined {
  const { statement: { period, status }, usage_before, balance: { closed_through } } = answers;
  const first = Temporal.PlainYearMonth.from(period).toPlainDate({ day: 1 });
  const before = first.subtract({ months: 1 });
  if (usage_before === null) return undefined;
  if (status === "open" && closed_through < first.toString()) return undefined;
  const ended = status === "open" ? Temporal.PlainDate.from(closed_through).day : first.daysInMonth;
  const is_whole = status !== "open" || ended > before.daysInMonth;
  const day = is_whole ? before.daysInMonth : ended;
  return {
    to: first.with({ day: status === "open" ? Math.min(ended, day) : ended }).toString(),
    from_before: before.toString(),
    to_before: before.with({ day }).toString(),
  };
}
