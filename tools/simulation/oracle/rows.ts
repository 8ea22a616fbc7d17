import { encodePrice } from "../../audit/expected_costs.ts";
import type { Fact } from "../../audit/expected_windows.ts";
import type { ContactEvent, Send } from "../../../src/domain/company/command.ts";
import type { ContactIdentifiers } from "../../../src/domain/identity/phone.ts";
import type { StoredFacts } from "./stored_facts.ts";
import type { ContractRow } from "../../audit/examination.ts";
import type { RateRow } from "../../audit/prices.ts";
import type { ContractVersion } from "../../../src/domain/contract.ts";
import type { RateVersion } from "../../../src/domain/rates.ts";

/** Converts a contract version to the audit's row. */
export function contractRow(
  { version, effective_from, terms, withdraws, reason }: ContractVersion,
): ContractRow {
  const { package: bought, starts_on, first_month } = terms;
  const package_credits = bought === null ? null : BigInt(bought.credits);
  return { version, effective_from, package_credits, starts_on, first_month, withdraws, reason };
}

/** Converts a price version to the audit's row. */
export function rateRow(rate: RateVersion): RateRow {
  const { company, feature, version, credits, effective_from, from_ms, recorded_at_ms } = rate;
  return {
    company_id: company ?? "",
    feature,
    version,
    credits: BigInt(credits),
    effective_from,
    from_ms: from_ms === null ? null : BigInt(from_ms),
    recorded_ms: BigInt(recorded_at_ms),
  };
}

/** A fact in the audit's form, with the identifiers of its person. */
export type PersonFact = Fact & { readonly person: ContactIdentifiers };

const NO_TEMPLATE = {
  contact: "",
  template: false,
  category: null,
  callback: null,
  phone_number_id: null,
  pricing: null,
  recorded_ms: 0,
};

/** Converts an event to a fact; undefined for an event that opens no window. */
export function eventFact(event: ContactEvent, stored_facts: StoredFacts): PersonFact | undefined {
  if (event.type === "number_changed" || event.type === "noted" || event.type === "called") return undefined;
  const { contact: person, at_ms } = event;
  // Of two templates of one instant the one with the smaller key counts, so messages are named by key.
  const message = stored_facts.messageKey(event.message_id);
  if (event.type !== "status") return { ...NO_TEMPLATE, person, at_ms, message, kind: "wrote" };
  const { status: kind, template, category = null, callback_data } = event;
  const callback = callback_data === undefined ? null : stored_facts.messageKey(callback_data);
  const pricing = event.pricing === undefined
    ? null
    : encodePrice(event.pricing.category, event.pricing.type, event.pricing.billable);
  return { ...NO_TEMPLATE, person, at_ms, message, kind, template, category, callback, pricing };
}

/** Converts a send to a fact. */
export function sendFact(
  { to: person, kind, category }: Send,
  message: string,
  at_ms: number,
): PersonFact {
  const template = kind === "template";
  return {
    ...NO_TEMPLATE,
    person,
    at_ms,
    message,
    kind: "send_recorded",
    template,
    category: category ?? null,
  };
}

/** Converts the reported failure of a send to a fact. Its time opens no window. */
export function failureFact(person: ContactIdentifiers, message: string): PersonFact {
  return { ...NO_TEMPLATE, person, at_ms: 0, message, kind: "send_failed" };
}
