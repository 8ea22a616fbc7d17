import { formerSpellings } from "../identity/numbering.ts";
import type { RecordedFact } from "./identify.ts";
import { loadedPerson, mergeContacts } from "./identify.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Joins contacts that are stored under a former spelling of a phone with the person of its canonical form (rulebook,
 * "Identity"). It precedes every decision, so no decision sees one person as two. A joined contact has the
 * canonical form as a key, and is not joined again.
 */
export function joinFormerSpellings(state: CompanyState, emit: Emit, now_ms: number): void {
  const source: RecordedFact = { fact: { kind: "alias_learned", at_ms: now_ms }, recorded_at_ms: now_ms };
  for (const phone of state.phones_to_join) {
    for (const spelling of formerSpellings(phone)) {
      const key = state.keyring.contact(spelling);
      const stored_person = state.people_by_key.get(key);
      const person = loadedPerson(state, phone);
      if (stored_person === undefined || stored_person === person) continue;
      if (person.keys.size > 0) {
        mergeContacts(state, emit, person, stored_person, source);
        continue;
      }
      emit({
        type: "key_learned",
        person: stored_person,
        identifier: phone,
        key: state.keyring.contact(phone),
        by_phone: true,
        // An erased spelling must not make the canonical form readable.
        readable: !stored_person.erased_keys.has(key),
      });
    }
  }
  state.phones_to_join.clear();
}
