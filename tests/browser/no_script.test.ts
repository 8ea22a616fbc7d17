/** The page without script: it shows its numbers, filters, pages and receipts. */

import assert from "node:assert/strict";
import { assertPageMatchesApi } from "./numbers.ts";
import {
  createCompany,
  moveClockTo,
  receiveMessages,
  reportUsage,
  sendTemplate,
  setPackage,
} from "./scenes.ts";
import { browserTests } from "./environment.ts";

const COMPANY = "sem-script";

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-09T10:00");
  const company = await createCompany(client, COMPANY);
  await setPackage(client, company, 500);
  await receiveMessages(client, company, 1, 2, 3);
  await moveClockTo(client, "2031-03-10T10:00");
  await sendTemplate(client, company, 4);
  await reportUsage(client, company, "run", 120);
});

const NO_SCRIPT = { script: false } as const;

test("without script the page shows its numbers, and no mark says that they are live", async (environment) => {
  await environment.withViewer(COMPANY, NO_SCRIPT, async (viewer) => {
    const query = new URLSearchParams();
    await assertPageMatchesApi(environment.client, viewer, { company: COMPANY, language: "pt-BR", query });
    const mark = await viewer.page.getByRole("status").innerText();
    assert.match(mark, /dados de 10 de mar\., 10:\d\d/);
    assert.doesNotMatch(mark, /ao vivo|reconectando/);
  });
});

test("without script the filters work, are in the address, and can be cleared", async (environment) => {
  await environment.withViewer(COMPANY, NO_SCRIPT, async (viewer) => {
    const { page } = viewer;
    const filters = page.getByRole("form", { name: "Filtros do histórico" });
    await filters.getByLabel("Recurso").selectOption("whatsapp.inbound");
    await filters.getByLabel("De", { exact: true }).fill("2031-03-09");
    await filters.getByRole("button", { name: "Filtrar" }).click();
    await page.locator("tr[id^=entry-]").nth(3).waitFor({ state: "detached" });
    const query = new URL(page.url()).searchParams;
    assert.deepEqual([query.get("feature"), query.get("from")], ["whatsapp.inbound", "2031-03-09"]);
    assert.equal(await page.locator("tr[id^=entry-]").count(), 3);
    await assertPageMatchesApi(environment.client, viewer, { company: COMPANY, language: "pt-BR", query });
    await page.getByRole("link", { name: "Limpar filtros" }).click();
    await page.locator("tr[id^=entry-]").nth(10).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("feature"), null);
  });
});

test("without script the pages of the history have each entry once", async (environment) => {
  const { data } = await environment.client.ok("GET", `/v1/companies/${COMPANY}/ledger?limit=200`);
  await environment.withViewer(COMPANY, NO_SCRIPT, async ({ page }) => {
    const seen: string[] = [];
    for (;;) {
      const rows = page.locator("tr[id^=entry-]");
      await rows.first().waitFor();
      seen.push(...await rows.evaluateAll((all) => all.map(({ id }) => id)));
      const older = page.getByRole("link", { name: "Mais antigos" });
      if (await older.count() === 0) break;
      await older.click();
    }
    // deno-lint-ignore no-explicit-any
    assert.deepEqual(seen, data.map(({ seq }: any) => `entry-${seq}`));
    await page.getByRole("link", { name: "Mais recentes" }).click();
    await page.locator(`#${seen[0]}`).waitFor();
  });
});

test("without script an entry opens and closes its receipt", async (environment) => {
  const path = `/v1/companies/${COMPANY}/ledger`;
  const { data: [entry] } = await environment.client.ok("GET", `${path}?limit=1&direction=outbound`);
  await environment.withViewer(COMPANY, NO_SCRIPT, async ({ page }) => {
    await page.goto(`${page.url()}?direction=outbound`);
    await page.locator(`#entry-${entry.seq} [data-receipt]`).click();
    const receipt = page.locator(".receipt");
    await receipt.waitFor();
    const { sentence } = await environment.client.ok("GET", `${path}/${entry.seq}`);
    assert.equal(await receipt.locator(".sentence").innerText(), sentence);
    await page.getByRole("link", { name: "Fechar o recibo" }).click();
    await receipt.waitFor({ state: "detached" });
  });
});

test("without script the language is the browser's, and can be switched", async (environment) => {
  await environment.withViewer(COMPANY, { ...NO_SCRIPT, language: "en" }, async (viewer) => {
    const { page } = viewer;
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    const query = new URLSearchParams();
    await assertPageMatchesApi(environment.client, viewer, { company: COMPANY, language: "en", query });
    await page.getByRole("link", { name: "Português" }).click();
    await page.locator("html[lang=pt-BR]").waitFor();
    await assertPageMatchesApi(environment.client, viewer, { company: COMPANY, language: "pt-BR", query });
  });
});
