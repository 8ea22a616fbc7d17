import { z } from "@hono/zod-openapi";
import { type Endpoint, ENDPOINT_ID_PATTERN } from "../../alerts/store.ts";
import { RESPONSE_DEADLINE_MS } from "../../alerts/post.ts";
import { ALERT_TYPES } from "../../domain/alerts.ts";
import { AlertBody, AlertTypeField } from "./alert_body.ts";
import { endpointNotFound } from "./alert_deliveries.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CursorField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  LimitField,
  MillisecondsField,
  optionalField,
  textField,
} from "../kit/fields.ts";
import { requestExamples } from "../kit/examples.ts";
import { list } from "../kit/list.ts";
import type { WebhookEndpoints } from "../../ports/alerts.ts";
import type { Companies } from "../../ports/companies.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const URL_LENGTH_MAX = 500;

const UrlField = textField(URL_LENGTH_MAX)
  .refine(isEndpointUrl, {
    error: "must be an https:// URL without user, password or spaces; http:// is allowed for localhost only",
  })
  .openapi({ format: "uri", example: "https://platform.example/hooks/credits" });

const NewEndpointRequest = z.strictObject({
  url: UrlField,
  company: CompanyIdField.nullable().optional().openapi({
    type: ["string", "null"],
    description: "The only company whose alerts are sent. Default: all.",
  }),
  types: optionalField(z.array(AlertTypeField).min(1).max(ALERT_TYPES.length)).openapi({
    description: "The alert types to send. Default: all.",
  }),
}).openapi("NewWebhookEndpointRequest");

const EndpointBody = z.object({
  id: z.string(),
  url: z.string(),
  company: z.string().nullable().openapi({
    description: "The only company whose alerts are sent, null for all.",
  }),
  types: z.array(AlertTypeField),
  status: z.enum(["live", "gone"]).openapi({
    description: "`gone`: the endpoint responded 410 and receives nothing more. Create a new one.",
  }),
  created_at: InstantBody,
  created_by: z.string(),
  last_delivered_at: InstantBody.nullable().openapi({
    description: "By the machine's clock, not the test clock; `last_failed_at` too.",
  }),
  last_failed_at: InstantBody.nullable(),
  last_failure: z.string().nullable().openapi({ example: "response status 500" }),
}).openapi("WebhookEndpoint");

const NewEndpointBody = EndpointBody.extend({
  secret: z.string().openapi({
    description: "The signing secret. Shown only in this response.",
    example: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  }),
}).openapi("NewWebhookEndpoint");

const CursorPosition = z.strictObject({
  created_at_ms: MillisecondsField,
  id: z.string().regex(ENDPOINT_ID_PATTERN),
});

const PATH = "/v1/webhook_endpoints";

/** Declares the calls on webhook endpoints. Alerts are signed by Standard Webhooks. */
export function webhookEndpoints(api: Api, companies: Companies, alerts: WebhookEndpoints): void {
  const shared = { policy: { scope: "platform" }, tag: "Alerts" } as const;
  const examples = requestExamples({ operation_id: "receiveAlert" });
  api.hono.openAPIRegistry.registerWebhook({
    method: "post",
    path: "alert",
    tags: ["Alerts"],
    operationId: "receiveAlert",
    security: [{ alertSignature: [] }],
    summary: "Receive an alert, signed by Standard Webhooks",
    request: { body: { content: { "application/json": { schema: AlertBody, examples } } } },
    responses: {
      200: { description: "Any 2xx: the alert is delivered." },
      410: { description: "The endpoint receives nothing more." },
    },
  });
  route(api, {
    ...shared,
    method: "post",
    path: PATH,
    operation_id: "createWebhookEndpoint",
    summary: "Create a webhook endpoint",
    description:
      "The endpoint receives an `Alert` (see webhooks) within a minute after it is raised; packages that are nearly or " +
      "wholly used already are reported at once. Verify `webhook-signature` by Standard " +
      `Webhooks, and respond 2xx within ${
        RESPONSE_DEADLINE_MS / 1000
      } s. Any other response is retried for three ` +
      "days with the same `webhook-id`; 410 stops delivery.",
    body: NewEndpointRequest,
    answer: NewEndpointBody,
    status: 201,
    problems: [404, 409, 503],
  }, async ({ body: { url, company, types }, caller }) => {
    if (company != null) {
      const answer = await companies.execute(company, { type: "read_company" });
      if (answer.type !== "company") return problemOfAnswer(answer);
    }
    const request = {
      url,
      company: company ?? undefined,
      types: types && [...new Set(types)],
      created_by: caller.name,
    };
    const created = await alerts.create(request);
    if (created === "too_many") return tooManyEndpoints();
    if (created === "already_exists") return endpointExists();
    return { ...toEndpointBody(created), secret: `whsec_${created.secret.toBase64()}` };
  });

  list(api, {
    ...shared,
    path: PATH,
    operation_id: "listWebhookEndpoints",
    summary: "List webhook endpoints",
    description: "Newest first.",
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: EndpointBody,
    file: "webhook-endpoints",
  }, async ({ query: { limit, cursor } }) => {
    const before = decodeCursor(CursorPosition, cursor);
    if (before instanceof Problem) return before;
    const rows = await alerts.list({ before, limit: limit + 1 });
    return pageOf(rows, limit, toEndpointBody, ({ created_at_ms, id }) => ({ created_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "delete",
    path: `${PATH}/{id}`,
    operation_id: "deleteWebhookEndpoint",
    summary: "Delete a webhook endpoint",
    description: "It receives nothing more. 404 `endpoint_not_found` if it does not exist.",
    params: z.object({ id: z.string() }),
    answer: z.object({ id: z.string(), status: z.literal("removed") }),
    problems: [404, 503],
  }, async ({ params: { id } }) => {
    return ENDPOINT_ID_PATTERN.test(id) && await alerts.remove(id)
      ? { id, status: "removed" as const }
      : endpointNotFound();
  });
}

function isEndpointUrl(text: string): boolean {
  // The parser removes spaces around a URL and line breaks within it: what is stored must be what is called.
  if (/[\s\p{C}]/u.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  const is_localhost = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || url.protocol === "http:" && is_localhost;
}

function endpointExists(): Problem {
  const detail =
    "An endpoint with this URL and `company` already exists: list the endpoints. If its secret is lost, delete it and create it again.";
  return new Problem(409, "endpoint_exists", detail);
}

function tooManyEndpoints(): Problem {
  const detail = "Too many webhook endpoints: delete an unused one.";
  return new Problem(409, "too_many_endpoints", detail);
}

function toEndpointBody(endpoint: Endpoint): z.infer<typeof EndpointBody> {
  const { id, url, company, types, created_at_ms, created_by, last_failure, gone_at_ms } = endpoint;
  return {
    id,
    url,
    company: company ?? null,
    types: [...types],
    status: gone_at_ms === undefined ? "live" : "gone",
    created_at: formatInstant(created_at_ms),
    created_by,
    last_delivered_at: formatInstantOrNull(endpoint.last_delivered_at_ms),
    last_failed_at: formatInstantOrNull(endpoint.last_failed_at_ms),
    last_failure: last_failure ?? null,
  };
}
