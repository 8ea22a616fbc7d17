import type { MessageEvidence, SendRecord, StatusFact } from "../contact_day.ts";
import { joinEvidence, joinRecord, leftBefore } from "../contact_day.ts";
import { identifierTexts } from "../identity/identifiers.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { ContactKey, LocalDate, MessageKey } from "../types.ts";
import type { ContactEvent } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { factKeyOf, storeFact, storeRecordFact } from "./facts.ts";
import type { RecordedFact } from "./identify.ts";
import { flagConflict, mergeContacts } from "./identify.ts";
import type { Person } from "./person.ts";
import { isFirst, messageIdsOf, templatesOf } from "./person.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { updateTemplates } from "./templates.ts";

/**
 * One message has one recipient, or one sender, whichever identifiers its events give (rulebook, "Identity"). Two
 * people that events name for one message are one person when at most one of them has a phone. Two people with phones
 * stay two: the conflict is flagged, and the message counts for one of them.
 *
 * In this file `holder` is the person that has the facts of the message, and `named` the person that a new event names.
 */

/** A status that names a recipient. */
export interface NamingStatus {
  readonly message: MessageKey;
  readonly status: StatusFact["status"];
  readonly at_ms: number;
  /** The key of the identifier that it names. */
  readonly contact: ContactKey;
}

/**
 * Decides which person a message went to, after a status of Meta named one: merges the people, or moves the message
 * and its charge.
 *
 * Of two people with phones, the message counts for the one whom Meta's earliest status names; of two in one second,
 * for the one of the lesser key. A status outranks the `to` of our own record. A message of a final month stays where it was charged.
 */
export function resolveStatusRecipient(
  state: CompanyState,
  emit: Emit,
  named: Person,
  status: NamingStatus,
  source: RecordedFact,
): Person {
  const holder = recipientOf(state, status.message);
  if (holder === undefined || holder === named) return named;
  const merged = mergeNamed(state, emit, holder, named, status.message, source);
  if (merged !== undefined) return merged;
  if (!outranks(status, holder.messages.get(status.message))) return holder;
  return moveMessage(state, emit, holder, named, status, source) ? named : holder;
}

/**
 * Decides which person a recorded send went to, and merges the people if they are one. Of two people with phones it is
 * the holder, whom Meta's statuses or an earlier record named.
 */
export function resolveRecordRecipient(
  state: CompanyState,
  emit: Emit,
  named: Person,
  message: MessageKey,
  source: RecordedFact,
): Person {
  const holder = recipientOf(state, message);
  if (holder === undefined || holder === named) return named;
  return mergeNamed(state, emit, holder, named, message, source) ?? holder;
}

/** Returns the person that has the facts of a sent message, if they are in memory. */
export function recipientOf({ recipients }: CompanyState, message: MessageKey): Person | undefined {
  return current(recipients.get(message));
}

/**
 * Whether an incoming message must be looked up by its id: it may open a window, and an earlier delivery may have named
 * another sender for it.
 */
export function mayHaveOtherSender(
  state: CompanyState,
  event: Extract<ContactEvent, { type: "wrote" | "noted" | "called" }>,
): boolean {
  if (!Number.isSafeInteger(event.at_ms)) return false;
  const [identifier] = identifierTexts(event.contact);
  if (identifier === undefined) return false;
  const person = state.people.get(identifier);
  return person === undefined || isFirst(person, state.calendar.dateOf(event.at_ms), event.at_ms);
}

/**
 * Decides which person wrote a message, and merges the people if they are one.
 *
 * @returns undefined when the message counts already for another phone
 */
export function resolveSender(
  state: CompanyState,
  emit: Emit,
  named: Person,
  message: MessageKey,
  source: RecordedFact,
): Person | undefined {
  const holder = current(state.senders.get(message));
  if (holder === undefined || holder === named) return named;
  return mergeNamed(state, emit, holder, named, message, source);
}

/** Follows merges to the person of today. */
function current(person: Person | undefined): Person | undefined {
  let found = person;
  while (found?.merged_into !== undefined) found = found.merged_into;
  return found;
}

