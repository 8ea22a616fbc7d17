import type { ContactIdentifiers } from "./phone.ts";

/**
 * Returns the identifiers of a contact in the form for lookup and hashing: the canonical phone, then the BSUID. A phone
 * never looks like a BSUID, so neither needs a prefix.
 */
export function identifierTexts({ phone, bsuid }: ContactIdentifiers): readonly string[] {
  if (phone === undefined) return bsuid === undefined ? [] : [bsuid];
  return bsuid === undefined ? [phone] : [phone, bsuid];
}

/** Whether a contact has both a phone and a BSUID, which makes one an alias of the other. */
export function isSeenTogether({ phone, bsuid }: ContactIdentifiers): boolean {
  return phone !== undefined && bsuid !== undefined;
}

/** Whether an identifier is a phone: it begins with a digit, a BSUID with a letter. */
export function isPhoneIdentifier(identifier: string): boolean {
  return identifier.charCodeAt(0) <= 0x39;
}
