import type { MessageEvidence, StatusFact, Template } from "../contact_day.ts";
import { joinStatus } from "../contact_day.ts";
import { isSeenTogether } from "../identity/identifiers.ts";
import { labelText } from "../labels.ts";
import type { FactKind } from "../ledger.ts";
import type { ContactKey, Credits, LocalDate, MessageKey } from "../types.ts";
import { credits } from "../types.ts";
import type { ContactEvent, Reply } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { restoreIdentifiers } from "./erasure.ts";
import type { StoredFact } from "./event.ts";
import type { RecordedFact } from "./identify.ts";
import { changeNumber, chargeOn, chargesBeforeAndAfter, identify } from "./identify.ts";
import { mayBeFinal, quarantineEvent, quarantineLateStatus, quarantineReasonFor } from "./quarantine.ts";
import type { Person } from "./person.ts";
import { isBefore, mayPredateStoredFacts, recordOf, templatesOf } from "./person.ts";
import type { Emit } from "./posting.ts";
import { postChargeChange } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { DAY_MS } from "../../time/units.ts";

const MINUTE_MS = 60_000;

/**
 * A later message of an open day changes nothing that is owed, only when Meta's service window ends, which is
 * shown for information. It is stored once a quarter of an hour, and exactly when the actor lets go: after a
 * crash the window may be shown to end so much too early, never too late.
 */
const LAST_MESSAGE_STORED_EVERY_MS = 15 * MINUTE_MS;

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
  const reason = quarantineReasonFor(state, event, received_at_ms, now_ms);
  if (reason !== undefined) return quarantineEvent(state, emit, event, reason, received_at_ms);
  const is_metered = meter(state, emit, event, now_ms);
  if (!is_metered && event.type === "status") quarantineLateStatus(state, emit, event, received_at_ms);
}

/** Tries an event that was kept back once more. What still cannot be metered stays where it is. */
export function replayContactEvent(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): Reply {
  const reason = quarantineReasonFor(state, event, received_at_ms, now_ms);
  if (reason !== undefined) return { type: "replayed", quarantine_reason: reason };
  return { type: "replayed", quarantine_reason: meter(state, emit, event, now_ms) ? null : "month_final" };
}

/** @returns false when the event would change what is owed in a month that is final: then it is no fact */
function meter(state: CompanyState, emit: Emit, event: ContactEvent, now_ms: number): boolean {
  switch (event.type) {
    case "wrote":
      recordWrote(state, emit, event, now_ms);
      return true;
    case "noted":
      recordNoted(state, emit, event, now_ms);
      return true;
    case "status":
      return recordStatus(state, emit, event, now_ms);
    case "number_changed": {
      const learning = {
        fact: { kind: "number_changed", at_ms: event.at_ms },
        recorded_at_ms: now_ms,
      } as const;
      const person = identify(state, emit, event.from, learning);
      const message = state.keyring.message(event.message_id);
      storeFact(emit, factKeyOf(person), "number_changed", event, message);
      changeNumber(state, emit, person, event.to, learning);
      return true;
    }
  }
}

/**
 * Makes a change to what is known of a person's templates, and posts the difference it makes. Templates move
 * between dates when an earlier timestamp of theirs arrives late, so the dates are those of any that differ.
 *
 * @param ids of the messages and records that it is about: all other templates stay as they are
 * @returns the credits that are owed more (or, negative, less) over all those dates
 */
export function updateTemplates(
  state: CompanyState,
  emit: Emit,
  person: Person,
  learning: RecordedFact,
  ids: ReadonlySet<MessageKey>,
  change: () => void,
): Credits {
  const before = templatesOf(person, ids);
  change();
  const after = templatesOf(person, ids);
  const dates = new Set<LocalDate>();
  for (const template of differingTemplates(before, after)) {
    dates.add(state.calendar.dateOf(template.left_at_ms));
  }
  let owed_more = 0;
  for (const local_date of [...dates].sort()) {
    // A status that would change it is kept back. Our own record of a send is answered instead, and changes nothing of a
    // message that statuses put there.
    if (isFinal(state, local_date)) continue;
    const [charged, owed] = chargesBeforeAndAfter(state, person, local_date, before, after);
    const settlement = { contact: person.id, local_date, before: [charged], after: owed, ...learning };
    owed_more += postChargeChange(state, emit, settlement);
  }
  return credits(owed_more);
}

