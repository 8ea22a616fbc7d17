import { balanceOf } from "./balance.ts";
import { failedRecord, joinRecord } from "../contact_day.ts";
import { FUTURE_LIMIT_MS } from "../lateness.ts";
import type { Credits, MessageKey } from "../types.ts";
import { credits, NO_CREDITS } from "../types.ts";
import type { Refused, Reply, SendFailure } from "./command.ts";
import { refused } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { storeRecordFact } from "./facts.ts";
import type { Person } from "./person.ts";
import { templatesOf } from "./person.ts";
import type { Emit } from "./posting.ts";
import { recipientOf } from "./recipient.ts";
import { validateTime } from "./sends.ts";
import type { CompanyState } from "./state.ts";
import { updateTemplates } from "./templates.ts";

/**
 * Records that a recorded send never left, and gives its credits back unless Meta proves its delivery. A repeated
 * report changes nothing and gives back 0 credits. A send that we refused was never charged: nothing is stored.
 *
 * The send and its recipient must be loaded before (`collectMissing`).
 */
export function reportSendFailure(
  state: CompanyState,
  emit: Emit,
  failure: SendFailure,
  now_ms: number,
): Reply {
  const key = state.keyring.message(failure.message_id);
  const send = state.sends.get(key);
  if (send === undefined) return messageNotFound();
  if ((JSON.parse(send.reply) as Reply).type !== "send_allowed") {
    return answer(state, "failed", NO_CREDITS, now_ms);
  }
  const person = recipientOf(state, key);
  const sent_at_ms = person?.records.get(key)?.sent_at_ms;
  // The row of a send may outlive its facts.
  if (person === undefined || sent_at_ms === undefined) return messageNotFound();
  if (person.records.get(key)!.failed) return answer(state, outcomeOf(person, key), NO_CREDITS, now_ms);
  const failed_at_ms = failure.failed_at_ms ?? now_ms;
  const refusal = refusalOfReport(state, person, key, { sent_at_ms, failed_at_ms }, now_ms);
  if (refusal !== undefined) return refusal;
  const given_back = recordFailure(state, emit, person, key, failure, failed_at_ms, now_ms);
  return answer(state, outcomeOf(person, key), given_back, now_ms);
}

/** Returns why a report cannot be accepted: its month is final, or its time cannot be right. */
function refusalOfReport(
  state: CompanyState,
  person: Person,
  key: MessageKey,
  { sent_at_ms, failed_at_ms }: { readonly sent_at_ms: number; readonly failed_at_ms: number },
  now_ms: number,
): Refused | undefined {
  const times = [sent_at_ms, ...templatesOf(person, new Set([key])).map(({ left_at_ms }) => left_at_ms)];
  if (times.some((at_ms) => isFinal(state, state.calendar.dateOf(at_ms)))) {
    return refused(
      "month_final",
      "the month of this message is final and never changes: report failures within 8 days of the month's end",
    );
  }
  if (failed_at_ms < sent_at_ms - FUTURE_LIMIT_MS) {
    return refused(
      "invalid_request",
      "must not be more than 5 minutes before the message's sent_at: check the sender's clock",
      ["failed_at"],
    );
  }
  return validateTime(state, failed_at_ms, now_ms, ["failed_at"]);
}

function recordFailure(
  state: CompanyState,
  emit: Emit,
  person: Person,
  key: MessageKey,
  { error_code }: SendFailure,
  at_ms: number,
  now_ms: number,
): Credits {
  const source = { fact: { kind: "send_failed", at_ms }, recorded_at_ms: now_ms } as const;
  const record = joinRecord(person.records.get(key), failedRecord(key));
  const owed_difference = updateTemplates(state, emit, person, source, new Set([key]), () => {
    const attribution = error_code === undefined ? undefined : { error_code };
    storeRecordFact(emit, person, "send_failed", at_ms, {
      key,
      template: false,
      category: undefined,
      attribution,
    });
    emit({ type: "record_joined", person, record });
  });
  return credits(0 - owed_difference);
}

/** Returns `delivered` if a delivered, read or played status names the message by its wamid or callback data. */
function outcomeOf({ messages }: Person, key: MessageKey): "failed" | "delivered" {
  const is_delivered = messages.values().some((evidence) =>
    evidence.delivered_at_ms !== undefined && (evidence.key === key || evidence.callback === key)
  );
  return is_delivered ? "delivered" : "failed";
}

function messageNotFound(): Refused {
  return refused(
    "message_not_found",
    "no send is recorded under this message_id: record it first with POST …/messages, then report its failure",
  );
}

function answer(
  state: CompanyState,
  outcome: "failed" | "delivered",
  given_back: Credits,
  now_ms: number,
): Reply {
  return {
    type: "send_failure_recorded",
    outcome,
    credits: given_back,
    balance: balanceOf(state, now_ms),
  };
}
