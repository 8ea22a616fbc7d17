import { z } from "zod";
import { ENVIRONMENT_SCHEMA } from "../../src/config/environment.ts";

/** The file with the table. */
export const REFERENCE = "docs/reference.md";

/** The table of a page of which the header row begins so. */
const TABLE = /^\| variable .*\n(?:\|.*\n)+/m;

/** The part of a variable's JSON Schema that the table shows. */
interface Variable {
  readonly description?: string;
  readonly default?: string;
  readonly default_text?: string;
}

/** Returns the table of environment variables in Markdown, as `deno fmt` formats it. */
export function environmentTable(): string {
  const { properties } = z.toJSONSchema(ENVIRONMENT_SCHEMA, { io: "input" });
  const rows = Object.entries(properties as Record<string, Variable>).map(([name, variable]) => {
    if (!variable.description) {
      throw new Error(`${name} has no description: add one in src/config/environment.ts`);
    }
    const own = variable.default ? `\`${variable.default}\`` : "";
    return [`\`${name}\``, variable.description, variable.default_text ?? own];
  });
  const cells = [["variable", "meaning", "default"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join("");
}

/**
 * Replaces the table of environment variables in a page.
 *
 * @throws {Error} when the page has no such table
 */
export function withEnvironmentTable(page: string): string {
  if (!TABLE.test(page)) throw new Error(`${REFERENCE} has no table of variables`);
  return page.replace(TABLE, () => environmentTable());
}
