/** The search of the history, for a viewer who sees contacts. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { reportPath } from "../../src/web/report/href.ts";
import { STRINGS } from "../../src/web/strings/strings.ts";
import { numberedCustomer, wamid } from "../support/payloads.ts";
import { violationsIn } from "./axe.ts";
import {
  type Company,
  createCompany,
  moveClockTo,
  receiveMessages,
  sendTemplate,
  setPackage,
} from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { assertNoSidewaysScroll } from "./viewer.ts";

const COMPANY = "busca";
const SEES_CONTACTS = { sees_contacts: true } as const;
/** Days on which the first customer writes: more than fit one page of the history. */
const DAYS = 53;

let company: Company;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-01T09:00");
  company = await createCompany(client, COMPANY, { country: "BR" });
  await setPackage(client, company, 500);
  for (let day = 0; day < DAYS; day++) {
    const date = Temporal.PlainDate.from("2031-03-01").add({ days: day });
    await moveClockTo(client, `${date}T10:00`);
    await receiveMessages(client, company, 1, 2);
  }
  await sendTemplate(client, company, 3);
});

/** Writes a phone as people in Brazil do. */
function written(phone: string): string {
  return `(${phone.slice(2, 4)}) ${phone.slice(4, 9)}-${phone.slice(9)}`;
}

/** Writes a phone as the page does. */
function shown(phone: string): string {
  return `+55 ${written(phone).replace(/[()]/g, "")}`;
}

async function searchFor(page: Page, text: string, language: "pt-BR" | "en" = "pt-BR"): Promise<void> {
  const { history: texts } = STRINGS[language];
  const form = page.getByRole("form", { name: texts.filters });
  await form.getByLabel(texts.search).fill(text);
  await form.getByRole("button", { name: texts.filter }).click();
}

const ENTRIES = "tr[id^=entry-]";

test("a viewer finds a customer by phone and a conversation by its message, at every width and in both languages, and axe finds no violations", async (environment) => {
  const { phone } = numberedCustomer(1);
  const template = wamid(`${COMPANY} template 3`);
  for (const language of ["pt-BR", "en"] as const) {
    const texts = STRINGS[language].history;
    await environment.withViewer(COMPANY, { ...SEES_CONTACTS, language }, async ({ page }) => {
      for (const width of [360, 1_440]) {
        await page.setViewportSize({ width, height: 900 });
        await searchFor(page, written(phone), language);
        await page.locator(".found", { hasText: texts.found.contact }).waitFor();
        assert.equal(await page.locator(ENTRIES).count(), 22);
        const contacts = await page.locator(`${ENTRIES} .contact`).allInnerTexts();
        assert.deepEqual([...new Set(contacts)], [shown(phone)]);
        await assertReadable(page);
        await searchFor(page, template, language);
        await page.locator(".found", { hasText: template }).waitFor();
        assert.deepEqual(await page.locator(`${ENTRIES} .contact`).allInnerTexts(), [
          shown(numberedCustomer(3).phone),
        ]);
        await assertReadable(page);
        await searchFor(page, "wamid.none", language);
        await page.locator("#not-found", { hasText: texts.none_found.message }).waitFor();
        await assertReadable(page);
        await searchFor(page, "9888", language);
        await page.locator("#not-found", { hasText: texts.search_errors.impossible }).waitFor();
        const field = page.getByLabel(texts.search);
        assert.equal(await field.getAttribute("aria-invalid"), "true");
        assert.equal(await page.locator("#history a.csv").count(), 0);
        await assertReadable(page);
        await page.getByRole("link", { name: texts.clear }).click();
        await page.locator("#not-found").waitFor({ state: "detached" });
        assert.equal(await field.inputValue(), "");
        assert.equal(await field.getAttribute("aria-invalid"), null);
      }
    });
  }
});

