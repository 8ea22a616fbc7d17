import { z } from "@hono/zod-openapi";
import { lineAmount, type Micros, showMoney } from "../../domain/money.ts";
import type { Credits } from "../../domain/types.ts";
import { CategoryField, CompanyPath, CreditsBody, MoneyBody, optionalField } from "../kit/fields.ts";
import type { Companies } from "../../ports/companies.ts";
import { ContactField, resolveContacts } from "../kit/contact_field.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const RECIPIENTS_MAX = 10_000;

const QuoteRequest = z.strictObject({
  recipients: z.array(ContactField).min(1).max(RECIPIENTS_MAX),
  kind: optionalField(z.enum(["template", "free_form"])).openapi({
    description:
      "Default: `template`. A `free_form` message costs the price of `whatsapp.service_message`, without a category.",
  }),
  category: optionalField(CategoryField),
}).openapi("QuoteRequest");

const QuoteBody = z.object({
  recipients: z.int(),
  already_open: z.int().openapi({ description: "Contacts whose open window makes the template free." }),
  windows: z.int().openapi({ description: "Windows the template would open." }),
  credits: CreditsBody,
  prepaid: CreditsBody.openapi({ description: "Credits covered by the package." }),
  excess: CreditsBody,
  excess_amount: MoneyBody.nullable().openapi({
    description: "Price of the excess, null if no price is set.",
  }),
}).openapi("Quote");

/** Declares the call that quotes a campaign. */
export function quotes(api: Api, companies: Companies): void {
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/quotes",
    policy: { scope: "read", is_read_only: true, names_contacts: true },
    tag: "Sends and usage",
    operation_id: "createQuote",
    summary: "Quote a campaign",
    description:
      "The cost of a template to these recipients, if it were sent now; or of a free-form message to each, if it is " +
      "delivered and Meta bills it. Changes nothing.",
    params: CompanyPath,
    body: QuoteRequest,
    // The longest list, with 100 bytes for each recipient.
    body_limits: { bytes: 1024 * 1024, parts: RECIPIENTS_MAX + 100 },
    body_list: { field: "recipients", max: RECIPIENTS_MAX },
    answer: QuoteBody,
  }, async ({ params, body }) => {
    const { category, kind } = body;
    const pathOf = (index: number) => `recipients[${index}]`;
    const recipients = await resolveContacts(companies, params.company, body.recipients, pathOf);
    if (recipients instanceof Problem) return recipients;
    const answer = await companies.execute(params.company, {
      type: "quote",
      recipients,
      kind,
      category,
    });
    if (answer.type !== "quote") return problemOfAnswer(answer);
    const { already_open, windows, credits, prepaid, excess, excess_credit_price } = answer;
    const excess_amount = amountOf(excess, excess_credit_price);
    return { recipients: answer.recipients, already_open, windows, credits, prepaid, excess, excess_amount };
  });
}

function amountOf(excess: Credits, price: bigint | null): string | null {
  return price === null ? null : showMoney(lineAmount(excess, price as Micros));
}
