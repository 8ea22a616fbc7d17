import { maskContact } from "../domain/identity/phone.ts";
import type { CompanyId, ContactId } from "../domain/names.ts";
import type { Caller } from "./authentication.ts";
import type { Reports } from "./ports.ts";

/** The one place that decides how a contact is shown: as it is to whoever may see it, masked to everybody else. */
export function showContact(caller: Caller, contact: string): string {
  return caller.sees_contacts ? contact : maskContact(contact);
}

/** How these contacts are shown to a caller, by id. Whoever was erased is not in it. */
export async function shownContacts(
  reports: Reports,
  company: CompanyId,
  contacts: readonly ContactId[],
  caller: Caller,
): Promise<ReadonlyMap<ContactId, string>> {
  const clues = await reports.clues(company, contacts);
  return new Map([...clues].map(([contact, clue]) => [contact, showContact(caller, clue)]));
}
