/**
 * Keeps the statements within what was found to work on Citus. A statement on tables of companies names its company, so
 * that Citus sends it to one server as it is, or it is of a file whose statements on all companies were tried there.
 */

import assert from "node:assert/strict";
import { PLACEMENTS } from "../../tools/distribute/placements.ts";

const FOLDER = new URL("../../src/postgres/", import.meta.url);

/** The files with statements on several companies. Their tests on Citus run with `CITUS_URL`. */
const TRIED_ON_ALL_COMPANIES = new Set([
  "activation.ts",
  "alert_findings.ts",
  "alerts.ts",
  "companies.ts",
  "company_list.ts",
  "contact_loader.ts",
  "cost_days.ts",
  "cost_messages_sql.ts",
  "cost_reports.ts",
  "day_ends.ts",
  "margin_use.ts",
  "quarantine.ts",
  "rate_card.ts",
  "retention.ts",
]);

/** The files whose conditions, put together by `joinConditions`, begin with the company. */
const COMPOSED_FOR_ONE_COMPANY = new Set(["ledger_by_date.ts", "ledger_pages.ts", "reports.ts"]);

/** What Citus refuses in statements on several companies, and what to write instead. */
const REFUSED: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/\bfor (no key update|update|share)\b/, "lock rows of one company, or by an update"],
  [/\bwith recursive\b/, "recurse over the rows of one company"],
  [/\bgroup by [^()]*\bunion\b/, "add up each part of a union in a materialized query of its own"],
  [/\bcompany_id = \w+\.company_id\b/, "join tables of companies by `company`, and `companies` by `key`"],
  [/\bcompany_id = (any )?\(?\$\d/, "find the rows by `company`, with `company_key($1)`"],
];

/** What no distributed table has. */
const NOWHERE: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/\bctid\b/, "find the rows by their keys"],
];

const OF_COMPANIES = Object.keys(PLACEMENTS).filter((name) => PLACEMENTS[name] === "company");
const TABLE = new RegExp(`\\b(?:from|join|into|update) (${OF_COMPANIES.join("|")})\\b`, "g");
const NAMES_ITS_COMPANY =
  /\b(company|key) = (\$\d|company_key\(|\$\{(KEY|RATE_CARD|companyOf|company\b))|\bkey = any \(?\$1|where \$\{IS_WAITING\}/;

/** A text with SQL: a template, with the templates in it, or a string. */
interface Statement {
  readonly file: string;
  readonly text: string;
  readonly tables: readonly string[];
}

async function statements(): Promise<Statement[]> {
  const found: Statement[] = [];
  for await (const { name: file } of Deno.readDir(FOLDER)) {
    if (!file.endsWith(".ts")) continue;
    const source = await Deno.readTextFile(new URL(file, FOLDER));
    for (const text of literals(source)) {
      const tables = [...new Set(Array.from(text.matchAll(TABLE), ([, table]) => table!))];
      if (tables.length > 0) found.push({ file, text, tables });
    }
  }
  return found;
}

/** Returns the templates and strings of a source. */
function* literals(source: string): Iterable<string> {
  const without_comments = source.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  for (
    const [text] of without_comments.matchAll(
      /`(?:[^`$\\]|\\.|\$(?!\{)|\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\})*`|"(?:[^"\\\n]|\\.)*"/g,
    )
  ) {
    yield text;
  }
}

Deno.test("statements on tables of companies name their company, or were tried on Citus for all companies", async () => {
  const all = await statements();
  assert.ok(all.length > 40, `only ${all.length} statements were found`);
  const faults = all.flatMap(({ file, text, tables }) => {
    const excerpt = `${file}: ${tables.join(", ")}: ${text.replaceAll(/\s+/g, " ").slice(0, 100)}`;
    const nowhere = NOWHERE.filter(([pattern]) => pattern.test(text));
    if (NAMES_ITS_COMPANY.test(text) || COMPOSED_FOR_ONE_COMPANY.has(file)) {
      return nowhere.map(([, remedy]) => `${excerpt}: ${remedy}`);
    }
    const refused = [...nowhere, ...REFUSED.filter(([pattern]) => pattern.test(text))];
    if (!TRIED_ON_ALL_COMPANIES.has(file)) {
      return [`${excerpt}: name the company, or try it with CITUS_URL and add the file to this test`];
    }
    return refused.map(([, remedy]) => `${excerpt}: ${remedy}`);
  });
  assert.deepEqual(faults, []);
});
