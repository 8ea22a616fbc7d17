/** The whole page by keyboard: everything one can do is reached, is seen to be reached, and works. */

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

test("Tab reaches everything that can be used, and shows where it is", async (stage) => {
  await stage.withViewer(COMPANY, {}, async ({ page }) => {
    const usable = await page.evaluate<number>(`(() => {
      const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']");
      const usable = [...all].filter((one) => one.tabIndex >= 0 && one.checkVisibility());
      usable.forEach((one, i) => one.setAttribute("data-stop", i));
      return usable.length;
    })()`);
    const reached = new Set<string>();
    const unseen: string[] = [];
    // A date's field has several stops of its own.
    for (let presses = 0; presses < usable + 20; presses++) {
      await page.keyboard.press("Tab");
      const { stop, html, is_shown } = await focusIn(page);
      if (stop === null) continue;
      reached.add(stop);
      if (!is_shown) unseen.push(html);
    }
    const missed = Array.from({ length: usable }, (_, i) => String(i)).filter((stop) => !reached.has(stop));
    assert.ok(usable > 30, `only ${usable} things can be used`);
    assert.deepEqual(missed, []);
    assert.deepEqual(unseen, []);
  });
});

test("the first Tab offers to skip to the content", async (stage) => {
  await stage.withViewer(COMPANY, {}, async ({ page }) => {
    await page.keyboard.press("Tab");
    assert.ok(await page.locator(":focus").isVisible());
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const is_inside = "document.querySelector('main').contains(document.activeElement)";
    assert.ok(await page.evaluate(is_inside), "the next stop is not in the content");
  });
});

test("Enter opens a receipt, Escape closes it, and the focus stays with the entry", async (stage) => {
  await stage.withViewer(COMPANY, {}, async ({ page }) => {
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

test("filters are chosen and taken back by keyboard, and the browser's own way back works", async (stage) => {
  await stage.withViewer(COMPANY, {}, async ({ page }) => {
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

test("a day and a feature are chosen from the tables behind the charts, and older pages and months opened", async (stage) => {
  await stage.withViewer(COMPANY, {}, async ({ page }) => {
    await page.locator("#daily-table summary").press("Enter");
    await page.locator("#daily-table tbody a").nth(9).press("Enter");
    await page.waitForURL(/from=2031-04-10&to=2031-04-10/);
    await page.locator("table.features tbody a").first().press("Enter");
    await page.waitForURL(/feature=/);
    await page.getByRole("link", { name: "Limpar filtros" }).press("Enter");
    // Where a followed link leads takes the focus: nobody presses the next key before it is there.
    await page.waitForURL((url) => !url.search.includes("feature="));
    await page.getByRole("link", { name: "Mais antigos" }).press("Enter");
    await page.waitForURL(/cursor=/);
    await page.locator("table.months a", { hasText: "março" }).press("Enter");
    // Another month is read from its top, as it is without script.
    await page.locator("h1:focus", { hasText: "março de 2031" }).waitFor();
    assert.equal(await page.evaluate("scrollY"), 0);
    await page.getByRole("link", { name: "abril de 2031 →" }).press("Enter");
    await page.locator("h1:focus", { hasText: "abril de 2031" }).waitFor();
    assert.doesNotMatch(page.url(), /month=/);
  });
});

/** Which stop has the focus, and whether it looks any different for it. */
async function focusIn(page: Page) {
  return await page.evaluate<{ stop: string | null; id: string; html: string; is_shown: boolean }>(`(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    // The calendar's button in a date's field is the browser's own, and so is the mark it gets.
    const is_browsers_own = !one.matches(":focus");
    const is_shown = is_browsers_own || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && one.checkVisibility();
    return { stop: one.getAttribute("data-stop"), id: one.id, html: one.outerHTML.slice(0, 120), is_shown };
  })()`);
}
