import type { MessageEvidence, StatusFact } from "../contact_day.ts";
import { isTemplate, joinStatus } from "../contact_day.ts";
import { identifierTexts, isSeenTogether } from "../identity/identifiers.ts";
import { countryOfContact } from "../identity/phone_country.ts";
import { DELIVERED_WITHIN_MS } from "../lateness.ts";
import type { FactPricing } from "../meta_costs/fact_pricing.ts";
import { factPricing } from "../meta_costs/fact_pricing.ts";
import type { MessageKey } from "../types.ts";
import type { ContactEvent, Reply } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { restoreIdentifiers } from "./erasure.ts";
import { factKeyOf, statusKeyOf, storeFact } from "./facts.ts";
import { changeNumber, chargeOn, chargesBeforeAndAfter, identify } from "./identify.ts";
import { mayBeFinal, quarantineEvent, quarantineLateStatus, quarantineReasonFor } from "./quarantine.ts";
import type { Person } from "./person.ts";
import { isBefore, isFirst, mayPredateStoredFacts, messageIdsOf, recordOf, templatesOf } from "./person.ts";
import type { Emit } from "./posting.ts";
import { postChargeChange } from "./posting.ts";
import { changesFinalReply } from "./replies.ts";
import { resolveSender, resolveStatusRecipient } from "./recipient.ts";
import type { CompanyState } from "./state.ts";
import { differingTemplates, updateTemplates } from "./templates.ts";
import { DAY_MS, MINUTE_MS } from "../../time/units.ts";

/**
 * How often the last message or call of a contact is stored. It affects only the end of Meta's service window, which
 * is shown for information. It is also stored before eviction. After a crash that window may be shown to end this
 * much too early, never too late.
 */
const LAST_MESSAGE_STORED_EVERY_MS = 15 * MINUTE_MS;

type Status = Extract<ContactEvent, { type: "status" }>;
type Message = Extract<ContactEvent, { type: "wrote" | "noted" | "called" }>;

/**
 * Records one WhatsApp event: stores its fact and posts the change of the charge. An event that adds nothing
 * new emits nothing that has to be stored.
 *
 * @param received_at_ms when the event first arrived; lateness is measured from it
 */
export function recordContactEvent(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): void {
  const reason = quarantineReasonFor(state, event, received_at_ms, now_ms);
  if (reason !== undefined) return quarantineEvent(state, emit, event, reason, received_at_ms);
  const is_metered = meter(state, emit, event, now_ms);
  if (!is_metered && event.type === "status") quarantineLateStatus(state, emit, event, received_at_ms);
}

/** Meters a quarantined event again. An event that still cannot be metered stays in quarantine. */
export function replayContactEvent(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): Reply {
  const reason = quarantineReasonFor(state, event, received_at_ms, now_ms);
  if (reason !== undefined) return { type: "replayed", quarantine_reason: reason };
  return { type: "replayed", quarantine_reason: meter(state, emit, event, now_ms) ? null : "month_final" };
}

/**
 * Meters an event.
 *
 * @returns false if the event would change a final month; it is then not stored as a fact
 */
function meter(state: CompanyState, emit: Emit, event: ContactEvent, now_ms: number): boolean {
  switch (event.type) {
    case "wrote":
      recordWrote(state, emit, event, now_ms);
      return true;
    case "noted":
      recordNoted(state, emit, event, now_ms);
      return true;
    case "called":
      recordCalled(state, emit, event, now_ms);
      return true;
    case "status":
      return recordStatus(state, emit, event, now_ms);
    case "number_changed": {
      const source = {
        fact: { kind: "number_changed", at_ms: event.at_ms },
        recorded_at_ms: now_ms,
      } as const;
      const person = identify(state, emit, event.from, source);
      const message = state.keyring.message(event.message_id);
      storeFact(emit, factKeyOf(person), "number_changed", event, message);
      changeNumber(state, emit, person, event.to, source);
      return true;
    }
  }
}

