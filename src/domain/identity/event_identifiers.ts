import { identifierTexts } from "./identifiers.ts";
import { parseContact, parsePhone } from "./phone.ts";

/** Our own numbers, which are nobody's. */
const NO_PERSON = new Set(["phone_number_id"]);

/**
 * The identifiers, in canonical form, of everybody that a kept event speaks of in any way: as a contact, within an id of a
 * message (a wamid holds the phone in base64), or within what a sender gave as callback data. Rather one too many
 * than one too few: they are what an erasure finds the event by.
 */
export function identifiersIn(event: unknown): string[] {
  const identifiers = new Set<string>();
  mention(event, identifiers);
  return [...identifiers].sort();
}

function mention(part: unknown, identifiers: Set<string>): void {
  if (typeof part === "string") return mentionInText(part, identifiers);
  if (typeof part !== "object" || part === null) return;
  for (const [name, value] of Object.entries(part)) if (!NO_PERSON.has(name)) mention(value, identifiers);
}

function mentionInText(text: string, identifiers: Set<string>): void {
  const whole = parseContact(text);
  if (whole !== undefined) {
    for (const identifier of identifierTexts(whole)) identifiers.add(identifier);
    return;
  }
  for (const readable of [text, decoded(text)]) {
    for (const [digits] of readable.matchAll(/\d{8,15}/g)) {
      const phone = parsePhone(digits);
      if (phone !== undefined) identifiers.add(phone);
    }
    for (const [bsuid] of readable.matchAll(/[A-Z]{2}\.[A-Za-z0-9.]{6,132}/g)) identifiers.add(bsuid);
  }
}

/** What stands in the base64 of a wamid; nothing where there is none. */
function decoded(text: string): string {
  try {
    return atob(text.replace(/^wamid\./, ""));
  } catch {
    return "";
  }
}
