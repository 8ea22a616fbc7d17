import { z } from "@hono/zod-openapi";
import { CompanyIdField, ContactField, formatInstant, InstantBody } from "../kit/fields.ts";
import type { Companies, Erasures } from "../../ports.ts";
import { problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { showContact } from "./contact_text.ts";
import { showWindow, WindowBody } from "./window_body.ts";

const ContactPath = z.object({ company: CompanyIdField, contact: ContactField });

const ContactWindowBody = z.object({
  contact: z.string().openapi({
    description: "The phone in canonical digits, or the BSUID; masked unless the key may see contacts.",
    example: "+55 11 •••••-7777",
  }),
  free_form_allowed: z.boolean(),
  windows: z.array(WindowBody).openapi({ description: "Those of the current local date." }),
  meta_service_window_ends_at: InstantBody.nullable().openapi({
    description: "Meta's own window, 24 hours from the customer's last message: for information.",
  }),
}).openapi("ContactWindow");

const ErasedBody = z.object({
  contact: z.string().openapi({
    description: "As it was asked for; masked unless the key may see contacts.",
    example: "+55 11 •••••-7777",
  }),
  names_erased: z.int().openapi({ description: "Phones and BSUIDs of theirs that were readable until now." }),
  events_erased: z.int().openapi({ description: "Events in quarantine that spoke of them." }),
}).openapi("Erased");

/** One contact of a company. */
export function contacts(api: Api, companies: Companies, erasures: Erasures): void {
  route(api, {
    method: "get",
    path: "/v1/companies/{company}/contacts/{contact}/window",
    policy: { scope: "read" },
    tag: "Windows",
    summary: "Whether a contact may be written to freely now",
    params: ContactPath,
    answer: ContactWindowBody,
  }, async ({ params: { company, contact }, caller }) => {
    const answer = await companies.execute(company, { type: "read_contact", contact });
    if (answer.type !== "contact") return problemOfAnswer(answer);
    const { free_form_allowed, windows, meta_service_window_ends_at_ms: ends_at_ms } = answer.view;
    return {
      contact: showContact(caller, contact.phone ?? contact.bsuid ?? ""),
      free_form_allowed,
      windows: windows.map(showWindow),
      meta_service_window_ends_at: ends_at_ms === undefined ? null : formatInstant(ends_at_ms),
    };
  });

  route(api, {
    method: "delete",
    path: "/v1/companies/{company}/contacts/{contact}",
    policy: { scope: "admin" },
    tag: "Windows",
    summary: "Erase a person",
    description:
      "Nothing readable of them is kept any more, under any phone or BSUID they are known by; every total stays. " +
      "Asking again is safe. Somebody who was never seen is answered alike, with nothing that was taken away.",
    params: ContactPath,
    answer: ErasedBody,
  }, async ({ params: { company, contact }, caller }) => {
    const answer = await erasures.erase(company, contact);
    if (answer.type !== "erased") return problemOfAnswer(answer);
    const { identifiers, events } = answer;
    const shown = showContact(caller, contact.phone ?? contact.bsuid ?? "");
    return { contact: shown, names_erased: identifiers, events_erased: events };
  });
}
