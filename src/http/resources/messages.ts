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
import { toWindowBody, WindowBody } from "./window_body.ts";

const SendBody = z.strictObject({
  message_id: textField(256).openapi({
    description:
      "Meta's wamid, or your own id that you also send to Meta as `biz_opaque_callback_data`. Repeating an id returns " +
      `the same response ${FACT_RETENTION_TEXT}.`,
  }),
  to: ContactField,
  kind: z.enum(["template", "free_form"]),
  category: optionalField(CategoryField).openapi({
    description: "The category of a template. Ignored for `free_form`.",
  }),
  sent_at: optionalField(InstantField).openapi({ description: "Default: now." }),
  attribution: optionalField(AttributesField),
}).openapi("Send");

const SendAnswer = z.object({
  outcome: z.literal("allowed"),
  window: z.union([WindowBody, z.null()]).openapi({
    description: "The window of the message. Null for a template that has already failed.",
  }),
  credits: CreditsBody.openapi({ description: "Credits charged: 0 if the window was already open." }),
  balance: BalanceBody,
}).openapi("SendAllowed");

/** Declares the call that authorizes and records a send. */
export function messages(api: Api, companies: Companies): void {
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/messages",
    policy: { scope: "ingest" },
    tag: "Ingest",
    operation_id: "createMessage",
    summary: "Authorize and record a send",
    description:
      "Idempotent by `message_id`; the same id with another body is 409 `id_reused`. A free-form message to a contact " +
      "without an open window is 409 `window_closed`, also when its `message_id` is sent again: retry with a new " +
      "`message_id`, after the contact writes or with a template.",
    params: CompanyPath,
    body: SendBody,
    answer: SendAnswer,
    problems: [409],
  }, async ({ params, body }) => {
    const answer = await companies.execute(params.company, { type: "report_send", send: sendIn(body) });
    if (answer.type !== "send_allowed") return problemOfAnswer(answer);
    const { window, credits, balance } = answer;
    const window_body = window === undefined ? null : toWindowBody(window);
    return { outcome: "allowed" as const, window: window_body, credits, balance: toBalanceBody(balance) };
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
