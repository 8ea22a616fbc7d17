import assert from "node:assert/strict";
import { applyMutant } from "../../../tools/mutation/mutant.ts";
import { MUTANTS } from "../../../tools/mutation/mutants.ts";

const ROOT = new URL("../../../", import.meta.url);

Deno.test("every mutant applies to the code and names its test files", async () => {
  assert.ok(MUTANTS.length >= 20, `only ${MUTANTS.length} mutants`);
  assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length, "two mutants share a name");
  for (const mutant of MUTANTS) {
    const text = await Deno.readTextFile(new URL(mutant.file, ROOT));
    assert.notEqual(applyMutant(mutant, text), text, mutant.name);
    assert.ok(mutant.tests.length > 0, mutant.name);
    for (const path of mutant.tests) assert.ok((await Deno.stat(new URL(path, ROOT))).isFile, path);
  }
});

Deno.test("the README lists every mutant once, in order, with one of its test files", async () => {
  const text = await Deno.readTextFile(new URL("tools/mutation/README.md", ROOT));
  const [, , ...rows] = text.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  assert.deepEqual(rows.map(([, harm]) => harm), MUTANTS.map(({ harm }) => harm));
  for (const [i, { name, tests }] of MUTANTS.entries()) {
    const file = rows[i]![3]!.replaceAll("`", "");
    assert.ok(tests.includes(`tests/${file}`), `${name} is not tested by ${file}`);
  }
});

Deno.test("a mutant whose original text occurs never, or twice, is rejected", () => {
  const mutant = { name: "d", harm: "h", file: "f.ts", original: "a", mutated: "b", tests: [] };
  assert.throws(() => applyMutant(mutant, "x"), /"d": its original text occurs 0 times in f\.ts/);
  assert.throws(() => applyMutant(mutant, "a a"), /occurs 2 times in f\.ts/);
  assert.equal(applyMutant(mutant, "xax"), "xbx");
});
