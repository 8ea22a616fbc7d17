/**
 * Reads the phones that callers give, as people write them. Webhooks do not come through here: Meta's numbers are
 * always international.
 *
 * - CALLER-1: a phone is international, or it is a national number of the company's country. It is never guessed:
 *   digits that are a number in both ways are refused.
 * - CALLER-2: however a number is written, it gives the canonical digits of `canonicalPhone`.
 */

import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/max";
import { parsePhoneNumberFromString as parse, type PhoneNumber } from "libphonenumber-js/max";
import { canonicalPhone } from "../../domain/identity/numbering.ts";
import { fitsNumberingPlan } from "./numbering_plans.ts";

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
/** From this many digits on, digits that are an international number are one, with or without `+`. */
const INTERNATIONAL_DIGITS_MIN = 12;

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
 * Reads a phone as far as no country is needed.
 *
 * @returns undefined when the reading depends on the company's country: see {@link readPhoneIn}
 */
export function readPhone(text: string): PhoneReading | undefined {
  if (BRAZILIAN_MOBILE.test(text)) return { phone: text.startsWith("+") ? text.slice(1) : text };
  const written = withoutSeparators(text);
  if (written === undefined) return IMPOSSIBLE;
  const international = internationalDigits(written);
  if (international !== undefined) {
    const reading = readInternational(international, undefined);
    return reading === NATIONAL ? undefined : reading;
  }
  const phone = written.length < INTERNATIONAL_DIGITS_MIN ? undefined : unmarkedInternational(text, written);
  return phone === undefined ? undefined : { phone };
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
  const national = home === undefined ? undefined : nationalPhone(written, home);
  if (national === undefined) {
    if (international !== undefined) return { phone: international };
    return home === undefined ? NATIONAL : IMPOSSIBLE;
  }
  const is_other = international !== undefined && international !== national;
  return is_other && isAssigned(international) ? AMBIGUOUS : { phone: national };
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
  if (written.startsWith("0") || /^[^\d]*\(/u.test(text)) return undefined;
  const phone = canonicalPhone(written);
  return fitsNumberingPlan(phone) ? phone : undefined;
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
  const parsed = parse(written, home);
  if (parsed?.countryCallingCode === calling_code && parsed.isValid()) {
    return canonicalPhone(digitsOf(parsed));
  }
  const former = `${calling_code}${written}`;
  const phone = canonicalPhone(former);
  return phone !== former && isAssigned(phone) ? phone : undefined;
}

function digitsOf({ number }: PhoneNumber): string {
  return number.slice(1);
}

/** Whether a number lies in a range that its plan has assigned. */
function isAssigned(digits: string): boolean {
  return parse(`+${digits}`)?.isValid() === true;
}
