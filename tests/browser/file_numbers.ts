/** Compares the CSV files for people with the JSON of the API. */

import assert from "node:assert/strict";
import { FILE_TEXTS } from "../../src/http/resources/file_texts.ts";
import { rowsOfCsv } from "../support/csv.ts";
import { type ApiAnswers, decimal, type Json, spanOf } from "./api_answers.ts";
import { byDate } from "./history_numbers.ts";
import type { Viewer } from "./viewer.ts";

type FileLanguage = "pt-BR" | "en";

/** Compares the file that the page links to with the ledger of the API. It is in the page's language and order. */
export async function assertFile(
  { page, context }: Viewer,
  language: FileLanguage,
  { ledger, statements }: ApiAnswers,
): Promise<void> {
  const response = await context.request.get((await page.locator("a.csv").getAttribute("href"))!);
  assert.equal(response.status(), 200);
  const texts = FILE_TEXTS[language].ledger;
  const rows = rowsOfCsv(await response.text(), language === "en" ? "," : ";");
  const names = ["seq", "credits", "prepaid", "excess", "available_after", "excess_after"] as const;
  const expected = ledger.toSorted(byDate);
  assert.deepEqual(
    rows.map((
      row,
    ) => [...names.map((name) => Number(row[texts[name]])), amountIn(row[texts.excess_amount]!)]),
    expected.map((entry) => {
      const { excess_credit_price } = statements.find(({ period }: Json) => period === entry.period);
      const has_amount = entry.excess !== 0 && excess_credit_price !== null;
      const amount = has_amount ? rounded(-entry.excess * Number(excess_credit_price)) : null;
      // In the file the excess is positive where it grows, as its amount and the statement.
      const numbers = { ...entry, excess: 0 - entry.excess };
      return [...names.map((name) => numbers[name]), amount];
    }),
  );
}

/** Compares the files of the statements and of the month's usage in a language with the API. */
export async function assertReportFiles(
  { context }: Viewer,
  language: FileLanguage,
  { balance, statement, statements, usage }: ApiAnswers,
): Promise<void> {
  const read = async (path: string) => {
    const url = `/v1/companies/${balance.company}/${path}`;
    const headers = { accept: "text/csv", "accept-language": language };
    const response = await context.request.get(url, { headers });
    assert.equal(response.status(), 200, url);
    return rowsOfCsv(await response.text(), language === "en" ? "," : ";");
  };
  const texts = FILE_TEXTS[language].statement;
  const numbers = ["granted", "consumed", "prepaid_used", "expired", "excess"] as const;
  const amounts = ["package_price", "excess_credit_price", "excess_amount", "total"] as const;
  assert.deepEqual(
    (await read("statements")).map((row) =>
      [
        ...[...numbers, ...amounts, "late_consumed", "late_total"] as const,
      ].map((name) => amountIn(row[texts[name]]!))
    ),
    statements.map((one: Json) => [
      ...numbers.map((name) => one[name]),
      ...amounts.map((name) => decimal(one[name])),
      one.late_entries?.consumed ?? null,
      decimal(one.late_entries?.total ?? null),
    ]),
  );
  const { units, credits } = FILE_TEXTS[language].usage;
  const dates = spanOf(statement.period, balance.closed_through);
  assert.deepEqual(
    (await read(`usage?${dates}`)).map((row) => [amountIn(row[units]!), amountIn(row[credits]!)]),
    usage.map((row: Json) => [row.units, row.credits]),
  );
}

/** Reads a number of a file, in either language. */
function amountIn(cell: string): number | null {
  return cell === "" ? null : Number(cell.replace(",", "."));
}

function rounded(amount: number): number {
  return Math.round(1e6 * amount) / 1e6;
}
