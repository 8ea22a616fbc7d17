/** Every number of the page agrees with the API, its files and its statement, in each state. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { reportPath } from "../../src/web/report/href.ts";
import { sleep } from "../../src/time/sleep.ts";
import { pt } from "../../src/web/strings/pt.ts";
import { FILE_TEXTS } from "../../src/http/resources/file_texts.ts";
import { assertReportsAgree } from "../support/agreement.ts";
import { rowsOfCsv } from "../support/csv.ts";
import type { Client } from "../support/service.ts";
import { createHistories, type State, STATES } from "./agreement_states.ts";
import { type BrowserEnvironment, browserTests } from "./environment.ts";
import { causePattern } from "./head_numbers.ts";
import { assertPageMatchesApi, assertTabMatchesApi } from "./numbers.ts";
import type { Company } from "./scenes.ts";
import { TIMEOUT_MS, type Viewer } from "./viewer.ts";

const LIVE = /^ao vivo$/;
const TABS = ["department", "campaign", "number"] as const;

let companies: ReadonlyMap<string, Company>;

const test = browserTests(async ({ client }) => {
  companies = await createHistories(client);
});

for (const state of STATES) {
  test(`${state.name}: every number agrees with the API, live and the same after a reload`, async (environment) => {
    const { client } = environment;
    const company = companies.get(state.company)!;
    await state.prepare?.(client, company);
    await environment.withViewer(state.company, {}, async (viewer) => {
      const { page } = viewer;
      await page.goto(`${reportPath(state.company)}?${state.query ?? ""}`);
      await viewer.waitForMark(LIVE);
      await page.locator("[data-receipt]").first().click();
      await page.locator(".receipt .sentence").waitFor();
      const { documents } = viewer;
      await state.change(client, company);
      await rendered(client, viewer, company);
      const live = await compareAll(environment, viewer, state);
      assert.equal(viewer.documents, documents, "the page was loaded again");
      await page.reload();
      await viewer.waitForMark(LIVE);
      assert.deepEqual(await compareAll(environment, viewer, state), live);
      await assertCorrection(environment, viewer, state);
      await assertFilesAgree(viewer, state.company);
    });
  });
}

/** Follows the statement's note about late entries: the history then lists these, and their sums are the note's. */
async function assertCorrection(
  { client }: BrowserEnvironment,
  viewer: Viewer,
  { company }: State,
): Promise<void> {
  const { page } = viewer;
  const link = page.locator("#statement > .note a");
  if (await link.count() === 0) return;
  await link.click();
  await page.locator("#history > .note", { hasText: pt.history.after_close_note }).waitFor();
  const query = new URL(page.url()).searchParams;
  assert.equal(query.get("after_close"), "true");
  await assertPageMatchesApi(client, viewer, { company, language: "pt-BR", query });
  const statement = await client.ok("GET", `/v1/companies/${company}/statements/${query.get("month")}`);
  const texts = FILE_TEXTS["pt-BR"].ledger;
  const file = await viewer.context.request.get((await page.locator("a.csv").getAttribute("href"))!);
  const rows = rowsOfCsv(await file.text(), ";");
  assert.ok(rows.length > 0);
  assert.deepEqual([...new Set(rows.map((row) => row[texts.after_close]))], [FILE_TEXTS["pt-BR"].yes]);
  const sum = (heading: string, of: readonly Record<string, string>[] = rows) =>
    of.reduce((total, row) => total + Number(row[heading]!.replace(",", ".")), 0);
  const used = rows.filter((row) => [pt.type.consumption, pt.type.reversal].includes(row[texts.type]!));
  const { consumed, excess, excess_amount } = statement.late_entries;
  assert.equal(0 - sum(texts.credits, used), consumed);
  assert.deepEqual([sum(texts.excess), sum(texts.excess_amount)], [excess, Number(excess_amount)]);
}

/** Compares the page and each of its tabs with the API, and returns the texts of the page. */
async function compareAll({ client }: BrowserEnvironment, viewer: Viewer, state: State): Promise<string[]> {
  const { page } = viewer;
  const query = new URL(page.url()).searchParams;
  const tested = { company: state.company, language: "pt-BR", query } as const;
  await assertPageMatchesApi(client, viewer, tested);
  const texts = await textsOf(page);
  const figure = async (name: string) => await page.locator(`#balance ${name}`).first().textContent();
  const share = state.shows[1] === undefined ? undefined : (await figure(".share-text"))!.split(" ")[0];
  const excess = await page.locator("table.lines tbody tr").last().locator("td").first().textContent();
  assert.deepEqual([await figure(".number strong"), share, excess], state.shows);
  for (const tab of TABS) {
    await page.locator(`#by-${tab}`).click();
    await page.locator(`#by-${tab}[aria-current]`).waitFor();
    await assertTabMatchesApi(client, viewer, tested, tab);
  }
  await page.locator("#by-feature").click();
  await page.locator("#by-feature[aria-current]").waitFor();
  return texts;
}

/** Waits until the page is rendered from the company's newest version. */
async function rendered(client: Client, { page }: Viewer, { path }: Company): Promise<void> {
  const { version } = await client.ok("GET", `${path}/balance`);
  const shown = () => page.evaluate<number>("Number(document.body.dataset.version)");
  for (const begun = performance.now(); await shown() < version; await sleep(20)) {
    assert.ok(performance.now() - begun < TIMEOUT_MS, `the page is not rendered from version ${version}`);
  }
}

/**
 * Returns the texts and the drawn ends of the page, without the time that is left of the day, and without the alerts: the
 * service may raise one each minute, also between two readings.
 */
async function textsOf(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(`(() => {
    const main = document.querySelector("main").cloneNode(true);
    for (const one of main.querySelectorAll("[data-countdown], .tip, .as-of, #alerts")) one.remove();
    const texts = [...main.querySelectorAll(":scope > section")].flatMap((section) => {
      const words = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
      const all = [section.id + " " + section.className];
      while (words.nextNode()) all.push(words.currentNode.data.replaceAll(/\\s+/g, " ").trim());
      return all.filter((text) => text !== "");
    });
    const ends = [...main.querySelectorAll("[data-line]")].map((line) => line.getAttribute("d").replace(/.*,/, ""));
    return [...texts, ...ends, main.querySelector(".share .used")?.getAttribute("width") ?? ""];
  })()`);
  // The cause of an unusual day is read less often than the page, and may come after the live page.
  return texts.map((text) => text.replace(causePattern(pt), "").trim());
}

/** Compares the reports of the viewer's company with each other, as JSON and as CSV for programs. */
async function assertFilesAgree({ context }: Viewer, company: string): Promise<void> {
  const read = async (path: string, accept: string) => {
    const response = await context.request.get(path, { headers: { accept, "accept-language": "und" } });
    assert.equal(response.status(), 200, path);
    return response;
  };
  await assertReportsAgree({
    json: async (path) => await (await read(path, "application/json")).json(),
    csv: async (path) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(await (await read(path, "text/csv")).body()),
  }, company);
}