/** Templates that stand in one list and not, or otherwise, in the other. */
function differingTemplates(before: readonly Template[], after: readonly Template[]): Template[] {
  const text = ({ key, left_at_ms, category, phone_number_id, attribution }: Template) =>
    `${key} ${left_at_ms} ${category} ${phone_number_id} ${labelText(attribution)}`;
  const in_before = new Set(before.map(text));
  const in_after = new Set(after.map(text));
  return [...before.filter((t) => !in_after.has(text(t))), ...after.filter((t) => !in_before.has(text(t)))];
}

function recordWrote(state: CompanyState, emit: Emit, event: Message, now_ms: number): void {
  const { at_ms } = event;
  const learning = { fact: { kind: "wrote", at_ms }, recorded_at_ms: now_ms } as const;
  const person = identify(state, emit, event.contact, learning);
  restoreIdentifiers(state, emit, person, event.contact, at_ms);
  const date = state.calendar.dateOf(at_ms);
  const first = person.wrote.get(date);
  if (first !== undefined && first.at_ms < at_ms) {
    if (at_ms <= person.last_wrote_ms) return;
    const stored = at_ms >= person.stored_wrote_ms + LAST_MESSAGE_STORED_EVERY_MS;
    if (stored) storeFact(emit, factKeyOf(person), "wrote", event, state.keyring.message(event.message_id));
    emit({ type: "wrote", person, at_ms, first_of: undefined, message: undefined, stored });
    return;
  }
  const key = state.keyring.message(event.message_id);
  const message = { at_ms, key, phone_number_id: event.phone_number_id };
  if (!isBefore(message, first)) return;
  const before = chargeOn(state, person, date);
  storeFact(emit, factKeyOf(person), "wrote", event, key);
  emit({ type: "wrote", person, at_ms, first_of: date, message, stored: true });
  const after = chargeOn(state, person, date);
  postChargeChange(state, emit, {
    contact: person.id,
    local_date: date,
    before: [before],
    after,
    ...learning,
  });
}

function recordStatus(state: CompanyState, emit: Emit, event: Status, now_ms: number): boolean {
  const learning = { fact: { kind: event.status, at_ms: event.at_ms }, recorded_at_ms: now_ms };
  const person = identify(state, emit, event.contact, learning);
  const key = state.keyring.message(event.message_id);
  const callback = event.callback_data === undefined ? undefined : state.keyring.message(event.callback_data);
  const known = person.messages.get(key);
  const is_told = known?.template || !mayPredateStoredFacts(person, event.status, key, callback);
  const fact: StatusFact = {
    key,
    status: event.status,
    at_ms: event.at_ms,
    template: is_told && event.template,
    category: is_told ? event.category : undefined,
    callback,
    phone_number_id: event.phone_number_id,
  };
  const evidence = joinStatus(known, fact);
  if (evidence === known) return true;
  const ids = idsOf(evidence, known, person);
  if (changesFinalMonth(state, person, evidence, ids, now_ms)) return false;
  const learn = () => {
    storeFact(emit, factKeyOf(person), event.status, event, fact.key, fact);
    emit({ type: "evidence_joined", person, evidence });
  };
  const recorded = person.records.size > 0 &&
    (recordOf(evidence, person.records) ?? (known && recordOf(known, person.records))) !== undefined;
  if (evidence.template || recorded) updateTemplates(state, emit, person, learning, ids, learn);
  else learn();
  return true;
}

/** What a status can change the templates of: its message, and our own records that the message names or named. */
function idsOf(
  evidence: MessageEvidence,
  known: MessageEvidence | undefined,
  { records }: Person,
): ReadonlySet<MessageKey> {
  const ids = new Set([evidence.key]);
  for (const callback of [evidence.callback, known?.callback]) {
    if (callback !== undefined && records.has(callback)) ids.add(callback);
  }
  return ids;
}

