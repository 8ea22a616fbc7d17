import assert from "node:assert/strict";
import { parsePhoneNumberFromString as parse } from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";
import { isCountry, type PhoneReading, readPhone, readPhoneIn } from "../../../src/http/kit/phone_numbers.ts";
import { isAssigned } from "../../../src/http/kit/numbering_plans.ts";
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

Deno.test("a number of every Brazilian area is read as Brazilians write it, and bare never as a foreign one", () => {
  const codes = Array.from({ length: 89 }, (_, index) => String(index + 11));
  const areas = codes.filter((code) => canonicalPhone(`55${code}87654321`).length === 13);
  assert.equal(areas.length, 67);
  const ambiguous = new Set<string>();
  for (const area of areas) {
    for (const start of ["961", "972", "983", "987", "998", "21", "33", "36", "42", "54"]) {
      const local = `${start}${"7654321".slice(0, (start[0] === "9" ? 9 : 8) - start.length)}`;
      const [head, last] = [local.slice(0, -4), local.slice(-4)];
      const texts = [
        `${area} ${head}-${last}`,
        `(${area}) ${head}-${last}`,
        `(${area}) ${local}`,
        `0${area}${local}`,
      ];
      if (start[0] === "9") {
        texts.push(`${area} 9 ${head.slice(1)}-${last}`, `55${area}${local}`, `55 ${texts[0]}`);
      }
      for (const text of texts) assert.equal(read(text, "BR"), `55${area}${local}`, text);
      const bare = read(`${area}${local}`, "BR");
      if (bare === "ambiguous") ambiguous.add(area);
      else assert.equal(bare, `55${area}${local}`);
    }
  }
  for (const area of ["33", "51", "66", "81", "84"]) assert.ok(ambiguous.has(area), area);
  for (const area of ["11", "21", "31", "41", "61", "71", "85"]) assert.ok(!ambiguous.has(area), area);
});

Deno.test("digits of any length that are a national number are never a foreign one without a mark", () => {
  const national: readonly (readonly [country: string, phone: string, ...texts: string[]])[] = [
    ["AR", "543814567890", "381 15 456-7890", "0381 15 456-7890", "(381) 15 456-7890", "381 456-7890"],
    ["AR", "543584567890", "358 15 456-7890"],
    ["AR", "543534567890", "353 15 456-7890", "0353154567890"],
    ["AR", "543514567890", "351 456-7890", "3514567890", "351 15 456-7890"],
    ["AR", "543818126624", "381 15 812-6624"], // a range newer than the metadata
    ["ID", "62812345678901", "812345678901", "0812345678901", "812-3456-78901", "62812345678901"],
    ["DE", "491711234567", "0171 1234567", "1711234567", "491711234567", "49 171 1234567"],
    ["BR", "556531234444", "65 3123-4444"],
    ["CN", "8613802345678", "138 0234 5678", "8613802345678"],
    ["CN", "8613812345678", "13812345678"],
    ["RU", "74951234567", "8 (495) 123-45-67", "8 495 123-45-67"],
  ];
  for (const [country, phone, ...texts] of national) {
    for (const text of texts) assert.equal(read(text, country), phone, `${country} ${text}`);
  }
  const refused = [
    ["AR", "381154567890"],
    ["AR", "381 15 4567890"], // also a Serbian's way to write
    ["AR", "381 15 8126624"],
    ["CN", "13802345678"],
    ["RU", "84951234567"],
    ["BR", "51987654321"],
    ["BR", "51 987 654 321"], // a Peruvian's way to write
    ["BR", "84 98 888 77 77"], // a Vietnamese's
    ["BR", "65-3123-4444"], // a Singaporean's
  ] as const;
  for (const [country, text] of refused) assert.equal(read(text, country), "ambiguous", `${country} ${text}`);
});

Deno.test("a foreign number whose digits are no national number is read bare", () => {
  for (const phone of ["12025550123", "351912345678", "525512345678", "541143210987", "905321234567"]) {
    for (const country of [undefined, "BR"]) assert.equal(read(phone, country), phone, `${phone} ${country}`);
  }
});

Deno.test("a number without its area code, or in no assigned range, is not read without a mark", () => {
  for (const text of ["98765-4321", "987654321", "2222-8888", "3222 8888", "32228888", "981234567890"]) {
    assert.equal(read(text), "national", text);
    assert.equal(read(text, "BR"), "impossible", text);
  }
  assert.equal(read("+298 211234", "BR"), "298211234");
  assert.equal(read("298211234", "FO"), "298211234");
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

Deno.test("a range is assigned when libphonenumber's own parser says so", () => {
  let assigned = 0;
  for (const country of Object.keys(examples).filter(isCountry)) {
    const digits = parse(examples[country], country)!.number.slice(1);
    for (let at = 0; at < digits.length; at++) {
      for (
        const changed of [`${digits.slice(0, at)}${(Number(digits[at]) + 3) % 10}${digits.slice(at + 1)}`]
      ) {
        const parsed = parse(`+${changed}`);
        const is_valid = parsed?.number === `+${changed}` && parsed.isValid();
        assert.equal(isAssigned(changed), is_valid, changed);
        if (is_valid) assigned++;
      }
    }
  }
  assert.ok(assigned > 500);
});

Deno.test("a country is an ISO 3166-1 alpha-2 code of a country with phones", () => {
  for (const code of ["BR", "MX", "AR", "CI", "BJ", "PT", "US"]) assert.equal(isCountry(code), true, code);
  for (const code of ["ZZ", "br", "BRA", "", "AC", "55", "__proto__"]) {
    assert.equal(isCountry(code), false, code);
  }
});
