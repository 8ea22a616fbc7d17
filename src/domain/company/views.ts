import { termsOn } from "../contract.ts";
import { identifierTexts } from "../identity/identifiers.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { TemplateCategory } from "../types.ts";
import { credits, SERVICE_MESSAGE } from "../types.ts";
import { monthOf } from "../calendar.ts";
import type { Charge } from "../charge.ts";
import { availableIn } from "../period.ts";
import { outboundRate, rateOf } from "../rates.ts";
import type { Command, Reply } from "./command.ts";
import { chargeOn, loadedPerson } from "./identify.ts";
import type { Person } from "./person.ts";
import { recipientOf } from "./recipient.ts";
import { windowViews } from "./sends.ts";
import type { CompanyState } from "./state.ts";
import { periodOf, settingsOn } from "./state.ts";
import { DAY_MS } from "../../time/units.ts";

/** Meta's customer service window: 24 hours from the customer's last message or call. */
const META_SERVICE_WINDOW_MS = DAY_MS;

/** Returns a contact's windows on the current local date, and the end of Meta's own window. */
export function readContact(state: CompanyState, contact: ContactIdentifiers): Reply {
  const person = knownPerson(state, contact);
  const today = state.today;
  const windows = person === undefined ? [] : windowViews(state, today, chargeOn(state, person, today));
  const { last_wrote_ms = -Infinity, last_called_ms = -Infinity } = person ?? {};
  const window_from_ms = Math.max(last_wrote_ms, last_called_ms);
  return {
    type: "contact",
    view: {
      contact: person?.id,
      free_form_allowed: windows.length > 0,
      windows,
      meta_service_window_ends_at_ms: window_from_ms === -Infinity
        ? undefined
        : window_from_ms + META_SERVICE_WINDOW_MS,
    },
  };
}

/**
 * Computes the cost of a template to these recipients now. Recipients whose window is already open are free.
 */
export function quote(
  state: CompanyState,
  recipients: readonly ContactIdentifiers[],
  category: TemplateCategory | undefined,
  now_ms: number,
): Reply {
  const today = state.today;
  const policy = settingsOn(state.settings, today).template_in_open_window;
  const people = new Set(
    recipients.map((contact) => knownPerson(state, contact) ?? identifierTexts(contact)[0]),
  );
  let already_open = 0;
  for (const person of people) {
    if (typeof person !== "object") continue;
    const charge: Charge = chargeOn(state, person, today);
    if (charge.outbound !== undefined || (policy === "free" && charge.inbound !== undefined)) already_open++;
  }
  const windows = people.size - already_open;
  const cost = windows * (outboundRate(state.rates, category, today, now_ms)?.credits ?? 0);
  return quoteOf(state, { recipients: recipients.length, already_open, windows }, cost);
}

/** Computes the cost of free-form messages now, if each of them is delivered and Meta bills it as a reply. */
export function quoteReplies(state: CompanyState, messages: number, now_ms: number): Reply {
  const price = rateOf(state.rates, SERVICE_MESSAGE, state.today, now_ms)?.credits ?? 0;
  return quoteOf(state, { recipients: messages, already_open: 0, windows: 0 }, messages * price);
}

function quoteOf(
  state: CompanyState,
  counts: { readonly recipients: number; readonly already_open: number; readonly windows: number },
  cost: number,
): Reply {
  const { today } = state;
  const prepaid = Math.min(cost, availableIn(periodOf(state, monthOf(today))));
  return {
    type: "quote",
    ...counts,
    credits: credits(cost),
    prepaid: credits(prepaid),
    excess: credits(cost - prepaid),
    excess_credit_price: termsOn(state.contract, today)?.excess_credit_price ?? null,
  };
}

function knownPerson(state: CompanyState, contact: ContactIdentifiers): Person | undefined {
  for (const identifier of identifierTexts(contact)) {
    const person = state.people.get(identifier);
    if (person !== undefined && person.keys.size > 0) return person;
  }
}

/**
 * Tells whether the company has a fact or a send record of a message. Callback data links only records of the same
 * person: several companies may use the same text.
 */
export function findMessage(
  state: CompanyState,
  { message_id, contact, callback_data }: Extract<Command, { type: "find_message" }>,
): Reply {
  const key = state.keyring.message(message_id);
  const callback = callback_data === undefined ? undefined : state.keyring.message(callback_data);
  const known = recipientOf(state, key) !== undefined || identifierTexts(contact).some((identifier) => {
    return callback !== undefined && loadedPerson(state, identifier).records.has(callback);
  });
  return { type: "message_found", known };
}
