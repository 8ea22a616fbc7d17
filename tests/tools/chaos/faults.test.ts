import assert from "node:assert/strict";
import { FAULTS, FAULTS_BY_KIND } from "../../../tools/chaos/faults.ts";

Deno.test("each kind of fault has a test file of its name, which tests that kind", async () => {
  for (const kind of Object.keys(FAULTS_BY_KIND)) {
    const text = await Deno.readTextFile(new URL(`${kind}.test.ts`, import.meta.url));
    assert.match(text, new RegExp(`testFaults\\(FAULTS_BY_KIND\\.${kind}\\)`));
  }
});

Deno.test("no two faults have one name", () => {
  const names = FAULTS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});
