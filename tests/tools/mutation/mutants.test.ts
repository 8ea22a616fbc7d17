import assert from "node:assert/strict";
import { applyMutant } from "../../../tools/mutation/mutant.ts";
import { MUTANTS } from "../../../tools/mutation/mutants.ts";

const ROOT = new URL("../../../", import.meta.url);

Deno.test("every defect that the tests are tried with still fits the code, and says who watches", async () => {
  assert.ok(MUTANTS.length >= 20, `only ${MUTANTS.length} defects`);
  assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length, "two have one name");
  for (const defect of MUTANTS) {
    const right = await Deno.readTextFile(new URL(defect.file, ROOT));
    assert.notEqual(applyMutant(defect, right), right, defect.name);
    assert.ok(defect.tests.length > 0, defect.name);
    for (const path of defect.tests) assert.ok((await Deno.stat(new URL(path, ROOT))).isFile, path);
  }
});

Deno.test("the table of defects has each of them once, in their order, with a file of tests that watches", async () => {
  const text = await Deno.readTextFile(new URL("tools/mutation/README.md", ROOT));
  const [, , ...rows] = text.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  assert.deepEqual(rows.map(([, harm]) => harm), MUTANTS.map(({ harm }) => harm));
  for (const [i, { name, tests }] of MUTANTS.entries()) {
    const file = rows[i]![3]!.replaceAll("`", "");
    assert.ok(tests.includes(`tests/${file}`), `${name} is not watched by ${file}`);
  }
});

Deno.test("a defect whose text stands nowhere, or twice, is refused", () => {
  const defect = { name: "d", harm: "h", file: "f.ts", original: "a", mutated: "b", tests: [] };
  assert.throws(() => applyMutant(defect, "x"), /"d" does not fit: its text stands in f.ts 0 times/);
  assert.throws(() => applyMutant(defect, "a a"), /stands in f.ts 2 times/);
  assert.equal(applyMutant(defect, "xax"), "xbx");
});
