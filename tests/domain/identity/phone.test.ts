import assert from "node:assert/strict";
import fc from "fast-check";
import {
  maskBsuid,
  maskPhone,
  parseBsuid,
  parseContact,
  parsePhone,
} from "../../../src/domain/identity/phone.ts";
import { canonicalPhone } from "../../../src/domain/identity/numbering.ts";

Deno.test("a Brazilian mobile with and without the ninth digit is one contact", () => {
  assert.equal(canonicalPhone("551187654321"), "5511987654321");
  assert.equal(canonicalPhone("5511987654321"), "5511987654321");
});

Deno.test("every old mobile range, 6 to 9, gets the ninth digit", () => {
  for (const first of ["6", "7", "8", "9"]) {
    assert.equal(canonicalPhone(`5571${first}1234567`), `55719${first}1234567`);
  }
});

Deno.test("a landline never gets a ninth digit", () => {
  for (const first of ["2", "3", "4", "5"]) {
    assert.equal(canonicalPhone(`5511${first}1234567`), `5511${first}1234567`);
  }
});

Deno.test("a number that only looks Brazilian is left as it is", () => {
  const untouched = [
    "552087654321", // 20 is no area code
    "550187654321", // nor is 01
    "551087654321", // nor 10
    "541187654321", // Argentina
    "55118765432", // a digit short
    "5511887654321", // thirteen digits that do not begin with 9
    "5587654321", // no area code at all
  ];
  for (const phone of untouched) assert.equal(canonicalPhone(phone), phone);
});

Deno.test("there are 67 Brazilian area codes, and each canonicalises", () => {
  const codes = Array.from({ length: 100 }, (_, code) => String(code).padStart(2, "0"));
  const known = codes.filter((code) => canonicalPhone(`55${code}87654321`).length === 13);
  assert.equal(known.length, 67);
  for (const unused of ["00", "10", "20", "23", "25", "26", "29", "36", "39", "52", "72", "76", "78", "90"]) {
    assert.equal(known.includes(unused), false, unused);
  }
});

Deno.test("a canonical phone stays unchanged, for any digits", () => {
  fc.assert(fc.property(fc.stringMatching(/^[0-9]{1,20}$/), (digits) => {
    const once = canonicalPhone(digits);
    assert.equal(canonicalPhone(once), once);
  }));
});

Deno.test("plus, spaces, dashes and parentheses do not make another phone", () => {
  const spellings = [
    "5511987654321",
    "+5511987654321",
    " +55 (11) 98765-4321 ",
    "55 11 8765-4321",
    "+55-11-98765-4321",
  ];
  for (const spelling of spellings) assert.equal(parsePhone(spelling), "5511987654321", spelling);
});

Deno.test("what is not 5 to 15 digits is no phone", () => {
  const refused = [
    "",
    "+",
    "1234",
    "1234567890123456",
    "-5511987654321",
    "55+11987654321",
    "5511 98765 432x",
    "１２３４５６",
  ];
  for (const text of refused) assert.equal(parsePhone(text), undefined, text);
  assert.equal(parsePhone("1".repeat(1_000_000)), undefined);
});

Deno.test("a BSUID is two letters, a dot and an id", () => {
  assert.equal(parseBsuid("BR.13491208655302741918"), "BR.13491208655302741918");
  assert.equal(parseBsuid("br.aB9"), "BR.aB9");
  assert.equal(parseBsuid("US.ENT.11815799212886844830"), "US.ENT.11815799212886844830");
  assert.equal(parseBsuid(`BR.${"a".repeat(128)}`)?.length, 131);
  const refused = [
    "",
    "BR.",
    "BR",
    "B.123",
    "BRA.123",
    "1R.123",
    "BR,123",
    "BR.1 2",
    "BR.\0",
    "BR..",
    "BR.-_.",
    `BR.${"a".repeat(133)}`,
  ];
  for (const text of refused) assert.equal(parseBsuid(text), undefined, text);
});

Deno.test("no text is both a phone and a BSUID", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."BRbr.0123456789+- ") }), (text) => {
    assert.equal(parsePhone(text) !== undefined && parseBsuid(text) !== undefined, false);
  }));
});

Deno.test("a contact in a path is digits, with or without plus, or a BSUID", () => {
  assert.deepEqual(parseContact("551187654321"), { phone: "5511987654321", bsuid: undefined });
  assert.deepEqual(parseContact("+16315551181"), { phone: "16315551181", bsuid: undefined });
  assert.deepEqual(parseContact("BR.1"), { phone: undefined, bsuid: "BR.1" });
  assert.equal(parseContact("maria"), undefined);
  assert.equal(parseContact(""), undefined);
});

Deno.test("a masked phone keeps country, area and the last digits", () => {
  assert.equal(maskPhone("5511987654321"), "+55 11 •••••-4321");
  assert.equal(maskPhone("551134567890"), "+55 11 ••••-7890");
  assert.equal(maskPhone("16315551181"), "+1 631 •••-1181");
  assert.equal(maskPhone("351912345678"), "+35 ••••••5678");
  assert.equal(maskPhone("12345678"), "••••••78");
  assert.equal(maskPhone("not a phone"), "••••");
});

Deno.test("a masked phone hides at least three digits", () => {
  fc.assert(fc.property(fc.stringMatching(/^[1-9][0-9]{4,14}$/), (digits) => {
    const shown = maskPhone(digits).replace(/[^0-9]/g, "").length;
    assert.ok(canonicalPhone(digits).length - shown >= 3);
  }));
});

Deno.test("a masked BSUID keeps its country and the last digits", () => {
  assert.equal(maskBsuid("BR.13491208655302741918"), "BR.••••1918");
  assert.equal(maskBsuid("BR.1234"), "BR.••••");
  assert.equal(maskBsuid("?"), "••••");
});
