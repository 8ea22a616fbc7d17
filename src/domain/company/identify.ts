import type { Charge } from "../charge.ts";
import type { Template } from "../contact_day.ts";
import { chargeFor } from "../charge.ts";
import { identifierTexts, isPhoneIdentifier } from "../identity/identifiers.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { FactRef } from "../ledger.ts";
import type { LocalDate, MessageKey } from "../types.ts";
import { isFinal } from "./day_close.ts";
import { isErasedAt } from "./erasure.ts";
import type { Person } from "./person.ts";
import { contactDayOf, openingTemplate } from "./person.ts";
import type { Emit } from "./posting.ts";
import { postChargeChange } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { settingsOn } from "./state.ts";

/** The moment and the fact by which something about a person is learned. */
export interface RecordedFact {
  readonly fact: FactRef;
  readonly recorded_at_ms: number;
}

/**
 * The person an event speaks of, learning what it tells of who they are: a BSUID seen with a phone is an
 * alias of it from then on (rulebook, "Identity").
 *
 * Every identifier must have been asked of the store before (`needsOf`).
 */
export function identify(
  state: CompanyState,
  emit: Emit,
  contact: ContactIdentifiers,
  learning: RecordedFact,
): Person {
  const { phone, bsuid } = contact;
  const identifier = phone ?? bsuid;
  if (identifier === undefined) {
    throw new Error("an event without any identifier of its contact cannot be metered");
  }
  const alias = phone === undefined ? undefined : bsuid;
  const person = loadedPerson(state, identifier);
  if (alias !== undefined && alias === person.bsuid) return person;
  if (alias === undefined) return learnFirstIdentifier(state, emit, person, identifier, learning);
  const other = loadedPerson(state, alias);
  if (person === other) return person;
  if (other.by_phone && person.by_phone) {
    return flagConflict(state, emit, person, identifier, alias, learning);
  }
  if (other.by_phone) {
    // The BSUID's phone is another one: the phone in hand is the person (rulebook).
    return flagConflict(
      state,
      emit,
      learnFirstIdentifier(state, emit, person, identifier, learning),
      identifier,
      alias,
      learning,
    );
  }
  if (other.keys.size === 0) {
    learnFirstIdentifier(state, emit, person, identifier, learning);
    learnIdentifier(state, emit, person, alias, learning);
    return person;
  }
  if (person.keys.size === 0) {
    learnIdentifier(state, emit, other, identifier, learning);
    return other;
  }
  mergeContacts(state, emit, person, other, learning);
  return person;
}

/**
 * A number change carries the contact-day over: both numbers are one person from then on. A BSUID that comes
 * with the new number, but is known as that of a third one, is a conflict.
 */
export function changeNumber(
  state: CompanyState,
  emit: Emit,
  person: Person,
  to: ContactIdentifiers,
  learning: RecordedFact,
): void {
  const identifiers = identifierTexts(to);
  const first = identifiers[0];
  for (const identifier of identifiers) {
    const other = loadedPerson(state, identifier);
    if (other === person) continue;
    if (identifier !== first && other.by_phone) {
      flagConflict(state, emit, person, first!, identifier, learning);
    } else if (other.keys.size === 0) learnIdentifier(state, emit, person, identifier, learning);
    else mergeContacts(state, emit, person, other, learning);
  }
}

/** What a person is charged for on a date, by all of their templates or by those given. */
export function chargeOn(
  state: CompanyState,
  person: Person,
  date: LocalDate,
  templates: readonly Template[] = openingTemplates(state, person, date),
): Charge {
  const policy = settingsOn(state.settings, date).template_in_open_window;
  return chargeFor(contactDayOf(person, date, templates, state.calendar), policy, state.rates);
}

/** What a date is charged by a person's other templates and some that they had, and by the others and what those became. */
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

/** All that a date's charge needs of a person's templates: the one that opens the window, if there is one. */
function openingTemplates(
  state: CompanyState,
  person: Person,
  date: LocalDate,
  but?: ReadonlySet<MessageKey>,
): readonly Template[] {
  const opening = openingTemplate(person, state.calendar.day(date), but);
  return opening === undefined ? [] : [opening];
}

function chargesOn(state: CompanyState, person: Person, dates: readonly LocalDate[]): Charge[] {
  return dates.map((date) => chargeOn(state, person, date));
}

