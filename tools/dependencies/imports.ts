/** Finds which packages the code imports, and for what. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a package is used for, in the order of the page. `types` are read by the type checker only. */
export const USES = ["service", "page", "client", "tools", "tests", "types"] as const;

/** What a package is used for. */
export type Use = typeof USES[number];

/** What is shipped: the packages of these uses run in production. */
export const SHIPPED: ReadonlySet<Use> = new Set(["service", "page", "client"]);

/** Folders and files of the project with its own imports; the longest that fits a path decides. */
const FOLDERS: Readonly<Record<string, Use>> = {
  "main.ts": "service",
  "actors": "service",
  "src": "service",
  "src/web/live": "page",
  "client": "client",
  "tools": "tools",
  "tests": "tests",
};

/** `@ts-types` names the package of a library's types. */
const TYPES_OF = /@ts-types="([@a-z][\w@./-]*)"/g;
const STATIC_IMPORT = /^(?:import|export)\b(?:[^"'`;=]*?\bfrom)?\s+"([@a-z][\w@./:-]*)"/gm;
const DYNAMIC_IMPORT = /\bimport(?:\.meta\.resolve)?\(\s*"([@a-z][\w@./:-]*)"/g;
/** The client by its own name, as in programs that tests install it for. */
const OWN_PACKAGE = "@poli-credits/client";

/** Returns the packages that the code imports, by name, with their uses. */
export async function importedPackages(): Promise<Map<string, Set<Use>>> {
  const { compilerOptions } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const found = new Map<string, Set<Use>>();
  const add = (specifier: string, use: Use) => {
    const name = packageOf(specifier);
    if (name.includes(":") || name === OWN_PACKAGE) return;
    found.set(name, (found.get(name) ?? new Set()).add(use));
  };
  add(compilerOptions.jsxImportSource, "service");
  for await (const path of codeFiles()) {
    const text = await Deno.readTextFile(ROOT + path);
    for (const pattern of [STATIC_IMPORT, DYNAMIC_IMPORT]) {
      for (const [, specifier] of text.matchAll(pattern)) add(specifier!, useOf(path));
    }
    for (const [, specifier] of text.matchAll(TYPES_OF)) add(specifier!, "types");
  }
  return found;
}

async function* codeFiles(): AsyncGenerator<string> {
  for (const top of Object.keys(FOLDERS)) {
    if (top.includes("/")) continue;
    if (top.endsWith(".ts")) yield top;
    else yield* filesBelow(top);
  }
}

/** Yields the code below a folder, without folders that have imports of their own. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(ROOT + folder));
  if (entries.some(({ name }) => name === "config.json")) return;
  for (const { name, isDirectory } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

function useOf(path: string): Use {
  const folders = Object.keys(FOLDERS).filter((folder) => path === folder || path.startsWith(`${folder}/`));
  return FOLDERS[folders.sort((a, b) => b.length - a.length)[0]!]!;
}

/** Returns the package of a specifier such as `@scope/name/file` or `name/file`. */
function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
