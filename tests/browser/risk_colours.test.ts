/** The colours of money and risk: calm below 80 % of the package, amber from there on, red in excess. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createCompany, moveClockTo, reportUsage, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";

/** The used credits of a package of 100, and the colour of what is left of it. */
const STATES = [
  { company: "calma", used: 79, colour: "--accent" },
  { company: "no-fim", used: 80, colour: "--warning" },
  { company: "excedida", used: 126, colour: "--excess" },
] as const;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-01T10:00");
  const companies = [];
  for (const { company, used } of STATES) {
    const created = await createCompany(client, company);
    await setPackage(client, created, 100);
    companies.push({ created, used });
  }
  // Four closed days have a forecast.
  for (const day of [1, 2, 3, 4, 5]) {
    await moveClockTo(client, `2031-03-0${day}T12:00`);
    for (const { created, used } of companies) {
      await reportUsage(client, created, `day-${day}`, day === 5 ? used - 60 : 15);
    }
  }
});

for (const { company, used, colour } of STATES) {
  test(`a package of 100 with ${used} used credits is drawn in ${colour}`, async (environment) => {
    for (const colours of ["light", "dark"] as const) {
      await environment.withViewer(company, { colours }, async ({ page }) => {
        // Until then the page may be rendered once more.
        await page.locator("body[data-connection=live] .field .left-line").waitFor({ state: "attached" });
        const { line, others } = await monthColours(page, colour);
        assert.ok(line, `${colours}: the line of the package`);
        // Only the line of excess, its forecast and its mark may have another of the three colours.
        assert.deepEqual(others, [], colours);
      });
    }
  });
}

/** Compares the colours of the month's chart, its legend and the bar of the share with an expected one. */
async function monthColours(page: Page, colour: string): Promise<{ line: boolean; others: string[] }> {
  return await page.evaluate(`(() => {
    const probe = document.body.appendChild(document.createElement("i"));
    const resolved = (name) => {
      probe.style.color = "var(" + name + ")";
      return getComputedStyle(probe).color;
    };
    const names = ["--accent", "--warning", "--excess"].flatMap((name) => [name, name + "-soft"]);
    const by_colour = new Map(names.map((name) => [resolved(name), name]));
    const expected = ${JSON.stringify(colour)};
    const drawn = [...document.querySelectorAll("#month :is(path, circle), #balance .share .used")].flatMap((element) => {
      const { stroke, fill } = getComputedStyle(element);
      return [stroke, fill].map((value) => ({ element, name: by_colour.get(value) }));
    }).filter(({ name }) => name !== undefined);
    return {
      line: drawn.some(({ element, name }) => element.matches(".field .left-line") && name === expected),
      others: drawn.filter(({ element, name }) =>
        !name.startsWith(expected) && !element.matches(".excess, .excess-line, .excess-area")
      ).map(({ element, name }) => element.getAttribute("class") + " is " + name),
    };
  })()`);
}
