import { canonicalPhone } from "./numbering.ts";

/**
 * The identifiers of a contact before they are hashed: a phone, a business-scoped user id (BSUID), or both.
 *
 * - PHONE-1: a phone is the canonical digits of an E.164 number: every spelling of one number gives the same digits,
 *   so one person is one contact.
 * - PHONE-2: parsing never guesses. A text that is neither a phone nor a BSUID gives `undefined`.
 * - PHONE-3: no text is both a phone and a BSUID: a phone has no letters, a BSUID begins with two.
 */

/** The identifiers of a contact from one source. An event that can be metered has at least one. */
export interface ContactIdentifiers {
  /** Canonical digits (PHONE-1), without `+`. */
  readonly phone: string | undefined;
  /** Meta's id of the person for one business portfolio, such as `BR.13491208655302741918`. */
  readonly bsuid: string | undefined;
  /**
   * Meta's id of the person for linked business portfolios, such as `BR.ENT.9081726354`. Present only beside another
   * BSUID: alone it stands in `bsuid`.
   */
  readonly parent_bsuid?: string;
}

/** The shortest full international numbers in use: three digits of country, four of subscriber, less a margin. */
const PHONE_DIGITS_MIN = 5;
/** ITU-T E.164, 6.1: at most 15 digits, country code included. */
const PHONE_DIGITS_MAX = 15;
/** 15 digits with separators; longer texts are rejected without a scan. */
const PHONE_TEXT_MAX = 32;
/** Meta documents up to 128 alphanumerics after the country; `ENT.` precedes them in a parent's id. */
const BSUID_ID_MAX = 132;

/**
 * Parses a phone as people and platforms write it: digits, with or without a leading `+`, with spaces,
 * dashes or parentheses between them.
 *
 * @returns Canonical digits, or `undefined` when the text is not 5 to 15 digits.
 */
export function parsePhone(text: string): string | undefined {
  if (text.length > PHONE_TEXT_MAX) return undefined;
  let digits = text;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) {
      digits = withoutSeparators(text);
      break;
    }
  }
  if (digits.length < PHONE_DIGITS_MIN || digits.length > PHONE_DIGITS_MAX) return undefined;
  return canonicalPhone(digits);
}

/** Returns the digits alone; `""` when any other character is not a separator. */
function withoutSeparators(text: string): string {
  let digits = "";
  for (const character of text.trim()) {
    if (character >= "0" && character <= "9") digits += character;
    else if (character === "+" && digits === "") continue;
    else if (character === "-" && digits !== "") continue;
    else if (character === " " || character === "(" || character === ")") continue;
    else return "";
  }
  return digits;
}

/**
 * Parses a business-scoped user id: an ISO 3166 country code of two letters, a dot, and an id. Source: Meta,
 * WhatsApp Business Platform, "Business-scoped user IDs". Meta documents alphanumerics in the id, and
 * `ENT.` before a parent's; dots, dashes and underscores are also accepted, because a rejected id is a lost contact.
 * An id has one letter or digit at least.
 *
 * @returns The id with its country in upper case, or `undefined`.
 */
export function parseBsuid(text: string): string | undefined {
  const id_length = text.length - 3;
  if (id_length < 1 || id_length > BSUID_ID_MAX || text.charCodeAt(2) !== 0x2e) return undefined;
  if (!isLetter(text.charCodeAt(0)) || !isLetter(text.charCodeAt(1))) return undefined;
  let has_alphanumeric = false;
  for (let at = 3; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const is_digit = code >= 0x30 && code <= 0x39;
    if (is_digit || isLetter(code)) has_alphanumeric = true;
    else if (code !== 0x2d && code !== 0x2e && code !== 0x5f) return undefined;
  }
  if (!has_alphanumeric) return undefined;
  const is_upper_case = text.charCodeAt(0) < 0x61 && text.charCodeAt(1) < 0x61;
  return is_upper_case ? text : text.slice(0, 2).toUpperCase() + text.slice(2);
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/**
 * Parses a contact from a path or request: digits with or without `+`, or a BSUID.
 *
 * @returns The identifiers, or `undefined` when the text is neither.
 */
export function parseContact(text: string): ContactIdentifiers | undefined {
  const phone = parsePhone(text);
  if (phone !== undefined) return { phone, bsuid: undefined };
  const bsuid = parseBsuid(text);
  return bsuid === undefined ? undefined : { phone: undefined, bsuid };
}

/**
 * Masks a phone: country, area and the last digits, as in `+55 11 •••••-4321`.
 *
 * @returns A text without the whole number; fully masked when it is not a phone.
 */
export function maskPhone(phone: string): string {
  const digits = parsePhone(phone);
  if (digits === undefined) return hidden(4);
  const last = digits.slice(-4);
  const is_brazilian = digits.startsWith("55") && (digits.length === 12 || digits.length === 13);
  if (is_brazilian) return `+55 ${digits.slice(2, 4)} ${hidden(digits.length - 8)}-${last}`;
  const is_north_american = digits.startsWith("1") && digits.length === 11;
  if (is_north_american) return `+1 ${digits.slice(1, 4)} ${hidden(3)}-${last}`;
  // The rule below would show nearly all of so few digits.
  if (digits.length < 9) return `${hidden(digits.length - 2)}${digits.slice(-2)}`;
  return `+${digits.slice(0, 2)} ${hidden(digits.length - 6)}${last}`;
}

/** Masks a BSUID: its country and the last digits, as in `BR.••••1918`. */
export function maskBsuid(bsuid: string): string {
  const id = parseBsuid(bsuid);
  if (id === undefined) return hidden(4);
  const shown = id.length > 11 ? id.slice(-4) : "";
  return `${id.slice(0, 3)}${hidden(4)}${shown}`;
}

/** Masks a stored phone or BSUID: see {@link maskPhone}, {@link maskBsuid}. */
export function maskContact(contact: string): string {
  return parsePhone(contact) === undefined ? maskBsuid(contact) : maskPhone(contact);
}

function hidden(count: number): string {
  return "•".repeat(count);
}
