/** Keeps the documents true to the code that they name. */

import assert from "node:assert/strict";
import { ENVIRONMENT } from "../src/config/environment.ts";
import { CONNECTIONS_MAX, NODE_CONNECTIONS_MAX } from "../src/postgres/connection_limit.ts";
import { type Block, blocksOf, documents, placeOf } from "./docs/blocks.ts";
import { NOT_RUN } from "./docs/not_run.ts";
import { faultOf, notRun, SESSIONS } from "./docs/plan.ts";
import { filesBelow, readSource, ROOT } from "./support/source_files.ts";

Deno.test("docs/operations.md and docs/scaling.md name the most connections that a process and a node open", async () => {
  const operations = await readSource("docs/operations.md");
  const [alone, node] = [...operations.matchAll(/up to (\d+)\s+connections/g)].map(([, count]) =>
    Number(count)
  );
  assert.deepEqual([alone, node], [CONNECTIONS_MAX, NODE_CONNECTIONS_MAX]);
  const scaling = await readSource("docs/scaling.md");
  const [, ...counts] = scaling.match(/(\d+) of one process, (\d+) of one of several/)!;
  assert.deepEqual(counts.map(Number), [CONNECTIONS_MAX, NODE_CONNECTIONS_MAX]);
});

Deno.test("docs/reference.md lists every environment variable", async () => {
  const listed = await firstColumn("docs/reference.md", "Environment variables");
  assert.deepEqual(listed.toSorted(), ENVIRONMENT.toSorted());
});

