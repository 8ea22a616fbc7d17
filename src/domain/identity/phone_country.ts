import metadata from "libphonenumber-js/max/metadata";
import type { ContactIdentifiers } from "./phone.ts";

type Countries = typeof metadata.countries;
type Country = keyof Countries;
/** A pattern of national numbers, and the lengths they have, as the metadata lists them. */
type NumberType = readonly [pattern: string, lengths?: readonly number[]];

/** Positions in the metadata's format 4. */
const LEADING_DIGITS = 10;
const NUMBER_TYPES = 11;
const CALLING_CODE_DIGITS_MAX = 3;

/** The countries of one calling code, main country first, each with a test of national numbers. */
interface CallingCode {
  readonly main: Country;
  readonly countries: readonly { readonly country: Country; isOf(national: string): boolean }[];
}

/** The calling codes by their digits, compiled when first used; undefined: no country has it. */
const calling_codes = new Map<string, CallingCode | undefined>();

/**
 * Returns the country that a phone belongs to, as ISO 3166-1 alpha-2 (and `XK`, Kosovo). Of a calling code that several
 * countries share it is the one whose ranges have the number, or else the main one. Source: the metadata of
 * libphonenumber.
 *
 * @param phone international digits without `+`
 * @returns undefined when no country has the calling code
 */
export function countryOfPhone(phone: string): string | undefined {
  for (let length = 1; length <= CALLING_CODE_DIGITS_MAX; length++) {
    const digits = phone.slice(0, length);
    const code = callingCode(digits);
    if (code === undefined) continue;
    if (code.countries.length === 1) return code.main;
    const national = phone.slice(length);
    return code.countries.find(({ isOf }) => isOf(national))?.country ?? code.main;
  }
  return undefined;
}

/**
 * Returns the country of a contact: that of the phone, or else of the BSUID, which begins with it. Source: Meta,
 * WhatsApp Business Platform, "Business-scoped user IDs".
 */
export function countryOfContact({ phone, bsuid }: ContactIdentifiers): string | undefined {
  return phone === undefined ? bsuid?.slice(0, 2) : countryOfPhone(phone);
}

function callingCode(digits: string): CallingCode | undefined {
  if (calling_codes.has(digits)) return calling_codes.get(digits);
  const codes = metadata.country_calling_codes as unknown as Readonly<Record<string, readonly Country[]>>;
  const countries = codes[digits];
  const code = countries && {
    main: countries[0]!,
    countries: countries.map((country) => ({ country, isOf: rangesOf(country) })),
  };
  // A calling code has at most three digits, so there are at most 1,110 texts.
  calling_codes.set(digits, code);
  return code;
}

/** Returns a test of national numbers: by the digits that all of a country's numbers begin with, or by its ranges. */
function rangesOf(country: Country): (national: string) => boolean {
  const plan = metadata.countries[country] as unknown as readonly unknown[];
  const leading = plan[LEADING_DIGITS] as string | 0 | undefined;
  if (leading) {
    const pattern = new RegExp(`^(?:${leading})`);
    return (national) => pattern.test(national);
  }
  const types = (plan[NUMBER_TYPES] ?? []) as readonly (NumberType | 0 | null)[];
  const patterns = types.flatMap((type) => type ? [type[0]] : []);
  const pattern = new RegExp(`^(?:${patterns.join("|")})$`);
  return (national) => pattern.test(national);
}
