import assert from "node:assert/strict";
import { withDefect } from "../../../tools/mutation/mutant.ts";
import { DEFECTS } from "../../../tools/mutation/mutants.ts";

const ROOT = new URL("../../../", import.meta.url);

Deno.test("every defect that the tests are tried with still fits the code, and says who watches", async () => {
  assert.ok(DEFECTS.length >= 20, `only ${DEFECTS.length} defects`);
  assert.equal(new Set(DEFECTS.map(({ name }) => name)).size, DEFECTS.length, "two have one name");
  for (const defect of DEFECTS) {
    const right = await Deno.readTextFile(new URL(defect.file, ROOT));
    assert.notEqual(withDefect(defect, right), right, defect.name);
    assert.ok(defect.watched_by.length > 0, defect.name);
    for (const path of defect.watched_by) assert.ok((await Deno.stat(new URL(path, ROOT))).isFile, path);
  }
});

Deno.test("the table of defects has each of them once, in their order, with a file of tests that watches", async () => {
  const text = await Deno.readTextFile(new URL("tools/mutation/README.md", ROOT));
  const [, , ...rows] = text.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  assert.deepEqual(rows.map(([, harm]) => harm), DEFECTS.map(({ harm }) => harm));
  for (const [i, { name, watched_by }] of DEFECTS.entries()) {
    const file = rows[i]![3]!.replaceAll("`", "");
    assert.ok(watched_by.includes(`tests/${file}`), `${name} is not watched by ${file}`);
  }
});

Deno.test("a defect whose text stands nowhere, or twice, is refused", () => {
  const defect = { name: "d", harm: "h", file: "f.ts", right: "a", wrong: "b", watched_by: [] };
  assert.throws(() => withDefect(defect, "x"), /"d" does not fit: its text stands in f.ts 0 times/);
  assert.throws(() => withDefect(defect, "a a"), /stands in f.ts 2 times/);
  assert.equal(withDefect(defect, "xax"), "xbx");
});
