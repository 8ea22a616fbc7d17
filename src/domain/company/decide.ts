import { fixingAccountDates } from "./account_days.ts";
import { balanceOf } from "./balance.ts";
import type { Command, Reply } from "./command.ts";
import { recordContactEvent, replayContactEvent } from "./contact_facts.ts";
import { countingCosts } from "./costs.ts";
import { fixingDates } from "./fixed_dates.ts";
import { eraseContact } from "./erasure.ts";
import { setNumberAccount } from "./number_account.ts";
import type { Emit } from "./posting.ts";
import { reopenDays } from "./reopening.ts";
import { reportSendFailure } from "./send_failures.ts";
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
import { chargingReplies } from "./replies.ts";
import { reportUsage } from "./usages.ts";
import { findMessage, quote, quoteReplies, readContact } from "./views.ts";
import { joinFormerSpellings } from "./spellings.ts";

/**
 * Decides a command on a state whose due days are closed and that holds every row `collectMissing` names. Each
 * event goes to `emit`, which folds it into the state at once. A refusal emits nothing that is charged.
 *
 * @throws {Error} on a broken invariant: discard the state, it may be half changed
 */
export function decide(state: CompanyState, emitEvent: Emit, command: Command, now_ms: number): Reply {
  const counting = countingCosts(state, fixingAccountDates(state, emitEvent));
  const emit = fixingDates(state, chargingReplies(state, counting, now_ms));
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
    case "set_number_account":
      return setNumberAccount(state, emit, command, now_ms);
    case "quote":
      return command.kind === "free_form"
        ? quoteReplies(state, command.recipients.length, now_ms)
        : quote(state, command.recipients, command.category, now_ms);
    case "read_contact":
      return readContact(state, command.contact);
    case "read_message_key":
      return { type: "message_key", key: state.keyring.message(command.message_id) };
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
    case "reopen_days":
      return reopenDays(state, emit, command.by, now_ms);
  }
}

const DONE: Reply = { type: "done" };
