import type { ContactClues } from "../identity/phone.ts";
import { clueTexts } from "../identity/identifiers.ts";
import { mentionedIn } from "../identity/event_identifiers.ts";
import { FUTURE_LIMIT_MS, LATENESS_LIMIT_MS } from "../lateness.ts";
import type { ContactEvent, QuarantineReason } from "./command.ts";
import { isFinal } from "./day_close.ts";
import { isErasedAt } from "./erasure.ts";
import { known } from "./identify.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { DAY_MS } from "../../time/units.ts";

/** What is left of an event whose person was erased. */
const ERASED = { type: "erased" } as const;

/** Why an event cannot be metered; undefined when it can. */
export function unmeterable(
  state: CompanyState,
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): QuarantineReason | undefined {
  const reason = unfitForAny(event, received_at_ms, now_ms);
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
export function mayBeKeptBack(event: ContactEvent, received_at_ms: number, now_ms: number): boolean {
  return mayBeFinal(event.at_ms, now_ms) || unfitForAny(event, received_at_ms, now_ms) !== undefined;
}

/** Why no company could meter an event. */
function unfitForAny(
  event: ContactEvent,
  received_at_ms: number,
  now_ms: number,
): QuarantineReason | undefined {
  if (!Number.isSafeInteger(event.at_ms)) return "timestamp_unparseable";
  if (isNobody(event)) return "unreadable";
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
export function keepBack(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  reason: QuarantineReason,
  received_at_ms: number,
): void {
  keep(state, emit, event, received_at_ms, { reason, clues: mentionedIn(event), left: event });
}

/**
 * Keeps an event of a time that is open yet, but that would change a month that is final by the message it speaks of.
 * No later try can meter it, so it is kept to be seen: with its message, and our own id of it, by the key alone, for
 * either may hold the phone of somebody whom the store was not asked for.
 */
export function keepBackForGood(
  state: CompanyState,
  emit: Emit,
  event: Extract<ContactEvent, { type: "status" }>,
  received_at_ms: number,
): void {
  const { status, at_ms, contact, callback_data } = event;
  const message = state.keyring.message(event.message_id);
  const callback = callback_data === undefined ? undefined : state.keyring.message(callback_data);
  const left = { type: "late_status", status, at_ms, contact, message, callback };
  keep(state, emit, event, received_at_ms, { reason: "month_final", clues: clueTexts(contact), left });
}

/** Why an event is kept back, whom it may name, and what of it is kept unless one of them was erased since. */
interface KeptBack {
  readonly reason: QuarantineReason;
  readonly clues: readonly string[];
  readonly left: unknown;
}

function keep(
  state: CompanyState,
  emit: Emit,
  event: ContactEvent,
  received_at_ms: number,
  { reason, clues, left }: KeptBack,
): void {
  const { at_ms, phone_number_id } = event;
  const row = { id: state.keyring.content(keptAs(event)), phone_number_id, received_at_ms };
  const is_erased = clues.some((clue) => isErasedAt(known(state, clue), at_ms));
  if (is_erased) return emit({ type: "quarantined", event: { ...row, reason: "erased", event: ERASED } });
  const people = clues.map((clue) => state.keyring.contact(clue));
  emit({ type: "quarantined", event: { ...row, reason, event: left, people } });
}

/**
 * What an event is kept back by, once. The same of somebody by another name is another event, whose names may be
 * all that tells whose it is; a status with other pricing may be the one that proves the template.
 */
function keptAs(event: ContactEvent): string {
  const parts: unknown[] = [event.type, event.message_id, event.at_ms, mentionedIn(event)];
  if (event.type === "status") parts.push(event.status, event.template, event.category, event.callback_data);
  return JSON.stringify(parts);
}

/** Whether an event that concerns a contact names none. */
function isNobody(event: ContactEvent): boolean {
  if (event.type === "noted") return false;
  if (event.type !== "number_changed") return namesNobody(event.contact);
  return namesNobody(event.from) || namesNobody(event.to);
}

function namesNobody({ phone, bsuid }: ContactClues): boolean {
  return phone === undefined && bsuid === undefined;
}
