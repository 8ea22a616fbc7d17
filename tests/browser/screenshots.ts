/** Takes screenshots of the page in every state of the tests, at three widths, light and dark. */

import { join } from "node:path";
import { runTool } from "../../tools/command_line.ts";
import { BAKERY } from "../../tools/demo/company.ts";
import { createScenes, SCENES } from "./scenes.ts";
import { BrowserEnvironment } from "./environment.ts";
import { type Viewer, type ViewerOptions } from "./viewer.ts";

const WIDTHS = [360, 768, 1_440] as const;
const COLOURS = ["light", "dark"] as const;

/** The screenshots of the README: the options of the bakery's page, by file. */
const README_SCREENSHOTS: Readonly<Record<string, ViewerOptions & { readonly height: number }>> = {
  "credits-light.png": { width: 1_440, height: 900 },
  "credits-dark-en.png": { width: 1_440, height: 900, colours: "dark", language: "en" },
  "credits-tablet.png": { width: 768, height: 1_024 },
  "credits-phone-dark.png": { width: 360, height: 740, colours: "dark" },
};
const README_FOLDER = new URL("../../docs/images/", import.meta.url).pathname;

const USAGE = `deno task screenshots [--folder PATH | --readme]

  --folder PATH   where the screenshots go (default ./data/screenshots)
  --readme        retake the screenshots of the README instead
  --help          print this text

Needs Chromium. Exit codes: 0 the screenshots are taken; 2 the command line does not fit.`;

const OPTIONS = {
  folder: { type: "string", default: "./data/screenshots" },
  readme: { type: "boolean", default: false },
} as const;

if (import.meta.main) {
  Deno.exitCode = await runTool({
    usage: USAGE,
    options: OPTIONS,
    run: async ({ readme, folder }) => {
      const target = readme ? README_FOLDER : folder;
      await Deno.mkdir(target, { recursive: true });
      await using environment = await BrowserEnvironment.create();
      await createScenes(environment.client, environment.service.url);
      await (readme ? drawReadme(environment, target) : drawAll(environment, target));
      return 0;
    },
  }, Deno.args);
}

async function drawReadme(environment: BrowserEnvironment, folder: string): Promise<void> {
  for (const [file, { height, ...options }] of Object.entries(README_SCREENSHOTS)) {
    await environment.withViewer(BAKERY.company, options, async (viewer) => {
      await viewer.page.setViewportSize({ width: options.width!, height });
      await draw(viewer, "", join(folder, file), false);
    });
  }
}

async function drawAll(environment: BrowserEnvironment, folder: string): Promise<void> {
  for (const { name, company, query } of SCENES) {
    for (const width of WIDTHS) {
      for (const colours of COLOURS) {
        const file = join(folder, `${name.replaceAll(/\W+/g, "-")}-${width}-${colours}.png`);
        await environment.withViewer(
          company,
          { width, colours },
          (viewer) => draw(viewer, query, file, true),
        );
        console.log(file);
      }
    }
  }
}

async function draw({ page }: Viewer, query: string, path: string, fullPage: boolean): Promise<void> {
  await page.goto(`${new URL(page.url()).pathname}?${query}`);
  await page.locator("body[data-connection=live]").waitFor();
  await page.screenshot({ path, fullPage, animations: "disabled" });
}
