/** The open page: it updates itself, and shows whether it does. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { ServiceProcess } from "../support/service.ts";
import { createDatabase } from "../support/database.ts";
import {
  createCompany,
  deliver,
  messageAt,
  moveClockTo,
  receiveMessages,
  reportUsage,
  serviceTime,
  setPackage,
} from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { Viewer } from "./viewer.ts";

const LIVE = /^ao vivo$/;
/** The console error of a lost connection. */
const CUT = /net::ERR_/;

const test = browserTests(({ client }) => moveClockTo(client, "2031-03-10T10:00"));

test("a signed webhook updates the balance, the windows and the history without a reload", async (environment) => {
  const company = await createCompany(environment.client, "movida");
  await setPackage(environment.client, company, 1_500);
  await environment.withViewer(company.company, {}, async (viewer) => {
    await viewer.waitForMark(LIVE);
    assert.equal(await viewer.leadNumber(), "1.500");
    const { documents } = viewer;
    await receiveMessages(environment.client, company, 1);
    await viewer.waitForLead("1.499");
    await viewer.page.locator("#open .counts", { hasText: "1 conversa" }).waitFor();
    await viewer.page.locator("tr[id^=entry-]", { hasText: "+55 11 •••••-" }).waitFor();
    assert.equal(viewer.documents, documents);
  });
});

test("an alert appears without a reload, once", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "alertada");
  await setPackage(client, company, 10);
  await environment.withViewer(company.company, {}, async (viewer) => {
    await viewer.waitForMark(LIVE);
    const { documents } = viewer;
    await reportUsage(client, company, "run", 8);
    await viewer.waitForLead("2");
    assert.equal(await viewer.page.locator("#alerts").count(), 0);
    // Alerts are raised after each move of the clock.
    await client.ok("POST", "/v1/test_clock", { advance: "PT1M" });
    await viewer.page.locator("#alerts li", { hasText: "80% do pacote de 10 créditos usado." }).waitFor();
    assert.equal(await viewer.page.locator("#alerts li").count(), 1);
    assert.equal(viewer.documents, documents);
  });
});

test("two tabs show the same numbers", async (environment) => {
  const company = await createCompany(environment.client, "duas-abas");
  await setPackage(environment.client, company, 100);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const other = await viewer.openTab();
    for (const tab of [viewer.page, other]) await viewer.waitForMark(LIVE, tab);
    await receiveMessages(environment.client, company, 1, 2, 3);
    await reportUsage(environment.client, company, "run", 5);
    for (const tab of [viewer.page, other]) {
      await tab.bringToFront();
      await viewer.waitForLead("92", tab);
      await tab.locator("tr[id^=entry-]", { hasText: "-1" }).nth(7).waitFor();
    }
    assert.equal(await figuresOf(other), await figuresOf(viewer.page));
  });
});

test("a lost stream reconnects, and meanwhile the mark shows the age of the data", async (environment) => {
  const company = await createCompany(environment.client, "cortada");
  await setPackage(environment.client, company, 100);
  await using proxy = new TcpProxy({
    hostname: "127.0.0.1",
    port: Number(new URL(environment.service.url).port),
  });
  const origin = `http://localhost:${proxy.port}`;
  await environment.withViewer(company.company, { origin, expected: CUT }, async (viewer) => {
    await viewer.waitForMark(LIVE);
    const { documents } = viewer;
    proxy.cut();
    await viewer.waitForMark(/^dados de 10 de mar\., 10:\d\d$/);
    await receiveMessages(environment.client, company, 1);
    assert.equal(await viewer.leadNumber(), "100");
    proxy.restore();
    await viewer.waitForMark(LIVE);
    await viewer.waitForLead("99");
    await receiveMessages(environment.client, company, 2);
    await viewer.waitForLead("98");
    assert.equal(viewer.documents, documents);
  });
});

