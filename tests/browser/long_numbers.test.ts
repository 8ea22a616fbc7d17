/** Numbers and names of any length: each is readable, and none makes the page wider than a narrow phone. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createCompany, moveClockTo, receiveMessages } from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { assertNoSidewaysScroll } from "./viewer.ts";

const WIDTHS = [320, 360, 640, 768, 960, 1_440] as const;
/** A company with the longest numbers that must stay on one line on a narrow phone. */
const WHOLE = { company: "vultosa", credits: 2_000_000_000, price: "12345678.90" };
/** A word without a space to wrap at. */
const WORD = "Desproporcionadamente".repeat(4);
const NAMED = "palavrosa";
const PACKAGE = { credits: 1_000_000_000_000, price: "999999999.99" };

/** Each company with its package, how often it reports the largest quantity, and its main number. */
const COMPANIES = [
  { name: "cheia", agreed: PACKAGE, uses: 0, lead: "999.999.999.999" },
  { name: "estourada", agreed: PACKAGE, uses: 10, lead: "0" },
  { name: "avulsa", agreed: null, uses: 10, lead: "9.999.999.999.991" },
];

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-09T10:00");
  for (const { name, agreed, uses } of COMPANIES) {
    const company = await createCompany(client, name);
    await client.ok("PUT", `${company.path}/contract`, {
      package: agreed,
      excess_credit_price: "1234.123456",
      currency: "BRL",
    });
    await receiveMessages(client, company, 1);
    for (let i = 0; i < uses; i++) {
      const usage = { id: `run-${i}`, feature: "automation.run", quantity: 999_999_999_999 };
      await client.ok("POST", `${company.path}/usage`, usage);
    }
  }
  const company = await createCompany(client, WHOLE.company);
  const { credits, price } = WHOLE;
  await client.ok("PUT", `${company.path}/contract`, {
    package: { credits, price },
    excess_credit_price: "0.12",
    currency: "BRL",
  });
  const usage = { id: "run", feature: "automation.run", quantity: 1_110_600_000 };
  await client.ok("POST", `${company.path}/usage`, usage);
  await receiveMessages(client, company, 1);
  const named = await createCompany(client, NAMED, { name: WORD });
  const feature = { name: { "pt-BR": WORD, en: WORD }, credits: 1 };
  await client.ok("PUT", "/v1/features/with.a.long.name", feature);
  const attributes = { page: `https://example.com/${WORD}` };
  await client.ok("POST", `${named.path}/usage`, {
    id: "1",
    feature: "with.a.long.name",
    quantity: 1,
    attributes,
  });
});

test("names and labels without spaces wrap", async (environment) => {
  await environment.withViewer(NAMED, {}, async ({ page }) => {
    await page.locator("[data-receipt]").first().click();
    assert.match(await page.locator(".receipt dl").innerText(), /example\.com/);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await assertNoSidewaysScroll(page);
    }
  });
});

test("a number of thousands of millions is never broken into two lines", async (environment) => {
  await environment.withViewer(WHOLE.company, {}, async ({ page }) => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await assertNoSidewaysScroll(page);
      assert.deepEqual(await brokenIn(page), [], `${width} px`);
    }
    await page.emulateMedia({ media: "print" });
    // An A4 page without its margins.
    await page.setViewportSize({ width: 688, height: 900 });
    assert.deepEqual(await brokenIn(page), [], "printed");
  });
});

for (const { name, lead } of COMPANIES) {
  test(`${name}: nothing is wider than the window, and no number is cut off`, async (environment) => {
    await environment.withViewer(name, {}, async (viewer) => {
      assert.equal(await viewer.leadNumber(), lead);
      await viewer.page.locator("[data-receipt]").first().click();
      await viewer.page.locator(".receipt .sentence").waitFor();
      await viewer.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      for (const width of WIDTHS) {
        await viewer.page.setViewportSize({ width, height: 900 });
        await assertNoSidewaysScroll(viewer.page);
        assert.deepEqual(await cutIn(viewer.page), [], `${width} px`);
      }
    });
  });
}

/** Returns texts that overflow the window or their table cell or section. */
async function cutIn(page: Page): Promise<string[]> {
  return await page.evaluate(`(() => {
    const range = document.createRange();
    const isCut = (element) => {
      range.selectNodeContents(element);
      const { left, right, width } = range.getBoundingClientRect();
      const container = (element.closest("td, section") ?? document.body).getBoundingClientRect();
      return width > 0 && (left < container.left - 1 || right > container.right + 1);
    };
    return [...document.querySelectorAll("#balance :is(strong, span, dd, p), .features td, .entries td, .months td")]
      .filter(isCut).map((element) => element.className + ": " + element.textContent);
  })()`);
}

/** Returns numbers that are broken into several lines. */
async function brokenIn(page: Page): Promise<string[]> {
  return await page.evaluate(`(() => {
    const range = document.createRange();
    const isBroken = (text) => {
      range.selectNodeContents(text);
      return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom))).size > 1;
    };
    return [...document.querySelectorAll("#balance :is(strong, dd, dd *), .features td, .entries :is(.amount, .after), .months td, .months td *")]
      .flatMap((element) => [...element.childNodes])
      .filter((node) => node.nodeType === Node.TEXT_NODE && /\\d\\D?\\d{3}/.test(node.data) && isBroken(node))
      .map(({ data }) => data);
  })()`);
}
