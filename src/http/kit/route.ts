/**
 * Adds calls to the app. A call is one method and path of the API. It is declared once (path, policy, schemas);
 * authorization, validation and documentation follow from the declaration. The handler gets the validated input and returns the response body, a problem, or a response that is not JSON.
 */

import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  authorizationProblem,
  type Caller,
  identifyCaller,
  isFailedKeyAttempt,
  requiresCaller,
} from "../middleware/authentication.ts";
import { isSharedPath } from "../middleware/cors.ts";
import type { RateLimitFields } from "../middleware/rate_limits.ts";
import { requestIdsOf } from "../middleware/request_ids.ts";
import { durationSince } from "../middleware/request_log.ts";
import { parseJson } from "./body.ts";
import { validateInSteps } from "./body_list.ts";
import { BODY_DEPTH_MAX, BODY_LIMITS_DEFAULT, isBodyOptional, takesIdempotencyKey } from "./declaration.ts";
import type { Api, Call, Declaration, Handler, RequestInput } from "./declaration.ts";
import { exceedsLimits } from "./json_limits.ts";
import type { BodyTurn } from "./large_bodies.ts";
import { operationOf } from "./operation.ts";
import { preconditionOf } from "./preconditions.ts";
import {
  bodyProblem,
  bodyTooComplex,
  companyNotFound,
  databaseUnavailable,
  internalError,
  invalidJson,
  invalidRequest,
  Problem,
  problemResponse,
} from "./problems.ts";
import { validate } from "./validation.ts";

export type { Api, Call, Declaration, Handler, RequestInput };

/** The context of one request. */
interface RequestContext {
  readonly request_id: string;
  /** Headers that the response gets, also when it is a problem. */
  readonly response_headers: RateLimitFields;
  readonly body_is_optional: boolean;
  /** The turn of a request with a large body. It ends when the request is handled. */
  turn?: BodyTurn;
  /** The body as it arrived. */
  body_bytes?: Uint8Array;
}

const NO_BODY = new Uint8Array();

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
    api.metrics.recordRequest(finished);
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

/** Checks the request in this order: authentication, rate limit, authorization, path, query, body. */
async function readInput<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  c: Context,
  context: RequestContext,
): Promise<RequestInput<Params, Query, Body> | Problem> {
  const request = c.req.raw;
  const company = c.req.param("company");
  const identified = await identifyCaller(call.policy, request.headers, company, api.authenticate);
  if (identified instanceof Problem) {
    return isFailedKeyAttempt(request.headers)
      ? await api.limits.countFailedAttempt(identified, addressOf(c))
      : identified;
  }
  const caller = identified;
  const problem = api.limits.count(caller, company, context.response_headers) ??
    authorizationProblem({ policy: call.policy, method: request.method, company }, caller);
  if (problem !== undefined) return problem;
  const params = validated(call.params, c.req.param(), "the path");
  if (params instanceof Problem) return hidesMalformedCompany(call, params) ? companyNotFound() : params;
  // A call of the API without parameters refuses them all: a misspelled one would be ignored silently.
  const query_schema = call.query ?? (requiresCaller(call.policy) ? NO_PARAMETERS : undefined);
  const query = query_schema === undefined
    ? undefined
    : readQuery(query_schema, c.req.queries(), call.query_lists);
  if (query instanceof Problem) return query;
  const body = call.body === undefined ? undefined : await readBody(api, call, c, caller, context);
  if (body instanceof Problem) return body;
  const precondition = call.is_conditional ? preconditionOf(request.headers) : {};
  if (precondition instanceof Problem) return precondition;
  return {
    params: params as Params,
    query: query as Query,
    body: body as Body,
    caller,
    precondition,
    request,
    request_id: context.request_id,
  };
}

const NO_PARAMETERS = z.strictObject({});

/** Validates the query. Returns a problem when it is invalid, or a parameter that is no list is repeated. */
function readQuery(
  schema: z.ZodType,
  parameters: Record<string, string[]>,
  lists: readonly string[] = [],
): unknown {
  const single = Object.entries(parameters).filter(([name]) => !lists.includes(name));
  const repeated = single.filter(([, values]) => values.length > 1);
  if (repeated.length > 0) {
    return invalidRequest(repeated.map(([path]) => ({ path, message: `${path} is repeated: send it once` })));
  }
  const query = { ...parameters, ...Object.fromEntries(single.map(([name, [value]]) => [name, value])) };
  return validated(schema, query, "the query");
}

/** Returns the address of the connection. Behind proxies it is the address of the nearest one. */
function addressOf(c: Context): string | undefined {
  return (c.env as Partial<Deno.ServeHandlerInfo<Deno.NetAddr>> | undefined)?.remoteAddr?.hostname;
}

/** Validates a part of the request. Returns a problem when the part is invalid, and undefined without a schema. */
function validated(schema: z.ZodType | undefined, part: unknown, root: string): unknown {
  if (schema === undefined) return undefined;
  const result = validate(schema, part, root);
  return result.is_valid ? result.value : invalidRequest(result.errors);
}

/** Reads, counts and validates the body. Its limits are checked on the bytes, before it is parsed. */
async function readBody(
  api: Api,
  call: Declaration,
  c: Context,
  caller: Caller,
  context: RequestContext,
): Promise<unknown> {
  const { body: schema, body_limits = BODY_LIMITS_DEFAULT, body_list } = call;
  const { response_headers, body_is_optional } = context;
  const countBody = (length: number) =>
    api.limits.countBody(caller, c.req.param("company"), length, response_headers);
  // A body over the rate is not read, if its length is announced.
  const announced = Number(c.req.header("content-length") ?? 0);
  const over_rate = announced > 0 ? countBody(announced) : undefined;
  if (over_rate !== undefined) return over_rate;
  const bytes = await api.bodies.read(c.req.raw, body_limits.bytes);
  if (typeof bytes === "string") return bodyProblem(bytes, body_limits.bytes);
  const problem = announced > 0 ? undefined : countBody(bytes.length);
  if (problem !== undefined) return problem;
  context.body_bytes = bytes;
  const turn = await api.large_bodies.enter(caller, bytes.length);
  if (turn instanceof Problem) return turn;
  context.turn = turn;
  const json_limits = { parts: body_limits.parts, depth: BODY_DEPTH_MAX };
  if (exceedsLimits(bytes, json_limits)) return bodyTooComplex(json_limits);
  const json = body_is_optional && bytes.length === 0 ? {} : parseJson(bytes);
  if (json === undefined) return invalidJson();
  if (body_list === undefined || schema === undefined) return validated(schema, json, "the body");
  const result = await validateInSteps(schema, json, body_list, () => turn.pause());
  return result.is_valid ? result.value : invalidRequest(result.errors);
}

/**
 * Tells whether a malformed company id is answered 404, as an unknown company. Only the call that creates a company
 * answers 422 and names the format.
 */
function hidesMalformedCompany(call: Declaration, problem: Problem): boolean {
  const creates_company = call.method === "put" && call.path.endsWith("{company}");
  return !creates_company && problem.errors?.some(({ path }) => path === "company") === true;
}
