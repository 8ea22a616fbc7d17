/** Plain words for what the domain is told: contacts, events and offers as a test writes them. */

import type { ContactEvent } from "../../src/domain/company/command.ts";
import type { Offer } from "../../src/domain/contract_changes.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { parseContact } from "../../src/domain/identity/phone.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { FeatureCode, LocalDate, TemplateCategory } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import type { RateVersion } from "../../src/domain/rates.ts";

/** Two people of the examples, and a third. */
export const ANA = "5511987650001";
export const BETO = "5511987650002";
export const CARLA = "5521987650003";
export const PHONE_NUMBER_ID = "106540000000001";

/** A contact as a test names one: a phone, a BSUID, or both with a space between. */
export type ContactText = string;

/** What a test says of a contract; the rest is the commonest: 0.10 a credit in excess, in reais. */
export interface OfferDetails {
  readonly package?: number | null;
  readonly price?: string;
  readonly excess?: string;
  readonly starts_on?: string;
  readonly first_month?: "full" | "prorated";
  readonly currency?: string;
}

export type StatusName = Extract<ContactEvent, { type: "status" }>["status"];

export interface StatusDetails {
  readonly template?: boolean;
  readonly category?: TemplateCategory;
  readonly callback?: string;
  readonly to?: ContactText;
}

export function identifiersOf(contact: ContactText): ContactIdentifiers {
  const [first, second] = contact.split(" ").map(parseContact);
  const phone = first?.phone ?? second?.phone;
  const bsuid = first?.bsuid ?? second?.bsuid;
  return { phone, bsuid };
}

export function wroteEvent(contact: ContactText, at_ms: number, message_id: string): ContactEvent {
  return {
    type: "wrote",
    contact: identifiersOf(contact),
    at_ms,
    message_id,
    phone_number_id: PHONE_NUMBER_ID,
  };
}

export function statusEvent(
  status: StatusName,
  message_id: string,
  at_ms: number,
  details: StatusDetails = {},
): ContactEvent {
  const { template = true, category, callback, to = ANA } = details;
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
  };
}

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

/** A local time, `2026-11-03 23:50` or with seconds, as an instant. Of two that share a time, the earlier. */
export function localMs(local: string, time_zone: string): number {
  return Temporal.PlainDateTime.from(local.replace(" ", "T")).toZonedDateTime(time_zone).epochMilliseconds;
}

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
