import assert from "node:assert/strict";
import { parsePhoneNumberFromString as parse } from "libphonenumber-js/max";
import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";
import { countryOfContact, countryOfPhone } from "../../../src/domain/identity/phone_country.ts";

Deno.test("the country of every example number is the one that libphonenumber finds", () => {
  const countries = Object.keys(examples).filter((country) => isSupportedCountry(country));
  assert.ok(countries.length > 200);
  for (const country of countries) {
    const digits = `${getCountryCallingCode(country)}${examples[country]}`;
    assert.equal(countryOfPhone(digits), parse(`+${digits}`)?.country, country);
  }
});

Deno.test("the countries of one calling code have their own ranges", () => {
  const numbers = [
    "12125550100",
    "14165550100",
    "17875550100",
    "18765550100",
    "18095550100",
    "79161234567",
    "77012345678",
  ];
  assert.deepEqual(numbers.map(countryOfPhone), ["US", "CA", "PR", "JM", "DO", "RU", "KZ"]);
});

Deno.test("a number in no range is of the main country of its code, and one without a code of none", () => {
  assert.deepEqual(["15550002222", "80012345678", "99999", ""].map(countryOfPhone), [
    "US",
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a BSUID names the country of a contact without a phone", () => {
  assert.equal(countryOfContact({ phone: undefined, bsuid: "MX.1001" }), "MX");
  assert.equal(countryOfContact({ phone: "5511987650001", bsuid: "MX.1001" }), "BR");
  assert.equal(countryOfContact({ phone: undefined, bsuid: undefined }), undefined);
});
