/**
 * `deno task shots [FOLDER]`: draws the page in every state of the tests, at three widths, light and dark, into a
 * folder, for people to look at. With `--readme` it draws the four of the README anew instead.
 */

import { join } from "node:path";
import { BAKERY } from "../../tools/demo/company.ts";
import { playGallery, SCENES } from "./scenes.ts";
import { Stage } from "./environment.ts";
import { type Eyes, REPORT, type Viewer } from "./viewer.ts";

const WIDTHS = [360, 768, 1_440] as const;
const COLOURS = ["light", "dark"] as const;

/** What the README shows: file by file, how somebody looks at the bakery's page. */
const README_SHOTS: Readonly<Record<string, Eyes & { readonly height: number }>> = {
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
  await using stage = await Stage.set();
  await playGallery(stage.client, stage.service.url);
  await (is_readme ? drawReadme(stage, folder) : drawAll(stage, folder));
}

async function drawReadme(stage: Stage, folder: string): Promise<void> {
  for (const [file, { height, ...eyes }] of Object.entries(README_SHOTS)) {
    await stage.watch(BAKERY.company, eyes, async (viewer) => {
      await viewer.page.setViewportSize({ width: eyes.width!, height });
      await draw(viewer, "", join(folder, file), false);
    });
  }
}

async function drawAll(stage: Stage, folder: string): Promise<void> {
  for (const { name, company, query } of SCENES) {
    for (const width of WIDTHS) {
      for (const colours of COLOURS) {
        const file = join(folder, `${name.replaceAll(/\W+/g, "-")}-${width}-${colours}.png`);
        await stage.watch(company, { width, colours }, (viewer) => draw(viewer, query, file, true));
        console.log(file);
      }
    }
  }
}

async function draw({ page }: Viewer, query: string, path: string, fullPage: boolean): Promise<void> {
  await page.goto(`${REPORT}?${query}`);
  await page.locator("body[data-connection=live]").waitFor();
  await page.screenshot({ path, fullPage, animations: "disabled" });
}
