/**
 * `deno task shots [FOLDER]`: draws the page in every state of the tests, at three widths, light and dark, into a
 * folder, for people to look at. With `--readme` it draws the four of the README anew instead.
 */

import { join } from "node:path";
import { BAKERY } from "../../tools/demo/company.ts";
import { createScenes, SCENES } from "./scenes.ts";
import { BrowserEnvironment } from "./environment.ts";
import { REPORT_PATH, type Viewer, type ViewerOptions } from "./viewer.ts";

const WIDTHS = [360, 768, 1_440] as const;
const COLOURS = ["light", "dark"] as const;

/** What the README shows: file by file, how somebody looks at the bakery's page. */
const README_SCREENSHOTS: Readonly<Record<string, ViewerOptions & { readonly height: number }>> = {
  "credits-light.png": { width: 1_440, height: 900 },
  "credits-dark-en.png": { width: 1_440, height: 900, colours: "dark", language: "en" },
  "credits-tablet.png": { width: 768, height: 1_024 },
  "credits-phone-dark.png": { width: 360, height: 740, colours: "dark" },
};
const README_FOLDER = new URL("../../docs/images/", import.meta.url).pathname;

if (import.meta.main) {
  const is_readme = Deno.args.includes("--readme");
  const folder = is_readme ? README_FOLDER : Deno.args[0] ?? "./data/shots";
  await Deno.mkdir(folder, { recursive: true });
  await using stage = await BrowserEnvironment.create();
  await createScenes(stage.client, stage.service.url);
  await (is_readme ? drawReadme(stage, folder) : drawAll(stage, folder));
}

async function drawReadme(stage: BrowserEnvironment, folder: string): Promise<void> {
  for (const [file, { height, ...eyes }] of Object.entries(README_SCREENSHOTS)) {
    await stage.withViewer(BAKERY.company, eyes, async (viewer) => {
      await viewer.page.setViewportSize({ width: eyes.width!, height });
      await draw(viewer, "", join(folder, file), false);
    });
  }
}

async function drawAll(stage: BrowserEnvironment, folder: string): Promise<void> {
  for (const { name, company, query } of SCENES) {
    for (const width of WIDTHS) {
      for (const colours of COLOURS) {
        const file = join(folder, `${name.replaceAll(/\W+/g, "-")}-${width}-${colours}.png`);
        await stage.withViewer(company, { width, colours }, (viewer) => draw(viewer, query, file, true));
        console.log(file);
      }
    }
  }
}

async function draw({ page }: Viewer, query: string, path: string, fullPage: boolean): Promise<void> {
  await page.goto(`${REPORT_PATH}?${query}`);
  await page.locator("body[data-connection=live]").waitFor();
  await page.screenshot({ path, fullPage, animations: "disabled" });
}
