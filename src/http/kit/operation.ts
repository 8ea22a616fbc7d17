import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { isReadOnly, requiresCaller } from "../middleware/authentication.ts";
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
      [call.status ?? 200]: {
        description: call.status === 303 ? "Go on to `Location`." : "Done.",
        ...answerOf(call),
      },
      ...Object.fromEntries(problemStatuses(call).map((status) => [status, problemOf(call, status)])),
      ...alsoAnswered(call),
    },
  };
}

/** What lets a caller in: one of these. The scope a key needs at least stands with it as a role. */
function securityOf({ policy, method }: Declaration): Record<string, string[]>[] {
  if (policy === "ticket") return method === "post" ? [{ viewer: [] }] : [];
  if (!requiresCaller(policy)) return [];
  const by_key = { key: [policy.scope] };
  return policy.scope === "read" && isReadOnly(policy, method) ? [by_key, { viewer: [] }] : [by_key];
}

/** Whether a key that is bound to one company is refused, whichever that is. */
function isForUnboundKeys({ policy, path }: Declaration): boolean {
  return requiresCaller(policy) && !path.includes("{company}") && policy.bound_too !== true;
}

/** `get_companies_company_balance`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/v1/, "").split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return [method, ...words].join("_");
}

/** What an answer has in it, in every form it can have; an empty one has none. */
function answerOf({ produces, also_produces, answer }: Declaration) {
  if (answer === undefined && produces === undefined) return {};
  const content = Object.fromEntries(
    [produces ?? "application/json"].flat().map((type) => [type, { schema: answer ?? z.string() }]),
  );
  return {
    content: also_produces === undefined ? content : { ...content, [also_produces]: { schema: z.string() } },
  };
}

function alsoAnswered(call: Declaration) {
  if (call.also_answers === undefined) return {};
  const { status, description } = call.also_answers;
  return { [status]: { description, ...answerOf(call) } };
}

function problemStatuses(call: Declaration): number[] {
  const statuses = new Set(call.problems ?? []);
  // Anything can fail for a reason of ours, and who asks is looked up in the store.
  statuses.add(500);
  if (requiresCaller(call.policy)) {
    for (const status of [401, 403, 429, 503]) statuses.add(status);
  }
  if (call.path.includes("{company}")) statuses.add(404);
  if (call.body !== undefined) { for (const status of [400, 408, 413, 415]) statuses.add(status); }
  if (call.query !== undefined || call.params !== undefined || canMisfit(call.body)) statuses.add(422);
  return [...statuses].sort();
}

/** Whether JSON can be sent that is refused: where any is taken, none is. */
function canMisfit(body: Declaration["body"]): boolean {
  return body !== undefined && !(body instanceof z.ZodUnknown);
}

const PROBLEMS: Readonly<Record<number, string>> = {
  400: "The body is not JSON, or did not arrive whole.",
  401: "No key or session, a bad one, one that is over, or a bad signature.",
  403: "The key's scope does not reach so far.",
  404: "There is no such thing within the key's reach.",
  408: "The body did not arrive in time.",
  409: "It conflicts with what holds: `code` says how, `detail` what to do.",
  413: "The body is larger than 4 MB.",
  415: "The body is compressed.",
  422: "It does not fit: `errors` names the fields.",
  429: "Too many requests: try again after `Retry-After`.",
  500: "It failed for a reason of ours, which is logged under `request_id`.",
  503: "It could not be done for certain: try again after `Retry-After`, which is always safe.",
};

function problemOf({ renderProblem }: Declaration, status: number) {
  const description = PROBLEMS[status];
  if (description === undefined) throw new TypeError(`no words are documented for a problem of ${status}`);
  const page = renderProblem === undefined ? {} : { "text/html": { schema: z.string() } };
  return { description, content: { "application/problem+json": { schema: ProblemBody }, ...page } };
}
