import { hash } from "node:crypto";
import type { ContactIdentifiers } from "../domain/identity/phone.ts";
import type { Remnant, Unreadable, UnreadableReason } from "./events.ts";
import { isFields, shortName, storableText } from "./fields.ts";
import { identifiersOf, NOBODY } from "./people.ts";

/** A wamid has some 60 characters; four times as many is no id of Meta's. */
export const MESSAGE_ID_LENGTH_MAX = 256;

/**
 * Keeps of something unreadable what an operator needs to find it again.
 *
 * @param part What could not be read, whatever it is. Of it only ids are kept, and a hash.
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
    ? identifiersOf(fields.from, fields.from_user_id)
    : identifiersOf(fields.recipient_id, fields.recipient_user_id);
}

function fingerprintOf(part: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(part) ?? "";
  } catch {
    // Nested deeper than the stack: nothing of Meta's, and one fingerprint for all of that kind is enough.
    text = "too deep";
  }
  return hash("sha256", text, "hex").slice(0, 32);
}
