/** Requests without an answer, hidden tabs and many tabs: the page says what it knows, and recovers. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { sleep } from "../../src/time/sleep.ts";
import { createCompany, moveClockTo, receiveMessages, reportUsage, setPackage } from "./scenes.ts";
import { type BrowserEnvironment, browserTests } from "./environment.ts";
import { TIMEOUT_MS, Viewer } from "./viewer.ts";

const LIVE = /^ao vivo$/;
const NOT_LIVE = /^reconectando…\s+dados de 10 de mar\., 10:\d\d$/;

const test = browserTests(({ client }) => moveClockTo(client, "2031-03-10T10:00"));

test("a click whose request gets no answer says so within 8 seconds, and the page goes on", async (environment) => {
  const company = await createCompany(environment.client, "sem-resposta");
  await setPackage(environment.client, company, 100);
  await receiveMessages(environment.client, company, 1);
  await using viewer = await openWithClock(environment, company.company);
  const { page } = viewer;
  await page.route(/by=department/, () => {});
  await Promise.all([page.waitForRequest(/by=department/), page.locator("#by-department").click()]);
  await page.clock.runFor(8_000);
  const notice = page.getByRole("alert").filter({ hasText: "O serviço não respondeu" });
  await notice.waitFor();
  assert.equal(await page.locator("#by-feature[aria-current]").count(), 1);
  await receiveMessages(environment.client, company, 2);
  await viewer.waitForLead("98");
  await page.clock.runFor(5_000);
  await page.locator(".features tfoot td", { hasText: /^2$/ }).first().waitFor();
  await page.unroute(/by=department/);
  await page.locator("#by-department").click();
  await page.locator("#by-department[aria-current]").waitFor();
  await viewer.assertNoFaults();
});

test("a page that waits long for its rendering is not marked live, and is live again once it has it", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "sem-pagina");
  await setPackage(client, company, 100);
  await reportUsage(client, company, "run", 99);
  await using viewer = await openWithClock(environment, company.company);
  const { page } = viewer;
  const address = new URL(page.url()).pathname;
  const isPage = (url: URL) => url.pathname === address;
  await page.route(isPage, () => {});
  const requested = page.waitForRequest((request) => isPage(new URL(request.url())));
  // The page of a package that is used up has other texts and colours.
  await reportUsage(client, company, "more", 3);
  await page.locator("body[data-behind]").waitFor();
  await page.clock.runFor(100);
  await requested;
  await page.clock.runFor(6_000);
  await viewer.waitForMark(NOT_LIVE);
  assert.equal(await viewer.leadNumber(), "1");
  await page.unroute(isPage);
  // The request ends after 8 seconds, and is made again after 5 more.
  for (let seconds = 0; seconds < 8; seconds++) await page.clock.runFor(1_000);
  await viewer.waitForLead("0");
  await viewer.waitForMark(LIVE);
  await viewer.assertNoFaults();
});

test("a hidden tab holds no stream, and catches up when it is shown", async (environment) => {
  const company = await createCompany(environment.client, "escondida");
  await setPackage(environment.client, company, 100);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(LIVE);
    const isStream = (request: { url(): string }) => request.url().endsWith("/balance/stream");
    await Promise.all([page.waitForEvent("requestfailed", isStream), setHidden(page, true)]);
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await receiveMessages(environment.client, company, 1, 2);
    await page.waitForTimeout(1_000);
    assert.deepEqual([requested, await viewer.leadNumber()], [[], "100"]);
    await Promise.all([page.waitForRequest(isStream), setHidden(page, false)]);
    await viewer.waitForLead("98");
    await viewer.waitForMark(LIVE);
    await page.locator("tr[id^=entry-]", { hasText: "•" }).nth(1).waitFor();
  });
});

test("of seven visible tabs four are live, the others say how old they are, and a click opens in each", async (environment) => {
  const company = await createCompany(environment.client, "sete-abas");
  await setPackage(environment.client, company, 100);
  await receiveMessages(environment.client, company, 1);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const tabs = [viewer.page];
    while (tabs.length < 7) tabs.push(await viewer.openTab());
    await waitUntilLive(tabs, 4);
    await receiveMessages(environment.client, company, 2, 3);
    for (const tab of tabs) {
      await viewer.waitForLead("97", tab);
      await tab.locator("#by-department").click();
      await tab.locator("#by-department[aria-current]").waitFor();
    }
    // A tab without a stream takes the place of one that is closed.
    await tabs.shift()!.close();
    await waitUntilLive(tabs, 4);
  });
});

/** Opens a page whose clock the test moves. It also runs by itself. */
async function openWithClock(environment: BrowserEnvironment, company: string): Promise<Viewer> {
  const viewer = await Viewer.open(environment.browser, environment.service.url, { expected: /net::/ });
  await viewer.page.clock.install();
  await viewer.page.goto(await environment.createLink(company));
  await viewer.waitForMark(LIVE);
  return viewer;
}

/** Waits until that many tabs are live, and the others say how old they are. */
async function waitUntilLive(tabs: readonly Page[], count: number): Promise<void> {
  for (const begun = performance.now();; await sleep(100)) {
    const marks = await Promise.all(tabs.map((tab) => tab.getByRole("status").innerText()));
    const others = marks.filter((mark) => !LIVE.test(mark));
    const is_as_expected = others.length === tabs.length - count &&
      others.every((mark) => NOT_LIVE.test(mark));
    if (is_as_expected) return;
    assert.ok(performance.now() - begun < TIMEOUT_MS, JSON.stringify(marks));
  }
}

/** Hides or shows a tab. A browser without windows has no hidden tabs. */
async function setHidden(page: Page, is_hidden: boolean): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => ${is_hidden} });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
}
