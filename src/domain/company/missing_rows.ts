import { identifiersIn } from "../identity/event_identifiers.ts";
import { isSeenTogether } from "../identity/identifiers.ts";
import type { Keyring } from "../identity/keyring.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { MessageKey } from "../types.ts";
import { contactKeysOf, type LoadRequest } from "./activation.ts";
import type { Command, ContactEvent } from "./command.ts";
import { mayBeQuarantined } from "./quarantine.ts";
import { mayHaveOtherSender } from "./recipient.ts";
import type { CompanyState } from "./state.ts";
import { storedUsageId } from "./usages.ts";

/** Keys of the rows that commands need and the state lacks. Load them before the decision. */
export class MissingRows {
  /** Canonical identifiers of contacts. */
  readonly identifiers = new Set<string>();
  /** Messages whose person must be looked up. The store may know none. */
  readonly messages = new Set<MessageKey>();
  readonly usage_ids = new Set<string>();
  readonly sends = new Set<MessageKey>();

  get is_empty(): boolean {
    return this.identifiers.size + this.messages.size + this.usage_ids.size + this.sends.size === 0;
  }

  /** Splits the rows into parts with at most a number of each kind. Load them one after another. */
  parts(rows_max: number): readonly MissingRows[] {
    const parts: MissingRows[] = [];
    const split = <Key>(keys: ReadonlySet<Key>, ofPart: (part: MissingRows) => Set<Key>) => {
      let index = 0;
      for (const key of keys) ofPart(parts[Math.floor(index++ / rows_max)] ??= new MissingRows()).add(key);
    };
    split(this.identifiers, (part) => part.identifiers);
    split(this.messages, (part) => part.messages);
    split(this.usage_ids, (part) => part.usage_ids);
    split(this.sends, (part) => part.sends);
    return parts;
  }

  /** Returns what to load from the store, with the keys of former spellings of phones. */
  loadRequest(keyring: Keyring): LoadRequest {
    return {
      contacts: contactKeysOf(keyring, this.identifiers),
      messages: [...this.messages],
      usage_ids: [...this.usage_ids],
      sends: [...this.sends],
    };
  }
}

/**
 * Adds to `missing` the rows a command needs and the state does not hold: the contact of each event, the person that
 * other events named for its message, and for an event that may be quarantined every identifier it mentions.
 *
 * @param now_ms when the command is decided
 */
export function collectMissing(
  state: CompanyState,
  command: Command,
  missing: MissingRows,
  now_ms: number,
): void {
  switch (command.type) {
    case "record":
      for (const event of command.events) {
        addContactsOf(state, event, missing);
        addMessageOf(state, event, missing);
        if (!mayBeQuarantined(event, command.received_at_ms, now_ms)) continue;
        for (const identifier of identifiersIn(event)) {
          if (!state.people.has(identifier)) missing.identifiers.add(identifier);
        }
      }
      return;
    case "replay":
      addContactsOf(state, command.event, missing);
      return addMessageOf(state, command.event, missing);
    case "report_send":
      addContact(state, command.send.to, missing);
      return addSend(state, command.send.message_id, missing);
    case "report_send_failure":
      return addSend(state, command.failure.message_id, missing);
    case "report_usage":
      for (const usage of command.usages) {
        const id = storedUsageId(state.keyring, usage.id);
        if (!state.usages.has(id)) missing.usage_ids.add(id);
      }
      return;
    case "quote":
      for (const recipient of command.recipients) addContact(state, recipient, missing);
      return;
    case "read_contact":
    case "erase_contact":
      return addContact(state, command.contact, missing);
    case "find_message":
      addContact(state, command.contact, missing);
      return addMessage(state, command.message_id, missing);
    default:
      return;
  }
}

/** Adds the identifiers of the contacts of an event. A noted event needs its person only to learn an alias. */
function addContactsOf(state: CompanyState, event: ContactEvent, missing: MissingRows): void {
  if (event.type === "number_changed") {
    addContact(state, event.from, missing);
    addContact(state, event.to, missing);
  } else if (event.type !== "noted" || isSeenTogether(event.contact)) {
    addContact(state, event.contact, missing);
  }
}

function addContact(
  { people }: CompanyState,
  { phone, bsuid, parent_bsuid }: ContactIdentifiers,
  missing: MissingRows,
): void {
  if (parent_bsuid !== undefined && !people.has(parent_bsuid)) missing.identifiers.add(parent_bsuid);
  const person = phone === undefined ? undefined : people.get(phone);
  if (phone !== undefined && person === undefined) missing.identifiers.add(phone);
  // Nearly every event gives a pair that is known already.
  if (bsuid === undefined || bsuid === person?.bsuid) return;
  if (!people.has(bsuid)) missing.identifiers.add(bsuid);
}

/** Adds the message of an event, unless no other event can have named another person for it. */
function addMessageOf(state: CompanyState, event: ContactEvent, missing: MissingRows): void {
  if (event.type === "status") addMessage(state, event.message_id, missing);
  else if (event.type === "wrote" && mayHaveOtherSender(state, event)) {
    const key = state.keyring.message(event.message_id);
    if (!state.senders.has(key)) missing.messages.add(key);
  }
}

function addMessage({ keyring, recipients }: CompanyState, message_id: string, missing: MissingRows): void {
  const key = keyring.message(message_id);
  if (!recipients.has(key)) missing.messages.add(key);
}

function addSend(state: CompanyState, message_id: string, missing: MissingRows): void {
  const key = state.keyring.message(message_id);
  if (!state.sends.has(key)) missing.sends.add(key);
  addMessage(state, message_id, missing);
}
