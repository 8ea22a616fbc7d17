import { z } from "@hono/zod-openapi";
import { CompanyIdField, ContactField, formatInstant, InstantBody } from "../kit/fields.ts";
import type { Companies, Erasures } from "../../ports.ts";
import { problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { formatContact } from "./contact_text.ts";
import { toWindowBody, WindowBody } from "./window_body.ts";

const ContactPath = z.object({ company: CompanyIdField, contact: ContactField });

const ContactWindowBody = z.object({
  contact: z.string().openapi({
    description: "The phone in canonical digits, or the BSUID; masked unless the key has `sees_contacts`.",
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
    description: "The contact of the request; masked unless the key has `sees_contacts`.",
    example: "+55 11 •••••-7777",
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
    policy: { scope: "read" },
    tag: "Contacts",
    operation_id: "getContactWindow",
    summary: "Get a contact's windows",
    description: "The open windows of a contact, and whether a free-form message is allowed now.",
    params: ContactPath,
    answer: ContactWindowBody,
  }, async ({ params: { company, contact }, caller }) => {
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
      "Deletes every stored phone and BSUID of the person; totals do not change. Repeating the call is safe. An " +
      "unknown contact returns 200 with counts of 0.",
    params: ContactPath,
    answer: ErasedBody,
  }, async ({ params: { company, contact }, caller }) => {
    const answer = await erasures.erase(company, contact);
    if (answer.type !== "erased") return problemOfAnswer(answer);
    const { identifiers, events } = answer;
    const formatted = formatContact(caller, contact.phone ?? contact.bsuid ?? "");
    return { contact: formatted, names_erased: identifiers, events_erased: events };
  });
}
