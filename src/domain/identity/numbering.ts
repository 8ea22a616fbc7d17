/**
 * The table of numbering plans in which one phone has several spellings.
 *
 * - NUMBERING-1: every spelling of one number has one canonical form. Making it canonical again changes nothing.
 * - NUMBERING-2: a rule changes only digits that match its plan. All other numbers stay as they are.
 * - NUMBERING-3: `former` gives the spellings that were keys of their own before a rule existed.
 */

/** A plan whose numbers have a second spelling. Digits are international, without `+`. */
interface NumberingRule {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly calling_code: string;
  /** Number of digits of the spelling that is not canonical, calling code included. */
  readonly length: number;
  readonly canonical_length: number;
  /** When the canonical form came into use: a date, or a range where regions followed one another. */
  readonly since: string;
  readonly source: string;
  /** Returns the canonical digits; `undefined` when the digits are not such a spelling. */
  canonical(digits: string): string | undefined;
  /** Returns the spelling under which older contacts may be stored. Absent if the rule is as old as the store. */
  former?(canonical: string): string;
}

/**
 * The 67 area codes (DDD) of the Brazilian numbering plan. Source: ANATEL, Plano Geral de
 * Códigos Nacionais, and Resolução 749/2022 (Regulamento de Numeração).
 */
// deno-fmt-ignore
export const BRAZILIAN_AREA_CODES: ReadonlySet<string> = new Set([
  "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "22", "24", "27", "28",
  "31", "32", "33", "34", "35", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48", "49",
  "51", "53", "54", "55", "61", "62", "63", "64", "65", "66", "67", "68", "69",
  "71", "73", "74", "75", "77", "79", "81", "82", "83", "84", "85", "86", "87", "88", "89",
  "91", "92", "93", "94", "95", "96", "97", "98", "99",
]);

/** The table: one row a country. `contactKeysOf` also loads the keys of former spellings. */
const RULES: readonly NumberingRule[] = [
  {
    // Mobiles got a ninth digit, a 9 in front, area by area. WhatsApp accounts made before keep a `wa_id` without it.
    // Eight digits that begin with 6 to 9 were mobiles; those that begin with 2 to 5 are landlines. The rule is as old
    // as the store, so no contact has a key without the digit.
    country: "BR",
    calling_code: "55",
    length: 12,
    canonical_length: 13,
    since: "2012-07-29 to 2016-11-06",
    source: "ANATEL, Resolução 553/2010, now in Resolução 749/2022",
    canonical: (digits) =>
      isBetween(digits, 4, "6", "9") && BRAZILIAN_AREA_CODES.has(digits.slice(2, 4))
        ? `${digits.slice(0, 4)}9${digits.slice(4)}`
        : undefined,
  },
  {
    // The 1 after the calling code marked a mobile. The plan dropped it; WhatsApp keeps it in a `wa_id`.
    country: "MX",
    calling_code: "52",
    length: 13,
    canonical_length: 12,
    since: "2019-08-03",
    source: "IFT, Plan Técnico Fundamental de Numeración, DOF 2018-05-11",
    canonical: (digits) =>
      digits[2] === "1" && isBetween(digits, 3, "2", "9") ? `52${digits.slice(3)}` : undefined,
    former: (canonical) => `521${canonical.slice(2)}`,
  },
  {
    // The 9 marks a mobile for callers from abroad; the ten digits after it are the number, and no landline has the
    // same ten. Without the 9 nobody can tell a mobile from a landline, so the form without it is canonical: it is
    // right for both. WhatsApp's `wa_id` of a mobile has the 9.
    country: "AR",
    calling_code: "54",
    length: 13,
    canonical_length: 12,
    since: "1999-01-24",
    source: "ENACOM, Plan Fundamental de Numeración Nacional, Resolución SC 46/1997",
    canonical: (digits) =>
      digits[2] === "9" && isBetween(digits, 3, "1", "3") ? `54${digits.slice(3)}` : undefined,
    former: (canonical) => `549${canonical.slice(2)}`,
  },
  {
    country: "CI",
    calling_code: "225",
    length: 11,
    canonical_length: 13,
    since: "2021-01-31",
    source: "ARTCI, Plan national de numérotation à 10 chiffres (PNN 10)",
    canonical: (digits) => {
      const prefix = ivorianPrefix(digits);
      return prefix === undefined ? undefined : `225${prefix}${digits.slice(3)}`;
    },
    former: (canonical) => `225${canonical.slice(5)}`,
  },
  {
    // All numbers, mobile and fixed, got 01 in front.
    country: "BJ",
    calling_code: "229",
    length: 11,
    canonical_length: 13,
    since: "2024-11-30",
    source: "ARCEP Bénin, Plan national de numérotation à 10 chiffres",
    canonical: (digits) => isBetween(digits, 3, "2", "9") ? `22901${digits.slice(3)}` : undefined,
    former: (canonical) => `229${canonical.slice(5)}`,
  },
];

/**
 * Returns the canonical digits of a phone: the one form of all spellings that the table knows.
 *
 * @param digits A full international number, digits only.
 * @returns The canonical digits; canonical digits come back unchanged.
 */
export function canonicalPhone(digits: string): string {
  // The calling codes of the table begin with 2 and 5. Most numbers of the world end here.
  const first = digits.charCodeAt(0);
  if (first !== 0x35 && first !== 0x32) return digits;
  for (const rule of RULES) {
    if (digits.length !== rule.length || !digits.startsWith(rule.calling_code)) continue;
    return rule.canonical(digits) ?? digits;
  }
  return digits;
}

const NO_SPELLINGS: readonly string[] = [];

/**
 * Returns the other spellings of a phone that were keys of their own before the table knew them. A contact stored
 * then is found under their keys.
 *
 * @param canonical An identifier in canonical form. A BSUID has none.
 */
export function formerSpellings(canonical: string): readonly string[] {
  const first = canonical.charCodeAt(0);
  if (first !== 0x35 && first !== 0x32) return NO_SPELLINGS;
  for (const { calling_code, former } of RULES) {
    if (former === undefined || !canonical.startsWith(calling_code)) continue;
    const spelling = former(canonical);
    if (canonicalPhone(spelling) === canonical && spelling !== canonical) return [spelling];
  }
  return NO_SPELLINGS;
}

/** The calling codes of the table, and how many digits a phone of each has. */
export const SPELLED_PHONES = RULES.map(({ calling_code, length, canonical_length }) => ({
  calling_code,
  lengths: [length, canonical_length] as const,
}));

/**
 * Returns the two digits that precede an Ivorian number of eight digits in the plan of ten. They name the operator
 * the number was assigned to: of mobiles the second of the eight digits shows it (0 to 3 Moov, 4 to 6 MTN, 7 to 9
 * Orange), of fixed lines the third (8 Moov, in Abidjan alone; 0 MTN; any other Orange).
 */
function ivorianPrefix(digits: string): string | undefined {
  const [first, second, third] = [digits[3]!, digits[4]!, digits[5]!];
  if (first === "2" || first === "3") {
    if (third === "8" && first === "2") return "21";
    return third === "0" ? "25" : "27";
  }
  // Numbers that begin with 1 are short codes; 00, 80 and 90 are services. They keep their length.
  if (first === "1" || (second === "0" && "089".includes(first))) return undefined;
  return second <= "3" ? "01" : second <= "6" ? "05" : "07";
}

/** Whether the digit at a position is within a range. */
function isBetween(digits: string, at: number, from: string, to: string): boolean {
  return digits[at]! >= from && digits[at]! <= to;
}
