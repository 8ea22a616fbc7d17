/**
 * Adds calls to the app. One declaration (path, policy, schemas) authorizes, validates and documents a call. Its handler
 * reads and answers.
 */

import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { authorizationProblem, identifyCaller, isFailedKeyAttempt } from "../middleware/authentication.ts";
import { durationSince, logRequest, newRequestId } from "../middleware/request_log.ts";
import { parseJson } from "./body.ts";
import type { Api, Call, Declaration, Handler, RequestInput } from "./declaration.ts";
import { isBodyOptional, operationOf } from "./operation.ts";
import {
  bodyProblem,
  companyNotFound,
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
  readonly response_headers: Headers;
  readonly body_is_optional: boolean;
}

/**
 * Adds a call to the app.
 *
 * @throws {TypeError} when it has no policy
 */
export function route<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
): void {
  declare(api, call);
  const body_is_optional = isBodyOptional(call.body);
  api.hono.on(call.method.toUpperCase(), honoPath(call.path), async (c) => {
    const started_ms = performance.now();
    const request_id = newRequestId();
    const response_headers = new Headers();
    const context = { request_id, response_headers, body_is_optional };
    const response = api.security.on(await respond(api, call, handler, c, context));
    for (const [name, value] of response_headers) response.headers.set(name, value);
    // Hono answers HEAD with the headers of GET. The body must be cancelled, or its stream stays open.
    if (c.req.method === "HEAD") await response.body?.cancel();
    const finished = {
      method: c.req.method,
      route: call.path,
      status: response.status,
      duration_ms: durationSince(started_ms),
      request_id,
    };
    api.metrics.recordRequest(finished);
    logRequest(finished);
    return response;
  });
}

/**
 * Adds a call to the documentation only. Used by calls with their own handler in place of {@link route}.
 *
 * @throws {TypeError} when it has no policy
 */
export function declare(api: Api, call: Declaration): void {
  if (call.policy === undefined) throw new TypeError(`${call.method} ${call.path} declares no policy`);
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
  if (is_transient) {
    const detail = "A dependency cannot be reached: try again in 1 s.";
    return new Problem(503, "unavailable", detail, { headers: { "retry-after": "1" } });
  }
  const detail = "Internal error, logged under `request_id`: contact support if it persists.";
  return new Problem(500, "internal_error", detail);
}

async function respond<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
  c: Context,
  context: RequestContext,
): Promise<Response> {
  const { request_id } = context;
  const answer = await answerTo(api, call, handler, c, context);
  if (answer instanceof Problem) {
    return call.renderProblem?.(answer, c.req.raw, request_id) ?? problemResponse(answer, request_id);
  }
  const headers = { "x-request-id": request_id, "cache-control": "no-store" };
  if (!(answer instanceof Response)) return Response.json(answer, { status: call.status ?? 200, headers });
  for (const [name, value] of Object.entries(headers)) {
    if (!answer.headers.has(name)) answer.headers.set(name, value);
  }
  return answer;
}

/** Returns the result of the handler, or the problem of its error. */
async function answerTo<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
  c: Context,
  context: RequestContext,
): Promise<Answer | Problem | Response> {
  try {
    const input = await readInput(api, call, c, context);
    return input instanceof Problem ? input : await handler(input);
  } catch (error) {
    return unexpectedProblem(api, error, call.path, context.request_id);
  }
}

/** Checks the request in this order: authentication, rate limit, authorization, path, query, body. */
async function readInput<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  c: Context,
  { request_id, response_headers, body_is_optional }: RequestContext,
): Promise<RequestInput<Params, Query, Body> | Problem> {
  const request = c.req.raw;
  const company = c.req.param("company");
  const caller = await identifyCaller(call.policy, request.headers, api.authenticate);
  if (caller instanceof Problem) {
    return isFailedKeyAttempt(request.headers)
      ? await api.limits.countFailedAttempt(caller, addressOf(c))
      : caller;
  }
  const refused = await api.limits.count(caller, company, response_headers) ??
    authorizationProblem({ policy: call.policy, method: request.method, company }, caller);
  if (refused !== undefined) return refused;
  const params = validated(call.params, c.req.param(), "the path");
  if (params instanceof Problem) return isUnknownCompany(call, params) ? companyNotFound() : params;
  const query = call.query === undefined ? undefined : readQuery(call.query, c.req.queries());
  if (query instanceof Problem) return query;
  const body = call.body === undefined
    ? undefined
    : await readBody(api, call.body, request, body_is_optional);
  if (body instanceof Problem) return body;
  return {
    params: params as Params,
    query: query as Query,
    body: body as Body,
    caller,
    request,
    request_id,
  };
}

/** Validates the query. Rejects repeated parameters. */
function readQuery(schema: z.ZodType, parameters: Record<string, string[]>): unknown {
  const repeated = Object.keys(parameters).filter((name) => parameters[name]!.length > 1);
  if (repeated.length > 0) {
    return invalidRequest(repeated.map((path) => ({ path, message: `${path} is repeated: send it once` })));
  }
  const single = Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values[0]]));
  return validated(schema, single, "the query");
}

/** Returns the address of the connection: that of the nearest proxy, if there is one. */
function addressOf(c: Context): string | undefined {
  return (c.env as Partial<Deno.ServeHandlerInfo<Deno.NetAddr>> | undefined)?.remoteAddr?.hostname;
}

function validated(schema: z.ZodType | undefined, part: unknown, root: string): unknown {
  if (schema === undefined) return undefined;
  const result = validate(schema, part, root);
  return result.is_valid ? result.value : invalidRequest(result.errors);
}

async function readBody(
  { bodies }: Api,
  schema: z.ZodType,
  request: Request,
  is_optional: boolean,
): Promise<unknown> {
  const bytes = await bodies.read(request);
  if (typeof bytes === "string") return bodyProblem(bytes);
  const json = is_optional && bytes.length === 0 ? {} : parseJson(bytes);
  return json === undefined ? invalidJson() : validated(schema, json, "the body");
}

/** An impossible company id is 404, except in the call that creates a company: it reports the format. */
function isUnknownCompany(call: Declaration, problem: Problem): boolean {
  const creates_company = call.method === "put" && call.path.endsWith("{company}");
  return !creates_company && problem.errors?.some(({ path }) => path === "company") === true;
}
