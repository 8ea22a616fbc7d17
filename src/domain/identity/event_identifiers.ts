import { identifierTexts } from "./identifiers.ts";
import { parseContact, parsePhone } from "./phone.ts";

/** Fields with the company's own numbers, which identify no person. */
const COMPANY_FIELDS = new Set(["phone_number_id"]);

/**
 * Returns every identifier in a quarantined event, in canonical form: of its contacts, inside message ids (a wamid
 * contains the phone in base64), and inside callback data. An erasure finds the event by them, so a false match is
 * better than a miss.
 */
export function identifiersIn(event: unknown): string[] {
  const identifiers = new Set<string>();
  collect(event, identifiers);
  return [...identifiers].sort();
}

function collect(part: unknown, identifiers: Set<string>): void {
  if (typeof part === "string") return collectFromText(part, identifiers);
  if (typeof part !== "object" || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    if (!COMPANY_FIELDS.has(name)) collect(value, identifiers);
  }
}

function collectFromText(text: string, identifiers: Set<string>): void {
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

/** Decodes the base64 of a wamid; empty for other text. */
function decoded(text: string): string {
  try {
    return atob(text.replace(/^wamid\./, ""));
  } catch {
    return "";
  }
}
