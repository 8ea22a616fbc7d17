/** An open receipt covers no control: beside the entries on wide screens, above the end of the page on others. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createCompany, moveClockTo, receiveMessages, reportUsage, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";

const COMPANY = "recibo";
const WIDE = [[1_100, 800], [1_440, 900], [1_920, 1_080]] as const;
const NARROW = [[360, 740], [768, 1_024]] as const;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-10T10:00");
  const company = await createCompany(client, COMPANY);
  await setPackage(client, company, 500);
  await receiveMessages(client, company, 1, 2, 3);
  await reportUsage(client, company, "run", 60);
});

for (const [filters, query] of [["many entries", ""], ["few entries", "feature=whatsapp.inbound"]]) {
  test(`on a wide screen an open receipt is beside ${filters} and covers no control`, async (environment) => {
    await environment.withViewer(COMPANY, {}, async ({ page }) => {
      for (const [width, height] of WIDE) {
        await page.setViewportSize({ width, height });
        await page.goto(`${new URL(page.url()).pathname}?${query}`);
        const last = await page.locator("[data-receipt]").count() - 1;
        for (const place of [0, last]) {
          const entry = page.locator("[data-receipt]").nth(place);
          // The row is in the middle of the window.
          await entry.evaluate((link) => link.scrollIntoView({ block: "center" }));
          await entry.click();
          await page.locator(".receipt .sentence").waitFor();
          const { y, height: panel_height } = (await page.locator(".receipt").boundingBox())!;
          assert.ok(
            y >= 0 && y + panel_height <= height + 1,
            `${width} px, entry ${place}: ${y}, ${panel_height}`,
          );
          for (const shown of [0, 0.25, 0.5, 0.75]) {
            await page.evaluate(
              `scrollBy(0, document.querySelector("#history").getBoundingClientRect().top - ${shown} * innerHeight)`,
            );
            assert.deepEqual(await coveredControls(page), [], `${width} px, entry ${place}, ${shown} above`);
          }
          await page.keyboard.press("Escape");
          await page.locator(".receipt").waitFor({ state: "detached" });
        }
      }
    });
  });
}

test("an open receipt moves nothing of few entries apart", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    await page.goto(`${new URL(page.url()).pathname}?feature=whatsapp.inbound`);
    const heightOf = async () => (await page.locator("table.entries").boundingBox())!.height;
    const before = await heightOf();
    await page.locator("[data-receipt]").first().click();
    await page.locator(".receipt .sentence").waitFor();
    assert.equal(await heightOf(), before);
  });
});

test("on a narrow screen the end of the page can be scrolled above an open receipt", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    for (const [width, height] of NARROW) {
      await page.setViewportSize({ width, height });
      await page.locator("[data-receipt]").nth(3).click();
      const panel = page.locator(".receipt");
      await panel.waitFor();
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      const end = (await page.locator("main").boundingBox())!;
      assert.ok(end.y + end.height <= (await panel.boundingBox())!.y, `${width} px`);
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "detached" });
    }
  });
});

/** Returns the controls of the history that the receipt covers, at least in part. */
async function coveredControls(page: Page): Promise<string[]> {
  const { all, covered } = await page.evaluate<{ all: number; covered: string[] }>(`(() => {
    const panel = document.querySelector(".receipt").getBoundingClientRect();
    const all = [...document.querySelectorAll("#history :is(a, button, input, select)")]
      .filter((control) => !control.closest(".receipt") && control.checkVisibility());
    const covered = all.filter((control) => {
      const box = control.getBoundingClientRect();
      return box.left < panel.right && panel.left < box.right && box.top < panel.bottom && panel.top < box.bottom;
    });
    return { all: all.length, covered: covered.map(({ outerHTML }) => outerHTML.slice(0, 80)) };
  })()`);
  assert.ok(all > 9, `only ${all} controls`);
  return covered;
}
