/** Quarantined events of erased people. */

import { formerSpellings } from "../identity/numbering.ts";
import type { ContactKey } from "../types.ts";
import type { QuarantinedEvent } from "./event.ts";
import type { Person } from "./person.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/** The stored content of an event whose person was erased. */
export const ERASED = { type: "erased" } as const;

/** Erases quarantined events that mention one of a person's keys, up to the person's erasure if there was one. */
export function eraseEventsOf(emit: Emit, { erased_at_ms }: Person, keys: readonly ContactKey[]): void {
  if (erased_at_ms === undefined) return;
  emit({ type: "quarantine_erased", keys, until_ms: erased_at_ms });
}

/**
 * Erases quarantined events that mention a new identifier of a person, up to the person's erasure if there was one. An
 * event quarantined before the numbering table knew a phone has its former spelling.
 */
export function eraseEventsNaming(state: CompanyState, emit: Emit, person: Person, identifier: string): void {
  if (person.erased_at_ms === undefined) return;
  const spellings = [identifier, ...formerSpellings(identifier)];
  eraseEventsOf(emit, person, spellings.map((spelling) => state.keyring.contact(spelling)));
}

/**
 * Returns a quarantined event without its content, if it mentions one of these people and may be from before their
 * erasure: its time is not later, or unreadable. Otherwise returns it unchanged.
 */
export function eraseIfMentioned(
  quarantined: QuarantinedEvent,
  keys: readonly string[],
  erased_at_ms: number,
): QuarantinedEvent {
  const { people = [], event, ...row } = quarantined;
  const at_ms = (event as { readonly at_ms?: unknown } | null)?.at_ms;
  const is_later = typeof at_ms === "number" && at_ms > erased_at_ms;
  if (is_later || !people.some((person) => keys.includes(person))) return quarantined;
  return { ...row, reason: "erased", event: ERASED };
}
