import assert from "node:assert/strict";
import { FOLDED_LETTERS, foldedName, sortValueOf } from "../../src/domain/company_list.ts";
import type { Period } from "../../src/domain/period.ts";
import type { CompanyId } from "../../src/domain/types.ts";

Deno.test("a folded name has small letters without marks, and any other character as it was", () => {
  assert.equal(foldedName("PADARIA São João & Filhos, Ação 100 %"), "padaria sao joao & filhos, acao 100 %");
  assert.equal(foldedName("Ærø Łódź Straße ŠKODA"), "ærø łodz straße skoda");
  assert.equal(foldedName("日本 🍞 Ελλάς"), "日本 🍞 Ελλάς");
});

Deno.test("folding twice changes nothing more, and each folded letter has one replacement", () => {
  const { from, to } = FOLDED_LETTERS;
  assert.equal(from.length, to.length);
  assert.equal(new Set(from).size, from.length);
  assert.equal(foldedName(foldedName(from)), foldedName(from));
  assert.ok(!from.includes("'"), "the table is part of a statement");
});

Deno.test("the share used is of the granted credits; without a package each credit is a whole one", () => {
  const shareOf = (granted: number, consumed: number) => {
    const period = { month: "2026-11", granted, consumed, closed: false } as Period;
    return sortValueOf("share_used", { company: "acme" as CompanyId, name: "Acme", period });
  };
  assert.deepEqual([shareOf(200, 50), shareOf(200, 300), shareOf(0, 3), shareOf(0, 0)], [0.25, 1.5, 3, 0]);
});
