/**
 * Reads the phones that callers give, as people write them. Webhooks do not come through here: Meta's numbers are
 * always international.
 *
 * - CALLER-1: a phone is international, or it is a national number of the company's country. It is never guessed:
 *   digits that are a number in both ways are read only when their mark (`+`, `00`, a trunk prefix, parentheses) or
 *   their groups decide, and are refused otherwise.
 * - CALLER-2: however a number is written, it gives the canonical digits of `canonicalPhone`.
 */

import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/max";
import { parsePhoneNumberFromString as parse, type PhoneNumber } from "libphonenumber-js/max";
import { canonicalPhone } from "../../domain/identity/numbering.ts";
import { fitsNumberingPlan, isAssigned, nationalPrefixesOf } from "./numbering_plans.ts";

/** A country with a numbering plan. */
type Country = Parameters<typeof getCountryCallingCode>[0];

/**
 * Why a text is no phone: no plan has it, the company has no country and it is a national number, or it has two
 * readings.
 */
export type PhoneError = "impossible" | "national" | "ambiguous";

/** The canonical digits of a phone, or why there are none. */
export type PhoneReading = { readonly phone: string } | { readonly error: PhoneError };

/** A complete Brazilian mobile: nearly every phone, and known without a search. */
const BRAZILIAN_MOBILE = /^\+?55[1-9]{2}9\d{8}$/;
/** Characters that carry no meaning in a phone: spaces, dashes, dots, slashes, parentheses and marks of direction. */
const SEPARATORS = /[\p{Zs}\p{Pd}./()\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const DIGITS = /^\+?\d{4,20}$/;
/** 15 digits with a prefix, separators and marks; longer texts are refused without a scan. */
const TEXT_MAX = 48;
/** Fewer digits without `+` or `00` are a number without its area code, rather than one of the smallest countries. */
const UNMARKED_DIGITS_MIN = 10;
/**
 * National writings that libphonenumber does not give, as the lengths of their groups: Brazil's ninth digit apart, as
 * in `51 9 8765-4321`; Argentina's 15 after an area code of three digits, as in `358 15 456-7890`.
 */
const NATIONAL_WRITINGS: Readonly<Record<string, readonly string[]>> = {
  BR: ["2 1 4-4", "2 1 4 4"],
  AR: ["3 2 3-4"],
};

const IMPOSSIBLE = { error: "impossible" } as const;
const NATIONAL = { error: "national" } as const;
const AMBIGUOUS = { error: "ambiguous" } as const;

/** Codes that libphonenumber has beside ISO 3166-1: Ascension and Tristan da Cunha, parts of SH. */
const NOT_ISO: readonly string[] = ["AC", "TA"];

/** Whether a text is the ISO 3166-1 alpha-2 code of a country that has phones. */
export function isCountry(code: string): code is Country {
  return isSupportedCountry(code) && !NOT_ISO.includes(code);
}

/**
 * Reads a phone as far as no country is needed: with `+` or `00`, or a complete Brazilian mobile.
 *
 * @returns undefined when the reading depends on the company's country: see {@link readPhoneIn}
 */
export function readPhone(text: string): PhoneReading | undefined {
  if (BRAZILIAN_MOBILE.test(text)) return { phone: text.startsWith("+") ? text.slice(1) : text };
  const written = withoutSeparators(text);
  if (written === undefined) return IMPOSSIBLE;
  const international = internationalDigits(written);
  if (international === undefined) return undefined;
  const reading = readInternational(international, undefined);
  return reading === NATIONAL ? undefined : reading;
}

/**
 * Reads a phone whose reading depends on the company's country.
 *
 * @param country ISO 3166-1 alpha-2; undefined when the company has none
 */
export function readPhoneIn(country: string | undefined, text: string): PhoneReading {
  const written = withoutSeparators(text);
  if (written === undefined) return IMPOSSIBLE;
  const home = country !== undefined && isCountry(country) ? country : undefined;
  const marked = internationalDigits(written);
  if (marked !== undefined) return readInternational(marked, home);
  const international = unmarkedInternational(text, written);
  if (home === undefined) return international === undefined ? NATIONAL : { phone: international };
  if (international !== undefined && written.startsWith(getCountryCallingCode(home))) {
    return { phone: international };
  }
  const national = nationalPhone(written, home);
  if (international === undefined) return national === undefined ? IMPOSSIBLE : { phone: national };
  if (national === undefined || isCollectCall(written, national, home)) return { phone: international };
  return isWrittenNationally(text, written, home) ? { phone: national } : AMBIGUOUS;
}

/** Returns the digits, with `+` if the text begins with it; undefined when it is no phone. */
function withoutSeparators(text: string): string | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const written = text.replace(SEPARATORS, "");
  return DIGITS.test(written) ? written : undefined;
}

