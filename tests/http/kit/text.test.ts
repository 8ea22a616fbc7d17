import assert from "node:assert/strict";
import { idError, nameError } from "../../../src/http/kit/text.ts";

Deno.test("a name of spaces, invisible or blank characters only has no visible character", () => {
  const invisible = [
    " ",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2060",
    "\u00ad",
    "\u115f",
    "\u3164",
  ];
  for (
    const name of [
      ...invisible,
      "\u2800",
      "\ufe0f",
      "\u202e",
      "\u2066\u2069",
      "\u{e0020}",
      "\ue000",
      " \u200b ",
    ]
  ) {
    assert.match(nameError(name) ?? "", /^must have a visible character: /, escaped(name));
  }
});

Deno.test("a name with a control character or half a surrogate pair is refused", () => {
  for (const name of ["A\0", "A\u0007", "A\u001b[31m", "A\u0085", "\u007f"]) {
    assert.match(nameError(name) ?? "", /^must not have control characters: /, escaped(name));
  }
  for (const name of ["A\ud83d", "\udc00A"]) {
    assert.match(nameError(name) ?? "", /^must not have lone surrogates: /, escaped(name));
  }
});

Deno.test("names in every script, with emoji, joiners and bidirectional controls are good", () => {
  for (
    const name of [
      "Ação & Cia. Ltda.",
      "株式会社",
      "شرکت نمونه‌ای",
      "👩‍👩‍👧 Café",
      "e\u0301",
      "A\u202eB",
      "Rotina\nde cobrança",
      "\u2067שלום\u2069",
      "0",
      "…",
    ]
  ) assert.equal(nameError(name), undefined, escaped(name));
});

Deno.test("an id that a path cannot hold is refused", () => {
  for (const id of [".", ".."]) assert.match(idError(id) ?? "", /^must not be "\." or "\.\."/);
  for (const id of ["...", ".a", "a.", "a/../b", "wamid.A1==", "run 1", "lote nº 7"]) {
    assert.equal(idError(id), undefined, id);
  }
});

Deno.test("ids that look the same are the same: an invisible character is refused", () => {
  for (const id of ["a\u200bb", "a\u202e", "\ufeffa", "a\n", "a\u00ad", "a\ud800", " ", "\u3000"]) {
    assert.notEqual(idError(id), undefined, escaped(id));
  }
});

function escaped(text: string): string {
  return text.replace(/[^ -~]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
