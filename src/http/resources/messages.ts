import { z } from "@hono/zod-openapi";
import type { Send } from "../../domain/company/command.ts";
import { BalanceBody, toBalanceBody } from "./balance_body.ts";
import {
  AttributesField,
  CategoryField,
  CompanyPath,
  ContactField,
  CreditsBody,
  FACT_RETENTION_TEXT,
  InstantField,
  optionalField,
  textField,
} from "../kit/fields.ts";
import type { Companies } from "../../ports.ts";
import { problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { showWindow, WindowBody } from "./window_body.ts";

const SendBody = z.strictObject({
  message_id: textField(256).openapi({
    description:
      "Meta's wamid, or an id of your own that you give Meta as `biz_opaque_callback_data`. The same id gets " +
      `the same answer ${FACT_RETENTION_TEXT}.`,
  }),
  to: ContactField,
  kind: z.enum(["template", "free_form"]),
  category: optionalField(CategoryField).openapi({
    description: "The template's; of no meaning for what is free-form.",
  }),
  sent_at: optionalField(InstantField).openapi({ description: "Now unless given." }),
  attribution: optionalField(AttributesField),
}).openapi("Send");

const SendAnswer = z.object({
  outcome: z.literal("allowed"),
  window: z.union([WindowBody, z.null()]).openapi({
    description: "The window it goes in; null for a template that has failed already.",
  }),
  credits: CreditsBody.openapi({ description: "What it cost: 0 in a window that was open." }),
  balance: BalanceBody,
}).openapi("SendAllowed");

/** Sends, as internal services report them or ask leave for them. */
export function messages(api: Api, companies: Companies): void {
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/messages",
    policy: { scope: "ingest" },
    tag: "Ingest",
    summary: "May I send? And: I send",
    description:
      "The same `message_id` gets the same answer. A free-form message to a contact with no window open " +
      "is refused with `window_closed`. That is the answer of its `message_id` too: whoever tries again, when the " +
      "contact has written or with a template, gives the message another.",
    params: CompanyPath,
    body: SendBody,
    answer: SendAnswer,
    problems: [409],
  }, async ({ params, body }) => {
    const answer = await companies.execute(params.company, { type: "report_send", send: sendIn(body) });
    if (answer.type !== "send_allowed") return problemOfAnswer(answer);
    const { window, credits, balance } = answer;
    const shown = window === undefined ? null : showWindow(window);
    return { outcome: "allowed" as const, window: shown, credits, balance: toBalanceBody(balance) };
  });
}

function sendIn({ message_id, to, kind, category, sent_at, attribution }: z.infer<typeof SendBody>): Send {
  return {
    message_id,
    to,
    kind,
    category: kind === "template" ? category : undefined,
    sent_at_ms: sent_at,
    attribution,
  };
}
