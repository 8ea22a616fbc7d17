/** Access to the page: links, sessions and addresses. */

import assert from "node:assert/strict";
import { type Company, createCompany, moveClockTo, receiveMessages, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { reportPath } from "../../src/web/report/href.ts";
import { Viewer } from "./viewer.ts";

/** The console error of a refused page. */
const REFUSED = { expected: /status of 40[13]/ } as const;

const [BAKERY_PAGE, WORKSHOP_PAGE] = [reportPath("padaria"), reportPath("oficina")];

let workshop: Company;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-02-10T10:00");
  await setPackage(client, await createCompany(client, "padaria"), 100);
  workshop = await createCompany(client, "oficina", { name: "Oficina do Bairro" });
  await setPackage(client, workshop, 250);
  await moveClockTo(client, "2031-03-10T10:00");
});

test("a link opens the page once, and its token is not in the address", async (environment) => {
  const link = await environment.createLink("padaria");
  await using viewer = await Viewer.open(environment.browser, environment.service.url, {});
  await viewer.page.goto(link);
  await viewer.waitForLead("100");
  assert.equal(new URL(viewer.page.url()).pathname, BAKERY_PAGE);
  assert.equal(await viewer.page.evaluate("document.cookie"), "");
  await viewer.assertNoFaults();
  await using another = await Viewer.open(environment.browser, environment.service.url, REFUSED);
  const response = await another.page.goto(link);
  assert.equal(response!.status(), 401);
  assert.equal(await another.page.locator("#balance").count(), 0);
  await another.assertNoFaults();
});

test("a visitor without a session sees what to do, in their language", async (environment) => {
  const words = { "pt-BR": "Abra o relatório pela plataforma", en: "Open the report" };
  for (const language of ["pt-BR", "en"] as const) {
    await using viewer = await Viewer.open(environment.browser, environment.service.url, {
      ...REFUSED,
      language,
    });
    const response = await viewer.page.goto(BAKERY_PAGE);
    assert.equal(response!.status(), 401);
    await viewer.page.getByRole("heading", { name: words[language] }).waitFor();
    await viewer.assertNoFaults();
  }
});

test("the address of another company asks for a new link, whether the company exists or not", async (environment) => {
  await environment.withViewer("padaria", REFUSED, async ({ page, context }) => {
    for (const other of ["oficina", "ninguem"]) {
      const response = await page.goto(reportPath(other));
      assert.equal(response!.status(), 401);
      await page.getByRole("heading", { name: "Abra o relatório pela plataforma" }).waitFor();
      for (const path of [`/v1/companies/${other}/balance`, `${reportPath(other)}/history.csv`]) {
        assert.equal((await context.request.get(path)).status(), 401);
      }
    }
    await page.goto(BAKERY_PAGE);
    await page.locator("#balance .number strong", { hasText: "100" }).waitFor();
  });
});

test("two companies in one browser do not mix: each tab stays with its own", async (environment) => {
  await environment.withViewer("padaria", REFUSED, async (viewer) => {
    const other = await viewer.openTab(await environment.createLink("oficina"));
    await viewer.waitForLead("250", other);
    for (const tab of [viewer.page, other]) await viewer.waitForMark(/^ao vivo$/, tab);
    // The first tab chooses a filter in place, then loads its address again.
    await viewer.page.locator("select[name=type]").selectOption("grant");
    await viewer.page.getByRole("button", { name: "Filtrar" }).click();
    await viewer.page.waitForURL(/type=grant/);
    await viewer.page.reload();
    await viewer.waitForLead("100");
    // It chooses a month, which is of its own company: the month granted 100 credits, not 250.
    await viewer.page.locator("table.months").getByRole("link", { name: "fevereiro de 2031" }).click();
    await viewer.page.locator("h1", { hasText: "fevereiro de 2031" }).waitFor();
    for (const tab of [viewer.page, other]) {
      const [name, credits] = tab === other ? ["Oficina do Bairro", "250"] : ["Padaria do Bairro", "100"];
      assert.match((await tab.locator(".trail").textContent())!, new RegExp(`${name}$`));
      const february = tab.locator("table.months tbody tr", { hasText: "fevereiro de 2031" });
      assert.equal(await february.locator("td").nth(1).textContent(), credits);
    }
    await viewer.page.goBack();
    await viewer.waitForLead("100");
    // Its live balance is its own company's too.
    await receiveMessages(environment.client, workshop, 1);
    await viewer.waitForLead("249", other);
    await viewer.waitForMark(/^ao vivo$/);
    assert.equal(await viewer.leadNumber(), "100");
    // Logging out of one company ends no session of the other.
    await viewer.page.getByRole("button", { name: "Sair" }).click();
    await viewer.page.getByRole("heading", { name: "Abra o relatório pela plataforma" }).waitFor();
    await other.reload();
    await viewer.waitForLead("249", other);
    assert.equal(new URL(other.url()).pathname, WORKSHOP_PAGE);
  });
});

test("logging out in one tab ends the session in every tab, and the numbers stay with their time", async (environment) => {
  await environment.withViewer("padaria", REFUSED, async (viewer) => {
    const other = await viewer.openTab();
    await viewer.waitForMark(/^ao vivo$/);
    await other.getByRole("button", { name: "Sair" }).click();
    await other.getByRole("heading", { name: "Abra o relatório pela plataforma" }).waitFor();
    await viewer.page.bringToFront();
    await viewer.page.getByRole("heading", { name: "Sua sessão terminou" }).waitFor();
    await viewer.waitForMark(/^dados de 10 de mar\., 10:\d\d$/);
    await viewer.waitForLead("100");
    assert.equal((await viewer.page.goto(BAKERY_PAGE))!.status(), 401);
  });
});

test("logging out works without script", async (environment) => {
  await environment.withViewer("padaria", { ...REFUSED, script: false }, async ({ page }) => {
    await page.getByRole("button", { name: "Sair" }).click();
    await page.getByRole("heading", { name: "Abra o relatório pela plataforma" }).waitFor();
  });
});

test("a session that ends while the page is open is shown as ended, and the page stops updating", async (environment) => {
  await using viewer = await Viewer.open(environment.browser, environment.service.url, REFUSED);
  const { client } = environment;
  const key = await client.ok("POST", "/v1/keys", { name: "platform", scope: "read", company: "oficina" });
  const response = await fetch(`${environment.service.url}/v1/companies/oficina/viewer_sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key.key}`, "content-type": "application/json" },
    body: "{}",
  });
  await viewer.page.goto((await response.json()).url);
  await viewer.waitForMark(/^ao vivo$/);
  // A session ends with the key that created it.
  await client.ok("DELETE", `/v1/keys/${key.id}`);
  await viewer.page.getByRole("heading", { name: "Sua sessão terminou" }).waitFor();
  const shown = await viewer.leadNumber();
  await receiveMessages(client, workshop, 1);
  assert.equal(await viewer.leadNumber(), shown);
  await viewer.assertNoFaults();
});
