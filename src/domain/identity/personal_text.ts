/**
 * Masks what identifies a person in a text of a caller, such as a label: the ledger keeps such texts for ever.
 *
 * - PERSONAL-1: masked are e-mail addresses, phones as people write them, BSUIDs, wamids (which contain a phone) and CPFs.
 *   A name is not recognized.
 * - PERSONAL-2: a number without separators is masked only if its digits have the form of a phone or CPF: other order
 *   numbers, dates, amounts and timestamps stay.
 * - PERSONAL-3: the time is linear in the length of the text, for any text.
 */

import { BRAZILIAN_AREA_CODES, SPELLED_PHONES } from "./numbering.ts";
import { maskBsuid, maskPhone } from "./phone.ts";

const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;
const WAMID = /wamid\.[A-Za-z0-9+/=_-]{8,}/g;
/** Capitals only, as Meta writes the country. The id has a digit, which a domain or a file name seldom has. */
const BSUID = /(?<![A-Za-z0-9])[A-Z]{2}\.(?:ENT\.)?(?=[A-Za-z]{0,128}\d)[A-Za-z0-9]{8,128}(?![A-Za-z0-9])/g;

/** Separators between the digits of a phone: spaces, dots, dashes, slashes and parentheses. */
const GAP = "[\\s.()/\u2010-\u2015-]{0,4}";

/** A plus and digits, or as many digits as a country of the numbering table has. */
const INTERNATIONAL_PHONE = new RegExp(
  `(?<!\\d)(?:${
    [
      `\\+[1-9](?:${GAP}\\d){7,14}`,
      ...SPELLED_PHONES.flatMap(({ calling_code, lengths }) =>
        lengths.map((length) => `(?:00${GAP})?${calling_code}(?:${GAP}\\d){${length - calling_code.length}}`)
      ),
    ].join("|")
  })(?!\\d)`,
  "g",
);

const CPF = /(?<!\d)\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\d)/g;

/** A Brazilian mobile with its area code, with or without the prefixes 0, 0xx and 0 with a carrier's two digits. */
const BRAZILIAN_MOBILE = new RegExp(
  `(?<![A-Za-z0-9])(?:0(?:xx|${GAP}\\d{2})?${GAP})?\\(?(?<area>[1-9]{2})${GAP}9${GAP}\\d{4}${GAP}\\d{4}(?![A-Za-z0-9])`,
  "gi",
);

/** Phones by their groups of digits. Without separators these would be any number. */
const GROUPED_PHONE = new RegExp(
  `(?<![A-Za-z0-9])(?:${
    [
      // (11) 3456-7890, (631) 555-1181, (020) 7946 0958
      "\\(0?\\d{2,4}\\)[ .-]?\\d{3,5}[ .-]?\\d{3,4}",
      // 631-555-1181, 631.555.1181
      "\\d{3}[ .-]\\d{3}[ .-]\\d{4}",
      // 11 3456-7890, 55 1234 5678, 020 7946 0958
      "0?\\d{2}[ .-]\\d{4}[ .-]\\d{4}",
      // 06 12 34 56 78
      "0\\d(?:[ .-]\\d{2}){4}",
      // 07700 900123
      "0\\d{4} \\d{6}",
      // 98877-6655, without an area code
      "9\\d{4}[ .-]\\d{4}",
    ].join("|")
  })(?![A-Za-z0-9])`,
  "g",
);

/** Masks what identifies a person in a text. */
export function withoutPersonalData(text: string): string {
  // Looking for an address at each character takes long, and most texts have none.
  const without_addresses = text.includes("@") ? text.replace(EMAIL, "••••@••••") : text;
  if (!/\d/.test(text)) return without_addresses;
  return without_addresses
    .replace(WAMID, "wamid.••••")
    .replace(BSUID, maskBsuid)
    .replace(INTERNATIONAL_PHONE, (found) => maskPhone(digitsOf(found).replace(/^00/, "")))
    .replace(CPF, (found) => isCpf(found) ? "•••.•••.•••-••" : found)
    .replace(BRAZILIAN_MOBILE, (found, area) => BRAZILIAN_AREA_CODES.has(area) ? lastFour(found) : found)
    .replace(GROUPED_PHONE, lastFour);
}

/** Whether digits are a CPF: written with its separators, or with the right check digits. */
function isCpf(text: string): boolean {
  if (text.length === "000.000.000-00".length) return true;
  const digits = [...digitsOf(text)].map(Number);
  return [9, 10].every((at) => {
    const sum = digits.slice(0, at).reduce((total, digit, i) => total + digit * (at + 1 - i), 0);
    return sum * 10 % 11 % 10 === digits[at];
  });
}

function lastFour(phone: string): string {
  const digits = digitsOf(phone);
  return `${"•".repeat(digits.length - 4)}${digits.slice(-4)}`;
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "");
}