Deno.test("docs/reference.md lists every error code with its status", async () => {
  const codes = new Map<string, string>();
  for await (const path of filesBelow("src/http", /\.ts$/)) {
    for (
      const [, status, code] of (await readSource(path)).matchAll(/new Problem\(\s*(\d{3}),\s*"([a-z_]+)"/g)
    ) {
      codes.set(code!, status!);
    }
  }
  const problems = await readSource("src/http/kit/problems.ts");
  for (const [, code, status] of problems.matchAll(/^ {2}([a-z_]+): (4\d\d),/gm)) {
    codes.set(code!, status!);
  }
  for (const [, code, status] of problems.matchAll(/case "([a-z_]+)":[^;]*?new Problem\((\d{3}), error/gs)) {
    codes.set(code!, status!);
  }
  assert.ok(codes.size > 40, `only ${codes.size} codes were read`);
  const rows = (await readSource("docs/reference.md")).matchAll(/^\| `([a-z_]+)` +\| (\d{3}) /gm);
  assert.deepEqual(
    Object.fromEntries([...rows].map(([, code, status]) => [code, status])),
    Object.fromEntries(codes),
  );
});

for (const page of ["docs/security.md", "docs/guarantees.md"]) {
  Deno.test(`every test that ${page} names exists`, async () => {
    const text = await readSource(page);
    const named = [...text.replaceAll(/\s+/g, " ").matchAll(/- `(tests\/[^`]+)`: "([^"]+)"/g)];
    assert.ok(named.length > 30, `only ${named.length} were read`);
    const missing: string[] = [];
    for (const [, path, name] of named) {
      const tests = await readSource(path!).catch(() => "");
      const is_there = ["Deno.test", "natsTest"].some((test) => tests.includes(`${test}("${name}"`));
      if (!is_there) missing.push(`${path}: ${name}`);
    }
    assert.deepEqual(missing, []);
  });
}

Deno.test("docs/reference.md lists every metric, and docs/operations.md no other", async () => {
  const defined = new Set<string>();
  for (
    const path of [
      "src/observability/metrics.ts",
      "src/observability/commit_metrics.ts",
      "src/http/middleware/request_metrics.ts",
    ]
  ) {
    for (const [name] of (await readSource(path)).matchAll(/\bpoli_[a-z_]+/g)) defined.add(name);
  }
  const listed = await firstColumn("docs/reference.md", "Metrics");
  assert.deepEqual(listed.map((cell) => cell.replace(/\{.*/, "")).toSorted(), [...defined].toSorted());
  const named = [...(await readSource("docs/operations.md")).matchAll(/\bpoli_[a-z_]+[a-z]/g)].map(([name]) =>
    name
  );
  assert.deepEqual(named.filter((name) => !defined.has(name) && name !== "poli_credits_service"), []);
});

Deno.test("every relative link of a document leads to a file, and to a heading that exists", async () => {
  const pages = await documents();
  const broken: string[] = [];
  for (const page of pages) {
    const text = (await readSource(page)).replaceAll(/^ *```\w+\n.*?^ *```$/gms, "");
    for (const [, link] of text.matchAll(/(?:\]\(|src=")([^)\s"]+)/g)) {
      if (!/^[a-z]+:/.test(link!) && !await leadsSomewhere(page, link!)) broken.push(`${page}: ${link}`);
    }
  }
  assert.ok(pages.length > 15, `only ${pages.length} documents were read`);
  assert.deepEqual(broken, []);
});

Deno.test("every block of a document is run by the suite, or listed in tests/docs/not_run.ts with the reason", async () => {
  const blocks = await allBlocks();
  assert.ok(blocks.length > 80, `only ${blocks.length} were read`);
  const faults = blocks.filter((block) => notRun(block) === undefined)
    .map((block) => [placeOf(block), faultOf(block)] as const);
  assert.deepEqual(faults.filter(([, fault]) => fault !== undefined), []);
});

Deno.test("the list of blocks that are not run names blocks, and tests that exist", async () => {
  const listed = new Set((await allBlocks()).map(notRun));
  const entries = Object.values(NOT_RUN).flat();
  assert.deepEqual(entries.filter((entry) => !listed.has(entry)), []);
  const tests = entries.flatMap(({ run_by }) => run_by ?? []);
  const missing = await Promise.all(
    tests.map((path) => Deno.stat(new URL(path, ROOT)).then(() => [], () => [path])),
  );
  assert.deepEqual(missing.flat(), []);
});

Deno.test("every guide is followed by the suite", async () => {
  const guides = await Array.fromAsync(filesBelow("docs/guides", /\.md$/));
  const followed = await Promise.all(
    guides.map(async (path) => (await blocksOf(path)).length === 0 || path in SESSIONS),
  );
  assert.deepEqual(guides.filter((_, index) => !followed[index]), []);
});

Deno.test("bash reads every command of the documents, and deno.json has their tasks", async () => {
  const commands = (await allBlocks()).filter(({ language }) => language === "sh");
  const { tasks } = JSON.parse(await readSource("deno.json"));
  const faults: string[] = [];
  for (const block of commands) {
    const { success, stderr } = await new Deno.Command("bash", { args: ["-n", "-c", block.code] }).output();
    if (!success) faults.push(`${placeOf(block)}: ${new TextDecoder().decode(stderr)}`);
    for (const [, task] of block.code.matchAll(/deno(?:@\S+)? task (\S+)/g)) {
      if (!(task! in tasks)) faults.push(`${placeOf(block)}: no task ${task}`);
    }
  }
  assert.deepEqual(faults, []);
});

Deno.test("every section of the rulebook that a comment names exists", async () => {
  const rulebook = await readSource("src/domain/README.md");
  const sections = new Set([...rulebook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
  const missing: string[] = [];
  let named = 0;
  for (const folder of ["src", "actors"]) {
    for await (const path of filesBelow(folder, /\.tsx?$/)) {
      const text = (await readSource(path)).replaceAll(/\s+(?:\*|\/\/)?\s*/g, " ");
      for (const [, section] of text.matchAll(/\b[Rr]ulebook(?:'s|,) "([^"]+)"/g)) {
        named++;
        if (!sections.has(section)) missing.push(`${path}: ${section}`);
      }
    }
  }
  assert.ok(named > 4, `only ${named} were read`);
  assert.deepEqual(missing, []);
});

Deno.test("every worked example of the rulebook is a test of its number", async () => {
  const numbers = async (path: string, pattern: RegExp) =>
    [...(await readSource(path)).matchAll(pattern)].map(([, number]) => Number(number));
  const written = await numbers("src/domain/README.md", /^\*\*E(\d+)\*\*/gm);
  const files = [...Deno.readDirSync(`${import.meta.dirname}/domain`)].map(({ name }) => name);
  const tested = await Promise.all(
    files.filter((name) => name.startsWith("examples_of_")).map((name) =>
      numbers(`tests/domain/${name}`, /^Deno\.test\("E(\d+):/gm)
    ),
  );
  assert.deepEqual([...new Set(tested.flat())].sort((a, b) => a - b), written.toSorted((a, b) => a - b));
  assert.equal(new Set(written).size, written.length, "two examples have one number");
});

async function allBlocks(): Promise<Block[]> {
  return (await Promise.all((await documents()).map(blocksOf))).flat();
}

/** The names in code font that begin the rows of a section's table. */
async function firstColumn(page: string, heading: string): Promise<string[]> {
  const section = (await readSource(page)).split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ??
    "";
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
}

async function leadsSomewhere(page: string, link: string): Promise<boolean> {
  const [path, anchor] = link.split("#");
  const target = path === "" ? new URL(page, ROOT) : new URL(path!, new URL(page, ROOT));
  const found = await Deno.stat(target).catch(() => undefined);
  if (found === undefined) return false;
  if (anchor === undefined) return true;
  const headings = [...(await Deno.readTextFile(target)).matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
    slugOf(text!)
  );
  return headings.includes(anchor);
}

/** A heading's anchor, as GitHub makes it. */
function slugOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\d\s_-]/gu, "").replaceAll(" ", "-");
}
