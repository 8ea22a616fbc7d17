import { balanceOf } from "./balance.ts";
import type { Charge, Window } from "../charge.ts";
import type { SendRecord } from "../contact_day.ts";
import { joinRecord } from "../contact_day.ts";
import { sortedLabels } from "../labels.ts";
import { FUTURE_LIMIT_MS, LATENESS_LIMIT_DAYS, LATENESS_LIMIT_MS } from "../lateness.ts";
import type { Credits, LocalDate, MessageKey } from "../types.ts";
import { NO_CREDITS } from "../types.ts";
import type { Refused, Reply, Send, WindowView } from "./command.ts";
import { refused } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { storeRecordFact } from "./facts.ts";
import type { RecordedFact } from "./identify.ts";
import { chargeOn, identify } from "./identify.ts";
import type { Person } from "./person.ts";
import type { Emit } from "./posting.ts";
import { peopleOfSend, resolveRecordRecipient } from "./recipient.ts";
import type { CompanyState } from "./state.ts";
import { updateTemplates } from "./templates.ts";

/**
 * Authorizes and records a send. A template is charged if it opens a window. A free-form message is allowed
 * while the contact has an open window. The same `message_id` always gets the same answer; with another body it
 * is refused (`id_reused`).
 */
export function reportSend(state: CompanyState, emit: Emit, send: Send, now_ms: number): Reply {
  const key = state.keyring.message(send.message_id);
  const content = state.keyring.content(contentOf(send));
  const decided = state.sends.get(key);
  if (decided !== undefined) {
    if (decided.content === content) return JSON.parse(decided.reply) as Reply;
    return refused(
      "id_reused",
      "this message_id was already used with another body: give each message its own id",
      ["message_id"],
    );
  }
  const sent_at_ms = send.sent_at_ms ?? now_ms;
  const time_refusal = validateTime(state, sent_at_ms, now_ms, ["sent_at"]);
  if (time_refusal !== undefined) return time_refusal;
  const source: RecordedFact = {
    fact: { kind: "send_recorded", at_ms: sent_at_ms },
    recorded_at_ms: now_ms,
  };
  const reply = send.kind === "template"
    ? recordTemplate(state, emit, send, key, source, now_ms)
    : decideFreeForm(state, emit, send, key, source, now_ms);
  emit({ type: "send_decided", send: { key, content, reply: JSON.stringify(reply) }, sent_at_ms });
  return reply;
}

/** Refuses a time that is too far in the future, or past the lateness limit. */
export function validateTime(
  state: CompanyState,
  at_ms: number,
  now_ms: number,
  path: readonly string[],
): Refused | undefined {
  if (at_ms > now_ms + FUTURE_LIMIT_MS) {
    return refused(
      "invalid_request",
      "must not be more than 5 minutes in the future: check the sender's clock",
      path,
    );
  }
  if (at_ms < now_ms - LATENESS_LIMIT_MS || isFinal(state, state.calendar.dateOf(at_ms))) {
    return refused(
      "invalid_request",
      `must not be older than ${LATENESS_LIMIT_DAYS} days or in a final month: report sooner`,
      path,
    );
  }
}

/** Returns the windows of a charge, inbound first. */
export function windowViews(state: CompanyState, date: LocalDate, charge: Charge): WindowView[] {
  const views: WindowView[] = [];
  if (charge.inbound !== undefined) views.push(windowView(state, date, charge.inbound, "inbound"));
  if (charge.outbound !== undefined) views.push(windowView(state, date, charge.outbound, "outbound"));
  return views;
}

function recordTemplate(
  state: CompanyState,
  emit: Emit,
  send: Send,
  key: MessageKey,
  source: RecordedFact,
  now_ms: number,
): Reply {
  const named = identify(state, emit, send.to, source);
  const person = resolveRecordRecipient(state, emit, named, key, source);
  const date = state.calendar.dateOf(source.fact.at_ms);
  const charged = recordSend(state, emit, person, send, key, source);
  const charge = chargeOn(state, person, date);
  return sendAllowed(state, date, charge.outbound ?? charge.inbound, charge, charged, now_ms);
}

function decideFreeForm(
  state: CompanyState,
  emit: Emit,
  send: Send,
  key: MessageKey,
  source: RecordedFact,
  now_ms: number,
): Reply {
  const date = state.calendar.dateOf(source.fact.at_ms);
  // Checked before anything is learned: a refusal leaves no trace of the contact.
  if (!hasWindow(state, peopleOfSend(state, send.to, key), date)) {
    return refused(
      "window_closed",
      "this contact has no open window: wait until they write, or send a template; use another message_id, " +
        "because this one always gets this answer",
    );
  }
  const named = identify(state, emit, send.to, source);
  const person = resolveRecordRecipient(state, emit, named, key, source);
  recordSend(state, emit, person, send, key, source);
  const charge = chargeOn(state, person, date);
  return sendAllowed(state, date, charge.inbound ?? charge.outbound, charge, NO_CREDITS, now_ms);
}

function hasWindow(state: CompanyState, people: readonly Person[], date: LocalDate): boolean {
  return people.some((person) => {
    const { inbound, outbound } = chargeOn(state, person, date);
    return inbound !== undefined || outbound !== undefined;
  });
}

function recordSend(
  state: CompanyState,
  emit: Emit,
  person: Person,
  send: Send,
  key: MessageKey,
  source: RecordedFact,
): Credits {
  const template = send.kind === "template";
  const { category, attribution } = send;
  const at_ms = source.fact.at_ms;
  const new_record: SendRecord = {
    key,
    sent_at_ms: at_ms,
    failed: false,
    template,
    category,
    attribution,
  };
  const record = joinRecord(person.records.get(key), new_record);
  return updateTemplates(state, emit, person, source, new Set([key]), () => {
    storeRecordFact(emit, person, "send_recorded", at_ms, new_record);
    emit({ type: "record_joined", person, record });
  });
}

function sendAllowed(
  state: CompanyState,
  date: LocalDate,
  window: Window | undefined,
  charge: Charge,
  charged: Credits,
  now_ms: number,
): Reply {
  const direction = window !== undefined && window === charge.outbound ? "outbound" : "inbound";
  return {
    type: "send_allowed",
    window: window === undefined ? undefined : windowView(state, date, window, direction),
    credits: charged,
    balance: balanceOf(state, now_ms),
  };
}

function windowView(
  state: CompanyState,
  local_date: LocalDate,
  window: Window,
  direction: "inbound" | "outbound",
): WindowView {
  return {
    direction,
    local_date,
    opened_at_ms: window.opened_at_ms,
    closes_at_ms: state.calendar.day(local_date).end_ms,
    credits: window.credits,
  };
}

function contentOf(send: Send): string {
  const { to, kind, category, sent_at_ms, attribution } = send;
  return JSON.stringify([to.phone, to.bsuid, kind, category, sent_at_ms, sortedLabels(attribution)]);
}
