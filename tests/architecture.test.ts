import assert from "node:assert/strict";
import plugin from "../tools/lint/determinism.ts";
import { filesBelow, readSource, ROOT } from "./support/source_files.ts";

/** The folders, and single files, that a folder may import from. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "src/domain": ["src/time/units.ts"],
  "src/whatsapp": ["src/domain"],
  "src/access": ["src/domain", "src/time/units.ts"],
  "src/alerts": ["src/domain", "src/time/units.ts"],
  "src/time": [],
  "src/journal": ["src/domain", "src/observability"],
  "src/live": ["src/domain", "src/ports"],
  "src/nats": ["src/time/sleep.ts", "src/ports"],
  "src/embedded_postgres": ["src/postgres", "src/time"],
  "src/postgres": [
    "src/domain",
    "src/access",
    "src/alerts",
    "src/journal",
    "src/observability",
    "src/embedded_postgres",
    "src/time",
    "src/ports",
  ],
  "src/http": [
    "src/domain",
    "src/whatsapp",
    "src/web",
    "src/access",
    "src/alerts",
    "src/config",
    "src/observability",
    "src/time/sleep.ts",
    "src/ports",
  ],
  "src/web": ["src/domain", "src/time/units.ts", "src/time/sleep.ts"],
  "actors": ["src/domain", "src/ports"],
  "client": [],
};

Deno.test("imports point one way: from main.ts to the modules, and from the modules to the domain", async () => {
  const violations: string[] = [];
  let imports = 0;
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    for await (const path of filesBelow(folder, /\.tsx?$/)) {
      for (const target of await importsOf(path)) {
        imports++;
        const imported = folderOf(target);
        if (imported !== folder && !allowed.includes(imported) && !allowed.includes(target)) {
          violations.push(`${path} imports ${target}`);
        }
      }
    }
  }
  assert.ok(imports > 100, `only ${imports} imports were read`);
  assert.deepEqual(violations, []);
});

Deno.test("no two files of a folder import each other in a circle", async () => {
  const graph = new Map<string, string[]>();
  for (const folder of ["actors", "client", "src", "tools"]) {
    for await (const path of filesBelow(folder, /\.tsx?$/)) graph.set(path, await importsOf(path, "values"));
  }
  assert.ok(graph.size > 200, `only ${graph.size} files were read`);
  assert.deepEqual([...graph.keys()].filter((path) => reaches(graph, path, path)), []);
});

Deno.test("the linter refuses clocks, timers and randomness in actors and the domain", () => {
  for (const folder of ["actors", "src/domain"]) {
    const path = `/project/${folder}/example.ts`;
    const source =
      "export const a = [Date.now(), Math.random(), Temporal.Now.instant(), setTimeout(() => {}, 1)];\n";
    const found = Deno.lint.runPlugin(plugin, path, source);
    assert.deepEqual(found.map(({ message }) => message.split(" ")[0]).sort(), [
      "Date",
      "Math.random",
      "Temporal.Now",
      "setTimeout",
    ]);
  }
  assert.deepEqual(Deno.lint.runPlugin(plugin, "/project/src/time/clock.ts", "Date.now();\n"), []);
});

/** The project's own files that a file imports; `values` leaves out imports of types alone. */
async function importsOf(path: string, kind: "all" | "values" = "all"): Promise<string[]> {
  const text = await readSource(path);
  const imports = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+)"|import\(\s*"(\.[^"]+)"/gms,
  );
  return [...imports].filter(([, type]) => kind === "all" || type === undefined)
    .map(([, , from, dynamic]) =>
      new URL(from ?? dynamic!, new URL(path, ROOT)).href.slice(ROOT.href.length)
    );
}

/** The top folder of a path, or the file itself where it stands in no folder of `src/`. */
function folderOf(path: string): string {
  const [first, second] = path.split("/");
  return first === "src" ? `src/${second}` : first!;
}

/** Whether imports lead from one file to another. */
function reaches(graph: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...graph.get(from) ?? []];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (path === to) return true;
    if (seen.has(path)) continue;
    seen.add(path);
    open.push(...graph.get(path) ?? []);
  }
  return false;
}
