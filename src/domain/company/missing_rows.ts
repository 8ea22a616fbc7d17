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
  const addContact = ({ phone, bsuid, parent_bsuid }: ContactIdentifiers) => {
    if (parent_bsuid !== undefined && !state.people.has(parent_bsuid)) missing.identifiers.add(parent_bsuid);
    const person = phone === undefined ? undefined : state.people.get(phone);
    if (phone !== undefined && person === undefined) missing.identifiers.add(phone);
    // Nearly every event gives a pair that is known already.
    if (bsuid === undefined || bsuid === person?.bsuid) return;
    if (!state.people.has(bsuid)) missing.identifiers.add(bsuid);
  };
  const addContactsOf = (event: ContactEvent) => {
    // A noted event needs its person only to learn an alias.
    if (event.type === "number_changed") addContact(event.from), addContact(event.to);
    else if (event.type !== "noted" || isSeenTogether(event.contact)) addContact(event.contact);
  };
  const addMessage = (message_id: string) => {
    const key = state.keyring.message(message_id);
    if (!state.recipients.has(key)) missing.messages.add(key);
  };
  const addSend = (message_id: string) => {
    const key = state.keyring.message(message_id);
    if (!state.sends.has(key)) missing.sends.add(key);
    addMessage(message_id);
  };
  const addMessageOf = (event: ContactEvent) => {
    if (event.type === "status") addMessage(event.message_id);
    else if (event.type === "wrote" && mayHaveOtherSender(state, event)) {
      const key = state.keyring.message(event.message_id);
      if (!state.senders.has(key)) missing.messages.add(key);
    }
  };
  switch (command.type) {
    case "record":
      for (const event of command.events) {
        addContactsOf(event);
        addMessageOf(event);
        if (!mayBeQuarantined(event, command.received_at_ms, now_ms)) continue;
        for (const identifier of identifiersIn(event)) {
          if (!state.people.has(identifier)) missing.identifiers.add(identifier);
        }
      }
      return;
    case "replay":
      addContactsOf(command.event);
      return addMessageOf(command.event);
    case "report_send":
      addContact(command.send.to);
      return addSend(command.send.message_id);
    case "report_send_failure":
      return addSend(command.failure.message_id);
    case "report_usage":
      for (const usage of command.usages) {
        const id = storedUsageId(state.keyring, usage.id);
        if (!state.usages.has(id)) missing.usage_ids.add(id);
      }
      return;
    case "quote":
      return command.recipients.forEach(addContact);
    case "read_contact":
    case "erase_contact":
      return addContact(command.contact);
    case "find_message":
      addContact(command.contact);
      return addMessage(command.message_id);
    default:
      return;
  }
}
