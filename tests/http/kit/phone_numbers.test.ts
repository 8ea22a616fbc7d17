import assert from "node:assert/strict";
import { parsePhoneNumberFromString as parse } from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";
import { isCountry, type PhoneReading, readPhone, readPhoneIn } from "../../../src/http/kit/phone_numbers.ts";
import { canonicalPhone } from "../../../src/domain/identity/numbering.ts";
import { SPELLED } from "../../support/spellings.ts";

/** Reads a phone for a company: first without its country, as a schema does. */
function read(text: string, country?: string): string {
  const reading: PhoneReading = readPhone(text) ?? readPhoneIn(country, text);
  return "phone" in reading ? reading.phone : reading.error;
}

Deno.test("an international number is read with + or 00 or neither, with separators and marks of direction", () => {
  const texts = [
    "5511988887777",
    "+5511988887777",
    "005511988887777",
    "+55 11 98888-7777",
    "+55 (11) 98888.7777",
    "\u202a+55\u00a011\u00a098888\u20117777\u202c",
    "551188887777",
  ];
  for (const text of texts) {
    for (const country of [undefined, "BR", "US"]) assert.equal(read(text, country), "5511988887777", text);
  }
});

Deno.test("a national number is read with the company's country alone", () => {
  const texts = [
    "11988887777",
    "(11) 98888-7777",
    "011988887777",
    "+55 (0)11 98888-7777",
    "0 15 11 98888-7777", // with a carrier
    "1188887777", // without the ninth digit
  ];
  for (const text of texts) {
    assert.equal(read(text, "BR"), "5511988887777", text);
    assert.equal(read(text), "national", text);
  }
  assert.equal(read("+55 (0)11 98888-7777", "AR"), "national");
  assert.equal(read("(202) 555-0123", "US"), "12025550123");
  assert.equal(read("0171 1234567", "DE"), "491711234567");
  assert.equal(read("06 12 34 56 78", "FR"), "33612345678");
});

Deno.test("national numbers of the countries with two spellings give the canonical form of either", () => {
  const national: readonly (readonly [country: string, canonical: string, ...texts: string[]])[] = [
    ["MX", "525512345678", "55 1234 5678", "(55) 1234-5678"],
    ["AR", "541143210987", "011 15 4321-0987", "11 4321-0987", "+54 11 15 4321-0987"],
    ["CI", "2250707123456", "07 12 34 56", "07 07 12 34 56"],
    ["BJ", "2290197123456", "97 12 34 56", "01 97 12 34 56"],
  ];
  for (const [country, canonical, ...texts] of national) {
    for (const text of texts) assert.equal(read(text, country), canonical, text);
  }
});

Deno.test("both spellings of an international number give one", () => {
  for (const [canonical, other] of SPELLED) {
    for (const text of [other, `+${other}`, `00${other}`]) assert.equal(read(text), canonical);
  }
});

Deno.test("digits that are a number of the company's country and of another are ambiguous, until marked", () => {
  // Natal in Brazil, or a mobile of Vietnam.
  assert.equal(read("84988887777", "BR"), "ambiguous");
  assert.equal(read("84988887777"), "84988887777");
  assert.equal(read("+84988887777", "BR"), "84988887777");
  assert.equal(read("(84) 98888-7777", "BR"), "5584988887777");
  assert.equal(read("+5584988887777", "BR"), "5584988887777");
});

Deno.test("what no numbering plan has is impossible", () => {
  const texts = [
    "",
    "+",
    "maria",
    "+123456",
    "+5511",
    "+55 11 98888-7777-1234",
    "0".repeat(60),
    "+999123456789",
  ];
  for (const text of texts) {
    for (const country of [undefined, "BR"]) assert.equal(read(text, country), "impossible");
  }
  assert.equal(read("11888877", "BR"), "impossible");
  assert.equal(read("1", "BR"), "impossible");
});

Deno.test("a range newer than the metadata is read, if its length is possible and it is marked", () => {
  assert.equal(read("+15551234567"), "15551234567");
  assert.equal(read("+229 02 97 12 34 56"), "2290297123456");
  assert.equal(read("2290297123456"), "national", "without a mark its shape must be one of the plan");
});

Deno.test("the example number of every country is read in every form, never as another number", () => {
  const countries = Object.keys(examples).filter(isCountry);
  assert.ok(countries.length > 240);
  let ambiguous = 0;
  for (const country of countries) {
    const number = parse(examples[country], country)!;
    const digits = canonicalPhone(number.number.slice(1));
    for (const text of [number.number, `00${number.number.slice(1)}`, number.formatInternational()]) {
      assert.equal(read(text), digits, `${country} ${text}`);
    }
    for (const text of [number.number.slice(1), number.formatNational(), number.nationalNumber]) {
      const phone = read(text, country);
      if (phone === "ambiguous") ambiguous++;
      else assert.equal(phone, digits, `${country} ${text}`);
    }
  }
  assert.ok(ambiguous < 40, `${ambiguous} are ambiguous`);
});

Deno.test("a country is an ISO 3166-1 alpha-2 code of a country with phones", () => {
  for (const code of ["BR", "MX", "AR", "CI", "BJ", "PT", "US"]) assert.equal(isCountry(code), true, code);
  for (const code of ["ZZ", "br", "BRA", "", "AC", "55", "__proto__"]) {
    assert.equal(isCountry(code), false, code);
  }
});
