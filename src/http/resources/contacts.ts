import { z } from "@hono/zod-openapi";
import { CompanyIdField, formatInstant, InstantBody } from "../kit/fields.ts";
import { ContactField, type GivenContact, resolveContacts } from "../kit/contact_field.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Erasures } from "../../ports/directory.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { formatContact } from "./contact_text.ts";
import { toWindowBody, WindowBody } from "./window_body.ts";

const ContactPath = z.object({ company: CompanyIdField, contact: ContactField });

const ContactWindowBody = z.object({
  contact: z.string().openapi({
    description:
      "The phone in canonical digits, or the BSUID; masked unless the key or session has `sees_contacts`.",
    example: "+55 11 •••••-7777",
  }),
  free_form_allowed: z.boolean(),
  windows: z.array(WindowBody).openapi({ description: "The open windows of the current local date." }),
  meta_service_window_ends_at: InstantBody.nullable().openapi({
    description: "The end of Meta's 24-hour customer service window. For information only; null if unknown.",
  }),
}).openapi("ContactWindow");

const ErasedBody = z.object({
  contact: z.string().openapi({
    description: "The contact of the request; masked unless the key or session has `sees_contacts`.",
    example: "+55 11 •••••-7777",
  }),
  contacts_erased: z.int().openapi({
    description: "Number of contacts of the company that were readable until now: 0 when nobody was found.",
  }),
  reason: z.enum(["contact_unknown", "identifiers_already_deleted"]).nullable().openapi({
    description:
      "Why nobody was erased, null when somebody was. `contact_unknown`: the company never had this contact; check " +
      "the number. Its quarantined events are erased all the same. `identifiers_already_deleted`: an erasure or the " +
      "retention period deleted them before.",
  }),
  names_erased: z.int().openapi({ description: "Number of phones and BSUIDs deleted." }),
  events_erased: z.int().openapi({
    description: "Number of quarantined events of the person that were erased.",
  }),
}).openapi("ErasureResult");

/** Declares the calls on one contact. */
export function contacts(api: Api, companies: Companies, erasures: Erasures): void {
  route(api, {
    method: "get",
    path: "/v1/companies/{company}/contacts/{contact}/window",
    policy: { scope: "read", names_contacts: true },
    tag: "Contacts",
    operation_id: "getContactWindow",
    summary: "Get a contact's windows",
    description: "The open windows of a contact, and whether a free-form message is allowed now.",
    params: ContactPath,
    answer: ContactWindowBody,
  }, async ({ params: { company, contact: given }, caller }) => {
    const contact = await contactOf(companies, company, given);
    if (contact instanceof Problem) return contact;
    const answer = await companies.execute(company, { type: "read_contact", contact });
    if (answer.type !== "contact") return problemOfAnswer(answer);
    const { free_form_allowed, windows, meta_service_window_ends_at_ms: ends_at_ms } = answer.view;
    return {
      contact: formatContact(caller, contact.phone ?? contact.bsuid ?? ""),
      free_form_allowed,
      windows: windows.map(toWindowBody),
      meta_service_window_ends_at: ends_at_ms === undefined ? null : formatInstant(ends_at_ms),
    };
  });

  route(api, {
    method: "delete",
    path: "/v1/companies/{company}/contacts/{contact}",
    policy: { scope: "admin" },
    tag: "Contacts",
    operation_id: "eraseContact",
    summary: "Erase a person",
    description:
      "Deletes every phone and BSUID of the person that the company has stored, found under any spelling of the phone; " +
      "totals do not change. Quarantined events of the person are erased too: the company's, and those without a " +
      "company. Repeating the call is safe. When nobody is found, `contacts_erased` is 0 and `reason` says why; events of " +
      "the contact from before the call that arrive later store no identifier.",
    params: ContactPath,
    answer: ErasedBody,
  }, async ({ params: { company, contact: given }, caller }) => {
    const contact = await contactOf(companies, company, given);
    if (contact instanceof Problem) return contact;
    const answer = await erasures.erase(company, contact);
    if (answer.type !== "erased") return problemOfAnswer(answer);
    const { contacts: contacts_erased, reason, identifiers: names_erased, events: events_erased } = answer;
    const formatted = formatContact(caller, contact.phone ?? contact.bsuid ?? "");
    return { contact: formatted, contacts_erased, reason, names_erased, events_erased };
  });
}

async function contactOf(companies: Companies, company: CompanyId, given: GivenContact) {
  const resolved = await resolveContacts(companies, company, [given], () => "contact");
  return resolved instanceof Problem ? resolved : resolved[0]!;
}
