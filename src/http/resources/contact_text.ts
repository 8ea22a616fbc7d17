import { z } from "@hono/zod-openapi";
import { maskContact, parsePhone } from "../../domain/identity/phone.ts";
import type { CompanyId, ContactId } from "../../domain/types.ts";
import type { Caller } from "../middleware/authentication.ts";
import type { Reports } from "../../ports/reports.ts";

/** A contact in a response. */
export const ContactBody = z.string().nullable().openapi({
  description:
    "The phone or BSUID, masked unless the key or session has `sees_contacts`. Null after the person was erased or their last " +
    "fact exceeded the retention period.",
  example: "+55 11 •••••-7777",
});

/**
 * Formats a contact for a caller: in full with `sees_contacts`, otherwise masked. Every response uses it. A phone
 * stored under a former spelling is shown in its canonical form.
 */
export function formatContact(caller: Caller, contact: string): string {
  return caller.sees_contacts ? parsePhone(contact) ?? contact : maskContact(contact);
}

/** Formats contacts for a caller, by contact id. Contacts without stored identifiers are absent. */
export async function formatContacts(
  reports: Reports,
  company: CompanyId,
  contacts: readonly ContactId[],
  caller: Caller,
): Promise<ReadonlyMap<ContactId, string>> {
  const identifiers = await reports.identifiersOf(company, contacts);
  return new Map(
    [...identifiers].map(([contact, identifier]) => [contact, formatContact(caller, identifier)]),
  );
}
