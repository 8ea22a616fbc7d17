/** Access to the page: links and sessions. */

import assert from "node:assert/strict";
import { type Company, createCompany, moveClockTo, receiveMessages, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { REPORT_PATH, Viewer } from "./viewer.ts";

/** The console error of a refused page. */
const REFUSED = { expected: /status of 40[13]/ } as const;

let workshop: Company;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-10T10:00");
  await setPackage(client, await createCompany(client, "padaria"), 100);
  workshop = await createCompany(client, "oficina");
  await setPackage(client, workshop, 100);
});

test("a link opens the page once, and its token is not in the address", async (environment) => {
  const link = await environment.createLink("padaria");
  await using viewer = await Viewer.open(environment.browser, environment.service.url, {});
  await viewer.page.goto(link);
  await viewer.waitForLead("100");
  assert.equal(new URL(viewer.page.url()).pathname, REPORT_PATH);
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
    const response = await viewer.page.goto(REPORT_PATH);
    assert.equal(response!.status(), 401);
    await viewer.page.getByRole("heading", { name: words[language] }).waitFor();
    await viewer.assertNoFaults();
  }
});

test("a viewer sees only their own company", async (environment) => {
  await environment.withViewer("padaria", { expected: /status of 404/ }, async ({ page, context }) => {
    const response = await page.goto(`${REPORT_PATH}?company=oficina`);
    assert.equal(response!.status(), 404);
    for (const path of ["/v1/companies/oficina/balance", `${REPORT_PATH}/history.csv?company=oficina`]) {
      assert.equal((await context.request.get(path)).status(), 404);
    }
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
    assert.equal((await viewer.page.goto(REPORT_PATH))!.status(), 401);
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
  await receiveMessages(client, workshop, 1);
  assert.equal(await viewer.leadNumber(), "100");
  await viewer.assertNoFaults();
});