test("without script the search stays while paging and in the CSV", async (environment) => {
  const { phone } = numberedCustomer(1);
  await environment.withViewer(COMPANY, { ...SEES_CONTACTS, script: false }, async ({ page, context }) => {
    await page.goto(`${reportPath(COMPANY)}?from=2031-03-01&to=2031-04-30`);
    await searchFor(page, written(phone));
    await page.locator(".found").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("search"), written(phone));
    assert.equal(await page.locator(ENTRIES).count(), 50);
    const csv = await context.request.get((await page.locator("a.csv").getAttribute("href"))!);
    assert.equal((await csv.text()).trim().split("\r\n").length, 1 + DAYS);
    await page.getByRole("link", { name: "Mais antigos" }).click();
    await page.locator(ENTRIES).nth(DAYS - 50).waitFor({ state: "detached" });
    assert.equal(await page.locator(ENTRIES).count(), DAYS - 50);
    assert.equal(await page.getByLabel("Telefone ou id da mensagem").inputValue(), written(phone));
    assert.equal(await page.locator(".found").innerText(), `Lançamentos do contato: ${written(phone)}`);
  });
});

test("a live update keeps the search and what the viewer is typing", async (environment) => {
  const { phone } = numberedCustomer(2);
  await environment.withViewer(COMPANY, SEES_CONTACTS, async ({ page }) => {
    await searchFor(page, phone);
    await page.locator(".found", { hasText: phone }).waitFor();
    assert.equal(await page.locator(ENTRIES).count(), 22);
    const field = page.getByLabel("Telefone ou id da mensagem");
    await field.fill("+55 11 9");
    const balance = page.locator("#balance .number strong");
    const before = await balance.innerText();
    await receiveMessages(environment.client, company, 5);
    await page.locator("table.open", { hasText: shown(numberedCustomer(5).phone) }).waitFor();
    assert.notEqual(await balance.innerText(), before);
    assert.equal(await page.locator(ENTRIES).count(), 22);
    assert.equal(await field.inputValue(), "+55 11 9");
  });
});

test("a search is printed with its entries, and without the form", async (environment) => {
  await environment.withViewer(COMPANY, SEES_CONTACTS, async ({ page }) => {
    await searchFor(page, numberedCustomer(2).phone);
    await page.locator(".found").waitFor();
    await page.emulateMedia({ media: "print" });
    const isVisible = (selector: string) => page.locator(selector).first().isVisible();
    assert.deepEqual([await isVisible(".found"), await isVisible(ENTRIES)], [true, true]);
    assert.deepEqual([await isVisible(".filters"), await isVisible("a.csv")], [false, false]);
  });
});

test("a viewer who sees no contacts has no search", async (environment) => {
  const expected = /status of 403/;
  await environment.withViewer(COMPANY, { expected }, async ({ page }) => {
    const form = page.getByRole("form", { name: "Filtros do histórico" });
    assert.equal(await form.getByLabel("Recurso").count(), 1);
    assert.equal(await form.getByLabel("Telefone ou id da mensagem").count(), 0);
    const response = await page.goto(`${reportPath(COMPANY)}?search=${numberedCustomer(1).phone}`);
    assert.equal(response!.status(), 403);
    assert.ok(!(await page.content()).includes(numberedCustomer(1).phone));
    await page.getByRole("heading", { name: "Esta sessão não busca por contato" }).waitFor();
    await assertReadable(page);
    await page.getByRole("link", { name: "Ir para os créditos de hoje" }).click();
    await page.locator("#balance .number strong").waitFor();
    // The way back to a search, such as one of an earlier session that saw contacts.
    await page.evaluate(
      "for (const query of ['?search=5511#history', '?']) history.pushState(null, '', query)",
    );
    await page.goBack();
    await page.getByRole("heading", { name: "Esta sessão não busca por contato" }).waitFor();
  });
});

async function assertReadable(page: Page): Promise<void> {
  await assertNoSidewaysScroll(page);
  assert.deepEqual(await violationsIn(page), []);
}
