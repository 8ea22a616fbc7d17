import type { ContactDay, Template } from "./contact_day.ts";
import { opensBefore } from "./contact_day.ts";
import type { Attributes } from "./ledger.ts";
import type { Credits, FeatureCode, MessageKey } from "./types.ts";
import { INBOUND, OUTBOUND } from "./types.ts";
import type { CompanyRates, RateVersion } from "./rates.ts";
import { outboundRate, rateOf } from "./rates.ts";

/** What a template does while the contact's inbound window is open (rulebook, "Windows"). */
export type TemplatePolicy = "charge" | "free";

/** One window of a contact-day, and what it costs. */
export interface Window {
  readonly feature: FeatureCode;
  readonly opened_at_ms: number;
  readonly credits: Credits;
  /** The message that opened it. */
  readonly message: MessageKey | undefined;
  readonly rate: RateVersion;
  /** The company's number it went through. */
  readonly phone_number_id: string | undefined;
  readonly attribution: Attributes | undefined;
}

/** The windows a contact-day opened: what the company owes for it. */
export interface Charge {
  readonly inbound: Window | undefined;
  readonly outbound: Window | undefined;
}

/**
 * What a company owes for one contact on one local date: a pure function of the facts of that day.
 *
 * - The first template of the date that did not fail opens an outbound window, even within an open inbound
 *   one, unless the policy is `free`.
 * - The contact's first message of the date opens an inbound window, unless an outbound one was opened
 *   earlier that date or in the same second.
 *
 * @throws {Error} when the built-in features have no price: the rate card was not loaded
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
    throw new Error(`${feature} has no price on ${day.date}: the rate card is not complete`);
  }
  return rate;
}

/** The template that opens the window. */
function firstOf(templates: readonly Template[]): Template | undefined {
  let first: Template | undefined;
  for (const template of templates) if (first === undefined || opensBefore(template, first)) first = template;
  return first;
}

/** Meta's clock counts seconds; ours of a send counts milliseconds. They are compared by the coarser. */
function secondOf(at_ms: number): number {
  return Math.floor(at_ms / 1000);
}
