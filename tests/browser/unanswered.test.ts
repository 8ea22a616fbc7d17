/** The notice that the service did not answer a click. */

import assert from "node:assert/strict";
import { violationsIn } from "./axe.ts";
import { createCompany, moveClockTo, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";

const test = browserTests(({ client }) => moveClockTo(client, "2031-03-10T10:00"));

test("the notice of an unanswered click covers no control of the header, and its button and Escape close it", async (environment) => {
  const company = await createCompany(environment.client, "aviso");
  await setPackage(environment.client, company, 100);
  await environment.withViewer(company.company, { expected: /net::ERR_/ }, async (viewer) => {
    const { page, context } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    await context.setOffline(true);
    await viewer.waitForMark(/^(reconectando…\s+)?dados de /);
    const notice = page.locator("#unanswered");
    const close = notice.getByRole("button", { name: "Fechar o aviso" });
    for (const width of [360, 768, 1_440, 1_920]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate("scrollTo(0, 0)");
      // Not scrolled down, as a browser test does before a click.
      await page.evaluate("document.querySelector('[data-receipt]').click()");
      await notice.waitFor();
      const head = (await page.locator("header.head").boundingBox())!;
      const { y } = (await notice.boundingBox())!;
      assert.ok(y >= head.y + head.height, `${width} px: the notice at ${y} px covers the header`);
      await page.getByRole("link", { name: "English" }).click({ trial: true });
      await page.getByRole("button", { name: "Sair" }).click({ trial: true });
      assert.deepEqual(await violationsIn(page), []);
      // Scrolled down it stays in view.
      await page.evaluate("scrollTo(0, 600)");
      assert.equal((await notice.boundingBox())!.y, 0);
      if (width < 1_000) await close.click();
      else await page.keyboard.press("Escape");
      await notice.waitFor({ state: "hidden" });
    }
    await page.evaluate("document.querySelector('[data-receipt]').click()");
    await close.press("Enter");
    await page.locator("h1:focus").waitFor();
    assert.equal(await notice.isVisible(), false);
  });
});