function recordWrote(state: CompanyState, emit: Emit, event: Message, now_ms: number): void {
  const { at_ms } = event;
  const source = { fact: { kind: "wrote", at_ms }, recorded_at_ms: now_ms } as const;
  const named = identify(state, emit, event.contact, source);
  const date = state.calendar.dateOf(at_ms);
  // Only a message that may open a window is found by its id: an earlier delivery may have named another sender.
  const person = isFirst(named, date, at_ms)
    ? resolveSender(state, emit, named, state.keyring.message(event.message_id), source)
    : named;
  if (person === undefined) return;
  restoreIdentifiers(state, emit, person, event.contact, at_ms);
  const first = person.wrote.get(date);
  if (first !== undefined && first.at_ms < at_ms) {
    if (at_ms <= person.last_wrote_ms) return;
    const stored = at_ms >= person.stored_wrote_ms + LAST_MESSAGE_STORED_EVERY_MS;
    if (stored) storeFact(emit, factKeyOf(person), "wrote", event, state.keyring.message(event.message_id));
    emit({ type: "wrote", person, at_ms, first_of: undefined, message: undefined, stored });
    return;
  }
  const key = state.keyring.message(event.message_id);
  const message = { at_ms, key, phone_number_id: event.phone_number_id };
  if (!isBefore(message, first)) return;
  const before = chargeOn(state, person, date);
  storeFact(emit, factKeyOf(person), "wrote", event, key, { by_message: true });
  emit({ type: "wrote", person, at_ms, first_of: date, message, stored: true });
  const after = chargeOn(state, person, date);
  postChargeChange(state, emit, {
    contact: person.id,
    local_date: date,
    before: [before],
    after,
    ...source,
  });
}

function recordStatus(state: CompanyState, emit: Emit, event: Status, now_ms: number): boolean {
  const source = { fact: { kind: event.status, at_ms: event.at_ms }, recorded_at_ms: now_ms };
  const named = identify(state, emit, event.contact, source);
  const key = state.keyring.message(event.message_id);
  const { status, at_ms } = event;
  const identifier = identifierTexts(event.contact)[0]!;
  const naming = { message: key, status, at_ms, contact: statusKeyOf(named, identifier, undefined) };
  const person = resolveStatusRecipient(state, emit, named, naming, source);
  const callback = event.callback_data === undefined ? undefined : state.keyring.message(event.callback_data);
  const known = person.messages.get(key);
  const proves_template = event.template && !mayPredateStoredFacts(person, status, key, callback);
  const contact = statusKeyOf(person, identifier, known);
  const fact: StatusFact = {
    key,
    contact,
    status,
    at_ms,
    template: proves_template,
    category: event.category ?? (event.template && !proves_template ? "unnamed" : undefined),
    callback,
    phone_number_id: event.phone_number_id,
    pricing: pricingIn(event, known, person.has_expired_facts),
  };
  const evidence = joinStatus(known, fact);
  if (evidence === known) return true;
  const ids = messageIdsOf(evidence.key, evidence, person, known);
  if (changesFinalMonth(state, person, evidence, ids, now_ms)) return false;
  const learn = () => {
    storeFact(emit, contact, status, event, key, { status: fact, by_message: known === undefined });
    emit({ type: "evidence_joined", person, evidence });
  };
  const recorded = person.records.size > 0 &&
    (recordOf(evidence, person.records) ?? (known && recordOf(known, person.records))) !== undefined;
  if (isTemplate(evidence) || recorded) updateTemplates(state, emit, person, source, ids, learn);
  else learn();
  return true;
}

/**
 * Returns what a status tells about Meta's price. Long after the delivery it tells nothing: some facts of the message
 * may be deleted, and what they gave is counted already.
 */
function pricingIn(
  { pricing, at_ms, contact, status }: Status,
  known: MessageEvidence | undefined,
  has_expired_facts: boolean,
): FactPricing | undefined {
  if (pricing === undefined) return undefined;
  if (at_ms > (known?.delivered_at_ms ?? at_ms) + DELIVERED_WITHIN_MS) return undefined;
  return factPricing(pricing, {
    country: countryOfContact(contact),
    of_bsuid: contact.phone === undefined,
    // People read messages at any time: the delivery may be older than the stored facts, and counted already.
    needs_sending: has_expired_facts && status !== "sent" && status !== "delivered",
  });
}

