import { z } from "@hono/zod-openapi";
import { maskContact } from "../../domain/identity/phone.ts";
import type { CompanyId, ContactId } from "../../domain/types.ts";
import type { Caller } from "../middleware/authentication.ts";
import type { Reports } from "../../ports.ts";

/** A contact in an answer. */
export const ShownContact = z.string().nullable().openapi({
  description:
    "The phone or BSUID, masked unless the key may see contacts; null once it is not kept readable: " +
    "the person was erased, or no fact of theirs is within the time that facts are kept.",
  example: "+55 11 •••••-7777",
});

/** The one place that decides how a contact is shown: as it is to whoever may see it, masked to everybody else. */
export function showContact(caller: Caller, contact: string): string {
  return caller.sees_contacts ? contact : maskContact(contact);
}

/** How these contacts are shown to a caller, by id. Who is not kept readable is not in it. */
export async function shownContacts(
  reports: Reports,
  company: CompanyId,
  contacts: readonly ContactId[],
  caller: Caller,
): Promise<ReadonlyMap<ContactId, string>> {
  const identifiers = await reports.identifiersOf(company, contacts);
  return new Map([...identifiers].map(([contact, identifier]) => [contact, showContact(caller, identifier)]));
}
