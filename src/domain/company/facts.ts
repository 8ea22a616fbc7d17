import type { MessageEvidence, SendRecord, StatusFact } from "../contact_day.ts";
import type { FactKind } from "../ledger.ts";
import type { ContactKey, MessageKey } from "../types.ts";
import type { StoredFact } from "./event.ts";
import type { Person } from "./person.ts";
import type { Emit } from "./posting.ts";

/** What a fact to store may have beside its kind and time. */
export interface StoreFactOptions {
  readonly status?: Pick<StatusFact, "template" | "category" | "callback" | "pricing">;
  /** Whether the fact is found by its message alone. */
  readonly by_message?: boolean;
}

/** Emits a fact to store. */
export function storeFact(
  emit: Emit,
  contact: ContactKey,
  kind: FactKind,
  event: { readonly at_ms: number; readonly phone_number_id: string | undefined },
  message: MessageKey,
  { status, by_message = false }: StoreFactOptions = {},
): void {
  const { at_ms, phone_number_id } = event;
  const { template = false, category, callback, pricing } = status ?? {};
  const fact = { contact, kind, at_ms, message, template, category, callback, phone_number_id, pricing };
  emit({ type: "fact_stored", fact: { ...fact, id: factId(fact), attribution: undefined, by_message } });
}

/** Emits the fact of a send record to store, or of its failure. */
export function storeRecordFact(
  emit: Emit,
  person: Person,
  kind: "send_recorded" | "send_failed",
  at_ms: number,
  record: Pick<SendRecord, "key" | "template" | "category" | "attribution">,
): void {
  const { key: message, template, category, attribution } = record;
  const fact = { contact: factKeyOf(person), kind, at_ms, message, template, category, callback: undefined };
  const by_message = kind === "send_recorded";
  emit({
    type: "fact_stored",
    fact: {
      ...fact,
      id: factId(fact),
      phone_number_id: undefined,
      pricing: undefined,
      attribution,
      by_message,
    },
  });
}

/**
 * Computes a fact's id, unique with its contact and time: the message key with its last four digits replaced by
 * a code of the content. The message key is a keyed hash already, so it is not hashed again. A message may move from
 * one contact to several in one second: its first half is then of the key of the new contact. What a status tells
 * about the price changes the first eight digits: two statuses that differ in it alone are two facts, and a fact
 * without it has the id that it always had.
 */
export function factId(
  fact: Pick<StoredFact, "kind" | "message" | "template" | "category" | "callback" | "pricing">,
): string {
  const content_code = FACT_KINDS.indexOf(fact.kind) * 32 + CATEGORIES.indexOf(fact.category) * 4 +
    (fact.template ? 2 : 0) + (fact.callback === undefined ? 0 : 1);
  const { message, callback = message } = fact;
  const first_half = (fact.kind === "message_moved" ? callback : message).slice(0, 18);
  const id = first_half + message.slice(18, -4) + content_code.toString(16).padStart(4, "0");
  if (fact.pricing === undefined) return id;
  const first_digits = (Number.parseInt(id.slice(0, 8), 16) ^ fact.pricing) >>> 0;
  return first_digits.toString(16).padStart(8, "0") + id.slice(8);
}

/** The index is the code in {@link factId}: append new kinds at the end. */
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
  "send_failed",
  "called",
  "message_moved",
];

const CATEGORIES: readonly StoredFact["category"][] = [
  undefined,
  "marketing",
  "utility",
  "authentication",
  "unnamed",
];

/** Returns the key a person's facts are stored under: the first one they were known by. */
export function factKeyOf(person: Person): ContactKey {
  return person.keys.keys().next().value!;
}

/**
 * Returns the key that a status of a message is stored under: that of the identifier it names. So the facts tell
 * whom the earliest status names, whichever people have become one since. If the identifier is another person's, who
 * does not have the message, it is the key of the earliest status.
 *
 * @param known the statuses of the message so far
 */
export function statusKeyOf(
  person: Person,
  identifier: string,
  known: MessageEvidence | undefined,
): ContactKey {
  for (const [key, text] of person.keys) if (text === identifier) return key;
  return known?.left_contact ?? factKeyOf(person);
}
