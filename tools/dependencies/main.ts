/** Writes the tables of docs/dependencies.md (`deno task dependencies`). */

import { runTool, type Values } from "../command_line.ts";
import { factKey, type Facts, FACTS_FILE, type PackageFacts, readFacts } from "./facts.ts";
import type { LockedPackage } from "./lock.ts";
import { PAGE, writtenPage } from "./page.ts";
import { factsOf, npmCache } from "./registry.ts";
import { readTables } from "./tables.ts";

const USAGE = `deno task dependencies [--all]

Asks the npm registry about packages that are new in the lock files, measures them, and writes the answers to
tools/dependencies/packages.json and to the tables of docs/dependencies.md. The reason of a new dependency belongs in
tools/dependencies/reasons.ts.

  --all    ask about every package again, for its newest version; takes some minutes
  --help   print this text

Exit codes: 0 written; 1 the registry does not answer, or a reason is missing; 2 the command line does not fit.`;

/** Enough to wait for the registry and not for npm's start. */
const ASKED_AT_ONCE = 4;

const OPTIONS = { all: { type: "boolean", default: false } } as const;

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

/** @returns the exit code */
async function run({ all }: Values<typeof OPTIONS>): Promise<number> {
  const { packages, direct } = await readTables();
  const cache = await npmCache();
  const today = Temporal.Now.plainDateISO("UTC").toString();
  const known: Facts = all ? { as_of: today, packages: {} } : await readFacts();
  const isKnown = (one: LockedPackage) => factKey(one) in known.packages;
  const found = packages.filter(isKnown).map((one): [string, PackageFacts] => {
    return [factKey(one), known.packages[factKey(one)]!];
  });
  const open = packages.filter((one) => !isKnown(one));
  const ask = async () => {
    for (let one = open.shift(); one !== undefined; one = open.shift()) {
      found.push([factKey(one), await factsOf(one, cache, direct.has(factKey(one)))]);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, ask));
  const facts: Facts = {
    as_of: known.as_of,
    packages: Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1)),
  };
  await Deno.writeTextFile(FACTS_FILE, `${JSON.stringify(facts, null, 2)}\n`);
  await Deno.writeTextFile(PAGE, await writtenPage(facts));
  return 0;
}
