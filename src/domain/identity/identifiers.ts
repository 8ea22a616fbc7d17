import type { ContactIdentifiers } from "./phone.ts";

/**
 * The identifiers of a contact in the one form they are looked up and hashed in: the canonical phone, then the BSUID.
 * Neither can be mistaken for the other, so both stand as they are: no text is made for every message.
 */
export function identifierTexts({ phone, bsuid }: ContactIdentifiers): readonly string[] {
  if (phone === undefined) return bsuid === undefined ? [] : [bsuid];
  return bsuid === undefined ? [phone] : [phone, bsuid];
}

/** Whether a phone and a BSUID are told of at once, which makes the one an alias of the other. */
export function isSeenTogether({ phone, bsuid }: ContactIdentifiers): boolean {
  return phone !== undefined && bsuid !== undefined;
}

/** A phone is digits; a BSUID begins with a letter. */
export function isPhoneIdentifier(identifier: string): boolean {
  return identifier.charCodeAt(0) <= 0x39;
}
