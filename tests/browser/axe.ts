import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Returns the violations that axe finds, in short. */
export async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, { resultTypes: ["violations"] })`,
  );
  // A page that axe could not check has no violations either.
  assert.ok(passes.length > 10, `axe checked only ${passes.length} rules`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
