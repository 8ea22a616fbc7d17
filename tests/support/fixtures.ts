/** Contacts, events and offers of the domain in short form. */

import type { MessagePricing } from "../../src/domain/meta_costs/fact_pricing.ts";
import type { ContactEvent } from "../../src/domain/company/command.ts";
import type { Offer } from "../../src/domain/contract_changes.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { parseContact } from "../../src/domain/identity/phone.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { FeatureCode, LocalDate, TemplateCategory } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import type { RateVersion } from "../../src/domain/rates.ts";

/** Ana's phone. */
export const ANA = "5511987650001";
/** Beto's phone. */
export const BETO = "5511987650002";
/** Carla's phone. */
export const CARLA = "5521987650003";
/** The company's own number. */
export const PHONE_NUMBER_ID = "106540000000001";

/** A contact: a phone, a BSUID, a parent BSUID after another, or several separated by a space. */
export type ContactText = string;

/** A contract offer; by default 0.10 BRL a credit in excess. */
export interface OfferDetails {
  readonly package?: number | null;
  readonly price?: string;
  readonly excess?: string;
  readonly starts_on?: string;
  readonly first_month?: "full" | "prorated";
  readonly currency?: string;
}

/** The name of a message status. */
export type StatusName = Extract<ContactEvent, { type: "status" }>["status"];

/** Optional fields of a status. */
export interface StatusDetails {
  readonly template?: boolean;
  readonly category?: TemplateCategory;
  readonly callback?: string;
  readonly to?: ContactText;
  /** What Meta says of the price; none by default: it is not read. */
  readonly pricing?: MessagePricing | undefined;
}

/** Parses a contact. */
export function identifiersOf(contact: ContactText): ContactIdentifiers {
  const parsed = contact.split(" ").map(parseContact);
  const phone = parsed.find((identifiers) => identifiers?.phone !== undefined)?.phone;
  const [bsuid, parent_bsuid] = parsed.map((identifiers) => identifiers?.bsuid).filter((id) =>
    id !== undefined
  );
  return parent_bsuid === undefined ? { phone, bsuid } : { phone, bsuid, parent_bsuid };
}

/** Builds the event of a message a contact wrote. */
export function wroteEvent(
  contact: ContactText,
  at_ms: number,
  message_id: string,
): ContactEvent {
  return {
    type: "wrote",
    contact: identifiersOf(contact),
    at_ms,
    message_id,
    phone_number_id: PHONE_NUMBER_ID,
  };
}

/** Builds the event of a call that a contact made. */
export function calledEvent(contact: ContactText, at_ms: number, message_id: string): ContactEvent {
  return {
    type: "called",
    contact: identifiersOf(contact),
    at_ms,
    message_id,
    phone_number_id: PHONE_NUMBER_ID,
  };
}

/** Builds the event of a status, by default of a template to Ana. */
export function statusEvent(
  status: StatusName,
  message_id: string,
  at_ms: number,
  details: StatusDetails = {},
): ContactEvent {
  const { template = true, category, callback, to = ANA, pricing } = details;
  return {
    type: "status",
    contact: identifiersOf(to),
    at_ms,
    message_id,
    phone_number_id: PHONE_NUMBER_ID,
    status,
    template,
    category,
    callback_data: callback,
    ...pricing === undefined ? {} : { pricing },
  };
}

/** Builds a contract offer. */
export function offerOf(offer: OfferDetails): Offer {
  const { package: size = null, price = "10.00", excess = "0.10", currency = "BRL" } = offer;
  return {
    package: size === null ? null : { credits: credits(size), price: priceFrom(price) },
    excess_credit_price: priceFrom(excess),
    currency,
    starts_on: offer.starts_on as LocalDate | undefined,
    first_month: offer.first_month,
  };
}

/**
 * Converts a local time, `2026-11-03 23:50` or with seconds, to milliseconds. Of two instants with that local
 * time it is the earlier.
 */
export function localMs(local: string, time_zone: string): number {
  return Temporal.PlainDateTime.from(local.replace(" ", "T")).toZonedDateTime(time_zone).epochMilliseconds;
}

/** Builds the first rate card version of a feature, in force on all dates. */
export function rateCardVersion(feature: string, cost: number): RateVersion {
  return {
    company: null,
    feature: feature as FeatureCode,
    version: 1,
    credits: credits(cost),
    effective_from: null,
    from_ms: null,
    recorded_at_ms: 0,
    recorded_by: "test",
  };
}
