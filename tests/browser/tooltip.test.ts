/** The tooltip of the charts: by pointer and by keyboard, at every width. */

import assert from "node:assert/strict";
import { violationsIn } from "./axe.ts";
import { createCompany, moveClockTo, receiveMessages, reportUsage, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { assertNoSidewaysScroll } from "./viewer.ts";

const COMPANY = "dica";
const WIDTHS = [360, 768, 1_440, 1_920] as const;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-09T10:00");
  const company = await createCompany(client, COMPANY);
  await setPackage(client, company, 100);
  await receiveMessages(client, company, 1, 2, 3);
  await moveClockTo(client, "2031-03-10T10:00");
  await reportUsage(client, company, "run", 12);
});

test("a chart shows a day, its parts and its total, by pointer and by keyboard", async (environment) => {
  for (const language of ["pt-BR", "en"] as const) {
    await environment.withViewer(COMPANY, { language }, async (viewer) => {
      const { page } = viewer;
      await viewer.waitForMark(language === "en" ? /^live$/ : /^ao vivo$/);
      const plot = page.locator("#daily .plot");
      const tip = plot.locator(".tip");
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const field = (await plot.locator(".field").boundingBox())!;
        await plot.scrollIntoViewIfNeeded();
        await plot.locator(".field").hover({ position: { x: field.width * 8.5 / 31, y: 60 }, force: true });
        await tip.waitFor();
        assert.match(await tip.innerText(), language === "en" ? /^Mar 9\n/ : /^9 de mar\.\n/);
        assert.match(await tip.innerText(), /\n3\n\s*Total\n3$/);
        await assertNoSidewaysScroll(page);
      }
      await page.mouse.move(0, 0);
      await tip.waitFor({ state: "hidden" });
      await plot.locator(".cursor").focus();
      await page.keyboard.press("End");
      assert.match(await tip.innerText(), /\n12\n\s*Total\n12\n[^\n]*Enter[^\n]*$/);
      await page.keyboard.press("ArrowLeft");
      assert.match(await tip.innerText(), /\n3\n\s*Total\n3\n[^\n]*Enter[^\n]*$/);
      assert.match((await plot.locator(".cursor").getAttribute("aria-valuetext"))!, /Total 3$/);
      await page.keyboard.press("Escape");
      await tip.waitFor({ state: "hidden" });
    });
  }
});

test("on a touch screen the first tap on a day shows it, and the second opens its entries", async (environment) => {
  for (const language of ["pt-BR", "en"] as const) {
    await environment.withViewer(COMPANY, { width: 360, touch: true, language }, async (viewer) => {
      const { page } = viewer;
      await viewer.waitForMark(language === "en" ? /^live$/ : /^ao vivo$/);
      const tipOf = (chart: string) => page.locator(`${chart} .tip`);
      const tapOn = async (chart: string, day: number, above_axis: number) => {
        const field = page.locator(`${chart} .field`);
        await field.scrollIntoViewIfNeeded();
        const { x, y, width, height } = (await field.boundingBox())!;
        await page.touchscreen.tap(x + width * (day - 0.5) / 31, y + height - 22 - above_axis);
      };
      const begun = page.url();
      // On a bar, and above a bar.
      await tapOn("#daily", 10, 5);
      await tipOf("#daily").getByText("12").first().waitFor();
      await tapOn("#daily", 9, 100);
      await tipOf("#daily").getByText("3", { exact: true }).first().waitFor();
      const hint = language === "en" ? "Tap again" : "Toque de novo";
      assert.ok((await tipOf("#daily").innerText()).includes(hint));
      await assertNoSidewaysScroll(page);
      // Another chart has the tooltip now. Its days have no entries to open.
      await tapOn("#month", 9, 5);
      await tipOf("#month").waitFor();
      await tipOf("#daily").waitFor({ state: "hidden" });
      await tapOn("#month", 9, 5);
      assert.ok(await tipOf("#month").isVisible());
      await page.touchscreen.tap(5, 5);
      await tipOf("#month").waitFor({ state: "hidden" });
      assert.equal(page.url(), begun);
      await tapOn("#daily", 10, 5);
      await tipOf("#daily").waitFor();
      await tapOn("#daily", 10, 5);
      await page.waitForURL(/from=2031-03-10&to=2031-03-10#history$/);
      await page.locator("h2#history-heading:focus, [data-receipt]:focus").waitFor();
      assert.equal(await tipOf("#daily").isVisible(), false);
    });
  }
});

test("Enter opens the entries of the day that a chart shows", async (environment) => {
  await environment.withViewer(COMPANY, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    await page.locator("#daily .cursor").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    const tip = page.locator("#daily .tip", { hasText: "Enter mostra os lançamentos do dia" });
    await tip.waitFor();
    assert.deepEqual(await violationsIn(page), []);
    await page.keyboard.press("Enter");
    await page.waitForURL(/from=2031-03-09&to=2031-03-09#history$/);
    await tip.waitFor({ state: "hidden" });
    // Three conversations, and the grant of the package.
    assert.equal(await page.locator("tr[id^=entry-]").count(), 4);
  });
});

test("an open tooltip follows the balance and the next day without a move of the pointer", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "ao-vivo");
  await setPackage(client, company, 100);
  await reportUsage(client, company, "run", 2);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    for (const [chart, before, after] of [["#month", "98", "93"], ["#daily", "7", "12"]] as const) {
      const cursor = page.locator(`${chart} .cursor`);
      const tip = page.locator(`${chart} .tip`);
      await cursor.focus();
      await page.keyboard.press("End");
      await tip.getByText(before, { exact: true }).first().waitFor();
      await reportUsage(client, company, chart.slice(1), 5);
      await tip.getByText(after, { exact: true }).first().waitFor();
      assert.match((await cursor.getAttribute("aria-valuetext"))!, new RegExp(` ${after}(,|$)`));
    }
    await moveClockTo(client, "2031-03-11T00:00");
    await page.locator("#daily .cursor[aria-valuemax='11']").waitFor();
    await page.locator("#daily .tip").getByText("12", { exact: true }).first().waitFor();
  });
});
