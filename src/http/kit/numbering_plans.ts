/**
 * The numbers of each calling code, from the metadata of libphonenumber. A test of one pattern takes well under a
 * microsecond; the library's own parser takes a hundred times as long, too long for a quote of thousands.
 */

import metadata from "libphonenumber-js/max/metadata";

type Countries = typeof metadata.countries;
type Plan = NonNullable<Countries[keyof Countries]>;
/** A pattern of national numbers, and the lengths they have, as the metadata lists them. */
type NumberType = readonly [pattern: string, lengths?: readonly number[]];

/** Positions in the metadata's format 4. */
const NATIONAL_NUMBER_PATTERN = 2;
const TRUNK_PREFIX = 5;
const PREFIX_PATTERN = 7;
const NUMBER_TYPES = 11;
const CALLING_CODE_DIGITS_MAX = 3;

/** The patterns of one calling code. */
interface Patterns {
  /** Numbers of the shape that a plan describes. */
  readonly possible: RegExp;
  /** Numbers in a range that a plan has assigned: to mobiles, to landlines, to services. */
  readonly assigned: RegExp;
}

/** The patterns by calling code, compiled when first used. */
const patterns = new Map<string, Patterns>();

/** Whether digits are a calling code, followed by a number of the shape that a plan of it describes. */
export function fitsNumberingPlan(digits: string): boolean {
  return matches(digits, "possible");
}

/** Whether digits are a calling code, followed by a number in a range that a plan of it has assigned. */
export function isAssigned(digits: string): boolean {
  return matches(digits, "assigned");
}

/** Digits that callers within a country put before a national number. */
export interface NationalPrefixes {
  /** The trunk prefix, such as 0; undefined when the country has none. */
  readonly trunk: string | undefined;
  /** Whether a text may begin with the trunk prefix or a carrier, or have a mobile's prefix within (Argentina's 15). */
  mayBegin(written: string): boolean;
}

/** Returns the prefixes of a country's national numbers. */
export function nationalPrefixesOf(country: keyof Countries): NationalPrefixes {
  const plan = metadata.countries[country] as unknown as readonly (string | 0 | undefined)[];
  const trunk = plan[TRUNK_PREFIX] || undefined;
  const text = plan[PREFIX_PATTERN] || trunk;
  const prefix = text === undefined ? undefined : new RegExp(`^(?:${text})`);
  return { trunk, mayBegin: (written) => (prefix?.exec(written)?.[0] ?? "") !== "" };
}

function matches(digits: string, kind: keyof Patterns): boolean {
  for (let length = 1; length <= CALLING_CODE_DIGITS_MAX; length++) {
    const of_code = patternsOf(digits.slice(0, length));
    if (of_code !== undefined) return of_code[kind].test(digits.slice(length));
  }
  return false;
}

function patternsOf(calling_code: string): Patterns | undefined {
  const known = patterns.get(calling_code);
  if (known !== undefined) return known;
  const plans = plansOf(calling_code);
  if (plans.length === 0) return undefined;
  const compiled = {
    possible: compile(plans.map((plan) => plan[NATIONAL_NUMBER_PATTERN])),
    assigned: compile(plans.map(assignedPattern)),
  };
  patterns.set(calling_code, compiled);
  return compiled;
}

function plansOf(calling_code: string): Plan[] {
  const { country_calling_codes, countries, nonGeographic } = metadata;
  const of_countries = country_calling_codes[calling_code as never] as (keyof Countries)[] | undefined;
  const plans = of_countries?.map((country) => countries[country]) ??
    [nonGeographic[calling_code as never] as Plan | undefined];
  return plans.filter((plan) => plan !== undefined);
}

/** Returns a pattern of the numbers that have the plan's shape and one of its types. */
function assignedPattern(plan: Plan): string {
  const types = (plan[NUMBER_TYPES] ?? []) as unknown as readonly (NumberType | 0 | null)[];
  const texts = types.flatMap((type) => !type ? [] : [typePattern(type)]);
  return `(?=(?:${plan[NATIONAL_NUMBER_PATTERN]})$)(?:${texts.join("|")})`;
}

function typePattern([pattern, lengths]: NumberType): string {
  return lengths === undefined
    ? `(?:${pattern})`
    : `(?=(?:${lengths.map((length) => `\\d{${length}}`).join("|")})$)(?:${pattern})`;
}

function compile(texts: readonly string[]): RegExp {
  return new RegExp(`^(?:${[...new Set(texts)].join("|")})$`);
}
