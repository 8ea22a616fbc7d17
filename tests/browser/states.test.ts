/** The page in every state: correct, accessible and no wider than the window. */

import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { reportPath } from "../../src/web/report/href.ts";
import { BAKERY } from "../../tools/demo/company.ts";
import { assertPageMatchesApi } from "./numbers.ts";
import { createScenes, type Scene, SCENES } from "./scenes.ts";
import { type BrowserEnvironment, browserTests } from "./environment.ts";
import { assertNoSidewaysScroll, type Viewer } from "./viewer.ts";

const LANGUAGES = ["pt-BR", "en"] as const;
const WIDTHS = [320, 360, 768, 1_440] as const;
/** The widths and colour schemes for axe. The narrowest and the widest cover all rules of the stylesheet. */
const AXE_SCHEMES = {
  "pt-BR": { 360: ["light", "dark"], 1_440: ["light", "dark"] },
  // English has other texts in the same layout: each width and colour scheme once.
  en: { 360: ["light"], 1_440: ["dark"] },
} as const;

const test = browserTests(({ client, service }) => createScenes(client, service.url));

for (const scene of SCENES) {
  test(`${scene.name}: the page, the API and the CSV have the same numbers`, async (environment) => {
    for (const language of LANGUAGES) {
      await openScene(environment, scene, language, async (viewer) => {
        const query = new URLSearchParams(scene.query);
        await assertPageMatchesApi(environment.client, viewer, { company: scene.company, language, query });
      });
    }
  });

  test(`${scene.name}: axe finds no violations, and nothing is wider than the window`, async (environment) => {
    for (const language of LANGUAGES) {
      await openScene(environment, scene, language, async ({ page }) => await assertReadable(page, language));
    }
  });
}

test("a month prints on one page, even with years of months", async (environment) => {
  for (const { company, query } of SCENES) {
    await openScene(environment, { company, query }, "pt-BR", async ({ page }) => {
      // The maximum number of months in the table.
      await page.evaluate(`(() => {
        const body = document.querySelector("table.months tbody");
        for (let i = 0; i < 30; i++) body.append(body.rows[0].cloneNode(true));
      })()`);
      for (const format of ["A4", "Letter"]) {
        assert.equal(await pagesOn(page, format), 1, `${company} ${query} on ${format}`);
      }
    });
  }
});

test("a dark page prints dark text on white", async (environment) => {
  await environment.withViewer(BAKERY.company, { colours: "dark" }, async ({ page }) => {
    await page.emulateMedia({ media: "print" });
    const colours = await page.evaluate<string[]>(
      `["body", ".months .is-shown"].map((selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)`,
    );
    for (const colour of colours) {
      assert.ok(colour.match(/\d+/g)!.every((part) => Number(part) > 200), `background ${colour}`);
    }
  });
});

test("each option of a filter is fully visible", async (environment) => {
  for (const width of WIDTHS) {
    await environment.withViewer(BAKERY.company, { width }, async ({ page }) => {
      const narrowed = await page.evaluate(
        `[...document.querySelectorAll(".filters select")].filter((select) => {
        const { width } = select.getBoundingClientRect();
        select.style.maxWidth = "none";
        select.style.width = "max-content";
        return select.getBoundingClientRect().width > width;
      }).map(({ name }) => name)`,
      );
      assert.deepEqual(narrowed, [], `${width} px`);
    });
  }
});

test("an open receipt gives the reason, and axe finds no violations", async (environment) => {
  await environment.withViewer(BAKERY.company, {}, async ({ page }) => {
    const first = page.locator("[data-receipt]").first();
    await first.click();
    await page.locator(".receipt .sentence").waitFor();
    assert.match(await page.locator(".receipt .sentence").innerText(), /crédito/);
    await assertReadable(page);
  });
});

test("an invalid address has an error page, and axe finds no violations", async (environment) => {
  const expected = /status of 4\d\d/;
  await environment.withViewer(BAKERY.company, { expected }, async ({ page }) => {
    for (const query of ["month=2020-01", "from=yesterday"]) {
      await page.goto(`${reportPath(BAKERY.company)}?${query}`);
      await page.getByRole("link").first().waitFor();
      await assertReadable(page);
    }
    await page.getByRole("link").first().click();
    await page.locator("#balance .number strong").waitFor();
  });
});

async function openScene(
  environment: BrowserEnvironment,
  { company, query }: Pick<Scene, "company" | "query">,
  language: typeof LANGUAGES[number],
  work: (viewer: Viewer) => Promise<void>,
): Promise<void> {
  await environment.withViewer(company, { language }, async (viewer) => {
    await viewer.page.goto(`${reportPath(company)}?${query}`);
    await viewer.page.locator("#balance .number strong").waitFor();
    await work(viewer);
  });
}

/** Opens every table, then asserts the width of the page and runs axe in light and dark. */
async function assertReadable(page: Page, language: typeof LANGUAGES[number] = "pt-BR"): Promise<void> {
  const schemes: Readonly<Record<number, readonly ("light" | "dark")[]>> = AXE_SCHEMES[language];
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertNoSidewaysScroll(page);
    for (const colorScheme of schemes[width] ?? []) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violationsIn(page), [], `${colorScheme} at ${width} px`);
    }
  }
}

async function pagesOn(page: Page, format: string): Promise<number> {
  const pdf = new TextDecoder("latin1").decode(await page.pdf({ format }));
  return pdf.match(/\/Type \/Page\b/g)!.length;
}

/** Returns the violations that axe finds, in short. */
async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, { resultTypes: ["violations"] })`,
  );
  // A page that axe could not check has no violations either.
  assert.ok(passes.length > 10, `axe checked only ${passes.length} rules`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
