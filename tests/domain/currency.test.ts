import assert from "node:assert/strict";
import { isCurrency } from "../../src/domain/currency.ts";

Deno.test("current codes of ISO 4217 are currencies, also those that the runtime's Intl does not know", () => {
  for (const code of ["BRL", "USD", "EUR", "JPY", "CLF", "XAF", "XCG", "ZWG", "SLE", "VED"]) {
    assert.ok(isCurrency(code), code);
  }
});

Deno.test("invented, retired, metal and test codes and other spellings are no currencies", () => {
  for (const code of ["ZZZ", "HRK", "BGN", "DEM", "XAU", "XTS", "XXX", "brl", "BRL ", "", "R$", "BRL USD"]) {
    assert.ok(!isCurrency(code), code);
  }
});
