import { z } from "@hono/zod-openapi";
import { DELIVERY_ID_PATTERN } from "../../alerts/ids.ts";
import { ATTEMPTS_KEPT, ENDPOINT_ID_PATTERN, type ListedDelivery } from "../../alerts/store.ts";
import { DeliveryContent } from "./alert_body.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CursorField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  LimitField,
  MillisecondsField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { WebhookEndpoints } from "../../ports/alerts.ts";
import { Problem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const DeliveryBody = z.object({
  id: z.string().openapi({
    description: "The `webhook-id` of the message: the same for every attempt.",
    example: "msg_8f14e45fceea167a5a36dedd4bea2543",
  }),
  ...DeliveryContent,
  status: z.enum(["pending", "delivered", "abandoned"]).openapi({
    description: "`pending`: an attempt follows. `abandoned`: none does.",
  }),
  raised_at: InstantBody,
  delivered_at: InstantBody.nullable().openapi({
    description: "By the machine's clock, not the test clock; `next_attempt_at` and `at` too.",
  }),
  next_attempt_at: InstantBody.nullable(),
  attempts: z.array(z.object({
    at: InstantBody,
    duration_ms: z.int(),
    status_code: z.int().nullable().openapi({ description: "Null if there was no response." }),
    failure: z.string().nullable().openapi({
      description: "Null if the attempt succeeded.",
      example: "response status 500",
    }),
  })).openapi({ description: `The last ${ATTEMPTS_KEPT} attempts, in order.` }),
}).openapi("WebhookDelivery");

const CursorPosition = z.strictObject({
  at_ms: MillisecondsField,
  id: z.string().regex(DELIVERY_ID_PATTERN),
});

const EndpointPath = z.object({ id: z.string() });

/** Declares the calls on the deliveries of a webhook endpoint. */
export function alertDeliveries(api: Api, endpoints: WebhookEndpoints): void {
  const shared = { policy: { scope: "platform" }, tag: "Alerts" } as const;
  const path = "/v1/webhook_endpoints/{id}";
  list(api, {
    ...shared,
    path: `${path}/deliveries`,
    operation_id: "listWebhookDeliveries",
    summary: "List deliveries",
    description: "Of one endpoint, newest first, with their attempts. They are kept for 100 days.",
    params: EndpointPath,
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: DeliveryBody,
    file: "webhook-deliveries",
    problems: [404],
  }, async ({ params: { id: endpoint_id }, query: { limit, cursor } }) => {
    const before = decodeCursor(CursorPosition, cursor);
    if (before instanceof Problem) return before;
    if (await find(endpoints, endpoint_id) === undefined) return endpointNotFound();
    const rows = await endpoints.deliveries({ endpoint_id, before, limit: limit + 1 });
    return pageOf(rows, limit, toDeliveryBody, ({ raised_at_ms, id }) => ({ at_ms: raised_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "post",
    path: `${path}/deliveries/{delivery}/resend`,
    operation_id: "resendWebhookDelivery",
    summary: "Resend a delivery",
    description:
      "Posts the same message under the same `webhook-id` again, whether it was delivered, abandoned or waits. If it " +
      "fails it is retried like a new one. 404 `delivery_not_found`, 409 `endpoint_gone`.",
    params: EndpointPath.extend({ delivery: z.string() }),
    answer: DeliveryBody,
    problems: [404, 409, 503],
  }, async ({ params: { id, delivery } }) => {
    const problem = await unreachable(endpoints, id);
    if (problem !== undefined) return problem;
    const resent = DELIVERY_ID_PATTERN.test(delivery) ? await endpoints.resend(id, delivery) : undefined;
    return resent === undefined ? deliveryNotFound() : toDeliveryBody(resent);
  });

  route(api, {
    ...shared,
    method: "post",
    path: `${path}/test`,
    operation_id: "testWebhookEndpoint",
    summary: "Send a test event",
    description:
      "Posts an `Alert` of type `endpoint.test`, whichever types the endpoint has. It is attempted once: list the " +
      "deliveries for the outcome. 409 `endpoint_gone`.",
    params: EndpointPath,
    answer: DeliveryBody,
    status: 201,
    problems: [404, 409, 503],
  }, async ({ params: { id } }) => {
    const problem = await unreachable(endpoints, id);
    if (problem !== undefined) return problem;
    const sent = await endpoints.sendTest(id);
    return sent === undefined ? endpointNotFound() : toDeliveryBody(sent);
  });
}

async function find(endpoints: WebhookEndpoints, id: string) {
  return ENDPOINT_ID_PATTERN.test(id) ? await endpoints.find(id) : undefined;
}

/** Returns the problem of an endpoint to which nothing can be sent. */
async function unreachable(endpoints: WebhookEndpoints, id: string): Promise<Problem | undefined> {
  const endpoint = await find(endpoints, id);
  if (endpoint === undefined) return endpointNotFound();
  if (endpoint.gone_at_ms === undefined) return undefined;
  const detail = "The endpoint has responded 410 and receives nothing more: create a new one.";
  return new Problem(409, "endpoint_gone", detail);
}

/** 404: no endpoint has this id. */
export function endpointNotFound(): Problem {
  const detail = "No such webhook endpoint: list the endpoints.";
  return new Problem(404, "endpoint_not_found", detail);
}

function deliveryNotFound(): Problem {
  const detail = "No such delivery: list the deliveries of the endpoint.";
  return new Problem(404, "delivery_not_found", detail);
}

function toDeliveryBody(delivery: ListedDelivery): z.infer<typeof DeliveryBody> {
  const { id, content, raised_at_ms, delivered_at_ms, next_attempt_at_ms, attempts } = delivery;
  const { type, data } = content as { type: z.infer<typeof DeliveryContent.type>; data: never };
  const is_settled = next_attempt_at_ms === undefined;
  return {
    id,
    type,
    data,
    status: !is_settled ? "pending" : delivered_at_ms === undefined ? "abandoned" : "delivered",
    raised_at: formatInstant(raised_at_ms),
    delivered_at: formatInstantOrNull(delivered_at_ms),
    next_attempt_at: formatInstantOrNull(next_attempt_at_ms),
    attempts: attempts.map(({ at_ms, duration_ms, status, failure }) => ({
      at: formatInstant(at_ms),
      duration_ms,
      status_code: status ?? null,
      failure: failure ?? null,
    })),
  };
}
