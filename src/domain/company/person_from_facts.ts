import type { Calendar } from "../calendar.ts";
import type { MessageEvidence, SendRecord } from "../contact_day.ts";
import { failedRecord, joinRecord, joinStatus, leftBefore, namedCategory } from "../contact_day.ts";
import type { ContactKey } from "../types.ts";
import type { StoredPerson } from "./activation.ts";
import type { StoredFact } from "./event.ts";
import type { Person } from "./person.ts";
import { isBefore, newPerson, withEntry, withKey, withoutEntry } from "./person.ts";

/** A fact without what only its own row needs. */
export type FactContent = Omit<StoredFact, "id" | "by_message">;

/** Builds a person by joining the stored facts. */
export function personFrom(
  stored: Omit<StoredPerson, "facts"> & { readonly facts: readonly FactContent[] },
  calendar: Calendar,
): Person {
  const person = newPerson(stored.id);
  // The key the facts are stored under comes first.
  person.keys.set(stored.id as string as ContactKey, undefined);
  for (const { key, by_phone, readable, erased_at_ms, predates_facts } of stored.keys) {
    person.keys.set(key, undefined);
    person.has_expired_facts ||= predates_facts;
    person.by_phone ||= by_phone;
    if (!readable) person.erased_keys = withKey(person.erased_keys, key);
    if (erased_at_ms !== undefined) {
      person.erased_at_ms = Math.max(person.erased_at_ms ?? erased_at_ms, erased_at_ms);
    }
  }
  for (const fact of stored.facts) addFact(person, fact, calendar);
  for (const fact of stored.facts) if (fact.kind === "message_moved") removeMoved(person, fact);
  return person;
}

function addFact(person: Person, fact: FactContent, calendar: Calendar): void {
  const {
    contact,
    kind,
    at_ms,
    message,
    template,
    category,
    callback,
    phone_number_id,
    attribution,
    pricing,
  } = fact;
  switch (kind) {
    case "wrote": {
      const date = calendar.dateOf(at_ms);
      const first = { at_ms, key: message, phone_number_id };
      if (isBefore(first, person.wrote.get(date))) person.wrote.set(date, first);
      person.last_wrote_ms = Math.max(person.last_wrote_ms, at_ms);
      person.stored_wrote_ms = Math.max(person.stored_wrote_ms, at_ms);
      return;
    }
    case "called":
      person.last_called_ms = Math.max(person.last_called_ms, at_ms);
      person.stored_called_ms = Math.max(person.stored_called_ms, at_ms);
      return;
    case "sent":
    case "delivered":
    case "read":
    case "played":
    case "failed": {
      const status = {
        key: message,
        contact,
        status: kind,
        at_ms,
        template,
        category,
        callback,
        phone_number_id,
        pricing,
      };
      const evidence: MessageEvidence = joinStatus(person.messages.get(message), status);
      person.messages = withEntry(person.messages, message, evidence);
      return;
    }
    case "send_recorded": {
      const sent = { sent_at_ms: at_ms, failed: false, template, attribution };
      return addRecord(person, { key: message, ...sent, category: namedCategory(category) });
    }
    case "send_failed":
      return addRecord(person, failedRecord(message));
    default:
      return;
  }
}

function addRecord(person: Person, record: SendRecord): void {
  const joined = joinRecord(person.records.get(record.key), record);
  person.records = withEntry(person.records, record.key, joined);
}

/**
 * Removes a moved message from a loaded person, unless the person it moved to is the same one by now, or the message
 * came back with an earlier status: of two of one instant, with one that names a lesser key.
 */
function removeMoved(person: Person, { message, at_ms, callback }: FactContent): void {
  const moved_to = callback as string as ContactKey;
  if (person.keys.has(moved_to)) return;
  const evidence = person.messages.get(message);
  if (evidence !== undefined && leftBefore(evidence, { left_at_ms: at_ms, left_contact: moved_to })) return;
  person.messages = withoutEntry(person.messages, message);
  person.records = withoutEntry(person.records, message);
}
