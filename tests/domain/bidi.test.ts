import assert from "node:assert/strict";
import { isolated } from "../../src/domain/bidi.ts";

Deno.test("a name that reorders text is isolated, and its own controls cannot end the isolate", () => {
  assert.equal(isolated("Acme \u202egnp.exe"), "\u2068Acme gnp.exe\u2069");
  assert.equal(isolated("A\u2069\u2069\u202eB"), "\u2068AB\u2069");
  assert.equal(isolated("שלום"), "\u2068שלום\u2069");
  assert.equal(isolated("مقهى 5"), "\u2068مقهى 5\u2069");
  assert.equal(isolated("A\u200f"), "\u2068A\u200f\u2069");
  assert.equal(isolated("A\u061cB"), "\u2068A\u061cB\u2069");
});

Deno.test("a name that cannot reorder text stays as it is", () => {
  for (const name of ["Acme", "Ação & Cia.", "株式会社", "Кафе", "👩‍👩‍👧", ""]) {
    assert.equal(isolated(name), name);
  }
});
