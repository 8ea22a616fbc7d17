import { isSeenTogether } from "../identity/identifiers.ts";
import type { Keyring } from "../identity/keyring.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import { identifiersIn } from "../identity/event_identifiers.ts";
import type { MessageKey } from "../types.ts";
import { balanceOf } from "./balance.ts";
import { contactKeysOf, type LoadRequest } from "./activation.ts";
import type { Command, ContactEvent, Reply } from "./command.ts";
import { recordContactEvent, replayContactEvent } from "./contact_facts.ts";
import { eraseContact } from "./erasure.ts";
import { mayBeQuarantined } from "./quarantine.ts";
import type { Emit } from "./posting.ts";
import { reportSendFailure } from "./send_failures.ts";
import { mayHaveOtherSender } from "./recipient.ts";
import { reportSend } from "./sends.ts";
import type { CompanyState } from "./state.ts";
import { changeSettings, changeTerms, unmetBySettings } from "./term_changes.ts";
import {
  applyContractOffer,
  cancelContract,
  companyView,
  configure,
  setRate,
  validateProfile,
  withdrawContractCancellation,
} from "./terms.ts";
import { reportUsage } from "./usages.ts";
import { findMessage, quote, readContact } from "./views.ts";
import { joinFormerSpellings } from "./spellings.ts";

/**
 * Decides a command on a state whose due days are closed and that holds every row `collectMissing` names. Each
 * event goes to `emit`, which folds it into the state at once. A refusal emits nothing that is charged.
 *
 * @throws {Error} on a broken invariant: discard the state, it may be half changed
 */
export function decide(state: CompanyState, emit: Emit, command: Command, now_ms: number): Reply {
  if (state.phones_to_join.size > 0) joinFormerSpellings(state, emit, now_ms);
  switch (command.type) {
    case "record":
      for (const event of command.events) {
        recordContactEvent(state, emit, event, command.received_at_ms, now_ms);
      }
      return DONE;
    case "replay":
      return replayContactEvent(state, emit, command.event, command.received_at_ms, now_ms);
    case "report_send":
      return reportSend(state, emit, command.send, now_ms);
    case "report_send_failure":
      return reportSendFailure(state, emit, command.failure, now_ms);
    case "report_usage":
      return reportUsage(state, emit, command.usages, now_ms);
    case "configure":
      return changeSettings(
        state,
        command,
        () => configure(state, emit, command.profile, command.by, now_ms),
      );
    case "validate_profile":
      return unmetBySettings(state, command) ?? validateProfile(state, command.profile) ?? DONE;
    case "change_contract":
      return changeTerms(
        state,
        command,
        () => applyContractOffer(state, emit, command.offer, command.by, now_ms),
      );
    case "cancel_contract":
      return changeTerms(state, command, () => cancelContract(state, emit, command.by, now_ms));
    case "withdraw_cancellation":
      return changeTerms(
        state,
        command,
        () => withdrawContractCancellation(state, emit, command.by, now_ms),
      );
    case "set_rate":
      return setRate(state, emit, command, command.by, now_ms);
    case "quote":
      return quote(state, command.recipients, command.category, now_ms);
    case "read_contact":
      return readContact(state, command.contact);
    case "read_company":
      return { type: "company", view: companyView(state) };
    case "read_balance":
      return { type: "balance", balance: balanceOf(state, now_ms) };
    case "erase_contact":
      return eraseContact(state, emit, command.contact, now_ms);
    case "find_message":
      return findMessage(state, command);
    case "close_due_days":
      return DONE;
  }
}

const DONE: Reply = { type: "done" };

/** The rows a state lacks to decide commands. Load them first. */
export interface MissingRows {
  /** Canonical identifiers of contacts. */
  readonly identifiers: Set<string>;
  /** Messages whose person is not in memory, if the store knows one. */
  readonly messages: Set<MessageKey>;
  readonly usage_ids: Set<string>;
  readonly sends: Set<MessageKey>;
}

/** Returns an empty set of missing rows. */
export function nothingMissing(): MissingRows {
  return {
    identifiers: new Set(),
    messages: new Set(),
    usage_ids: new Set(),
    sends: new Set(),
  };
}

/** Whether no row is missing. */
export function isNothingMissing(missing: MissingRows): boolean {
  const { identifiers, messages, usage_ids, sends } = missing;
  return identifiers.size + messages.size + usage_ids.size + sends.size === 0;
}

/** Returns the keys of the rows to load from the store. */
export function loadRequestOf(missing: MissingRows, keyring: Keyring): LoadRequest {
  const contacts = contactKeysOf(keyring, missing.identifiers);
  const { messages, usage_ids, sends } = missing;
  return { contacts, messages: [...messages], usage_ids: [...usage_ids], sends: [...sends] };
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
    if (bsuid === undefined || bsuid === person?.bsuid) return;
    if (!state.people.has(bsuid)) missing.identifiers.add(bsuid);
  };
  const addContactsOf = (event: ContactEvent) => {
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
      for (const { id } of command.usages) if (!state.usages.has(id)) missing.usage_ids.add(id);
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
