/** The page by keyboard: every control is reachable, shows its focus and works. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  createCompany,
  moveClockTo,
  receiveMessages,
  reportUsage,
  sendTemplate,
  setPackage,
} from "./scenes.ts";
import { browserTests } from "./environment.ts";

const COMPANY = "teclado";

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-09T10:00");
  const company = await createCompany(client, COMPANY);
  await setPackage(client, company, 500);
  await receiveMessages(client, company, 1, 2, 3);
  await moveClockTo(client, "2031-04-10T10:00");
  await receiveMessages(client, company, ...Array.from({ length: 12 }, (_, i) => i));
  await sendTemplate(client, company, 4);
  await reportUsage(client, company, "run", 60);
});

test("Tab reaches every control, and each shows its focus", async (environment) => {
  await environment.withViewer(COMPANY, {}, async (viewer) => {
    const { page } = viewer;
    // When the stream opens, the script hides the refresh link: count the controls after that.
    await viewer.waitForMark(/^ao vivo$/);
    const usable = await page.evaluate<number>(`(() => {
      const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']");
      const usable = [...all].filter((element) => element.tabIndex >= 0 && element.checkVisibility());
      usable.forEach((element, i) => element.setAttribute("data-stop", i));
      return usable.length;
    })()`);
    const reached = new Set<string>();
    const without_outline: string[] = [];
    // A date field has several stops.
    for (let presses = 0; presses < usable + 20; presses++) {
      await page.keyboard.press("Tab");
      const { stop, html, is_shown } = await focusIn(page);
      if (stop === null) continue;
      reached.add(stop);
      if (!is_shown) without_outline.push(html);
    }
    const missed = Array.from({ length: usable }, (_, i) => String(i)).filter((stop) => !reached.has(stop));
    assert.ok(usable > 30, `only ${usable} controls`);
    assert.deepEqual(missed, []);
    assert.deepEqual(without_outline, []);
  });
});

test("the first Tab shows a link to skip to the content", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    await page.keyboard.press("Tab");
    assert.ok(await page.locator(":focus").isVisible());
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const is_inside = "document.querySelector('main').contains(document.activeElement)";
    assert.ok(await page.evaluate(is_inside), "the next stop is not in the content");
  });
});

test("Enter opens a receipt, Escape closes it, and the focus stays with the entry", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    const entry = page.locator("[data-receipt]").nth(2);
    const id = await entry.getAttribute("id");
    await entry.focus();
    await page.keyboard.press("Enter");
    await page.locator(".receipt .sentence").waitFor();
    assert.equal(await entry.getAttribute("aria-expanded"), "true");
    assert.match(page.url(), /entry=\d+/);
    assert.equal((await focusIn(page)).id, id);
    await page.keyboard.press("Escape");
    await page.locator(".receipt").waitFor({ state: "detached" });
    assert.equal((await focusIn(page)).id, id);
  });
});

test("filters are set and cleared by keyboard, and the back button works", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    const rows = page.locator("tr[id^=entry-]");
    const before = await rows.count();
    await page.getByLabel("Direção").focus();
    await page.keyboard.type("Iniciadas pela");
    await page.keyboard.press("Enter");
    if (!page.url().includes("direction=outbound")) {
      await page.getByRole("button", { name: "Filtrar" }).focus();
      await page.keyboard.press("Enter");
    }
    await rows.nth(1).waitFor({ state: "detached" });
    assert.match(page.url(), /direction=outbound/);
    assert.equal(await rows.count(), 1);
    await page.goBack();
    await rows.nth(before - 1).waitFor();
    assert.doesNotMatch(page.url(), /direction=/);
    await page.goForward();
    await rows.nth(1).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Limpar filtros" }).focus();
    await page.keyboard.press("Enter");
    await rows.nth(before - 1).waitFor();
  });
});

test("the keyboard filters by day and feature from the tables, and opens older pages and months", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    await page.locator("#daily-table summary").press("Enter");
    await page.locator("#daily-table tbody a").nth(9).press("Enter");
    await page.waitForURL(/from=2031-04-10&to=2031-04-10/);
    await page.locator("table.features tbody a").first().press("Enter");
    await page.waitForURL(/feature=/);
    await page.getByRole("link", { name: "Limpar filtros" }).press("Enter");
    // The target of a link takes the focus, so wait for the target before the next key.
    await page.waitForURL((url) => !url.search.includes("feature="));
    await page.getByRole("link", { name: "Mais antigos" }).press("Enter");
    await page.waitForURL(/cursor=/);
    await page.locator("table.months a", { hasText: "março" }).press("Enter");
    // Another month opens at its top, as without script.
    await page.locator("h1:focus", { hasText: "março de 2031" }).waitFor();
    assert.equal(await page.evaluate("scrollY"), 0);
    await page.getByRole("link", { name: "abril de 2031 →" }).press("Enter");
    await page.locator("h1:focus", { hasText: "abril de 2031" }).waitFor();
    assert.doesNotMatch(page.url(), /month=/);
  });
});

/** Returns the focused element, and whether its focus is visible. */
async function focusIn(page: Page) {
  return await page.evaluate<{ stop: string | null; id: string; html: string; is_shown: boolean }>(`(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    // The calendar button of a date field belongs to the browser, as does its focus mark.
    const is_browsers_own = !element.matches(":focus");
    const is_shown = is_browsers_own || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && element.checkVisibility();
    return { stop: element.getAttribute("data-stop"), id: element.id, html: element.outerHTML.slice(0, 120), is_shown };
  })()`);
}
