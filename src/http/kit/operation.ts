import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { isReadOnly, requiresCaller } from "../middleware/authentication.ts";
import type { Declaration } from "./declaration.ts";
import { ConditionalHeaders, ETAG_HEADER } from "./preconditions.ts";
import { ProblemBody } from "./problems.ts";

/** Converts a declaration to an OpenAPI operation, with the schemas that validate the call. */
export function operationOf(call: Declaration): RouteConfig {
  const { method, path, tag, summary, description, params, query, body } = call;
  return {
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    operationId: call.operation_id,
    security: securityOf(call),
    request: {
      ...(call.is_conditional ? { headers: ConditionalHeaders } : {}),
      ...(params === undefined ? {} : { params: params as z.ZodObject }),
      ...(query === undefined ? {} : { query: query as z.ZodObject }),
      ...(body === undefined
        ? {}
        : { body: { required: !isBodyOptional(body), content: { "application/json": { schema: body } } } }),
    },
    responses: {
      [call.status ?? 200]: {
        description: call.status === 303 ? "Redirect to `Location`." : "Success.",
        ...(call.is_conditional ? { headers: ETAG_HEADER } : {}),
        ...answerOf(call),
      },
      ...(call.is_conditional && method === "get" ? NOT_MODIFIED : {}),
      ...Object.fromEntries(problemStatuses(call).map((status) => [status, problemOf(call, status)])),
      ...alsoAnswered(call),
    },
  };
}

/** Tells whether all fields of a body are optional, so that the body may be left out. */
export function isBodyOptional(body: Declaration["body"]): boolean {
  return body !== undefined && !(body instanceof z.ZodUnknown) && body.safeParse({}).success;
}

/** Returns the security requirements, of which one must hold. The required scope of a key is listed as a role. */
function securityOf({ policy, method, path }: Declaration): Record<string, string[]>[] {
  if (policy === "viewer_token") return method === "post" ? [{ viewer: [] }] : [];
  if (!requiresCaller(policy)) return [];
  const by_key = { key: [policy.scope] };
  const allows_viewers = policy.scope === "read" && path.includes("{company}") && isReadOnly(policy, method);
  return allows_viewers ? [by_key, { viewer: [] }] : [by_key];
}

/** Returns the content of a successful response, by media type; none for an empty response. */
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
  if (call.is_conditional) statuses.add(412);
  // Any call can fail unexpectedly, and authentication reads the store.
  statuses.add(500);
  if (requiresCaller(call.policy)) {
    for (const status of [401, 403, 422, 429, 503]) statuses.add(status);
  }
  if (call.path.includes("{company}")) statuses.add(404);
  if (call.body !== undefined) { for (const status of [400, 408, 413, 415]) statuses.add(status); }
  if (call.query !== undefined || call.params !== undefined || canBeInvalid(call.body)) statuses.add(422);
  return [...statuses].sort();
}

/** Tells whether validation can refuse a JSON body. */
function canBeInvalid(body: Declaration["body"]): boolean {
  return body !== undefined && !(body instanceof z.ZodUnknown);
}

const NOT_MODIFIED = {
  304: { description: "Not modified: `If-None-Match` has the current `ETag`.", headers: ETAG_HEADER },
};

const PROBLEMS: Readonly<Record<number, string>> = {
  400: "The body is not JSON, or ended early.",
  401: "The key, session or signature is missing, invalid or expired.",
  403: "Forbidden: `code` gives the reason, such as `insufficient_scope`.",
  404: "Not found, or not accessible with this key.",
  408: "The body did not arrive in time.",
  409: "Conflict with the current state: `code` says which, `detail` how to resolve it.",
  412: "A precondition does not hold, and nothing changed: read the resource again.",
  413: "The body is larger, or has more names, values or levels, than this call reads.",
  415: "The body is compressed.",
  422: "Invalid request: `errors` lists the fields.",
  429: "Too many requests: try again after `Retry-After`.",
  500: "Internal error, logged under `request_id`.",
  503: "Outcome unknown or service busy: retry after `Retry-After`; always safe.",
};

function problemOf({ renderProblem }: Declaration, status: number) {
  const description = PROBLEMS[status];
  if (description === undefined) throw new TypeError(`No description for problems of status ${status}`);
  const page = renderProblem === undefined ? {} : { "text/html": { schema: z.string() } };
  return { description, content: { "application/problem+json": { schema: ProblemBody }, ...page } };
}
