import type { Charge } from "../charge.ts";
import type { Template } from "../contact_day.ts";
import { chargeFor } from "../charge.ts";
import { identifierTexts, isPhoneIdentifier } from "../identity/identifiers.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { FactRef } from "../ledger.ts";
import type { LocalDate, MessageKey } from "../types.ts";
import { isFinal } from "./day_close.ts";
import { eraseEventsNaming, eraseEventsOf } from "./erased_events.ts";
import type { Person } from "./person.ts";
import { contactDayOf, isErasedAt, openingTemplate } from "./person.ts";
import type { Emit } from "./posting.ts";
import { postChargeChange } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { settingsOn } from "./state.ts";

/** The fact that tells something about a person, and when it was recorded. */
export interface RecordedFact {
  readonly fact: FactRef;
  readonly recorded_at_ms: number;
}

/**
 * Finds the person of an event and learns from it who they are: identifiers seen together are aliases from then on
 * (rulebook, "Identity").
 *
 * The identifiers must be loaded before (`collectMissing`).
 */
export function identify(
  state: CompanyState,
  emit: Emit,
  contact: ContactIdentifiers,
  source: RecordedFact,
): Person {
  const person = identifyByPhoneAndBsuid(state, emit, contact, source);
  return linkParent(state, emit, person, contact, source);
}

function identifyByPhoneAndBsuid(
  state: CompanyState,
  emit: Emit,
  { phone, bsuid }: ContactIdentifiers,
  source: RecordedFact,
): Person {
  const identifier = phone ?? bsuid;
  if (identifier === undefined) {
    throw new Error("cannot identify a contact without phone and BSUID: quarantine the event");
  }
  const alias = phone === undefined ? undefined : bsuid;
  const person = loadedPerson(state, identifier);
  if (alias !== undefined && alias === person.bsuid) return person;
  if (alias === undefined) return learnFirstIdentifier(state, emit, person, identifier, source);
  const other = loadedPerson(state, alias);
  if (person === other) return person;
  if (other.by_phone && person.by_phone) {
    return flagAliasConflict(state, emit, person, identifier, alias, source);
  }
  if (other.by_phone) {
    // The BSUID belongs to another phone. The phone identifies the person (rulebook).
    return flagAliasConflict(
      state,
      emit,
      learnFirstIdentifier(state, emit, person, identifier, source),
      identifier,
      alias,
      source,
    );
  }
  if (other.keys.size === 0) {
    learnFirstIdentifier(state, emit, person, identifier, source);
    learnIdentifier(state, emit, person, alias, source);
    return person;
  }
  if (person.keys.size === 0) {
    learnIdentifier(state, emit, other, identifier, source);
    return other;
  }
  mergeContacts(state, emit, person, other, source);
  return person;
}

/** Links a person to their parent BSUID. If it belongs to another phone, that is a conflict. */
function linkParent(
  state: CompanyState,
  emit: Emit,
  person: Person,
  { phone, bsuid, parent_bsuid }: ContactIdentifiers,
  source: RecordedFact,
): Person {
  if (parent_bsuid === undefined) return person;
  const other = loadedPerson(state, parent_bsuid);
  if (other === person) return person;
  if (other.keys.size === 0) {
    learnIdentifier(state, emit, person, parent_bsuid, source);
    return person;
  }
  if (other.by_phone && person.by_phone) {
    return flagAliasConflict(state, emit, person, phone ?? bsuid!, parent_bsuid, source);
  }
  const [into, from] = other.by_phone ? [other, person] : [person, other];
  mergeContacts(state, emit, into, from, source);
  return into;
}

/**
 * Merges both numbers of a number change into one person, contact-day included. If the new number comes with a
 * BSUID known as a third person's, that is a conflict.
 */
export function changeNumber(
  state: CompanyState,
  emit: Emit,
  person: Person,
  to: ContactIdentifiers,
  source: RecordedFact,
): void {
  const identifiers = identifierTexts(to);
  const first = identifiers[0];
  for (const identifier of identifiers) {
    const other = loadedPerson(state, identifier);
    if (other === person) continue;
    if (identifier !== first && other.by_phone) {
      flagAliasConflict(state, emit, person, first!, identifier, source);
    } else if (other.keys.size === 0) learnIdentifier(state, emit, person, identifier, source);
    else mergeContacts(state, emit, person, other, source);
  }
}

/**
 * Computes a person's charge on a date.
 *
 * @param templates by default the one that opens the window
 */
export function chargeOn(
  state: CompanyState,
  person: Person,
  date: LocalDate,
  templates: readonly Template[] = openingTemplates(state, person, date),
): Charge {
  const policy = settingsOn(state.settings, date).template_in_open_window;
  return chargeFor(contactDayOf(person, date, templates, state.calendar), policy, state.rates);
}

/** Computes a date's charge before and after some templates change; all others stay. */
export function chargesBeforeAndAfter(
  state: CompanyState,
  person: Person,
  date: LocalDate,
  before: readonly Template[],
  after: readonly Template[],
): [before: Charge, after: Charge] {
  const others = openingTemplates(state, person, date, new Set([...before, ...after].map(({ key }) => key)));
  return [
    chargeOn(state, person, date, [...others, ...before]),
    chargeOn(state, person, date, [...others, ...after]),
  ];
}

