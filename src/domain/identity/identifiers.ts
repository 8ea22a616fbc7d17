import type { ContactIdentifiers } from "./phone.ts";

/**
 * Returns the identifiers of a contact in the form for lookup and hashing: the canonical phone, the BSUID, the parent
 * BSUID. A phone never looks like a BSUID, so none needs a prefix.
 */
export function identifierTexts({ phone, bsuid, parent_bsuid }: ContactIdentifiers): readonly string[] {
  if (parent_bsuid !== undefined) {
    return [phone, bsuid, parent_bsuid].filter((identifier) => identifier !== undefined);
  }
  if (phone === undefined) return bsuid === undefined ? [] : [bsuid];
  return bsuid === undefined ? [phone] : [phone, bsuid];
}

/** Whether a contact has several identifiers, which makes each an alias of the others. */
export function isSeenTogether({ phone, bsuid, parent_bsuid }: ContactIdentifiers): boolean {
  return bsuid !== undefined && (phone !== undefined || parent_bsuid !== undefined);
}

/** Whether an identifier is a BSUID and not known, by Meta's `ENT.`, as a parent's: what nearly every event gives. */
export function isOwnBsuid(identifier: string): boolean {
  return !isPhoneIdentifier(identifier) && !identifier.startsWith("ENT.", 3);
}

/** Whether an identifier is a phone: it begins with a digit, a BSUID with a letter. */
export function isPhoneIdentifier(identifier: string): boolean {
  return identifier.charCodeAt(0) <= 0x39;
}
