/**
 * Adds calls to the app. A call is one method and path of the API. It is declared once (path, policy, schemas);
 * authorization, validation and documentation follow from the declaration. The handler gets the validated input and returns the response body, a problem, or a response that is not JSON.
 */

import type { Context } from "hono";
import { requiresCaller } from "../middleware/authentication.ts";
import { isSharedPath } from "../middleware/cors.ts";
import { requestIdsOf } from "../middleware/request_ids.ts";
import { durationSince } from "../middleware/request_log.ts";
import { isBodyOptional, takesIdempotencyKey } from "./declaration.ts";
import type { Api, Call, Declaration, Handler, RequestInput } from "./declaration.ts";
import { operationOf } from "./operation.ts";
import { databaseUnavailable, internalError, Problem, problemResponse } from "./problems.ts";
import { readInput, type RequestContext } from "./request_input.ts";

export type { Api, Call, Declaration, Handler, RequestInput };

/**
 * Adds a call to the app.
 *
 * @throws {TypeError} when the call has no policy: checked at run time too, since a cast could omit it
 */
export function route<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
): void {
  declare(api, call);
  const body_is_optional = isBodyOptional(call.body);
  const logRequest = api.access_log.forCall(call.method.toUpperCase(), call.path);
  const recordRequest = api.metrics.forCall(call.path);
  api.hono.on(call.method.toUpperCase(), honoPath(call.path), async (c) => {
    const started_ms = performance.now();
    const ids = requestIdsOf(c.req.raw.headers);
    api.tracing?.nameRequest(c.req.method, call.path);
    const response_headers = {};
    const context = { request_id: ids.request_id, response_headers, body_is_optional };
    const response = await respond(api, call, handler, c, context);
    // Hono answers HEAD with the headers of GET. The body must be cancelled, or its stream stays open.
    if (c.req.method === "HEAD") await response.body?.cancel();
    const finished = {
      method: c.req.method,
      route: call.path,
      status: response.status,
      duration_ms: durationSince(started_ms),
      ...ids,
    };
    recordRequest(finished);
    logRequest(finished);
    return response;
  });
}

/**
 * Adds a call to the documentation only, for a call whose handler is registered with Hono directly, without
 * {@link route}.
 *
 * @throws {TypeError} when the call has no policy: checked at run time too, since a cast could omit it. Also when a key
 * of one company could make a call whose path has no company, and the call does not declare that it allows this.
 */
export function declare(api: Api, call: Declaration): void {
  const { method, path, policy } = call;
  if (policy === undefined) throw new TypeError(`${method} ${path} declares no policy`);
  const has_company = path.includes("{company}");
  if (requiresCaller(policy) && policy.scope !== "platform" && !has_company && !policy.allows_company_keys) {
    throw new TypeError(`${method} ${path} has no {company}: declare \`platform\` or allows_company_keys`);
  }
  api.declared.push(call);
  api.hono.openAPIRegistry.registerPath(operationOf(call));
}

/** Converts a route template to Hono's syntax: `{name}` to `:name`. */
export function honoPath(path: string): string {
  return path.replaceAll(/\{(.+?)\}/g, ":$1");
}

/** Logs an unexpected error and returns its JSON response. */
export function errorResponse(
  api: Pick<Api, "isTransientError" | "error_log">,
  error: unknown,
  route_template: string,
  request_id: string,
): Response {
  return problemResponse(unexpectedProblem(api, error, route_template, request_id), request_id);
}

/** Logs an unexpected error and returns its problem: 503 for a transient error, otherwise 500. */
function unexpectedProblem(
  { isTransientError, error_log }: Pick<Api, "isTransientError" | "error_log">,
  error: unknown,
  route_template: string,
  request_id: string,
): Problem {
  const is_transient = isTransientError(error);
  error_log.log(error, route_template, request_id, is_transient);
  return is_transient ? databaseUnavailable() : internalError();
}

async function respond<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
  c: Context,
  context: RequestContext,
): Promise<Response> {
  const { request_id, response_headers } = context;
  const response = toResponse(api, call, await resultOf(api, call, handler, c, context), c, request_id);
  const { headers } = api.security.addTo(response);
  // A problem has these, and a response of the handler may.
  if (!headers.has("x-request-id")) headers.set("x-request-id", request_id);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  for (const [name, value] of Object.entries(response_headers)) headers.set(name, value);
  if (api.cors !== undefined && isSharedPath(call.path)) await api.cors.addTo(response, c.req.raw);
  return response;
}

/** Converts a result to its response. */
function toResponse<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  result: Answer | Problem | Response,
  c: Context,
  request_id: string,
): Response {
  if (result instanceof Problem) {
    return call.renderProblem?.(result, c.req.raw, request_id) ?? problemResponse(result, request_id);
  }
  if (result instanceof Response) return result;
  return api.answers.respond(JSON.stringify(result), { status: call.status ?? 200, headers: JSON_TYPE });
}

const NO_BODY = new Uint8Array();

/** To create a response with more headers costs more than to set them on it. */
const JSON_TYPE = { "content-type": "application/json" };

/** Returns the handler's result, the problem that refused the request, or the problem of an unexpected error. */
async function resultOf<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
  c: Context,
  context: RequestContext,
): Promise<Answer | Problem | Response> {
  try {
    const input = await readInput(api, call, c, context);
    if (input instanceof Problem) return input;
    if (!takesIdempotencyKey(call)) return await handler(input);
    const { request_id, body_bytes: body = NO_BODY } = context;
    return await api.idempotency.once({ request: c.req.raw, body }, async () => {
      return toResponse(api, call, await handler(input), c, request_id);
    });
  } catch (error) {
    return unexpectedProblem(api, error, call.path, context.request_id);
  } finally {
    context.turn?.[Symbol.dispose]();
  }
}
