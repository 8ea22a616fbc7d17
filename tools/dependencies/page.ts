/** Writes the tables of docs/dependencies.md. The text around them is written by hand. */

import { fileURLToPath } from "node:url";
import { factKey, type Facts, type PackageFacts } from "./facts.ts";
import { importedPackages, SHIPPED, type Use, USES } from "./imports.ts";
import { closure, type Lock, type LockedPackage } from "./lock.ts";
import { REASONS, REASONS_OF_TOOLS } from "./reasons.ts";
import { readTables, type Tables } from "./tables.ts";

/** The path of the page. */
export const PAGE: string = fileURLToPath(new URL("../../docs/dependencies.md", import.meta.url));

/** Packages of other systems are not installed, so sizes are those of one. */
const SYSTEM = "linux-x64";

/**
 * Returns the page with its tables as they must be, formatted.
 *
 * @throws {Error} when a dependency has no reason, a reason no dependency, or a package no facts
 */
export async function writtenPage(facts: Facts): Promise<string> {
  const tables = await readTables();
  const parts = {
    direct: directTable(tables, facts, await importedPackages()),
    tools: toolTable(tables, facts),
    total: totalOf(tables, facts),
  };
  let page = await Deno.readTextFile(PAGE);
  for (const [name, text] of Object.entries(parts)) page = replacePart(page, name, text);
  return await formatted(page);
}

function directTable(
  { imports, lock }: Tables,
  facts: Facts,
  used: ReadonlyMap<string, ReadonlySet<Use>>,
): string {
  requireReasons(REASONS, imports);
  const rows = imports.map((name) => {
    const key = lock.direct.get(name)!;
    const bytes = sizeOf(lock, closure(lock, [key]), facts);
    return [...described(lock.packages.get(key)!, facts), usesOf(used.get(name)), REASONS[name]!, bytes];
  });
  return table(["package", "licence", "last release", "used by", "reason", "size"], rows);
}

/** Tests and tools are named where nothing that is shipped uses the package. */
function usesOf(used: ReadonlySet<Use> = new Set()): string {
  const shipped = USES.filter((use) => used.has(use) && SHIPPED.has(use));
  if (shipped.length > 0) return shipped.join(", ");
  return used.has("types") ? "types" : "tests, tools";
}

function toolTable({ tools }: Tables, facts: Facts): string {
  requireReasons(REASONS_OF_TOOLS, [...tools.values()].flatMap(({ direct }) => [...direct.keys()]));
  const rows = [...tools].flatMap(([tool, lock]) =>
    [...lock.direct].map(([name, key]) => {
      const bytes = sizeOf(lock, closure(lock, [key]), facts);
      return [...described(lock.packages.get(key)!, facts), `\`${tool}\``, REASONS_OF_TOOLS[name]!, bytes];
    })
  );
  return table(["package", "licence", "last release", "tool", "reason", "size"], rows);
}

function totalOf({ lock, imports }: Tables, facts: Facts): string {
  const here = [...lock.packages.keys()].filter((key) => isInstalled(lock.packages.get(key)!));
  const bytes = sizeOf(lock, new Set(here), facts);
  return `\`deno.lock\` has ${imports.length} direct dependencies and ${here.length} packages for Linux on x64, ` +
    `${bytes} in all. The registry was asked on ${facts.as_of}.`;
}

function described(one: LockedPackage, facts: Facts): string[] {
  const { licence, released, newest } = factOf(one, facts);
  const last = newest === undefined || newest.version === one.version
    ? released
    : `${newest.released} (${newest.version})`;
  return [`\`${one.name}\` ${one.version}`, licence, last];
}

function factOf(one: LockedPackage, { packages }: Facts): PackageFacts {
  const facts = packages[factKey(one)];
  if (facts === undefined) throw new Error(`no facts of ${factKey(one)}: run \`deno task dependencies\``);
  return facts;
}

function requireReasons(reasons: Readonly<Record<string, string>>, names: readonly string[]): void {
  const missing = names.filter((name) => !(name in reasons));
  const outdated = Object.keys(reasons).filter((name) => !names.includes(name));
  if (missing.length + outdated.length === 0) return;
  throw new Error(
    `tools/dependencies/reasons.ts lacks [${missing}] and has [${outdated}], which are no dependencies`,
  );
}

function isInstalled({ system }: LockedPackage): boolean {
  return system === undefined || system === SYSTEM;
}

/** Returns the size of packages. A package that is not installed, such as that of a single file, has none. */
function sizeOf({ packages }: Lock, keys: ReadonlySet<string>, facts: Facts): string {
  const sizes = [...keys].map((key) => packages.get(key)!).filter(isInstalled)
    .map((one) => factOf(one, facts).bytes);
  if (sizes.includes(null)) return "not installed";
  const kilobytes = sizes.reduce<number>((sum, bytes) => sum + bytes!, 0) / 1_000;
  return kilobytes < 1_000 ? `${Math.ceil(kilobytes)} kB` : `${(kilobytes / 1_000).toFixed(1)} MB`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `\n${lines.join("\n")}\n`;
}

function replacePart(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name}: written by \`deno task dependencies\` -->`, `<!-- end of ${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/dependencies.md has no part ${name}`);
  return `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`;
}

async function formatted(page: string): Promise<string> {
  const args = ["fmt", "--quiet", "--ext", "md", "-"];
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), { args, cwd, stdin: "piped", stdout: "piped" }).spawn();
  await new Blob([page]).stream().pipeTo(child.stdin);
  return new TextDecoder().decode((await child.output()).stdout);
}
