import type { ContactDay, Template } from "./contact_day.ts";
import { opensBefore } from "./contact_day.ts";
import type { Attributes } from "./ledger.ts";
import type { Credits, FeatureCode, MessageKey } from "./types.ts";
import { INBOUND, OUTBOUND } from "./types.ts";
import type { CompanyRates, RateVersion } from "./rates.ts";
import { outboundRate, rateOf } from "./rates.ts";

/** Whether a template is charged while the contact's inbound window is open (rulebook, "Windows"). */
export type TemplatePolicy = "charge" | "free";

/** One window of a contact on one date, and its cost. */
export interface Window {
  readonly feature: FeatureCode;
  readonly opened_at_ms: number;
  readonly credits: Credits;
  /** The message that opened the window. */
  readonly message: MessageKey | undefined;
  readonly rate: RateVersion;
  /** The company's number that the message was sent to or from. */
  readonly phone_number_id: string | undefined;
  readonly attribution: Attributes | undefined;
}

/** The windows that a contact opened on one date; the company owes their cost. */
export interface Charge {
  readonly inbound: Window | undefined;
  readonly outbound: Window | undefined;
}

/**
 * Computes what a company owes for one contact on one local date, from the facts of that date alone.
 *
 * - The first template of the date that did not fail opens an outbound window, even within an open inbound
 *   one, unless the policy is `free`.
 * - The contact's first message of the date opens an inbound window, unless an outbound one was opened
 *   earlier that date or in the same second.
 *
 * @throws {Error} when a built-in feature has no price: the rate card was not loaded
 */
export function chargeFor(day: ContactDay, policy: TemplatePolicy, card: CompanyRates): Charge {
  const template = firstOf(day.templates);
  const wrote_first = day.wrote_at_ms !== undefined &&
    (template === undefined || secondOf(day.wrote_at_ms) < secondOf(template.left_at_ms));
  const free = policy === "free" && wrote_first;
  return {
    inbound: wrote_first ? inboundWindow(day, day.wrote_at_ms!, card) : undefined,
    outbound: template !== undefined && !free ? outboundWindow(day, template, card) : undefined,
  };
}

function inboundWindow(day: ContactDay, opened_at_ms: number, card: CompanyRates): Window {
  const rate = priced(rateOf(card, INBOUND, day.date, opened_at_ms), INBOUND, day);
  return {
    feature: INBOUND,
    opened_at_ms,
    credits: rate.credits,
    message: day.wrote_key,
    rate,
    phone_number_id: day.wrote_to,
    attribution: undefined,
  };
}

function outboundWindow(day: ContactDay, template: Template, card: CompanyRates): Window {
  const { category, left_at_ms } = template;
  const rate = priced(outboundRate(card, category, day.date, left_at_ms), OUTBOUND, day);
  return {
    feature: OUTBOUND,
    opened_at_ms: left_at_ms,
    credits: rate.credits,
    message: template.key,
    rate,
    phone_number_id: template.phone_number_id,
    attribution: template.attribution,
  };
}

function priced(rate: RateVersion | undefined, feature: FeatureCode, day: ContactDay): RateVersion {
  if (rate === undefined) {
    throw new Error(`${feature} has no price on ${day.date}: add it to the rate card`);
  }
  return rate;
}

/** Returns the template that opens the window. */
function firstOf(templates: readonly Template[]): Template | undefined {
  let first: Template | undefined;
  for (const template of templates) if (first === undefined || opensBefore(template, first)) first = template;
  return first;
}

/** Meta's timestamps are in seconds, our sends in milliseconds: both are compared in seconds. */
function secondOf(at_ms: number): number {
  return Math.floor(at_ms / 1000);
}
