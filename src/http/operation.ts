import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { isGuarded } from "./authentication.ts";
import { ProblemBody } from "./problems.ts";
import type { Declaration } from "./route.ts";

/** A call in the words of OpenAPI, made of the very schemas that validate it. */
export function operationOf(call: Declaration): RouteConfig {
  const { method, path, tag, summary, description, params, query, body } = call;
  return {
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    operationId: operationId(method, path),
    security: securityOf(call),
    ...(isForUnboundKeys(call) ? { "x-unbound-keys-only": true } : {}),
    request: {
      ...(params === undefined ? {} : { params: params as z.ZodObject }),
      ...(query === undefined ? {} : { query: query as z.ZodObject }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { "application/json": { schema: body } } } }),
    },
    responses: {
      [call.status ?? 200]: answerOf(call),
      ...Object.fromEntries(problemStatuses(call).map((status) => [status, PROBLEMS[status]!])),
    },
  };
}

/** What lets a caller in: one of these. The scope a key needs at least stands with it as a role. */
function securityOf({ policy, method }: Declaration): Record<string, string[]>[] {
  if (policy === "ticket") return method === "post" ? [{ viewer: [] }] : [];
  if (!isGuarded(policy)) return [];
  const by_key = { key: [policy.scope] };
  return policy.scope === "read" && method === "get" ? [by_key, { viewer: [] }] : [by_key];
}

/** Whether a key that is bound to one company is refused, whichever that is. */
function isForUnboundKeys({ policy, path }: Declaration): boolean {
  return isGuarded(policy) && !path.includes("{company}") && policy.bound_too !== true;
}

/** `get_companies_company_balance`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/v1/, "").split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return [method, ...words].join("_");
}

function answerOf(call: Declaration) {
  if (call.status === 303) return { description: "Go on to `Location`." };
  const { produces = "application/json", also_produces, answer = z.string() } = call;
  const also = also_produces === undefined ? {} : { [also_produces]: { schema: z.string() } };
  return { description: "Done.", content: { [produces]: { schema: answer }, ...also } };
}

function problemStatuses(call: Declaration): number[] {
  const statuses = new Set(call.problems ?? []);
  if (isGuarded(call.policy)) {
    for (const status of [401, 403, 429]) statuses.add(status);
  }
  if (call.path.includes("{company}")) { for (const status of [404, 503]) statuses.add(status); }
  if (call.body !== undefined) { for (const status of [400, 408, 413, 415, 422]) statuses.add(status); }
  if (call.query !== undefined || call.params !== undefined) statuses.add(422);
  return [...statuses].sort();
}

const PROBLEMS: Readonly<Record<number, ReturnType<typeof problemAnswer>>> = Object.fromEntries(
  Object.entries({
    400: "The body is not JSON.",
    401: "No key or session, a bad one, one that is over, or a bad signature.",
    403: "The key's scope does not reach so far.",
    404: "There is no such thing within the key's reach.",
    408: "The body did not arrive in time.",
    409: "It conflicts with what holds: `code` says how, `detail` what to do.",
    413: "The body is larger than 4 MB.",
    415: "The body is compressed.",
    422: "It does not fit: `errors` names the fields.",
    429: "Too many requests: try again after `Retry-After`.",
    503: "It could not be done for certain: try again after `Retry-After`, which is always safe.",
  }).map(([status, description]) => [status, problemAnswer(description)]),
);

function problemAnswer(description: string) {
  return { description, content: { "application/problem+json": { schema: ProblemBody } } };
}