test("without a stream the page polls the balance, and the mark shows it", async (environment) => {
  const company = await createCompany(environment.client, "consultada");
  await setPackage(environment.client, company, 100);
  await using viewer = await Viewer.open(environment.browser, environment.service.url, { expected: CUT });
  // A proxy may pass responses, but no streams.
  await viewer.page.route("**/balance/stream", (route) => route.abort());
  await viewer.page.goto(await environment.createLink(company.company));
  await viewer.waitForMark(/^reconectando…\s+dados de 10 de mar\., 10:\d\d$/);
  await receiveMessages(environment.client, company, 1);
  await viewer.waitForLead("99");
  await viewer.waitForMark(/^reconectando…/);
  await viewer.page.unroute("**/balance/stream");
  await viewer.waitForMark(LIVE);
  await viewer.assertNoFaults();
});

test("after a 429 the page waits as long as Retry-After says, then reconnects", async (environment) => {
  const company = await createCompany(environment.client, "apressada");
  await setPackage(environment.client, company, 100);
  await using viewer = await Viewer.open(environment.browser, environment.service.url, {
    expected: /status of 429/,
  });
  const { page } = viewer;
  // Only the browser's clock stands still. It moves with `runFor`.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  const requested: string[] = [];
  await page.route(/\/balance(\/stream)?$/, async (route) => {
    requested.push(new URL(route.request().url()).pathname);
    await route.fulfill({ status: 429, headers: { "retry-after": "40" } });
  });
  await page.goto(await environment.createLink(company.company));
  await viewer.waitForMark(/^dados de 10 de mar\., 10:\d\d$/);
  await receiveMessages(environment.client, company, 1);
  await page.clock.runFor(39_000);
  assert.deepEqual(requested, [`${company.path}/balance/stream`]);
  await page.unroute(/\/balance(\/stream)?$/);
  await page.clock.runFor(1_000);
  await viewer.waitForMark(LIVE);
  // A rendering begins with a timer.
  await page.clock.resume();
  await viewer.waitForLead("99");
  await viewer.assertNoFaults();
});

test("a silent connection is not marked live for ten seconds", async (environment) => {
  const company = await createCompany(environment.client, "calada");
  await setPackage(environment.client, company, 100);
  await using proxy = new TcpProxy({
    hostname: "127.0.0.1",
    port: Number(new URL(environment.service.url).port),
  });
  await using viewer = await Viewer.open(environment.browser, `http://localhost:${proxy.port}`, {
    expected: CUT,
  });
  // Only the browser's clock moves: ten seconds pass at once.
  await viewer.page.clock.install();
  await viewer.page.goto(await environment.createLink(company.company));
  await viewer.waitForMark(LIVE);
  proxy.freeze();
  await receiveMessages(environment.client, company, 1);
  await viewer.page.clock.fastForward(10_000);
  await viewer.waitForMark(/^(reconectando…\s+)?dados de 10 de mar\., 10:\d\d$/);
  proxy.restore();
  await viewer.waitForLead("99");
  await viewer.assertNoFaults();
});

test("a killed service leaves the last balance on the page, and its restart brings the newest", async (environment) => {
  await using database = await createDatabase();
  const first = await ServiceProcess.start({ DATABASE_URL: database.url });
  const env = { DATABASE_URL: database.url, PORT: new URL(first.url).port };
  const company = await createCompany(first.client, "reiniciada");
  await setPackage(first.client, company, 100);
  await receiveMessages(first.client, company, 1);
  const session = await first.client.ok("POST", `${company.path}/viewer_sessions`, {});
  await using viewer = await Viewer.open(environment.browser, first.url, { expected: CUT });
  await viewer.page.goto(session.url);
  await viewer.waitForMark(LIVE);
  const { documents } = viewer;
  await first.end("SIGKILL");
  await viewer.waitForMark(/^dados de \d+ de \w+\.?, \d\d:\d\d$/);
  assert.equal(await viewer.leadNumber(), "99");
  await using second = await ServiceProcess.start(env);
  await viewer.waitForMark(LIVE);
  await receiveMessages(second.client, company, 2);
  await viewer.waitForLead("98");
  assert.equal(viewer.documents, documents);
  await viewer.assertNoFaults();
});

