import { identifierTexts, isPhoneIdentifier } from "../identity/identifiers.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { Reply } from "./command.ts";
import { identify } from "./identify.ts";
import type { Person } from "./person.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Erases who a contact is: from now on nothing readable of them is kept, under any name they are known by. What they
 * are owed for stays, under keyed hashes, so that no total changes and what is delivered again costs nothing anew.
 *
 * Somebody who was never seen is erased too: what is still under way of before brings no name of theirs in.
 */
export function eraseContact(
  state: CompanyState,
  emit: Emit,
  contact: ContactIdentifiers,
  now_ms: number,
): Reply {
  const known = () => new Set(identifierTexts(contact).map((identifier) => state.people.get(identifier)!));
  let names = 0;
  for (const person of known()) names += person.keys.size - person.erased_keys.size;
  const learning = { fact: { kind: "noted", at_ms: now_ms }, recorded_at_ms: now_ms } as const;
  const person = identify(state, emit, contact, learning);
  // Those who turned out to be one by this very contact are one now: erased as two they would be parted again.
  const people = known().add(person);
  for (const erased of people) {
    const keys = [...erased.keys.keys()];
    if (keys.length > 0) emit({ type: "person_erased", person: erased, keys, at_ms: now_ms });
  }
  return { type: "erased", names, keys: [...people].flatMap(({ keys }) => [...keys.keys()]) };
}

/** Whether what happened then is from before a person was erased, and so must not say who they are. */
export function isErasedAt(person: Person, at_ms: number): boolean {
  return person.erased_at_ms !== undefined && !(at_ms > person.erased_at_ms);
}

/**
 * Somebody who was erased wrote again, of their own accord and after it: that is new, so the names they come by are
 * kept once more. Nothing that is told of them by others brings a name back.
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
