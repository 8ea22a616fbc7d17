/**
 * The shape of phones by calling code, from the metadata of libphonenumber. A test of one pattern takes well under a
 * microsecond; the library's own parser takes a hundred times as long, too long for a quote of thousands.
 */

import metadata from "libphonenumber-js/max/metadata";

/** Position of a plan's pattern of national numbers in the metadata's format 4. */
const NATIONAL_NUMBER_PATTERN = 2;
const CALLING_CODE_DIGITS_MAX = 3;

/** The patterns that plans of one calling code give their numbers, compiled when first used. */
const patterns = new Map<string, RegExp>();

/** Whether digits are a calling code, followed by a number of the shape that a plan of it describes. */
export function fitsNumberingPlan(digits: string): boolean {
  for (let length = 1; length <= CALLING_CODE_DIGITS_MAX; length++) {
    const pattern = patternOf(digits.slice(0, length));
    if (pattern !== undefined) return pattern.test(digits.slice(length));
  }
  return false;
}

function patternOf(calling_code: string): RegExp | undefined {
  const known = patterns.get(calling_code);
  if (known !== undefined) return known;
  const { country_calling_codes, countries, nonGeographic } = metadata;
  const of_countries =
    (country_calling_codes[calling_code as never] as (keyof typeof countries)[] | undefined)
      ?.map((country) => countries[country]);
  const plans = of_countries ?? [nonGeographic[calling_code as never]];
  const texts = plans.map((plan) => plan?.[NATIONAL_NUMBER_PATTERN]).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  const pattern = new RegExp(`^(?:${[...new Set(texts)].join("|")})$`);
  patterns.set(calling_code, pattern);
  return pattern;
}
