import type { StatusFact, Template } from "../contact_day.ts";
import { joinStatus } from "../contact_day.ts";
import type { FactKind } from "../ledger.ts";
import type { ContactKey, LocalDate, MessageKey } from "../names.ts";
import type { ContactEvent, QuarantineReason } from "./command.ts";
import { isFinal } from "./days.ts";
import type { StoredFact } from "./event.ts";
import type { Learning } from "./identify.ts";
import { changeNumber, chargeOn, identify } from "./identify.ts";
import type { Person } from "./person.ts";
import { templatesOf } from "./person.ts";
import type { Emit } from "./posting.ts";
import { settle } from "./posting.ts";
import type { CompanyState } from "./state.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Meta redelivers for 7 days; a day more is a margin. What is older stays in quarantine. */
export const LATENESS_LIMIT_MS = 8 * DAY_MS;
/** How far a timestamp may be ahead of our clock. */
export const FUTURE_LIMIT_MS = 5 * MINUTE_MS;
/**
 * A later message of an open day changes nothing that is owed, only when Meta's service window ends. That
 * is stored to the minute, so that a chat costs one row a minute and not one a message.
 */
const LAST_MESSAGE_STORED_EVERY_MS = MINUTE_MS;

type Status = Extract<ContactEvent, { type: "status" }>;
type Message = Extract<ContactEvent, { type: "wrote" | "noted" }>;

/**
 * Records one event of Meta's: the fact it adds, and the difference it makes to what is owed. An event that
 * adds nothing to what is known emits nothing that has to be stored.
 *
 * @param received_at_ms when the event first arrived, which lateness is measured at
 */
export function recordContactEvent(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): void {
  const reason = unmeterable(state, event, received_at_ms, now_ms);
  if (reason !== undefined) return quarantine(state, emit, event, reason, received_at_ms);
  switch (event.type) {
    case "wrote":
      return recordWrote(state, emit, event, now_ms);
    case "noted":
      return recordNoted(state, emit, event);
    case "status":
      return recordStatus(state, emit, event, now_ms);
    case "number_changed": {
      const learning = {
        fact: { kind: "number_changed", at_ms: event.at_ms },
        recorded_at_ms: now_ms,
      } as const;
      const person = identify(state, emit, event.from, learning);
      const message = state.keyring.message(event.message_id);
      emitFact(state, emit, keyOf(person), "number_changed", event, message);
      return changeNumber(state, emit, person, event.to, learning);
    }
  }
}

/**
 * Makes a change to what is known of a person's templates, and posts the difference it makes. Templates move
 * between dates when an earlier timestamp of theirs arrives late, so the dates are those of any that differ.
 */
export function settleTemplates(
  state: CompanyState,
  emit: Emit,
  person: Person,
  learning: Learning,
  change: () => void,
): void {
  const before = templatesOf(person);
  change();
  const after = templatesOf(person);
  const dates = new Set<LocalDate>();
  for (const template of differing(before, after)) dates.add(state.calendar.dateOf(template.left_at_ms));
  for (const local_date of [...dates].sort()) {
    if (isFinal(state, local_date, learning.recorded_at_ms)) continue;
    const charged = chargeOn(state, person, local_date, before);
    const owed = chargeOn(state, person, local_date, after);
    settle(state, emit, { contact: person.id, local_date, before: [charged], after: owed, ...learning });
  }
}

/** Templates that stand in one list and not, or otherwise, in the other. */
function differing(before: readonly Template[], after: readonly Template[]): Template[] {
  const text = (t: Template) => `${t.key} ${t.left_at_ms} ${t.category} ${t.phone_number_id}`;
  const in_before = new Set(before.map(text));
  const in_after = new Set(after.map(text));
  return [...before.filter((t) => !in_after.has(text(t))), ...after.filter((t) => !in_before.has(text(t)))];
}

