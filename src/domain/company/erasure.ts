import { identifierTexts, isPhoneIdentifier } from "../identity/identifiers.ts";
import { formerSpellings } from "../identity/numbering.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { ContactKey } from "../types.ts";
import type { Reply } from "./command.ts";
import { identify } from "./identify.ts";
import type { Person } from "./person.ts";
import { isErasedAt } from "./person.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Erases a contact: no phone or BSUID of theirs stays stored, under any identifier. Charges stay under keyed
 * hashes, so totals do not change and redelivered events cost nothing more.
 *
 * A contact never seen before is erased too: older events still in transit then store no identifier.
 */
export function eraseContact(
  state: CompanyState,
  emit: Emit,
  contact: ContactIdentifiers,
  now_ms: number,
): Reply {
  const known = () => new Set(identifierTexts(contact).map((identifier) => state.people.get(identifier)!));
  let [found, named, names] = [0, 0, 0];
  for (const person of known()) {
    const readable = person.keys.size - person.erased_keys.size;
    if (person.keys.size > 0) found++;
    if (readable > 0) named++;
    names += readable;
  }
  const source = { fact: { kind: "noted", at_ms: now_ms }, recorded_at_ms: now_ms } as const;
  const person = identify(state, emit, contact, source);
  // This contact may have merged two people. They are erased as one; erased as two, they would be separated
  // again.
  const people = known().add(person);
  for (const erased of people) {
    const keys = [...erased.keys.keys()];
    if (keys.length > 0) emit({ type: "person_erased", person: erased, keys, at_ms: now_ms });
  }
  return {
    type: "erased",
    people: named,
    reason: found === 0 ? "contact_unknown" : named === 0 ? "identifiers_already_deleted" : null,
    names,
    keys: [...[...people].flatMap(({ keys }) => [...keys.keys()]), ...formerKeys(state, contact)],
  };
}

/** Returns the keys of a phone's former spellings: an event quarantined before a rule existed has one of them. */
function formerKeys({ keyring }: CompanyState, { phone }: ContactIdentifiers): ContactKey[] {
  return phone === undefined ? [] : formerSpellings(phone).map((spelling) => keyring.contact(spelling));
}

/**
 * Restores the identifiers of an erased person who wrote after the erasure. Only their own message restores an
 * identifier, not a status or a number change.
 */
export function restoreIdentifiers(
  state: CompanyState,
  emit: Emit,
  person: Person,
  contact: ContactIdentifiers,
  at_ms: number,
): void {
  if (person.erased_keys.size === 0 || isErasedAt(person, at_ms)) return;
  for (const identifier of identifierTexts(contact)) {
    const key = state.keyring.contact(identifier);
    if (!person.erased_keys.has(key)) continue;
    emit({
      type: "key_learned",
      person,
      identifier,
      key,
      by_phone: isPhoneIdentifier(identifier),
      readable: true,
    });
  }
}
