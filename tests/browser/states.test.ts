/** The page in every state it can be in: right, readable for everybody, and no wider than its window. */

import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { BAKERY } from "../../tools/demo/company.ts";
import { assertPageMatchesApi } from "./numbers.ts";
import { createScenes, type Scene, SCENES } from "./scenes.ts";
import { type BrowserEnvironment, browserTests } from "./environment.ts";
import { assertNoSidewaysScroll, REPORT_PATH, type Viewer } from "./viewer.ts";

const LANGUAGES = ["pt-BR", "en"] as const;
const WIDTHS = [320, 360, 768, 1_440] as const;
/** How axe looks: the narrowest and the widest have every rule of the stylesheet between them. */
const AXE_LOOKS = {
  "pt-BR": { 360: ["light", "dark"], 1_440: ["light", "dark"] },
  // Other words in the same places: each width and each colour scheme once.
  en: { 360: ["light"], 1_440: ["dark"] },
} as const;

const test = browserTests(({ client, service }) => createScenes(client, service.url));

for (const scene of SCENES) {
  test(`${scene.name}: the page, the API and the CSV have the same numbers`, async (stage) => {
    for (const language of LANGUAGES) {
      await look(stage, scene, language, async (viewer) => {
        const query = new URLSearchParams(scene.query);
        await assertPageMatchesApi(stage.client, viewer, { company: scene.company, language, query });
      });
    }
  });

  test(`${scene.name}: axe finds nothing, and nothing is wider than the window`, async (stage) => {
    for (const language of LANGUAGES) {
      await look(stage, scene, language, async ({ page }) => await assertReadable(page, language));
    }
  });
}

test("a month prints on one page, also when there are years of them", async (stage) => {
  for (const { company, query } of SCENES) {
    await look(stage, { company, query }, "pt-BR", async ({ page }) => {
      // As many months as a table may have.
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

test("a page of the dark is printed in dark letters on white", async (stage) => {
  await stage.withViewer(BAKERY.company, { colours: "dark" }, async ({ page }) => {
    await page.emulateMedia({ media: "print" });
    const colours = await page.evaluate<string[]>(
      `["body", ".months .is-shown"].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)`,
    );
    for (const colour of colours) {
      assert.ok(colour.match(/\d+/g)!.every((part) => Number(part) > 200), `a ground of ${colour}`);
    }
  });
});

test("each choice of a filter can be read whole", async (stage) => {
  for (const width of WIDTHS) {
    await stage.withViewer(BAKERY.company, { width }, async ({ page }) => {
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

test("a receipt that is open says why, and axe finds nothing in it", async (stage) => {
  await stage.withViewer(BAKERY.company, {}, async ({ page }) => {
    const first = page.locator("[data-receipt]").first();
    await first.click();
    await page.locator(".receipt .sentence").waitFor();
    assert.match(await page.locator(".receipt .sentence").innerText(), /crédito/);
    await assertReadable(page);
  });
});

test("an address that does not fit is explained, and axe finds nothing", async (stage) => {
  const expected = /status of 4\d\d/;
  await stage.withViewer(BAKERY.company, { expected }, async ({ page }) => {
    for (const query of ["month=2020-01", "from=yesterday"]) {
      await page.goto(`${REPORT_PATH}?${query}`);
      await page.getByRole("link").first().waitFor();
      await assertReadable(page);
    }
    await page.getByRole("link").first().click();
    await page.locator("#balance .number strong").waitFor();
  });
});

async function look(
  stage: BrowserEnvironment,
  { company, query }: Pick<Scene, "company" | "query">,
  language: typeof LANGUAGES[number],
  work: (viewer: Viewer) => Promise<void>,
): Promise<void> {
  await stage.withViewer(company, { language }, async (viewer) => {
    await viewer.page.goto(`${REPORT_PATH}?${query}`);
    await viewer.page.locator("#balance .number strong").waitFor();
    await work(viewer);
  });
}

/** Holds a page to its window at every width, and to axe in light and dark. Every table is unfolded first. */
async function assertReadable(page: Page, language: typeof LANGUAGES[number] = "pt-BR"): Promise<void> {
  const looks: Readonly<Record<number, readonly ("light" | "dark")[]>> = AXE_LOOKS[language];
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertNoSidewaysScroll(page);
    for (const colorScheme of looks[width] ?? []) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violationsIn(page), [], `${colorScheme} at ${width} px`);
    }
  }
}

async function pagesOn(page: Page, format: string): Promise<number> {
  const pdf = new TextDecoder("latin1").decode(await page.pdf({ format }));
  return pdf.match(/\/Type \/Page\b/g)!.length;
}

/** What axe finds, as short as it can be told. */
async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, { resultTypes: ["violations"] })`,
  );
  // A page that axe could not look at has no violations either.
  assert.ok(passes.length > 10, `axe checked ${passes.length} rules alone`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