/** Merges two people that one message names, or flags the conflict of two with phones and returns undefined. */
function mergeNamed(
  state: CompanyState,
  emit: Emit,
  holder: Person,
  named: Person,
  message: MessageKey,
  source: RecordedFact,
): Person | undefined {
  if (holder.by_phone && named.by_phone) {
    const people = [holder.id, named.id].sort();
    flagConflict(state, emit, `message ${message} ${people.join(" ")}`, { message, people }, source);
    return undefined;
  }
  const [into, from] = named.by_phone ? [named, holder] : [holder, named];
  mergeContacts(state, emit, into, from, source);
  return into;
}

/** Whether a status moves its message from the holder to the named person. Both have phones. */
function outranks({ status, at_ms, contact }: NamingStatus, evidence: MessageEvidence | undefined): boolean {
  // A failure gives no time that the message left, and charges nothing under either.
  if (status === "failed") return false;
  return evidence === undefined || leftBefore({ left_at_ms: at_ms, left_contact: contact }, evidence);
}

/**
 * Moves the facts of a message to another person, with its charge.
 *
 * @returns false when that would change a final month; nothing changes then
 */
function moveMessage(
  state: CompanyState,
  emit: Emit,
  from: Person,
  to: Person,
  { message, at_ms: moved_at_ms, contact }: NamingStatus,
  source: RecordedFact,
): boolean {
  const evidence = from.messages.get(message);
  const record = from.records.get(message);
  const ids = messageIdsOf(message, evidence, from);
  const dates = templatesOf(from, ids).map(({ left_at_ms }) => state.calendar.dateOf(left_at_ms));
  if (dates.some((date: LocalDate) => isFinal(state, date))) return false;
  updateTemplates(state, emit, from, source, ids, () => {
    // A fact of this kind holds the key that the status names in the callback.
    const moved_to = contact as string as MessageKey;
    const moved = { template: false, category: undefined, callback: moved_to };
    const event = { at_ms: moved_at_ms, phone_number_id: undefined };
    storeFact(emit, factKeyOf(from), "message_moved", event, message, { status: moved });
    emit({ type: "message_left", person: from, message });
  });
  updateTemplates(state, emit, to, source, messageIdsOf(message, evidence, to), () => {
    if (record !== undefined) copyRecord(emit, to, record, moved_at_ms);
    if (evidence !== undefined) copyEvidence(emit, to, evidence, moved_at_ms, contact);
  });
  return true;
}

function copyRecord(emit: Emit, to: Person, record: SendRecord, moved_at_ms: number): void {
  const { sent_at_ms, failed, key } = record;
  if (sent_at_ms !== undefined) storeRecordFact(emit, to, "send_recorded", sent_at_ms, record);
  if (failed) {
    const failure = { key, template: false, category: undefined, attribution: undefined };
    storeRecordFact(emit, to, "send_failed", moved_at_ms, failure);
  }
  emit({ type: "record_joined", person: to, record: joinRecord(to.records.get(record.key), record) });
}

/** Stores facts that together restore the evidence of a message. */
function copyEvidence(
  emit: Emit,
  to: Person,
  evidence: MessageEvidence,
  moved_at_ms: number,
  contact: ContactKey,
): void {
  const { key, left_at_ms, phone_number_id } = evidence;
  const store = (status: StatusFact["status"], at_ms: number) =>
    storeFact(emit, contact, status, { at_ms, phone_number_id }, key, {
      status: evidence,
      by_message: true,
    });
  if (left_at_ms !== undefined) {
    const { delivered_at_ms, sending_seen } = evidence;
    // The evidence does not tell which statuses it joins, only what they prove.
    if (delivered_at_ms === left_at_ms) store(sending_seen ? "delivered" : "read", left_at_ms);
    else {
      store("sent", left_at_ms);
      if (delivered_at_ms !== undefined) store("delivered", delivered_at_ms);
    }
  }
  // A failure proves no time.
  if (evidence.failed) store("failed", moved_at_ms);
  const copied = { ...evidence, left_contact: left_at_ms === undefined ? undefined : contact };
  emit({ type: "evidence_joined", person: to, evidence: joinEvidence(to.messages.get(key), copied) });
}

/** The identifiers that a send names, and the person that Meta's statuses of the message name. */
export function peopleOfSend(
  state: CompanyState,
  to: ContactIdentifiers,
  message: MessageKey,
): readonly Person[] {
  const people = identifierTexts(to).map((identifier) => state.people.get(identifier)!);
  const holder = recipientOf(state, message);
  return holder === undefined || people.includes(holder) ? people : [...people, holder];
}
