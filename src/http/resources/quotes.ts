import { z } from "@hono/zod-openapi";
import { lineAmount, type Micros, showMoney } from "../../domain/money.ts";
import type { Credits } from "../../domain/types.ts";
import {
  CategoryField,
  CompanyPath,
  ContactField,
  CreditsBody,
  MoneyBody,
  optionalField,
} from "../kit/fields.ts";
import type { Companies } from "../../ports.ts";
import { problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const RECIPIENTS_MAX = 10_000;

const QuoteQuestion = z.strictObject({
  recipients: z.array(ContactField).min(1).max(RECIPIENTS_MAX),
  category: optionalField(CategoryField),
}).openapi("QuoteQuestion");

const QuoteBody = z.object({
  recipients: z.int(),
  already_open: z.int().openapi({ description: "Contacts a template would cost nothing to." }),
  windows: z.int().openapi({ description: "Windows it would open." }),
  credits: CreditsBody,
  prepaid: CreditsBody.openapi({ description: "Of these, what the package still holds." }),
  excess: CreditsBody,
  excess_amount: MoneyBody.nullable().openapi({ description: "Null while there is no price." }),
}).openapi("Quote");

/** What a campaign would cost, before it is sent. */
export function quotes(api: Api, companies: Companies): void {
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/quotes",
    policy: { scope: "read", is_read_only: true },
    tag: "Ingest",
    summary: "What a template to these recipients would cost now",
    params: CompanyPath,
    body: QuoteQuestion,
    answer: QuoteBody,
  }, async ({ params, body }) => {
    const { recipients, category } = body;
    const answer = await companies.execute(params.company, {
      type: "quote",
      recipients,
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