/** Returns the template that opens the window, if there is one: the charge needs no other. */
function openingTemplates(
  state: CompanyState,
  person: Person,
  date: LocalDate,
  excluded?: ReadonlySet<MessageKey>,
): readonly Template[] {
  const opening = openingTemplate(person, state.calendar.day(date), excluded);
  return opening === undefined ? [] : [opening];
}

function chargesOn(state: CompanyState, person: Person, dates: readonly LocalDate[]): Charge[] {
  return dates.map((date) => chargeOn(state, person, date));
}

/** Merges two contacts that are one person, and refunds a double charge on a date that can still change. */
export function mergeContacts(
  state: CompanyState,
  emit: Emit,
  into: Person,
  from: Person,
  source: RecordedFact,
): void {
  // In a final month they stay two people. The event itself is metered at its own time; the facts of that month
  // were not late, so nothing is quarantined.
  const dates = [...new Set([...datesOf(state, into), ...datesOf(state, from)])]
    .filter((date) => !isFinal(state, date)).sort();
  const charges_into = chargesOn(state, into, dates);
  const charges_from = chargesOn(state, from, dates);
  // The charge changes because two contacts are one person, not because of the event that shows it.
  const kind = source.fact.kind === "number_changed" ? "number_changed" : "alias_learned";
  const fact = { kind, at_ms: source.fact.at_ms } as const;
  emit({ type: "people_merged", into, from, fact });
  // If either was erased, older facts must not store an identifier of the other.
  const { erased_at_ms } = into;
  const is_named = into.erased_keys.size < into.keys.size;
  if (erased_at_ms !== undefined && is_named && isErasedAt(into, into.last_wrote_ms)) {
    emit({ type: "person_erased", person: into, keys: [...into.keys.keys()], at_ms: erased_at_ms });
  }
  eraseEventsOf(emit, into, [...into.keys.keys()]);
  const charges_merged = chargesOn(state, into, dates);
  dates.forEach((local_date, i) => {
    for (const direction of ["inbound", "outbound"] as const) {
      if (charges_from[i]![direction] === undefined) continue;
      emit({ type: "window_changed", contact: from.id, local_date, direction, window: undefined });
      // The window moves to the merged contact, also when the charge stays the same.
      const window = charges_merged[i]![direction];
      if (window === undefined) continue;
      emit({ type: "window_changed", contact: into.id, local_date, direction, window });
    }
    const before = [charges_into[i]!, charges_from[i]!];
    postChargeChange(state, emit, {
      contact: into.id,
      local_date,
      before,
      after: charges_merged[i]!,
      ...source,
      fact,
    });
  });
}

/** Returns the dates a person may be charged on, also by evidence that another contact has of their messages. */
function datesOf(state: CompanyState, person: Person): LocalDate[] {
  const left = [...person.messages.values()].map((evidence) => evidence.left_at_ms);
  const sent = [...person.records.values()].map((record) => record.sent_at_ms);
  const times = [...left, ...sent].filter((at_ms) => at_ms !== undefined);
  return [...person.wrote.keys(), ...times.map((at_ms) => state.calendar.dateOf(at_ms))];
}

function flagAliasConflict(
  state: CompanyState,
  emit: Emit,
  person: Person,
  identifier: string,
  alias: string,
  source: RecordedFact,
): Person {
  const event = { contact: person.id, alias: state.keyring.contact(alias) };
  flagConflict(state, emit, `${identifier} ${alias}`, event, source);
  return person;
}

/** Puts an identity conflict into quarantine, once, for an operator to see. */
export function flagConflict(
  state: CompanyState,
  emit: Emit,
  conflict: string,
  event: unknown,
  { recorded_at_ms }: RecordedFact,
): void {
  const id = state.keyring.content(`conflict ${conflict}`);
  if (state.flagged_conflicts.has(id)) return;
  const row = { id, reason: "identity_conflict", phone_number_id: undefined } as const;
  emit({ type: "quarantined", event: { ...row, received_at_ms: recorded_at_ms, event } });
}

function learnFirstIdentifier(
  state: CompanyState,
  emit: Emit,
  person: Person,
  identifier: string,
  source: RecordedFact,
): Person {
  if (person.keys.size === 0) learnIdentifier(state, emit, person, identifier, source);
  return person;
}

function learnIdentifier(
  state: CompanyState,
  emit: Emit,
  person: Person,
  identifier: string,
  { fact }: RecordedFact,
): void {
  // After an erasure an identifier is stored again only once the person wrote. A status or a number change is
  // not enough.
  const wrote_ms = fact.kind === "wrote" ? fact.at_ms : person.last_wrote_ms;
  emit({
    type: "key_learned",
    person,
    identifier,
    key: state.keyring.contact(identifier),
    by_phone: isPhoneIdentifier(identifier),
    readable: !isErasedAt(person, Math.min(fact.at_ms, wrote_ms)),
  });
  eraseEventsNaming(state, emit, person, identifier);
}

/**
 * Returns the person of an identifier, who may be new.
 *
 * @throws {Error} if the identifier was not loaded: a bug
 */
export function loadedPerson(state: CompanyState, identifier: string): Person {
  const person = state.people.get(identifier);
  if (person === undefined) {
    throw new Error("contact not loaded: collectMissing must name every identifier of a command");
  }
  return person;
}
