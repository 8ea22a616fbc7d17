/** Compares the statement, its days on paper and the table of months with the statements of the API. */

import assert from "node:assert/strict";
import { decimal, type Json, sumOf } from "./api_answers.ts";
import { datesOf, shortDate, usedOn } from "./chart_numbers.ts";
import { type Compared, dateText } from "./head_numbers.ts";
import { assertValues, cellsOf, textOf, textsOf } from "./page_reader.ts";

/** Compares the lines of the bill, the note about late entries and the days of the printed page. */
export async function assertStatement(compared: Compared): Promise<void> {
  const { page, reader, answers: { statement, scheduled_grant, today } } = compared;
  const { period, granted, expired, excess, package_price, excess_credit_price, currency } = statement;
  const money = (amount: string | null) => amount === null ? [] : [reader.money(amount, currency)];
  assertValues(await textOf(page, "#statement-heading"), [reader.month(period)], "the heading");
  const rows = (await cellsOf(page, "table.lines tbody tr")).map((cells) => cells.join(" "));
  const lines = [
    ...granted === 0 && package_price === null ? [] : [[
      ...scheduled_grant === null ? [] : [
        reader.credits(scheduled_grant.granted),
        dateText(reader, scheduled_grant.on, today),
      ],
      ...expired > 0 ? [reader.credits(expired)] : [],
      reader.credits(granted),
      ...money(package_price),
    ]],
    [reader.credits(excess), ...money(excess_credit_price), ...money(statement.excess_amount)],
  ];
  assert.equal(rows.length, lines.length, "the lines of the statement");
  for (const [i, values] of lines.entries()) assertValues(rows[i]!, values, "a line of the statement");
  const [total] = await cellsOf(page, "table.lines tfoot tr");
  assertValues(total!.join(" "), money(statement.total), "the total of the statement");
  if (statement.total !== null) {
    const parts = [package_price, statement.excess_amount].map((amount) =>
      Math.round(100 * (decimal(amount) ?? 0))
    );
    assert.equal(parts[0]! + parts[1]!, Math.round(100 * decimal(statement.total)!), "the sum of the lines");
  }
  const late = statement.late_entries;
  const amount = late === null || late.total === null ? [] : [reader.money(late.total, currency, "signed")];
  const note = late === null || late.consumed === 0
    ? []
    : [reader.credits(late.consumed, "signed"), ...amount];
  assertValues((await textsOf(page, "#statement > .note")).join(" "), note, "the note about late entries");
  await assertPrintedDays(compared);
}

/** Compares the days that only the printed page shows: granted, used and used so far. */
async function assertPrintedDays({ page, reader, answers }: Compared): Promise<void> {
  const { statement, entries } = answers;
  const grants = (entries as Json[]).filter(({ type }) => type === "grant");
  let used_so_far = 0;
  const days = datesOf(answers).map((date) => {
    const granted = sumOf(grants.filter(({ local_date }) => local_date === date), "credits");
    const used = usedOn(entries, date);
    used_so_far += used;
    return [shortDate(reader, date), ...[granted, used, used_so_far].map((amount) => reader.credits(amount))];
  });
  assert.deepEqual(await cellsOf(page, "#statement .paper tbody tr"), days);
  assert.equal(used_so_far, statement.consumed, "the use of all days");
  const [total] = await cellsOf(page, "#statement .paper tfoot tr");
  const sums = [statement.granted, statement.consumed].map((amount) => reader.credits(amount));
  assert.deepEqual(total!.slice(1), [...sums, ""]);
}

/** Compares the table of all months, with the adjustments that came after their closing. */
export async function assertMonths({ page, reader, answers: { statements } }: Compared): Promise<void> {
  const rows = await cellsOf(page, "table.months tbody tr:not(.late-entries)");
  const amounts = (row: readonly string[]) => row.map((text) => reader.number(text));
  assert.deepEqual(
    rows.map(([month, , ...rest]) => [month, ...amounts(rest)]),
    statements.map((one: Json) => [
      reader.month(one.period),
      one.granted,
      one.consumed,
      one.expired,
      one.excess,
      decimal(one.package_price),
      decimal(one.excess_amount),
      decimal(one.total),
    ]),
  );
  const late = statements.map(({ late_entries }: Json) => late_entries)
    .filter((one: Json) => one !== null && (one.granted || one.consumed || one.expired || one.excess));
  assert.deepEqual(
    (await cellsOf(page, "table.months tr.late-entries")).map(([, ...rest]) => amounts(rest)),
    late.map((one: Json) => [
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