/** Returns the digits after `+` or `00`; undefined when the number has neither. */
function internationalDigits(written: string): string | undefined {
  if (written.startsWith("+")) return written.slice(1);
  return written.startsWith("00") ? written.slice(2) : undefined;
}

/**
 * Returns the canonical digits of a number that has its country code but no `+`; undefined when it can be none. A
 * trunk prefix 0, or an area code in parentheses, makes it a national number.
 */
function unmarkedInternational(text: string, written: string): string | undefined {
  if (written.length < UNMARKED_DIGITS_MIN) return undefined;
  if (written.startsWith("0") || /^[^\d]*\(/u.test(text)) return undefined;
  const phone = canonicalPhone(written);
  return isAssigned(phone) ? phone : undefined;
}

/** Reads digits that begin with a country code. A trunk prefix after it, as in `+55 (0)11`, is national writing. */
function readInternational(digits: string, home: Country | undefined): PhoneReading {
  const phone = canonicalPhone(digits);
  if (fitsNumberingPlan(phone)) return { phone };
  const parsed = parse(`+${phone}`);
  if (parsed === undefined) return IMPOSSIBLE;
  // A range that was assigned after the metadata was made has a possible length at least.
  if (digitsOf(parsed) === phone) return parsed.isPossible() ? { phone } : IMPOSSIBLE;
  if (!parsed.isValid()) return IMPOSSIBLE;
  return parsed.country === home ? { phone: canonicalPhone(digitsOf(parsed)) } : NATIONAL;
}

/** Returns the canonical digits of a national number, also of a former plan of the country. */
function nationalPhone(written: string, home: Country): string | undefined {
  const calling_code = getCountryCallingCode(home);
  const digits = `${calling_code}${written}`;
  const phone = canonicalPhone(digits);
  if (isAssigned(phone)) return phone;
  const may_parse = written.startsWith(calling_code) || nationalPrefixesOf(home).mayBegin(written);
  const parsed = may_parse ? parse(written, home) : undefined;
  if (parsed?.countryCallingCode !== calling_code) return undefined;
  // Digits within the number were read as a mark: Argentina's 15. A length that is possible is enough then.
  const is_marked = !written.endsWith(parsed.nationalNumber);
  if (!(is_marked ? parsed.isPossible() : parsed.isValid())) return undefined;
  return canonicalPhone(digitsOf(parsed));
}

/**
 * Whether a national reading drops more than the trunk prefix. Brazil's 90 asks for a collect call: a Turkish number,
 * which begins with 90, is no call of that kind.
 */
function isCollectCall(written: string, national: string, home: Country): boolean {
  const number = national.slice(getCountryCallingCode(home).length);
  if (written === number || !written.endsWith(number)) return false;
  return written.slice(0, -number.length) !== nationalPrefixesOf(home).trunk;
}

/**
 * Whether a text is written as the country writes its own numbers, and not as this international number is: by its
 * separators, or where they decide nothing by its groups of digits.
 */
function isWrittenNationally(text: string, written: string, home: Country): boolean {
  const writing = writingOf(text);
  if (!writing.includes(" ") && !writing.includes("-")) return false;
  const foreign = writingOf(parse(`+${written}`)?.formatInternational() ?? "");
  if (writing === foreign) return false;
  const with_trunk = writingOf(parse(written, home)?.formatNational() ?? "");
  const national = [with_trunk, withoutTrunk(with_trunk, nationalPrefixesOf(home).trunk)];
  if (national.includes(writing)) return true;
  if (groupsOf(writing) === groupsOf(foreign)) return false;
  const lengths = writing.replace(/\d+/g, ({ length }) => String(length));
  return NATIONAL_WRITINGS[home]?.includes(lengths) === true ||
    national.map(groupsOf).includes(groupsOf(writing));
}

/** Returns the groups of digits in a text, with a dash between two of them where the text has one, else a space. */
function writingOf(text: string): string {
  return text.replace(/^\D+|\D+$/g, "").replace(
    /\D+/g,
    (separators) => /^\p{Pd}$/u.test(separators) ? "-" : " ",
  );
}

function groupsOf(writing: string): string {
  return writing.replaceAll("-", " ");
}

function withoutTrunk(writing: string, trunk = ""): string {
  return writing.startsWith(trunk) ? writing.slice(trunk.length).trimStart() : writing;
}

function digitsOf({ number }: PhoneNumber): string {
  return number.slice(1);
}
