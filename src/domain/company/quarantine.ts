import type { ContactIdentifiers } from "../identity/phone.ts";
import { identifierTexts } from "../identity/identifiers.ts";
import { identifiersIn } from "../identity/event_identifiers.ts";
import { FUTURE_LIMIT_MS, LATENESS_LIMIT_MS } from "../lateness.ts";
import type { ContactEvent, QuarantineReason } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { isErasedAt } from "./erasure.ts";
import { loadedPerson } from "./identify.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { DAY_MS } from "../../time/units.ts";

/** What is left of an event whose person was erased. */
const ERASED = { type: "erased" } as const;

/** Why an event cannot be metered; undefined when it can. */
export function quarantineReasonFor(
  state: CompanyState,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): QuarantineReason | undefined {
  const reason = reasonForAnyCompany(event, received_at_ms, now_ms);
  if (reason !== undefined) return reason;
  if (mayBeFinal(event.at_ms, now_ms) && isFinal(state, state.calendar.dateOf(event.at_ms))) {
    return "month_final";
  }
  return undefined;
}

/**
 * Whether an event may turn out to be unmeterable, whatever the company it is of: rather one too many than one too few,
 * for everybody it mentions is then asked of the store.
 */
export function mayBeQuarantined(event: ContactEvent, received_at_ms: number, now_ms: number): boolean {
  return mayBeFinal(event.at_ms, now_ms) || reasonForAnyCompany(event, received_at_ms, now_ms) !== undefined;
}

/** Why no company could meter an event. */
function reasonForAnyCompany(
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): QuarantineReason | undefined {
  if (!Number.isSafeInteger(event.at_ms)) return "timestamp_unparseable";
  if (lacksIdentifiers(event)) return "unreadable";
  if (event.at_ms < received_at_ms - LATENESS_LIMIT_MS) return "too_old";
  if (event.at_ms > now_ms + FUTURE_LIMIT_MS) return "in_the_future";
  return undefined;
}

/** Eight local dates are some hours more or less than eight times 24: most instants are spared the look. */
export function mayBeFinal(at_ms: number, now_ms: number): boolean {
  return at_ms < now_ms - LATENESS_LIMIT_MS + 2 * DAY_MS;
}

/**
 * Keeps an event that cannot be metered in quarantine. What is of before the erasure of anybody it mentions is kept
 * without a word of theirs: also when the id of a message alone holds their phone.
 *
 * Everybody it mentions must have been asked of the store before (`needsOf`).
 */
export function quarantineEvent(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  reason: QuarantineReason,
  received_at_ms: number,
): void {
  emitQuarantined(state, emit, event, received_at_ms, {
    reason,
    identifiers: identifiersIn(event),
    stored_event: event,
  });
}

/**
 * Keeps an event of a time that is open yet, but that would change a month that is final by the message it speaks of.
 * No later try can meter it, so it is kept to be seen: with its message, and our own id of it, by the key alone, for
 * either may hold the phone of somebody whom the store was not asked for.
 */
export function quarantineLateStatus(
  state: CompanyState,
  emit: Emit,
  event: Extract<ContactEvent, { type: "status" }>,
  received_at_ms: number,
): void {
  const { status, at_ms, contact, callback_data } = event;
  const message = state.keyring.message(event.message_id);
  const callback = callback_data === undefined ? undefined : state.keyring.message(callback_data);
  const stored_event = { type: "late_status", status, at_ms, contact, message, callback };
  emitQuarantined(state, emit, event, received_at_ms, {
    reason: "month_final",
    identifiers: identifierTexts(contact),
    stored_event,
  });
}

/** Why an event is kept back, whom it may name, and what of it is kept unless one of them was erased since. */
interface QuarantineDetails {
  readonly reason: QuarantineReason;
  readonly identifiers: readonly string[];
  readonly stored_event: unknown;
}

function emitQuarantined(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  received_at_ms: number,
  { reason, identifiers, stored_event }: QuarantineDetails,
): void {
  const { at_ms, phone_number_id } = event;
  const row = { id: state.keyring.content(deduplicationText(event)), phone_number_id, received_at_ms };
  const is_erased = identifiers.some((identifier) => isErasedAt(loadedPerson(state, identifier), at_ms));
  if (is_erased) return emit({ type: "quarantined", event: { ...row, reason: "erased", event: ERASED } });
  const people = identifiers.map((identifier) => state.keyring.contact(identifier));
  emit({ type: "quarantined", event: { ...row, reason, event: stored_event, people } });
}

/**
 * What an event is kept back by, once. The same of somebody by another name is another event, whose names may be
 * all that tells whose it is; a status with other pricing may be the one that proves the template.
 */
function deduplicationText(event: ContactEvent): string {
  const parts: unknown[] = [event.type, event.message_id, event.at_ms, identifiersIn(event)];
  if (event.type === "status") parts.push(event.status, event.template, event.category, event.callback_data);
  return JSON.stringify(parts);
}

/** Whether an event that concerns a contact names none. */
function lacksIdentifiers(event: ContactEvent): boolean {
  if (event.type === "noted") return false;
  if (event.type !== "number_changed") return isEmpty(event.contact);
  return isEmpty(event.from) || isEmpty(event.to);
}

function isEmpty({ phone, bsuid }: ContactIdentifiers): boolean {
  return phone === undefined && bsuid === undefined;
}
