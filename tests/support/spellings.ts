/**
 * A second implementation of the numbering table, as patterns: the oracles know with it that two spellings are one
 * phone. It shares no code with `src/domain/identity/numbering.ts`.
 */

/** Each spelling, and the canonical form that replaces it. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [
    /^55(?<area>1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])(?<rest>[6-9]\d{7})$/,
    "55$<area>9$<rest>",
  ],
  [/^521(?<rest>[2-9]\d{9})$/, "52$<rest>"],
  [/^549(?<rest>[123]\d{9})$/, "54$<rest>"],
  [/^225(?<rest>2\d8\d{5})$/, "22521$<rest>"],
  [/^225(?<rest>[23]\d0\d{5})$/, "22525$<rest>"],
  [/^225(?<rest>[23]\d{7})$/, "22527$<rest>"],
  [/^225(?<rest>(?:0[1-3]|[4-7][0-3]|[89][1-3])\d{6})$/, "22501$<rest>"],
  [/^225(?<rest>[04-9][4-6]\d{6})$/, "22505$<rest>"],
  [/^225(?<rest>[04-9][7-9]\d{6})$/, "22507$<rest>"],
  [/^229(?<rest>[2-9]\d{7})$/, "22901$<rest>"],
];

/** Returns the canonical form of a phone in digits. */
export function canonicalSpelling(digits: string): string {
  const [spelling, canonical] = SPELLINGS.find(([spelling]) => spelling.test(digits)) ?? [/$/, ""];
  return digits.replace(spelling, canonical);
}

/** Phones with two spellings, one of each country of the table: the canonical one first. */
export const SPELLED: readonly (readonly [canonical: string, other: string])[] = [
  ["5511987650009", "551187650009"],
  ["525512345678", "5215512345678"],
  ["541143210987", "5491143210987"],
  ["2250707123456", "22507123456"],
  ["2290197123456", "22997123456"],
];