test("a click while offline says so and keeps what is shown, until the service answers again", async (environment) => {
  const company = await createCompany(environment.client, "sem-rede");
  await setPackage(environment.client, company, 100);
  await environment.withViewer(company.company, { expected: CUT }, async (viewer) => {
    const { page, context } = viewer;
    await viewer.waitForMark(LIVE);
    const notice = page.getByRole("alert").filter({ hasText: "O serviço não respondeu" });
    const { documents } = viewer;
    const address = page.url();
    await context.setOffline(true);
    await viewer.waitForMark(/^(reconectando…\s+)?dados de 10 de mar\., 10:\d\d$/);
    const clicks = [
      () => page.locator("[data-receipt]").first().click(),
      () => page.getByRole("link", { name: "English" }).click(),
      () => page.getByRole("link", { name: "Baixar CSV" }).click(),
      () => page.getByRole("button", { name: "Sair" }).click(),
      () => page.getByRole("button", { name: "Filtrar" }).click(),
    ];
    for (const click of clicks) {
      await click();
      await notice.waitFor();
      assert.deepEqual([page.url(), viewer.documents, await viewer.leadNumber()], [
        address,
        documents,
        "100",
      ]);
      await page.evaluate("document.getElementById('unanswered').hidden = true");
    }
    await page.locator("[data-receipt]").first().click();
    await notice.waitFor();
    const retry = (await notice.getByRole("link", { name: "Tentar de novo" }).getAttribute("href"))!;
    assert.match(retry, /^\?entry=\d+#entry-\d+$/);
    await context.setOffline(false);
    await viewer.waitForMark(LIVE);
    assert.equal(await notice.isVisible(), false);
    await page.locator(`[data-receipt][href="${retry}"]`).click();
    await page.locator(".receipt .sentence").waitFor();
    assert.equal(viewer.documents, documents);
  });
});

test("when a day closes on an open page, its windows close and the next day begins", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "dia");
  await setPackage(client, company, 100);
  await moveClockTo(client, "2031-03-20T23:58");
  await receiveMessages(client, company, 1, 2);
  await environment.withViewer(company.company, {}, async (viewer) => {
    await viewer.waitForMark(LIVE);
    await viewer.page.locator("#open .counts", { hasText: "2 conversas" }).waitFor();
    assert.equal(await daysOf(viewer.page), 20);
    const { documents } = viewer;
    await moveClockTo(client, "2031-03-21T00:00");
    await viewer.page.locator("#open", { hasText: "Nenhuma conversa aberta agora." }).waitFor();
    await viewer.page.locator("#month-table tbody tr").nth(20).waitFor({ state: "attached" });
    assert.equal(await viewer.leadNumber(), "98");
    // The same customer on another day opens another window.
    await receiveMessages(client, company, 1);
    await viewer.waitForLead("97");
    assert.equal(viewer.documents, documents);
  });
});

test("when a month renews on an open page, the remaining credits expire and the package is full again", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "mes");
  await setPackage(client, company, 100);
  await moveClockTo(client, "2031-03-31T23:58");
  await receiveMessages(client, company, 1, 2, 3);
  await environment.withViewer(company.company, {}, async (viewer) => {
    await viewer.waitForMark(LIVE);
    await viewer.waitForLead("97");
    await viewer.page.locator("h1", { hasText: "março de 2031" }).waitFor();
    const { documents } = viewer;
    await moveClockTo(client, "2031-04-01T00:00");
    await viewer.waitForLead("100");
    await viewer.page.locator("h1", { hasText: "abril de 2031" }).waitFor();
    const march = viewer.page.locator("table.months tbody tr", { hasText: "março de 2031" });
    assert.match((await march.innerText()).replaceAll(/\s+/g, " "), /fechado 100 3 97 0/);
    // A late message of March uses a credit of March that had expired.
    await deliver(client, [messageAt(company, 9, await serviceTime(client, company) - 300)]);
    await march.getByText(/^4$/).waitFor();
    assert.equal(await viewer.leadNumber(), "100");
    assert.equal(viewer.documents, documents);
  });
});

/** Counts the days in the table of the displayed month. */
function daysOf(page: Page): Promise<number> {
  return page.locator("#month-table tbody tr").count();
}

/** Returns the text of a page without its countdown. */
async function figuresOf(page: Page): Promise<string> {
  return (await page.locator("main").innerText()).replaceAll(/\d+:\d\d:\d\d/g, "");
}