/**
 * Whether the evidence would change the charge of a final month. A status carries its own time; its message may
 * have left long before.
 */
function changesFinalMonth(
  state: CompanyState,
  person: Person,
  evidence: MessageEvidence,
  ids: ReadonlySet<MessageKey>,
  now_ms: number,
): boolean {
  const sent_at_ms = recordOf(evidence, person.records)?.sent_at_ms;
  const left_at_ms = Math.min(evidence.left_at_ms ?? Infinity, sent_at_ms ?? Infinity);
  if (!mayBeFinal(left_at_ms, now_ms)) return false;
  if (changesFinalReply(state, person.messages.get(evidence.key), evidence)) return true;
  const before = templatesOf(person, ids);
  const after = templatesOf(
    { ...person, messages: new Map(person.messages).set(evidence.key, evidence) },
    ids,
  );
  return differingTemplates(before, after).some((template) => {
    const date = state.calendar.dateOf(template.left_at_ms);
    if (!isFinal(state, date)) return false;
    const [charged, owed] = chargesBeforeAndAfter(state, person, date, before, after);
    return charged.inbound?.credits !== owed.inbound?.credits ||
      charged.outbound?.credits !== owed.outbound?.credits;
  });
}

function recordNoted(state: CompanyState, emit: Emit, event: Message, now_ms: number): void {
  // It charges nothing, but a BSUID seen with a phone is an alias of it on any event.
  if (isSeenTogether(event.contact)) {
    const source = { fact: { kind: "noted", at_ms: event.at_ms }, recorded_at_ms: now_ms } as const;
    identify(state, emit, event.contact, source);
  }
  const key = state.keyring.message(event.message_id);
  storeFact(emit, state.keyring.contact("noted"), "noted", event, key);
}

/**
 * Records a call: it restarts Meta's service window. It charges nothing and, because the person did not write,
 * restores no erased identifier.
 */
function recordCalled(state: CompanyState, emit: Emit, event: Message, now_ms: number): void {
  const { at_ms } = event;
  const person = identify(state, emit, event.contact, {
    fact: { kind: "called", at_ms },
    recorded_at_ms: now_ms,
  });
  if (at_ms <= person.last_called_ms) return;
  const stored = at_ms >= person.stored_called_ms + LAST_MESSAGE_STORED_EVERY_MS;
  if (stored) storeFact(emit, factKeyOf(person), "called", event, state.keyring.message(event.message_id));
  emit({ type: "called", person, at_ms, stored });
}

/**
 * Stores last messages and calls that are newer in memory than in the store, before an actor evicts the people. Those
 * older than a day are skipped: Meta's window is over by then.
 */
export function storeLastMessageTimes(state: CompanyState, emit: Emit, now_ms: number): void {
  const message = state.keyring.message("last message");
  for (const person of new Set(state.people.values())) {
    const { last_wrote_ms, stored_wrote_ms, last_called_ms, stored_called_ms } = person;
    if (last_wrote_ms > Math.max(stored_wrote_ms, now_ms - DAY_MS)) {
      const fact = { at_ms: last_wrote_ms, phone_number_id: undefined };
      storeFact(emit, factKeyOf(person), "wrote", fact, message);
      emit({
        type: "wrote",
        person,
        at_ms: last_wrote_ms,
        first_of: undefined,
        message: undefined,
        stored: true,
      });
    }
    if (last_called_ms > Math.max(stored_called_ms, now_ms - DAY_MS)) {
      const fact = { at_ms: last_called_ms, phone_number_id: undefined };
      storeFact(emit, factKeyOf(person), "called", fact, message);
      emit({ type: "called", person, at_ms: last_called_ms, stored: true });
    }
  }
}
