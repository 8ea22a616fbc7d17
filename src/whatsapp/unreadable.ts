import { hash } from "node:crypto";
import type { ContactIdentifiers } from "../domain/identity/phone.ts";
import type { Remnant, Unreadable, UnreadableReason } from "./events.ts";
import { isFields, shortName, storableText } from "./fields.ts";
import { identifiersOf, NOBODY } from "./people.ts";

/** A wamid has some 60 characters; a longer id is not Meta's. */
export const MESSAGE_ID_LENGTH_MAX = 256;

/**
 * Creates an unreadable event with the ids an operator needs to find its source.
 *
 * @param part The unreadable JSON value. Only its ids and a hash are kept.
 */
export function unreadable(
  reason: UnreadableReason,
  kind: Remnant["kind"],
  part: unknown,
  phone_number_id: string | undefined,
): Unreadable {
  const fields = isFields(part) ? part : {};
  const is_event = kind !== "envelope";
  return {
    type: "unreadable",
    phone_number_id,
    reason,
    event: {
      kind,
      message_id: is_event ? storableText(fields.id, MESSAGE_ID_LENGTH_MAX) : undefined,
      contact: is_event ? contactOf(kind, fields) : NOBODY,
      timestamp: is_event ? shortName(fields.timestamp) : undefined,
      message_type: is_event ? shortName(kind === "message" ? fields.type : fields.status) : undefined,
      fingerprint: fingerprintOf(part),
    },
  };
}

function contactOf(kind: Remnant["kind"], fields: { readonly [name: string]: unknown }): ContactIdentifiers {
  return kind === "message"
    ? identifiersOf(fields.from, fields.from_user_id, fields.from_parent_user_id)
    : identifiersOf(fields.recipient_id, fields.recipient_user_id, fields.recipient_parent_user_id);
}

function fingerprintOf(part: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(part) ?? "";
  } catch {
    // Nested deeper than the stack: not from Meta, so one fingerprint for all such values is enough.
    text = "too deep";
  }
  return hash("sha256", text, "hex").slice(0, 32);
}
