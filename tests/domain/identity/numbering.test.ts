import assert from "node:assert/strict";
import fc from "fast-check";
import { identifiersIn } from "../../../src/domain/identity/event_identifiers.ts";
import { canonicalPhone, formerSpellings } from "../../../src/domain/identity/numbering.ts";
import { withoutPersonalData } from "../../../src/domain/identity/personal_text.ts";
import { maskPhone, parsePhone } from "../../../src/domain/identity/phone.ts";
import { canonicalSpelling, SPELLED } from "../../support/spellings.ts";

Deno.test("each country of the table has one form for both spellings of a number", () => {
  for (const [canonical, other] of SPELLED) {
    assert.equal(canonicalPhone(other), canonical);
    assert.equal(canonicalPhone(canonical), canonical);
  }
});

Deno.test("an Argentine landline and mobile have the form without the 9, other numbers of Argentina stay", () => {
  const forms: readonly (readonly [string, string])[] = [
    ["5491143210987", "541143210987"],
    ["541143210987", "541143210987"],
    ["5492234567890", "542234567890"],
    ["5493514567890", "543514567890"],
    ["5498001234567", "5498001234567"], // not a mobile: no area begins with 8
    ["548001234567", "548001234567"],
  ];
  for (const [digits, canonical] of forms) assert.equal(canonicalPhone(digits), canonical);
});

Deno.test("an Ivorian number of eight digits gets the two digits of its operator", () => {
  const forms: readonly (readonly [string, string])[] = [
    ["01234567", "01"], // Moov
    ["40234567", "01"],
    ["73234567", "01"],
    ["04234567", "05"], // MTN
    ["55234567", "05"],
    ["96234567", "05"],
    ["07123456", "07"], // Orange
    ["49123456", "07"],
    ["98123456", "07"],
    ["22812345", "21"], // fixed: Moov, MTN, Orange
    ["20012345", "25"],
    ["36012345", "25"],
    ["20212345", "27"],
    ["36812345", "27"],
  ];
  for (const [digits, prefix] of forms) {
    assert.equal(canonicalPhone(`225${digits}`), `225${prefix}${digits}`);
  }
  for (const service of ["80123456", "90512345", "13123456"]) {
    assert.equal(canonicalPhone(`225${service}`), `225${service}`);
  }
});

Deno.test("a number that no plan of the table has stays as it is", () => {
  const untouched = [
    "5211512345678", // no Mexican area begins with 1
    "521551234567", // a digit short
    "52155123456789", // a digit too many
    "22901234567", // an eight-digit number of Benin does not begin with 0
    "22811234567", // Togo
    "5712345678901", // Colombia
    "2349012345678", // Nigeria
  ];
  for (const phone of untouched) assert.equal(canonicalPhone(phone), phone);
});

Deno.test("the table agrees with its second implementation, and a canonical form is its own", () => {
  const digits = fc.tuple(
    fc.constantFrom("55", "52", "521", "54", "549", "225", "229", "2", "5", "1"),
    fc.stringMatching(/^[0-9]{6,12}$/),
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(digits, (phone) => {
      const canonical = canonicalPhone(phone);
      assert.equal(canonical, canonicalSpelling(phone));
      assert.equal(canonicalPhone(canonical), canonical);
      if (canonical !== phone && !phone.startsWith("55")) {
        assert.deepEqual(formerSpellings(canonical), [phone]);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a phone has a former spelling where contacts may be stored under it, and nowhere else", () => {
  for (const [canonical, other] of SPELLED) {
    const expected = canonical.startsWith("55") ? [] : [other];
    assert.deepEqual(formerSpellings(canonical), expected);
  }
  // Not the Moov number that these ten digits would be: the operator digits differ.
  for (const phone of ["2250107123456", "16315551181", "2250007123456", "5215512345678", "BR.1", "2CI"]) {
    assert.deepEqual(formerSpellings(phone), [], phone);
  }
});

Deno.test("however a phone is written, it parses, masks and is found in events and labels as one", () => {
  for (const [canonical, other] of SPELLED) {
    const spaced = `+${other.slice(0, 3)} ${other.slice(3, 7)}-${other.slice(7)}`;
    for (const text of [canonical, other, `+${other}`, spaced]) {
      assert.equal(parsePhone(text), canonical, text);
      assert.equal(maskPhone(text), maskPhone(canonical), text);
      assert.equal(withoutPersonalData(`for ${text}!`), `for ${maskPhone(canonical)}!`);
    }
    const wamid = `wamid.${btoa(`\x1c\x18\x0d${other}\x15\x02`)}`;
    for (const event of [{ contact: { phone: other } }, { message_id: wamid }, { callback_data: other }]) {
      assert.deepEqual(identifiersIn(event), [canonical]);
    }
  }
});
