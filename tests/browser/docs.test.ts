/** The API documentation at `/docs`. */

import assert from "node:assert/strict";
import { browserTests } from "./environment.ts";
import { Viewer } from "./viewer.ts";

const test = browserTests();

test("a call of the documentation is found by a search, with a sample of its request and its answer", async ({ browser, service }) => {
  await using viewer = await Viewer.open(browser, service.url, { language: "en" });
  const { page } = viewer;
  await page.goto("/docs");
  await page.getByRole("heading", { name: "Poli Credits" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("textbox").or(page.getByRole("combobox")).last().fill("quote a campaign");
  await page.getByRole("option", { name: /Quote a campaign/ }).first().click();
  const sample = page.getByText("curl http").filter({ hasText: "/v1/companies/acme/quotes" }).first();
  await sample.waitFor();
  await page.getByText("already_open").first().waitFor();
  await viewer.assertNoFaults();
});

for (const colours of ["light", "dark"] as const) {
  for (const width of [1_440, 390]) {
    test(`the documentation is ${colours} as the browser asks, and ${width} pixels wide`, async ({ browser, service }) => {
      await using viewer = await Viewer.open(browser, service.url, { colours, width });
      await viewer.page.goto("/docs");
      await viewer.page.getByRole("heading", { name: "Poli Credits" }).waitFor();
      assert.ok(await viewer.page.locator(`body.${colours}-mode`).isVisible());
      await viewer.assertNoFaults();
    });
  }
}
