import type { ContactIdentifiers } from "../identity/phone.ts";
import { identifierTexts } from "../identity/identifiers.ts";
import { identifiersIn } from "../identity/event_identifiers.ts";
import { FUTURE_LIMIT_MS, LATENESS_LIMIT_MS } from "../lateness.ts";
import type { ContactEvent, QuarantineReason } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { ERASED } from "./erased_events.ts";
import { loadedPerson } from "./identify.ts";
import { isErasedAt } from "./person.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { DAY_MS } from "../../time/units.ts";

/** Returns why an event cannot be metered; undefined when it can. */
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
 * Whether an event may be unmeterable for some company. It may err on the side of true: every person the event
 * mentions is then loaded.
 */
export function mayBeQuarantined(event: ContactEvent, received_at_ms: number, now_ms: number): boolean {
  return mayBeFinal(event.at_ms, now_ms) || reasonForAnyCompany(event, received_at_ms, now_ms) !== undefined;
}

/** Returns why no company could meter an event; undefined when some could. */
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

/**
 * Whether a time may be in a final month. Eight local dates differ from 8 × 24 hours by some hours; this cheap
 * test spares most times the exact one.
 */
export function mayBeFinal(at_ms: number, now_ms: number): boolean {
  return at_ms < now_ms - LATENESS_LIMIT_MS + 2 * DAY_MS;
}

/**
 * Quarantines an event that cannot be metered. If a person it mentions was erased after it happened, its
 * content is not stored: even a message id alone can hold their phone.
 *
 * Every person it mentions must be loaded before (`collectMissing`).
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
 * Quarantines a status that is not too late itself but would change a final month. No replay can meter it; it
 * is stored to be reviewed. Its message id and callback data are stored as keyed hashes: either may hold the
 * phone of a person who was not loaded.
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

/**
 * The reason, the identifiers an event may mention, and the content to store unless one of them was erased
 * since.
 */
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
 * Returns the text that identifies an event in quarantine. The same event under another identifier is a
 * different one: only its identifier may tell whose it is. A status with other pricing is different too: it may
 * prove the template.
 */
function deduplicationText(event: ContactEvent): string {
  const parts: unknown[] = [event.type, event.message_id, event.at_ms, identifiersIn(event)];
  if (event.type === "status") {
    parts.push(event.status, event.template, event.category, event.callback_data);
    // A status without it keeps the id that it always had.
    if (event.pricing !== undefined) parts.push(Object.values(event.pricing));
  }
  return JSON.stringify(parts);
}

/** Whether an event that needs a contact has none. */
function lacksIdentifiers(event: ContactEvent): boolean {
  if (event.type === "noted") return false;
  if (event.type !== "number_changed") return isEmpty(event.contact);
  return isEmpty(event.from) || isEmpty(event.to);
}

function isEmpty({ phone, bsuid }: ContactIdentifiers): boolean {
  return phone === undefined && bsuid === undefined;
}
