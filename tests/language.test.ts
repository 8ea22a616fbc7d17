/** Keeps retired words out of the code, the API and the documents, and one meaning behind one name. */

import assert from "node:assert/strict";
import { filesBelow, readSource } from "./support/source_files.ts";

const GLOSSARY = "docs/glossary.md";
const FOLDERS = ["actors", "client", "deploy", "docs", "migrations", "src", "tests", "tools"];
const FILES = ["CONTRIBUTING.md", "README.md", "SECURITY.md", "deno.json", "main.ts"];
const TEXT = /\.(?:ts|tsx|md|sql|json|css|conf|service)$/;
/** The glossary and the changelog name retired words; samples are Meta's; the bundle is generated. */
const EXEMPT = [
  GLOSSARY,
  "CHANGELOG.md",
  "src/web/dist/",
  "tests/http/resources/samples/",
  "tests/language.test.ts",
];

/** Names that two modules export, each with a meaning of its own. */
const SHARED_NAMES = new Set<string>([]);

Deno.test("no name, comment, text or document has a retired word", async () => {
  const words = await retiredWords();
  assert.ok(words.length > 15, `only ${words} were read from ${GLOSSARY}`);
  const retired = new RegExp(`(?<![a-z])(?:${words.join("|")})(?![a-rt-z])`, "i");
  const found: string[] = [];
  for await (const path of textFiles()) {
    if (retired.test(wordsOf(path))) found.push(`${path}: its name`);
    const lines = (await readSource(path)).split("\n");
    for (const [index, line] of lines.entries()) {
      const match = retired.exec(wordsOf(line));
      if (match !== null) found.push(`${path}:${index + 1}: ${match[0]}`);
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("two modules export no type of the same name", async () => {
  const places = new Map<string, string[]>();
  for await (const path of textFiles()) {
    if (!/^(?:actors|src)\/.*\.tsx?$/.test(path)) continue;
    const text = await readSource(path);
    for (const [, name] of text.matchAll(/^export (?:abstract )?(?:class|interface|type) (\w+)/gm)) {
      places.set(name!, [...places.get(name!) ?? [], path]);
    }
  }
  assert.ok(places.size > 200, `only ${places.size} types were read`);
  const doubled = [...places].filter(([name, paths]) => paths.length > 1 && !SHARED_NAMES.has(name));
  assert.deepEqual(doubled, []);
});

/** The words in code font in the last column of the glossary's tables. */
async function retiredWords(): Promise<string[]> {
  const rows = (await readSource(GLOSSARY)).split("\n").filter((line) => line.startsWith("|"));
  return rows.flatMap((row) => {
    const not = row.split("|").at(-2) ?? "";
    return [...not.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
  });
}

/** Identifiers taken apart: `keptBack` and `kept_back` read `kept back`. */
function wordsOf(text: string): string {
  return text.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll("_", " ");
}

async function* textFiles(): AsyncGenerator<string> {
  for (const path of FILES) yield path;
  for (const folder of FOLDERS) {
    for await (const path of filesBelow(folder, TEXT)) {
      if (!EXEMPT.some((exempt) => path.startsWith(exempt))) yield path;
    }
  }
}
