/**
 * Compares every number of the page with those of the API and of the CSV. They are read from the text of the page in
 * the format of its locale, not from attributes.
 */

import assert from "node:assert/strict";
import { STRINGS } from "../../src/web/strings/strings.ts";
import type { Client } from "../support/service.ts";
import { assertAlerts } from "./alert_numbers.ts";
import { type Json, readApi } from "./api_answers.ts";
import { assertDays, assertMonthChart } from "./chart_numbers.ts";
import { assertFile, assertReportFiles } from "./file_numbers.ts";
import { assertHead, type Compared } from "./head_numbers.ts";
import { assertHistory, assertOpenWindows, assertReceipt } from "./history_numbers.ts";
import { beginReading, NumberReader, numbersNotRead, textsOf } from "./page_reader.ts";
import { assertMonths, assertStatement } from "./statement_numbers.ts";
import { assertFeatures, assertLabels } from "./usage_numbers.ts";
import type { Viewer } from "./viewer.ts";

/** A label by which the page groups usage. */
export type Tab = "department" | "campaign" | "number";

/** The address and language of a page. */
export interface PageUnderTest {
  readonly company: string;
  readonly language: "pt-BR" | "en";
  /** The query parameters of the page. */
  readonly query: URLSearchParams;
}

/**
 * Asserts that the page and its CSV have the API's numbers, and that the page has no other number.
 *
 * @throws {assert.AssertionError} that names the number
 */
export async function assertPageMatchesApi(
  client: Client,
  viewer: Viewer,
  { company, language, query }: PageUnderTest,
): Promise<void> {
  const compared = await comparedOf(client, viewer, { company, language, query });
  const { page, answers } = compared;
  beginReading(page);
  await assertHead(compared);
  await assertAlerts(compared);
  await assertMonths(compared);
  if (answers.ledger.length === 0 && answers.statements.length === 1) {
    assert.equal(await page.locator("#nothing").count(), 1, "the page has no first steps");
    await textsOf(page, "#nothing");
    return assert.deepEqual(await numbersNotRead(page), []);
  }
  await assertMonthChart(compared);
  await assertDays(compared);
  const by = query.get("by");
  if (by === null) await assertFeatures(compared);
  else await assertLabels(compared, by as Tab);
  if (answers.is_open_month) await assertOpenWindows(compared);
  await assertStatement(compared);
  await assertHistory(compared);
  await assertReceipt(compared, language);
  await assertFile(viewer, language, answers);
  await assertReportFiles(viewer, language, answers);
  assert.deepEqual(await numbersNotRead(page), [], "numbers that nothing is compared with");
}

/** Asserts that the table of usage by a label, which the page shows, has the API's numbers. */
export async function assertTabMatchesApi(
  client: Client,
  viewer: Viewer,
  tested: PageUnderTest,
  tab: Tab,
): Promise<void> {
  await assertLabels(await comparedOf(client, viewer, tested), tab);
}

async function comparedOf(
  client: Client,
  viewer: Viewer,
  { company, language, query }: PageUnderTest,
): Promise<Compared> {
  const path = `/v1/companies/${company}`;
  const profile = await client.ok("GET", path);
  const primary = (tag: string) => tag.split("-")[0];
  const locale = primary(profile.locale) === primary(language) ? profile.locale : language;
  const { data: features } = await client.ok("GET", "/v1/features?limit=200");
  const feature_names = new Map<string, string>(
    features.map(({ code, name }: Json) => [code, name[language]]),
  );
  const answers = { ...await readApi(viewer, path, query), feature_names };
  return { page: viewer.page, reader: new NumberReader(locale), texts: STRINGS[language], answers };
}
