/**
 * The names of things that must not be mixed up. Each is a plain string or number at run time; the
 * brand exists for the compiler only.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The company's own id in the URL: 1 to 64 of `A-Z a-z 0-9 . _ -`, chosen by the platform. */
export type CompanyId = Branded<string, "CompanyId">;

/** A contact under the company's keyed hash (UUID form). It never shows the number behind it. */
export type ContactId = Branded<string, "ContactId">;

/** One way a contact is known (a phone, a BSUID) under the company's keyed hash (UUID form). */
export type ContactKey = Branded<string, "ContactKey">;

/** A message id (wamid or our own) under the company's keyed hash (UUID form): a wamid holds the phone inside. */
export type MessageKey = Branded<string, "MessageKey">;

/** ISO local date, `2026-11-23`. Compares as a string. */
export type LocalDate = Branded<string, "LocalDate">;

/** Local calendar month, `2026-11`. Compares as a string. */
export type Month = Branded<string, "Month">;

/** A whole number of credits, exact up to 2^53 - 1. */
export type Credits = Branded<number, "Credits">;

/** The code of a feature with an outside cost, such as `whatsapp.inbound` or `automation.run`. */
export type FeatureCode = Branded<string, "FeatureCode">;

/** Who opened a window, or `none` for features that have no direction. */
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
    throw new RangeError(`credits must be a safe whole number, not ${amount}`);
  }
  // -0 would be shown and compared as another number than 0.
  return (amount === 0 ? 0 : amount) as Credits;
}

export const NO_CREDITS: Credits = credits(0);

/** Meta's webhooks: a conversation the customer opened. */
export const INBOUND = "whatsapp.inbound" as FeatureCode;
/** Meta's webhooks: a conversation the business opened with a template. */
export const OUTBOUND = "whatsapp.outbound" as FeatureCode;
