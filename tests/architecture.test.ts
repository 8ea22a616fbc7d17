import assert from "node:assert/strict";
import plugin from "../tools/lint/determinism.ts";
import { CONNECTIONS_MAX } from "../src/postgres/store.ts";

/** Which rooms a room may import from. Imports point one way: main -> http, actors, store, live -> domain. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "src/domain": ["src/time/units.ts"],
  "src/whatsapp": ["src/domain"],
  "src/access": ["src/domain", "src/time/units.ts"],
  "src/alerts": ["src/domain", "src/time/units.ts"],
  "src/time": [],
  "src/journal": ["src/domain", "src/observability"],
  "src/live": ["src/domain"],
  "src/embedded_postgres": ["src/postgres", "src/time"],
  "src/postgres": [
    "src/domain",
    "src/access",
    "src/alerts",
    "src/journal",
    "src/observability",
    "src/embedded_postgres",
    "src/time",
    "src/ports.ts",
  ],
  "src/http": [
    "src/domain",
    "src/whatsapp",
    "src/web",
    "src/access",
    "src/alerts",
    "src/config",
    "src/observability",
    "src/ports.ts",
  ],
  "src/web": ["src/domain", "src/time/units.ts"],
  "actors": ["src/domain", "src/ports.ts"],
};

const ROOT = new URL("../", import.meta.url);

Deno.test("imports point one way: main to http, actors, store and live, and those to the domain", async () => {
  const wrong: string[] = [];
  let imports = 0;
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    for await (const path of sourceFiles(room)) {
      for (const target of await importsOf(path)) {
        imports++;
        const reached = roomOf(target);
        if (reached !== room && !allowed.includes(reached) && !allowed.includes(target)) {
          wrong.push(`${path} imports ${target}`);
        }
      }
    }
  }
  assert.ok(imports > 100, `only ${imports} imports were read: this test looks in the wrong place`);
  assert.deepEqual(wrong, []);
});

Deno.test("actors and the domain are refused the clock, timers and chance by the linter", () => {
  for (const room of ["actors", "src/domain"]) {
    const path = `/house/${room}/reaching_out.ts`;
    const probe =
      "export const a = [Date.now(), Math.random(), Temporal.Now.instant(), setTimeout(() => {}, 1)];\n";
    const found = Deno.lint.runPlugin(plugin, path, probe);
    assert.deepEqual(found.map(({ message }) => message.split(" ")[0]).sort(), [
      "Date",
      "Math.random",
      "Temporal.Now",
      "setTimeout",
    ]);
  }
  assert.deepEqual(Deno.lint.runPlugin(plugin, "/house/src/time/clock.ts", "Date.now();\n"), []);
});

Deno.test("the connections that README names are those a process has at the most", async () => {
  const text = await Deno.readTextFile(new URL("README.md", ROOT));
  assert.equal(Number(text.match(/up to (\d+) connections/)?.[1]), CONNECTIONS_MAX);
});

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(new URL(`${folder}/`, ROOT)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** The project's own files a file imports, as paths from the root. */
async function importsOf(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  return [...text.matchAll(/from\s+"(\.[^"]+)"|import\(\s*"(\.[^"]+)"/g)]
    .map((found) => new URL(found[1] ?? found[2]!, new URL(path, ROOT)).href.slice(ROOT.href.length));
}

function roomOf(path: string): string {
  const [first, second] = path.split("/");
  return first === "src" ? `src/${second}` : first!;
}

for (const [subject, page] of [["security", "security.md"], ["guarantees", "guarantees.md"]]) {
  Deno.test(`every test that the page on ${subject} names is there`, async () => {
    const text = await Deno.readTextFile(new URL(`../docs/${page}`, import.meta.url));
    const named = [...text.replaceAll(/\s+/g, " ").matchAll(/- `(tests\/[^`]+)`: "([^"]+)"/g)];
    assert.ok(named.length > 30);
    const missing: string[] = [];
    for (const [, path, name] of named) {
      const tests = await Deno.readTextFile(new URL(`../${path}`, import.meta.url)).catch(() => "");
      if (!tests.includes(`Deno.test("${name}"`)) missing.push(`${path}: ${name}`);
    }
    assert.deepEqual(missing, []);
  });
}

Deno.test("every metric that the page on operations names is there", async () => {
  const [page, ...measured] = await Promise.all(
    ["docs/operations.md", "src/observability/metrics.ts", "src/http/middleware/request_metrics.ts"].map((
      path,
    ) => Deno.readTextFile(new URL(path, ROOT))),
  );
  const table = page!.split("\n").filter((line) => line.startsWith("|")).join("\n");
  const named = new Set([...table.matchAll(/`([a-z]+(?:_[a-z]+)+)(?:\{.*?\})?`/g)].map(([, name]) => name!));
  assert.ok(named.size > 5, `only ${[...named]} were read`);
  assert.deepEqual([...named].filter((name) => !measured.some((text) => text.includes(`"${name}"`))), []);
});

Deno.test("every section of the rulebook that a comment names is there", async () => {
  const rulebook = await Deno.readTextFile(new URL("src/domain/README.md", ROOT));
  const sections = new Set([...rulebook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
  const missing: string[] = [];
  let named = 0;
  for (const room of ["src", "actors"]) {
    for await (const path of sourceFiles(room)) {
      const text = (await Deno.readTextFile(new URL(path, ROOT))).replaceAll(/\s+(?:\*|\/\/)?\s*/g, " ");
      for (const [, section] of text.matchAll(/\brulebook(?:'s|,) "([^"]+)"/g)) {
        named++;
        if (!sections.has(section)) missing.push(`${path}: ${section}`);
      }
    }
  }
  assert.ok(named > 4, `only ${named} were read`);
  assert.deepEqual(missing, []);
});

Deno.test("every worked example of the rulebook is a test of its number", async () => {
  const numbers = async (path: string, pattern: RegExp) => {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    return [...text.matchAll(pattern)].map(([, number]) => Number(number));
  };
  const written = await numbers("src/domain/README.md", /^\*\*E(\d+)\*\*/gm);
  const tested = await Promise.all(
    ["windows", "credits"].map((subject) =>
      numbers(`tests/domain/examples_of_${subject}.test.ts`, /^Deno\.test\("E(\d+):/gm)
    ),
  );
  assert.deepEqual([...new Set(tested.flat())].sort((a, b) => a - b), written);
  assert.deepEqual(written, written.map((_, index) => index + 1));
});
