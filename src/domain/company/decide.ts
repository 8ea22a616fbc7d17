import { isSeenTogether } from "../identity/identifiers.ts";
import type { ContactClues } from "../identity/phone.ts";
import { mentionedIn } from "../identity/event_identifiers.ts";
import type { MessageKey } from "../types.ts";
import { balanceOf } from "./balance.ts";
import type { Command, ContactEvent, Reply } from "./command.ts";
import { recordContactEvent, replayContactEvent } from "./contact_facts.ts";
import { eraseContact } from "./erasure.ts";
import { mayBeKeptBack } from "./quarantine.ts";
import type { Emit } from "./posting.ts";
import { reportSend } from "./sends.ts";
import type { CompanyState } from "./state.ts";
import {
  agreeContract,
  cancelContract,
  companyView,
  configure,
  refuseProfile,
  setRate,
  takeBack,
} from "./terms.ts";
import { reportUsage } from "./usages.ts";
import { quote, readContact } from "./views.ts";

/**
 * Decides a command on a state that has been brought up to now and holds everything `needsOf` names. Every
 * event goes to `emit`, which folds it into the state at once; a refusal emits nothing that is charged.
 *
 * @throws {Error} for what cannot be: the caller must throw the state away, for it may be half changed
 */
export function decide(state: CompanyState, emit: Emit, command: Command, now_ms: number): Reply {
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
    case "report_usage":
      return reportUsage(state, emit, command.usages, now_ms);
    case "configure":
      return configure(state, emit, command.profile, command.by, now_ms);
    case "check_profile":
      return refuseProfile(state, command.profile) ?? DONE;
    case "agree_contract":
      return agreeContract(state, emit, command.offer, command.by, now_ms);
    case "cancel_contract":
      return cancelContract(state, emit, command.by, now_ms);
    case "take_back_cancellation":
      return takeBack(state, emit, command.by, now_ms);
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
    case "bring_up_to_now":
      return DONE;
  }
}

const DONE: Reply = { type: "done" };

/** What a state lacks to decide commands: to be loaded before. */
export interface Needs {
  /** Contacts, by clue in canonical form. */
  readonly clues: Set<string>;
  readonly usage_ids: Set<string>;
  readonly sends: Set<MessageKey>;
}

export function noNeeds(): Needs {
  return { clues: new Set(), usage_ids: new Set(), sends: new Set() };
}

/**
 * Adds to `needs` what a command speaks of and the state does not hold yet: of an event that may be kept back
 * everybody it mentions, of any other its contact alone.
 *
 * @param now_ms that the command is decided at
 */
export function needsOf(state: CompanyState, command: Command, needs: Needs, now_ms: number): void {
  const clues = ({ phone, bsuid }: ContactClues) => {
    const person = phone === undefined ? undefined : state.people.get(phone);
    if (phone !== undefined && person === undefined) needs.clues.add(phone);
    if (bsuid === undefined || bsuid === person?.bsuid) return;
    if (!state.people.has(bsuid)) needs.clues.add(bsuid);
  };
  const of = (event: ContactEvent) => {
    if (event.type === "number_changed") clues(event.from), clues(event.to);
    else if (event.type !== "noted" || isSeenTogether(event.contact)) clues(event.contact);
  };
  switch (command.type) {
    case "record":
      for (const event of command.events) {
        of(event);
        if (!mayBeKeptBack(event, command.received_at_ms, now_ms)) continue;
        for (const clue of mentionedIn(event)) if (!state.people.has(clue)) needs.clues.add(clue);
      }
      return;
    case "replay":
      return of(command.event);
    case "report_send": {
      clues(command.send.to);
      const key = state.keyring.message(command.send.message_id);
      if (!state.sends.has(key)) needs.sends.add(key);
      return;
    }
    case "report_usage":
      for (const { id } of command.usages) if (!state.usages.has(id)) needs.usage_ids.add(id);
      return;
    case "quote":
      return command.recipients.forEach(clues);
    case "read_contact":
    case "erase_contact":
      return clues(command.contact);
    default:
      return;
  }
}
