/**
 * Branded types of ids and amounts, so that the compiler keeps them apart. At run time each is a plain string or
 * number.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The company's own id in the URL: 1 to 64 of `A-Z a-z 0-9 . _ -`, chosen by the platform. */
export type CompanyId = Branded<string, "CompanyId">;

/** A contact under the company's keyed hash (UUID form). It does not reveal the phone. */
export type ContactId = Branded<string, "ContactId">;

/** One identifier of a contact (a phone, a BSUID) under the company's keyed hash (UUID form). */
export type ContactKey = Branded<string, "ContactKey">;

/** A message id (wamid or our own) under the company's keyed hash (UUID form): a wamid contains the phone. */
export type MessageKey = Branded<string, "MessageKey">;

/** ISO local date, `2026-11-23`. Compares as a string. */
export type LocalDate = Branded<string, "LocalDate">;

/** Local calendar month, `2026-11`. Compares as a string. */
export type Month = Branded<string, "Month">;

/** A whole number of credits, exact up to 2^53 - 1. */
export type Credits = Branded<number, "Credits">;

/** The code of a feature with an outside cost, such as `whatsapp.inbound` or `automation.run`. */
export type FeatureCode = Branded<string, "FeatureCode">;

/** Who opened a window; `none` for features without a direction. */
export type Direction = "inbound" | "outbound" | "none";

/** A template's category in Meta's pricing. */
export type TemplateCategory = "marketing" | "utility" | "authentication";

/**
 * Marks a number as credits.
 *
 * @throws {RangeError} when it is not a whole number that a float64 holds exactly: a bug, never input.
 */
export function credits(amount: number): Credits {
  if (!Number.isSafeInteger(amount)) {
    throw new RangeError(`invalid credits ${amount}: use a whole number up to 2^53 - 1`);
  }
  // -0 would print and compare differently from 0.
  return (amount === 0 ? 0 : amount) as Credits;
}

/** Zero credits. */
export const NO_CREDITS: Credits = credits(0);

/** The feature of a conversation that the customer opened, metered from Meta's webhooks. */
export const INBOUND = "whatsapp.inbound" as FeatureCode;
/** The feature of a conversation that the business opened with a template, metered from Meta's webhooks. */
export const OUTBOUND = "whatsapp.outbound" as FeatureCode;
/** The feature of a delivered reply that Meta charges for, metered from Meta's webhooks. */
export const SERVICE_MESSAGE = "whatsapp.service_message" as FeatureCode;
