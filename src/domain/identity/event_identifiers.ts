import { clueTexts } from "./identifiers.ts";
import { contactClues, readPhone } from "./phone.ts";

/** Our own numbers, which are nobody's. */
const NO_PERSON = new Set(["phone_number_id"]);

/**
 * The clues, in canonical form, of everybody that a kept event speaks of in any way: as a contact, within an id of a
 * message (a wamid holds the phone in base64), or within what a sender gave as callback data. Rather one too many
 * than one too few: they are what an erasure finds the event by.
 */
export function mentionedIn(event: unknown): string[] {
  const clues = new Set<string>();
  mention(event, clues);
  return [...clues].sort();
}

function mention(part: unknown, clues: Set<string>): void {
  if (typeof part === "string") return mentionInText(part, clues);
  if (typeof part !== "object" || part === null) return;
  for (const [name, value] of Object.entries(part)) if (!NO_PERSON.has(name)) mention(value, clues);
}

function mentionInText(text: string, clues: Set<string>): void {
  const whole = contactClues(text);
  if (whole !== undefined) {
    for (const clue of clueTexts(whole)) clues.add(clue);
    return;
  }
  for (const readable of [text, decoded(text)]) {
    for (const [digits] of readable.matchAll(/\d{8,15}/g)) {
      const phone = readPhone(digits);
      if (phone !== undefined) clues.add(phone);
    }
    for (const [bsuid] of readable.matchAll(/[A-Z]{2}\.[A-Za-z0-9.]{6,132}/g)) clues.add(bsuid);
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
