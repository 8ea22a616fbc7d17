/**
 * What one status tells about Meta's price of its message, as a number that a fact stores in four bytes.
 *
 * - PRICING-1: joining is commutative, associative and idempotent, so any order and any duplicates give the same.
 * - PRICING-2: the joined price is one that a status gave: the dearest, by category, then type, then billable.
 * - PRICING-3: the codes are stored. A new category or type gets a new code, and no code gets another meaning.
 */

import type { CountryCode, MetaCategory, PricingType } from "./types.ts";

/** What Meta says about the price of a message. */
export interface MessagePricing {
  readonly category: MetaCategory;
  readonly type: PricingType;
  readonly billable: boolean;
}

/** The price of a status that has none: that its message was delivered is all it tells. */
export const NO_PRICING: MessagePricing = Object.freeze({
  category: "unknown",
  type: "unknown",
  billable: false,
});

/**
 * {@link MessagePricing}, the country of the recipient, and whether the status proves the delivery alone, encoded.
 * From the highest bit on: 1 if the country is that of a BSUID and not of a phone, 2 letters of 5 bits, 4 bits of
 * category, 4 of type, 1 if not billable, 1 if a sent or delivered status is needed beside it. In each part the lesser
 * number wins.
 */
export type FactPricing = number & { readonly [FACT_PRICING]: true };
declare const FACT_PRICING: unique symbol;

/** The last code of four bits: what nothing is known of loses against everything. */
const UNKNOWN = 15;
const CATEGORY_CODES: Readonly<Record<MetaCategory, number>> = {
  marketing: 1,
  authentication_international: 2,
  authentication: 3,
  utility: 4,
  service: 5,
  unknown: UNKNOWN,
};
const TYPE_CODES: Readonly<Record<PricingType, number>> = {
  regular: 1,
  free_customer_service: 2,
  free_entry_point: 3,
  free_group_customer_service: 4,
  unknown: UNKNOWN,
};

const NEEDS_SENDING = 1;
const NOT_BILLABLE = 2;
const TYPE_SHIFT = 2;
const CATEGORY_SHIFT = 6;
/** The bits of category, type and billable. */
const PRICE_BITS = 0b11_1111_1110;
const COUNTRY_SHIFT = 10;
const LETTER_BITS = 5;
const OF_BSUID = 1 << 2 * LETTER_BITS;
const NO_COUNTRY = OF_BSUID * 2 - 1;
const FIRST_LETTER = 0x40;

/** What a status tells beside the price that Meta gives it. */
export interface StatusRecipient {
  /** Undefined when neither a phone nor a BSUID tells it. */
  readonly country: CountryCode | undefined;
  /** Whether the country is that of a BSUID, against which that of a phone wins. */
  readonly of_bsuid: boolean;
  /** Whether a sent or delivered status must prove that the message left within the stored facts. */
  readonly needs_sending: boolean;
}

/** Encodes what a status tells. */
export function factPricing(
  { category, type, billable }: MessagePricing,
  { country, of_bsuid, needs_sending }: StatusRecipient,
): FactPricing {
  const country_code = country === undefined
    ? NO_COUNTRY
    : (of_bsuid ? OF_BSUID : 0) | letterCode(country, 0) << LETTER_BITS | letterCode(country, 1);
  return (country_code << COUNTRY_SHIFT | CATEGORY_CODES[category] << CATEGORY_SHIFT |
    TYPE_CODES[type] << TYPE_SHIFT | (billable ? 0 : NOT_BILLABLE) |
    (needs_sending ? NEEDS_SENDING : 0)) as FactPricing;
}

/** Joins what two statuses of one message tell (PRICING-1). */
export function joinPricing(a: FactPricing | undefined, b: FactPricing | undefined): FactPricing | undefined {
  if (a === b || b === undefined) return a;
  if (a === undefined) return b;
  const price = Math.min(a & PRICE_BITS, b & PRICE_BITS);
  const country = Math.min(a >> COUNTRY_SHIFT, b >> COUNTRY_SHIFT);
  return (country << COUNTRY_SHIFT | price | a & b & NEEDS_SENDING) as FactPricing;
}

/** Whether the message counts only if a sent or delivered status proves that it left within the stored facts. */
export function needsSending(pricing: FactPricing): boolean {
  return (pricing & NEEDS_SENDING) !== 0;
}

/** Decodes the price. */
export function pricingOf(pricing: FactPricing): MessagePricing {
  return {
    category: CATEGORIES_BY_CODE[pricing >> CATEGORY_SHIFT & UNKNOWN]!,
    type: TYPES_BY_CODE[pricing >> TYPE_SHIFT & UNKNOWN]!,
    billable: (pricing & NOT_BILLABLE) === 0,
  };
}

/** Decodes the country of the recipient. */
export function countryOf(pricing: FactPricing): CountryCode | undefined {
  const code = pricing >> COUNTRY_SHIFT;
  if (code === NO_COUNTRY) return undefined;
  const letters = [code >> LETTER_BITS, code].map((letter) =>
    FIRST_LETTER + (letter & (1 << LETTER_BITS) - 1)
  );
  return String.fromCharCode(...letters);
}

const CATEGORIES_BY_CODE = byCode(CATEGORY_CODES);
const TYPES_BY_CODE = byCode(TYPE_CODES);

function byCode<Name extends string>(codes: Readonly<Record<Name, number>>): readonly Name[] {
  const names: Name[] = [];
  for (const name in codes) names[codes[name]] = name;
  return names;
}

function letterCode(country: CountryCode, at: number): number {
  return country.charCodeAt(at) - FIRST_LETTER;
}