/**
 * Whether a month that is final would be owed otherwise by what is known of a message now: a status is of its own time,
 * and its message may have left long before.
 */
function changesFinalMonth(
  state: CompanyState,
  person: Person,
  evidence: MessageEvidence,
  ids: ReadonlySet<MessageKey>,
  now_ms: number,
): boolean {
  const sent_at_ms = recordOf(evidence, person.records)?.sent_at_ms;
  const left_at_ms = Math.min(evidence.left_at_ms ?? Infinity, sent_at_ms ?? Infinity);
  if (!mayBeFinal(left_at_ms, now_ms)) return false;
  const before = templatesOf(person, ids);
  const after = templatesOf(
    { ...person, messages: new Map(person.messages).set(evidence.key, evidence) },
    ids,
  );
  return differingTemplates(before, after).some((template) => {
    const date = state.calendar.dateOf(template.left_at_ms);
    if (!isFinal(state, date)) return false;
    const [charged, owed] = chargesBeforeAndAfter(state, person, date, before, after);
    return charged.inbound?.credits !== owed.inbound?.credits ||
      charged.outbound?.credits !== owed.outbound?.credits;
  });
}

function recordNoted(state: CompanyState, emit: Emit, event: Message, now_ms: number): void {
  // It charges nothing, but a BSUID seen with a phone is an alias of it, whatever it is seen on.
  if (isSeenTogether(event.contact)) {
    const learning = { fact: { kind: "noted", at_ms: event.at_ms }, recorded_at_ms: now_ms } as const;
    identify(state, emit, event.contact, learning);
  }
  const key = state.keyring.message(event.message_id);
  storeFact(emit, state.keyring.contact("noted"), "noted", event, key);
}

function storeFact(
  emit: Emit,
  contact: ContactKey,
  kind: FactKind,
  event: { readonly at_ms: number; readonly phone_number_id: string | undefined },
  message: MessageKey,
  status?: StatusFact,
): void {
  const { at_ms, phone_number_id } = event;
  const { template = false, category, callback } = status ?? {};
  const fact = { contact, kind, at_ms, message, template, category, callback, phone_number_id };
  emit({ type: "fact_stored", fact: { ...fact, id: factId(fact), attribution: undefined } });
}

/**
 * The id a fact is stored once under, with its contact and its time: that of its message, the last four digits
 * given over to what the fact says. The message is a keyed hash already, so nothing is hashed again.
 */
export function factId(
  fact: Pick<StoredFact, "kind" | "message" | "template" | "category" | "callback">,
): string {
  const says = FACT_KINDS.indexOf(fact.kind) * 16 + CATEGORIES.indexOf(fact.category) * 4 +
    (fact.template ? 2 : 0) + (fact.callback === undefined ? 0 : 1);
  return fact.message.slice(0, -4) + says.toString(16).padStart(4, "0");
}

/** In the order of their codes in {@link factId}: new ones go to the end. */
const FACT_KINDS: readonly FactKind[] = [
  "wrote",
  "noted",
  "sent",
  "delivered",
  "read",
  "played",
  "failed",
  "send_recorded",
  "number_changed",
  "alias_learned",
];

const CATEGORIES: readonly StoredFact["category"][] = [undefined, "marketing", "utility", "authentication"];

/** The key a person's facts stand under: the first they were known by. */
export function factKeyOf(person: Person): ContactKey {
  return person.keys.keys().next().value!;
}

/**
 * Stores when people last wrote, where memory is ahead of the store: before an actor lets go of them. Past a
 * day Meta's window is over, and nobody asks any more.
 */
export function storeLastMessages(state: CompanyState, emit: Emit, now_ms: number): void {
  for (const person of new Set(state.people.values())) {
    if (person.last_wrote_ms <= Math.max(person.stored_wrote_ms, now_ms - DAY_MS)) continue;
    const at_ms = person.last_wrote_ms;
    const fact = { at_ms, phone_number_id: undefined };
    storeFact(emit, factKeyOf(person), "wrote", fact, state.keyring.message("last message"));
    emit({ type: "wrote", person, at_ms, first_of: undefined, message: undefined, stored: true });
  }
}