function recordWrote(state: CompanyState, emit: Emit, event: Message, now_ms: number): void {
  const { at_ms } = event;
  const learning = { fact: { kind: "wrote", at_ms }, recorded_at_ms: now_ms } as const;
  const person = identify(state, emit, event.contact, learning);
  const date = state.calendar.dateOf(at_ms);
  const first = person.wrote.get(date);
  if (first !== undefined && first.at_ms <= at_ms) {
    if (at_ms <= person.last_wrote_ms) return;
    const stored = at_ms >= person.stored_wrote_ms + LAST_MESSAGE_STORED_EVERY_MS;
    if (stored) emitFact(state, emit, keyOf(person), "wrote", event, state.keyring.message(event.message_id));
    emit({ type: "wrote", person, at_ms, first_of: undefined, message: undefined, stored });
    return;
  }
  const key = state.keyring.message(event.message_id);
  const templates = templatesOf(person);
  const before = chargeOn(state, person, date, templates);
  emitFact(state, emit, keyOf(person), "wrote", event, key);
  const message = { at_ms, key, phone_number_id: event.phone_number_id };
  emit({ type: "wrote", person, at_ms, first_of: date, message, stored: true });
  const after = chargeOn(state, person, date, templates);
  settle(state, emit, { contact: person.id, local_date: date, before: [before], after, ...learning });
}

function recordStatus(state: CompanyState, emit: Emit, event: Status, now_ms: number): void {
  const learning = { fact: { kind: event.status, at_ms: event.at_ms }, recorded_at_ms: now_ms };
  const person = identify(state, emit, event.contact, learning);
  const fact: StatusFact = {
    key: state.keyring.message(event.message_id),
    status: event.status,
    at_ms: event.at_ms,
    template: event.template,
    category: event.category,
    callback: event.callback_data === undefined ? undefined : state.keyring.message(event.callback_data),
    phone_number_id: event.phone_number_id,
  };
  const known = person.messages.get(fact.key);
  const evidence = joinStatus(known, fact);
  if (evidence === known) return;
  const learn = () => {
    emitFact(state, emit, keyOf(person), event.status, event, fact.key, fact);
    emit({ type: "evidence_joined", person, evidence });
  };
  const recorded = person.records.has(fact.key) ||
    (evidence.callback !== undefined && person.records.has(evidence.callback));
  if (!evidence.template && !recorded) return learn();
  settleTemplates(state, emit, person, learning, learn);
}

function recordNoted(state: CompanyState, emit: Emit, event: Message): void {
  const key = state.keyring.message(event.message_id);
  emitFact(state, emit, state.keyring.contact("noted"), "noted", event, key);
}

function emitFact(
  state: CompanyState,
  emit: Emit,
  contact: ContactKey,
  kind: FactKind,
  event: { readonly at_ms: number; readonly phone_number_id: string | undefined },
  message: MessageKey,
  status?: StatusFact,
): void {
  const { at_ms, phone_number_id } = event;
  const template = status?.template ?? false;
  const content = `${kind} ${message} ${template} ${status?.category ?? ""} ${status?.callback ?? ""}`;
  const fact: StoredFact = {
    id: state.keyring.content(content),
    contact,
    kind,
    at_ms,
    message,
    template,
    category: status?.category,
    callback: status?.callback,
    phone_number_id,
    attribution: undefined,
  };
  emit({ type: "fact_stored", fact });
}

/** The key a person's facts stand under: the first they were known by. */
export function keyOf(person: Person): ContactKey {
  return person.keys.values().next().value!;
}

function unmeterable(
  state: CompanyState,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): QuarantineReason | undefined {
  if (event.at_ms < received_at_ms - LATENESS_LIMIT_MS) return "too_old";
  if (event.at_ms > received_at_ms + FUTURE_LIMIT_MS) return "in_the_future";
  // Only what was kept back (quarantine) can come this late.
  if (received_at_ms < now_ms - DAY_MS && isFinal(state, state.calendar.dateOf(event.at_ms), now_ms)) {
    return "month_final";
  }
  return undefined;
}

function quarantine(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  reason: QuarantineReason,
  received_at_ms: number,
): void {
  const status = event.type === "status" ? event.status : "";
  const id = state.keyring.content(`${event.type} ${event.message_id} ${status} ${event.at_ms}`);
  const { phone_number_id } = event;
  emit({ type: "quarantined", event: { id, reason, phone_number_id, received_at_ms, event } });
}

/**
 * Stores when people last wrote, where memory is ahead of the store: before an actor lets go of them.
 */
export function storeLastMessages(state: CompanyState, emit: Emit): void {
  for (const person of new Set(state.people.values())) {
    if (person.last_wrote_ms <= person.stored_wrote_ms) continue;
    const at_ms = person.last_wrote_ms;
    const fact = { at_ms, phone_number_id: undefined };
    emitFact(state, emit, keyOf(person), "wrote", fact, state.keyring.message("last message"));
    emit({ type: "wrote", person, at_ms, first_of: undefined, message: undefined, stored: true });
  }
}
