import assert from "node:assert/strict";
import { withDefect } from "../../teeth/defect.ts";
import { DEFECTS } from "../../teeth/defects.ts";

const ROOT = new URL("../../", import.meta.url);

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

Deno.test("a defect whose text stands nowhere, or twice, is refused", () => {
  const defect = { name: "d", harm: "h", file: "f.ts", right: "a", wrong: "b", watched_by: [] };
  assert.throws(() => withDefect(defect, "x"), /"d" does not fit: its text stands in f.ts 0 times/);
  assert.throws(() => withDefect(defect, "a a"), /stands in f.ts 2 times/);
  assert.equal(withDefect(defect, "xax"), "xbx");
});
