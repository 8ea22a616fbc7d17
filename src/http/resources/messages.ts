import { z } from "@hono/zod-openapi";
import type { Send } from "../../domain/company/command.ts";
import type { ContactIdentifiers } from "../../domain/identity/phone.ts";
import { withoutPersonalData } from "../../domain/identity/personal_text.ts";
import { BalanceBody, toBalanceBody } from "./balance_body.ts";
import {
  AttributesField,
  CategoryField,
  CompanyPath,
  CreditsBody,
  FACT_RETENTION_TEXT,
  idField,
  InstantField,
  optionalField,
  textField,
} from "../kit/fields.ts";
import type { Companies } from "../../ports/companies.ts";
import { ContactField, resolveContacts } from "../kit/contact_field.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { toWindowBody, WindowBody } from "./window_body.ts";

const SendBody = z.strictObject({
  message_id: idField(256).openapi({
    description:
      "Meta's wamid, or your own id that you also send to Meta as `biz_opaque_callback_data`. Your own id links the " +
      "record to statuses of the same contact only. Repeating an id returns " +
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

const MessagePath = CompanyPath.extend({
  message_id: idField(256).openapi({
    description: "The `message_id` of the recorded send, percent-encoded.",
    example: "order-1042",
  }),
});

const ErrorCodeField = z.union([z.int().min(0).max(9_999_999), textField(64)], {
  error: "must be Meta's error code: a whole number of up to 7 digits, or a text of 1 to 64 characters",
}).transform((code) => withoutPersonalData(String(code)));

const SendFailureBody = z.strictObject({
  failed_at: optionalField(InstantField).openapi({ description: "Default: now." }),
  error_code: optionalField(ErrorCodeField).openapi({
    description:
      "Meta's error code. Stored with the report for investigations; it has no effect on the charge.",
    example: 132000,
  }),
}).openapi("SendFailure");

const SendFailureAnswer = z.object({
  outcome: z.enum(["failed", "delivered"]).openapi({
    description:
      "`delivered`: Meta has reported the message as delivered, read or played, so it stays charged.",
    example: "failed",
  }),
  credits: CreditsBody.openapi({
    description:
      "Credits given back by this call: 0 if the message opened no window, or if its failure was already reported. " +
      "Less than its window cost if another message opens a window in its place.",
    example: 1,
  }),
  balance: BalanceBody,
}).openapi("SendFailureRecorded");

/** Declares the calls on sends: to authorize and record one, and to report that one never left. */
export function messages(api: Api, companies: Companies): void {
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/messages",
    policy: { scope: "ingest" },
    has_own_id: true,
    tag: "Sends and usage",
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
    const resolved = await resolveContacts(companies, params.company, [body.to], () => "to");
    if (resolved instanceof Problem) return resolved;
    const send = sendOf(body, resolved[0]!);
    const answer = await companies.execute(params.company, { type: "report_send", send });
    if (answer.type !== "send_allowed") return problemOfAnswer(answer);
    const { window, credits, balance } = answer;
    const window_body = window === undefined ? null : toWindowBody(window);
    return { outcome: "allowed" as const, window: window_body, credits, balance: toBalanceBody(balance) };
  });

  route(api, {
    method: "post",
    path: "/v1/companies/{company}/messages/{message_id}/failed",
    policy: { scope: "ingest" },
    has_own_id: true,
    tag: "Sends and usage",
    operation_id: "reportMessageFailure",
    summary: "Report that a send never left",
    description:
      "Report that the Graph API refused a recorded send, for example with 400 and code 132000: no wamid and no webhook " +
      "follow. Its credits are given back, unless Meta proves its delivery before or after the report. Idempotent: a " +
      "repeated report changes nothing. A `message_id` without a recorded send is 404 `message_not_found`; a message of " +
      "a final month is 409 `month_final`. To send the message again, record it under a new `message_id`.",
    params: MessagePath,
    body: SendFailureBody,
    answer: SendFailureAnswer,
    problems: [409],
  }, async ({ params, body }) => {
    const { message_id } = params;
    const failure = { message_id, failed_at_ms: body.failed_at, error_code: body.error_code };
    const answer = await companies.execute(params.company, { type: "report_send_failure", failure });
    if (answer.type !== "send_failure_recorded") return problemOfAnswer(answer);
    const { outcome, credits, balance } = answer;
    return { outcome, credits, balance: toBalanceBody(balance) };
  });
}

function sendOf(body: z.infer<typeof SendBody>, to: ContactIdentifiers): Send {
  const { message_id, kind, category, sent_at, attribution } = body;
  return {
    message_id,
    to,
    kind,
    category: kind === "template" ? category : undefined,
    sent_at_ms: sent_at,
    attribution,
  };
}
