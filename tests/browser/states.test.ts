/** The page in every state: correct, accessible and no wider than the window. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { reportPath } from "../../src/web/report/href.ts";
import { BAKERY } from "../../tools/demo/company.ts";
import { violationsIn } from "./axe.ts";
import { assertPageMatchesApi } from "./numbers.ts";
import { createScenes, type Scene, SCENES } from "./scenes.ts";
import { type BrowserEnvironment, browserTests } from "./environment.ts";
import { assertNoSidewaysScroll, TIMEOUT_MS, Viewer } from "./viewer.ts";

const LANGUAGES = ["pt-BR", "en"] as const;
const WIDTHS = [320, 360, 768, 1_440, 1_920] as const;
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

test("a month prints on one page: its statement, its days and its features with their totals", async (environment) => {
  for (const { company, query } of SCENES) {
    await openScene(environment, { company, query }, "pt-BR", async ({ page }) => {
      for (const format of ["A4", "Letter"]) {
        assert.equal(await pagesOn(page, format), 1, `${company} ${query} on ${format}`);
      }
      if (await page.locator("#nothing").count() > 0) return;
      await page.emulateMedia({ media: "print" });
      for (const table of ["lines", "paper", "features"]) {
        assert.ok(await page.locator(`.${table} tfoot`).last().isVisible(), `${company}: ${table}`);
      }
      assert.equal(await page.locator("#history").isVisible(), false);
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

test("an open receipt gives the reason, in view with its entry at every width, and axe finds no violations", async (environment) => {
  await environment.withViewer(BAKERY.company, {}, async ({ page }) => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 720 });
      for (const place of [30, 45]) {
        const entry = page.locator("[data-receipt]").nth(place);
        const seq = (await entry.getAttribute("id"))!.replace("open-", "");
        await entry.click();
        const receipt = page.locator(".receipt", { hasText: seq });
        assert.match(await receipt.locator(".sentence").innerText(), /crédito/);
        const [panel, row] = [(await receipt.boundingBox())!, (await entry.boundingBox())!];
        const where = `${width} px: ${JSON.stringify({ panel, row })}`;
        assert.ok(panel.y > -1 && panel.y + Math.min(panel.height, 200) <= 720, where);
        const is_covered = row.x < panel.x + panel.width && panel.x < row.x + row.width &&
          row.y < panel.y + panel.height && panel.y < row.y + row.height;
        assert.ok(!is_covered && row.y >= 0 && row.y + row.height <= 720, where);
      }
    }
    await assertReadable(page);
  });
});

test("a phone shows what is left and what it will cost without scrolling", async (environment) => {
  for (const { company, query } of SCENES.filter(({ company }) => company !== "vazia")) {
    await openScene(environment, { company, query }, "pt-BR", async ({ page }) => {
      await page.setViewportSize({ width: 360, height: 640 });
      for (
        const answer of [
          page.locator("#balance .number strong"),
          page.getByText(/Fatura prevista|Total do mês/),
        ]
      ) {
        const { y, height } = (await answer.first().boundingBox())!;
        assert.ok(y >= 0 && y + height + 30 <= 640, `${company} ${query}: ${y} px`);
      }
    });
  }
});

test("the open windows scroll in place, by keyboard too", async (environment) => {
  await environment.withViewer("movimentada", {}, async ({ page }) => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${reportPath("movimentada")}?windows=all`);
      const list = page.locator("#open .scroll");
      assert.equal(await list.locator("tbody tr").count(), 120);
      assert.ok((await list.boundingBox())!.height < 500, `${width} px`);
      await list.focus();
      await page.keyboard.press("End");
      const scrolled = () => page.evaluate<number>("document.querySelector('#open .scroll').scrollTop");
      for (const begun = performance.now(); await scrolled() < 1_000;) {
        assert.ok(performance.now() - begun < TIMEOUT_MS, `${width} px: the list does not scroll`);
      }
    }
  });
});

test("the start page says what this is and how to get a link, and axe finds no violations", async (environment) => {
  const words = { "pt-BR": "Veja os créditos da sua empresa", en: "See your company's credits" };
  for (const language of LANGUAGES) {
    await using viewer = await Viewer.open(environment.browser, environment.service.url, { language });
    const { page } = viewer;
    await page.goto("/");
    await page.getByRole("heading", { name: words[language] }).waitFor();
    await page.getByText("/viewer_sessions").waitFor();
    await assertReadable(page, language);
    await page.getByRole("link", { name: language === "en" ? "Português" : "English" }).click();
    await page.getByRole("heading", { name: words[language === "en" ? "pt-BR" : "en"] }).waitFor();
    await viewer.assertNoFaults();
  }
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
    for (const [i, colorScheme] of (schemes[width] ?? []).entries()) {
      await page.emulateMedia({ colorScheme });
      // The second colour scheme of a width has other colours in the same layout.
      const rules = i === 0 ? "all" : "colours";
      assert.deepEqual(await violationsIn(page, rules), [], `${colorScheme} at ${width} px`);
    }
  }
}

async function pagesOn(page: Page, format: string): Promise<number> {
  const pdf = new TextDecoder("latin1").decode(await page.pdf({ format }));
  return pdf.match(/\/Type \/Page\b/g)!.length;
}
