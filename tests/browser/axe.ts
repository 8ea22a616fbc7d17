import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** The least number of rules that a page passes. A page that axe could not check has no violations either. */
const LEAST_PASSES = { all: 11, colours: 1 } as const;
/** The rules of colours that axe runs by default. Its tag of colours also names those of another level. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"] as const;

/**
 * Returns the violations that axe finds, in short.
 *
 * @param rules `colours`: those of colours only, for a page that passed all rules in its other colour scheme
 */
export async function violationsIn(page: Page, rules: "all" | "colours" = "all"): Promise<string[]> {
  if (!await page.evaluate<boolean>(`"axe" in globalThis`)) await page.evaluate(axe.source);
  const options: axe.RunOptions = {
    resultTypes: ["violations"],
    ...rules === "all" ? {} : { runOnly: { type: "rule", values: [...COLOUR_RULES] } },
  };
  const { violations, passes } = await page.evaluate<{ violations: string[]; passes: number }>(`(async () => {
    const { violations, passes } = await axe.run(document, ${JSON.stringify(options)});
    return {
      violations: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))),
      passes: passes.length,
    };
  })()`);
  assert.ok(passes >= LEAST_PASSES[rules], `axe checked only ${passes} rules`);
  return violations;
}
