/** The charts: no text covers another text or a bar, with little data and with much. */

import assert from "node:assert/strict";
import {
  createCompany,
  moveClockTo,
  receiveMessages,
  reportUsage,
  sendTemplate,
  setPackage,
} from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { assertNoSidewaysScroll, type Viewer } from "./viewer.ts";

const WIDTHS = [320, 360, 768, 1_440] as const;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-01T09:00");
  for (const [name, credits] of [["poucos", 10], ["muitos", 1_000_000], ["sem-pacote", null]] as const) {
    const company = await createCompany(client, name);
    await setPackage(client, company, credits);
    await reportUsage(client, company, "run", 4);
    await receiveMessages(client, company, 1, 2);
    await sendTemplate(client, company, 3);
  }
});

for (const company of ["poucos", "muitos", "sem-pacote"]) {
  test(`${company}: on the first day of a month no chart text covers another, or a bar`, async (environment) => {
    for (const language of ["pt-BR", "en"] as const) {
      await environment.withViewer(company, { language }, assertNothingCovered);
    }
  });
}

async function assertNothingCovered({ page }: Viewer): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const result = await page.evaluate<{ texts: number; bars: number; covered: string[] }>(`(() => {
      const boxOf = (element) => ({ name: element.textContent, ...element.getBoundingClientRect().toJSON() });
      const isSeen = ({ width, height }) => width > 0 && height > 0;
      const texts = [...document.querySelectorAll(".plot text, .key > span")].map(boxOf).filter(isSeen);
      const bars = [...document.querySelectorAll("#daily .plot g rect, #month .now")].map(boxOf).filter(isSeen);
      const covers = (a, b) => a !== b &&
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      const covered = texts.flatMap((text) =>
        [...texts, ...bars].filter((other) => covers(text, other)).map(({ name }) => text.name + " / " + name)
      );
      return { texts: texts.length, bars: bars.length, covered };
    })()`);
    assert.ok(result.texts > 10 && result.bars > 2, `${width} px: ${JSON.stringify(result)}`);
    assert.deepEqual(result.covered, [], `${width} px`);
    const swatches = await page.evaluate<number[]>(
      `[...document.querySelectorAll(".features .swatch")].map((swatch) => swatch.getBoundingClientRect().left -
        swatch.closest("table").getBoundingClientRect().left)`,
    );
    assert.ok(
      swatches.length > 1 && swatches.every((left) => left >= 0),
      `${width} px: swatches at ${swatches}`,
    );
    await assertNoSidewaysScroll(page);
  }
}
