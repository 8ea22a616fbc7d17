import { z } from "@hono/zod-openapi";
import { type Endpoint, ENDPOINT_ID_PATTERN } from "../../alerts/store.ts";
import { RESPONSE_DEADLINE_MS } from "../../alerts/post.ts";
import { ALERT_TYPES, NEARLY_USED_PERCENT } from "../../domain/alerts.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CreditsBody,
  CursorField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  LimitField,
  MillisecondsField,
  optionalField,
  textField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { Companies, WebhookEndpoints } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const URL_LENGTH_MAX = 500;
const TypeField = z.enum(ALERT_TYPES);

const AddressField = textField(URL_LENGTH_MAX)
  .refine(isAddress, {
    error: "must be an https:// address without user or password; http:// is for this machine alone",
  })
  .openapi({ format: "uri", example: "https://platform.example/hooks/credits" });

const AskedEndpointBody = z.strictObject({
  url: AddressField,
  company: CompanyIdField.nullable().optional().openapi({
    type: ["string", "null"],
    description: "The one company it hears of; without it, all.",
  }),
  types: optionalField(z.array(TypeField).min(1).max(ALERT_TYPES.length)).openapi({
    description: "What it hears of; without it, everything.",
  }),
}).openapi("AskedWebhookEndpoint");

const EndpointBody = z.object({
  id: z.string(),
  url: z.string(),
  company: z.string().nullable(),
  types: z.array(TypeField),
  status: z.enum(["live", "gone"]).openapi({
    description: "`gone`: it answered 410 and is told nothing more. Make another one.",
  }),
  created_at: InstantBody,
  created_by: z.string(),
  last_delivered_at: InstantBody.nullable().openapi({
    description: "By the real clock, as are the failures, whatever the test clock says.",
  }),
  last_failed_at: InstantBody.nullable(),
  last_failure: z.string().nullable().openapi({ example: "it answered 500" }),
}).openapi("WebhookEndpoint");

const NewEndpointBody = EndpointBody.extend({
  secret: z.string().openapi({
    description: "What its messages are signed with, shown this once.",
    example: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  }),
}).openapi("NewWebhookEndpoint");

/** What is posted to an endpoint. */
export const AlertBody = z.strictObject({
  type: TypeField,
  timestamp: InstantBody.openapi({ description: "When it was found to be so." }),
  data: z.strictObject({
    company: z.string(),
    period: z.string().openapi({ description: "The month.", example: "2026-11" }),
    granted: CreditsBody,
    consumed: CreditsBody,
    available: CreditsBody,
    excess: CreditsBody,
  }).openapi({ description: "The month as it stood then." }),
}).openapi("Alert");

const Place = z.strictObject({ created_at_ms: MillisecondsField, id: z.string().regex(ENDPOINT_ID_PATTERN) });

const PATH = "/v1/webhook_endpoints";

/** Where a platform is told of its companies' months, signed as Standard Webhooks says. */
export function webhookEndpoints(api: Api, companies: Companies, alerts: WebhookEndpoints): void {
  const shared = { policy: { scope: "admin" }, tag: "Alerts" } as const;
  api.hono.openAPIRegistry.registerWebhook({
    method: "post",
    path: "alert",
    tags: ["Alerts"],
    summary: "What an address is posted, signed as Standard Webhooks says",
    request: { body: { content: { "application/json": { schema: AlertBody } } } },
    responses: {
      200: { description: "Any 2xx: it was taken." },
      410: { description: "Tell me no more." },
    },
  });
  route(api, {
    ...shared,
    method: "post",
    path: PATH,
    summary: "Have an address told of companies' months",
    description:
      `Within a minute it is posted an \`Alert\` (see webhooks) when ${NEARLY_USED_PERCENT} % of a month's ` +
      "package is used (`package.nearly_used`), when all of it is (`package.used_up`), and when the month is closed " +
      "(`month.closed`); of packages that are used already it hears at once. Check `webhook-signature` as Standard " +
      `Webhooks says, and answer 2xx within ${
        RESPONSE_DEADLINE_MS / 1000
      } s: anything else is tried again for three ` +
      "days, under the same `webhook-id`; 410 ends it.",
    body: AskedEndpointBody,
    answer: NewEndpointBody,
    status: 201,
    problems: [404, 409, 503],
  }, async ({ body: { url, company, types }, caller }) => {
    if (company != null) {
      const answer = await companies.execute(company, { type: "read_company" });
      if (answer.type !== "company") return problemOfAnswer(answer);
    }
    const asked = {
      url,
      company: company ?? undefined,
      types: types && [...new Set(types)],
      created_by: caller.name,
    };
    const made = await alerts.create(asked);
    if (made === "too_many") return tooMany();
    if (made === "there_already") return thereAlready();
    return { ...show(made), secret: `whsec_${made.secret.toBase64()}` };
  });

  list(api, {
    ...shared,
    path: PATH,
    summary: "Addresses that are told, newest first",
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: EndpointBody,
    file: "webhook-endpoints",
  }, async ({ query: { limit, cursor } }) => {
    const before = decodeCursor(Place, cursor);
    if (before instanceof Problem) return before;
    const rows = await alerts.list({ before, limit: limit + 1 });
    return pageOf(rows, limit, show, ({ created_at_ms, id }) => ({ created_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "delete",
    path: `${PATH}/{id}`,
    summary: "Tell an address nothing more",
    params: z.object({ id: z.string() }),
    answer: z.object({ id: z.string(), status: z.literal("removed") }),
    problems: [404, 503],
  }, async ({ params: { id } }) => {
    return ENDPOINT_ID_PATTERN.test(id) && await alerts.remove(id)
      ? { id, status: "removed" as const }
      : noEndpoint();
  });
}

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  const is_own = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || url.protocol === "http:" && is_own;
}

function thereAlready(): Problem {
  const detail = "this address is told already: list it; if its secret was lost, remove it and make it anew";
  return new Problem(409, "webhook_endpoint_there", detail);
}

function tooMany(): Problem {
  const detail = "as many addresses are told as can be: remove one that is not used";
  return new Problem(409, "too_many_webhook_endpoints", detail);
}

function noEndpoint(): Problem {
  const detail = "there is no such address: list them to see those there are";
  return new Problem(404, "no_webhook_endpoint", detail);
}

function show(endpoint: Endpoint): z.infer<typeof EndpointBody> {
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
