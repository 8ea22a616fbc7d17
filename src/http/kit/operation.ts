import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { isReadOnly, requiresCaller } from "../middleware/authentication.ts";
import { canBeInvalid, type Declaration, isBodyOptional, takesIdempotencyKey } from "./declaration.ts";
import { answerExamples, problemExamples, requestExamples } from "./examples.ts";
import { IdempotencyHeader, REPLAYED_HEADER } from "./idempotency.ts";
import { ConditionalHeaders, ETAG_HEADER, RevalidationHeader, WEAK_ETAG_HEADER } from "./preconditions.ts";
import { ProblemBody } from "./problems.ts";
import { sharedProblems } from "./shared_problems.ts";

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
      ...headersOf(call),
      ...(params === undefined ? {} : { params: params as z.ZodObject }),
      ...(query === undefined ? {} : { query: query as z.ZodObject }),
      ...(body === undefined
        ? {}
        : { body: { required: !isBodyOptional(body), content: bodiesOf(call, body) } }),
    },
    responses: {
      [call.status ?? 200]: {
        description: call.status === 303 ? "Redirect to `Location`." : "Success.",
        ...answerHeadersOf(call),
        ...answerOf(call),
      },
      ...(call.is_conditional && method === "get" ? notModified(ETAG_HEADER) : {}),
      ...(call.is_revalidated ? notModified(WEAK_ETAG_HEADER) : {}),
      ...Object.fromEntries(problemStatuses(call).map((status) => [status, problemOf(call, status)])),
      ...alsoAnswered(call),
    },
  };
}

/** Returns the headers that a request of a call may have. */
function headersOf(call: Declaration): { headers?: z.ZodObject } {
  const shape = {
    ...call.is_conditional ? ConditionalHeaders.shape : {},
    ...call.is_revalidated ? RevalidationHeader.shape : {},
    ...takesIdempotencyKey(call) ? IdempotencyHeader.shape : {},
    ...call.request_headers?.shape,
  };
  return Object.keys(shape).length === 0 ? {} : { headers: z.object(shape) };
}

/** Returns the headers of a successful response of a call, beside those of every response. */
function answerHeadersOf(call: Declaration) {
  const headers = {
    ...call.is_conditional ? ETAG_HEADER : {},
    ...call.is_revalidated ? WEAK_ETAG_HEADER : {},
    ...takesIdempotencyKey(call) ? REPLAYED_HEADER : {},
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}

/** Returns the content of a request's body, by media type. */
function bodiesOf(call: Declaration, json: z.ZodType) {
  const schemas = Object.entries({ "application/json": json, ...call.also_accepts });
  return Object.fromEntries(
    schemas.map(([type, schema]) => [type, { schema, examples: requestExamples(call, type) }]),
  );
}

/** Returns the security requirements, of which one must hold. The required scope of a key is listed as a role. */
function securityOf({ policy, method, path }: Declaration): Record<string, string[]>[] {
  if (policy === "signed") return [{ metaSignature: [] }];
  if (policy === "viewer_token") return method === "post" ? [{ viewer: [] }] : [];
  if (!requiresCaller(policy)) return [];
  const by_key = { key: [policy.scope] };
  const allows_viewers = policy.scope === "read" && path.includes("{company}") && isReadOnly(policy, method);
  return allows_viewers ? [by_key, { viewer: [] }] : [by_key];
}

/** Returns the content of a successful response, by media type; none for an empty response. */
function answerOf(call: Declaration, status: number = call.status ?? 200) {
  const { produces, also_produces, answer } = call;
  if (answer === undefined && produces === undefined) return {};
  const contentOf = (type: string, schema: z.ZodType) => {
    const examples = answerExamples(call, status, type);
    return [type, { schema, ...(Object.keys(examples).length === 0 ? {} : { examples }) }] as const;
  };
  const types = [produces ?? "application/json"].flat();
  return {
    content: Object.fromEntries([
      ...types.map((type) => contentOf(type, answer ?? z.string())),
      ...also_produces === undefined ? [] : [contentOf(also_produces, z.string())],
    ]),
  };
}

function alsoAnswered(call: Declaration) {
  if (call.also_answers === undefined) return {};
  const { status, description } = call.also_answers;
  return { [status]: { description, ...answerOf(call, status) } };
}

function problemStatuses(call: Declaration): number[] {
  const statuses = new Set(call.problems ?? []);
  for (const { status } of sharedProblems(call)) statuses.add(status);
  if (call.is_conditional) statuses.add(412);
  if (requiresCaller(call.policy) || call.query !== undefined || canBeInvalid(call.body)) statuses.add(422);
  return [...statuses].sort();
}

function notModified(headers: typeof ETAG_HEADER) {
  return { 304: { description: "Not modified: `If-None-Match` has the current `ETag`.", headers } };
}

const RETRY_AFTER = {
  "Retry-After": {
    description: "Seconds to wait before the next attempt.",
    schema: { type: "integer" as const, minimum: 1 },
    example: 1,
  },
};

const PROBLEMS: Readonly<Record<number, string>> = {
  400: "The request is malformed: its `Host` header, or a body that is not JSON or ended early.",
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

function problemOf(call: Declaration, status: number) {
  const description = PROBLEMS[status];
  if (description === undefined) throw new TypeError(`No description for problems of status ${status}`);
  const page = call.renderProblem === undefined ? {} : { "text/html": { schema: z.string() } };
  const problem = { schema: ProblemBody, examples: problemExamples(call, status) };
  const headers = status === 429 || status === 503 ? { headers: RETRY_AFTER } : {};
  return { description, ...headers, content: { "application/problem+json": problem, ...page } };
}