function mergeContacts(
  state: CompanyState,
  emit: Emit,
  into: Person,
  from: Person,
  learning: RecordedFact,
): void {
  // In a month that is final they stay two. Of what told that they are one nothing is kept back: it is a fact of its own
  // time and is metered there, and none of the two people's facts of that month came late.
  const dates = [...new Set([...datesOf(state, into), ...datesOf(state, from)])]
    .filter((date) => !isFinal(state, date)).sort();
  const of_into = chargesOn(state, into, dates);
  const of_from = chargesOn(state, from, dates);
  emit({ type: "people_merged", into, from });
  // Either may have been erased: nothing of before that may name the other's part of the person.
  const { erased_at_ms } = into;
  const is_named = into.erased_keys.size < into.keys.size;
  if (erased_at_ms !== undefined && is_named && isErasedAt(into, into.last_wrote_ms)) {
    emit({ type: "person_erased", person: into, keys: [...into.keys.keys()], at_ms: erased_at_ms });
  }
  const of_both = chargesOn(state, into, dates);
  // Whatever event told it: what changes the charge is that two contacts are one person.
  const told = learning.fact.kind === "number_changed" ? "number_changed" : "alias_learned";
  const fact = { kind: told, at_ms: learning.fact.at_ms } as const;
  dates.forEach((local_date, i) => {
    for (const direction of ["inbound", "outbound"] as const) {
      if (of_from[i]![direction] === undefined) continue;
      emit({ type: "window_changed", contact: from.id, local_date, direction, window: undefined });
      // It goes on under the other name, also when nothing is owed anew.
      const window = of_both[i]![direction];
      if (window === undefined) continue;
      emit({ type: "window_changed", contact: into.id, local_date, direction, window });
    }
    const before = [of_into[i]!, of_from[i]!];
    postChargeChange(state, emit, {
      contact: into.id,
      local_date,
      before,
      after: of_both[i]!,
      ...learning,
      fact,
    });
  });
}

/**
 * The dates a person may be charged on, now or once they are merged: also those of messages not known to be
 * templates yet, for the other may know that they are.
 */
function datesOf(state: CompanyState, person: Person): LocalDate[] {
  const left = [...person.messages.values()].map((evidence) => evidence.left_at_ms);
  const sent = [...person.records.values()].map((record) => record.sent_at_ms);
  const times = [...left, ...sent].filter((at_ms) => at_ms !== undefined);
  return [...person.wrote.keys(), ...times.map((at_ms) => state.calendar.dateOf(at_ms))];
}

function flagConflict(
  state: CompanyState,
  emit: Emit,
  person: Person,
  identifier: string,
  alias: string,
  { recorded_at_ms }: RecordedFact,
): Person {
  const id = state.keyring.content(`conflict ${identifier} ${alias}`);
  if (!state.flagged_conflicts.has(id)) {
    emit({
      type: "quarantined",
      event: {
        id,
        reason: "identity_conflict",
        phone_number_id: undefined,
        received_at_ms: recorded_at_ms,
        event: { contact: person.id, alias: state.keyring.contact(alias) },
      },
    });
  }
  return person;
}

function learnFirstIdentifier(
  state: CompanyState,
  emit: Emit,
  person: Person,
  identifier: string,
  learning: RecordedFact,
): Person {
  if (person.keys.size === 0) learnIdentifier(state, emit, person, identifier, learning);
  return person;
}

function learnIdentifier(
  state: CompanyState,
  emit: Emit,
  person: Person,
  identifier: string,
  { fact }: RecordedFact,
): void {
  // Of whoever was erased a name is kept again once they wrote: not by what others tell of them alone.
  const wrote_ms = fact.kind === "wrote" ? fact.at_ms : person.last_wrote_ms;
  emit({
    type: "key_learned",
    person,
    identifier,
    key: state.keyring.contact(identifier),
    by_phone: isPhoneIdentifier(identifier),
    readable: !isErasedAt(person, Math.min(fact.at_ms, wrote_ms)),
  });
}

/**
 * The person a identifier leads to, of whom nothing may be known yet.
 *
 * @throws {Error} when the store was not asked for the identifier: a bug
 */
export function loadedPerson(state: CompanyState, identifier: string): Person {
  const person = state.people.get(identifier);
  if (person === undefined) throw new Error("a contact was to be decided on before it was loaded");
  return person;
}
