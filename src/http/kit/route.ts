/**
 * How a resource declares a call: its path, who may make it, what goes in and what comes out. The same
 * declaration guards, validates and is documented; the handler beside it is left with asking and answering.
 */

import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  type Authenticate,
  authorizationProblem,
  type Caller,
  identifyCaller,
  isFailedKeyAttempt,
  type Policy,
} from "../middleware/authentication.ts";
import { type BodyReader, parseJson } from "./body.ts";
import type { Downloads } from "./downloads.ts";
import { validate } from "./validation.ts";
import { operationOf } from "./operation.ts";
import {
  bodyProblem,
  companyNotFound,
  invalidJson,
  invalidRequest,
  Problem,
  problemResponse,
} from "./problems.ts";
import { durationSince, type ErrorLog, logRequest, newRequestId } from "../middleware/request_log.ts";
import type { RateLimits } from "../middleware/rate_limits.ts";
import type { RequestMetrics } from "../middleware/request_metrics.ts";
import type { SecurityHeaders } from "../middleware/security_headers.ts";

/** The app while its routes are declared. */
export interface Api {
  readonly hono: OpenAPIHono;
  readonly declared: Declaration[];
  readonly authenticate: Authenticate;
  readonly metrics: RequestMetrics;
  readonly security: SecurityHeaders;
  readonly limits: RateLimits;
  readonly bodies: BodyReader;
  readonly downloads: Downloads;
  /** Whether an error means that something we depend on cannot be reached: a 503, not a fault of ours. */
  readonly isTransientError: (error: unknown) => boolean;
  readonly error_log: ErrorLog;
}

/** What is documented of a call. */
export interface Declaration {
  readonly method: "get" | "put" | "post" | "delete";
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly policy: Policy;
  /** Which part of the documentation it stands in. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  /** 200 unless something with an id is made, or a browser is sent elsewhere. */
  readonly status?: 200 | 201 | 303;
  /** The media type of the answer, or those it can have. JSON unless it is told; none when there is no `answer` either. */
  readonly produces?: string | readonly string[];
  /** A second media type the same answer can be had in. */
  readonly also_produces?: string;
  /** Another status that is no problem: what it means, with the same answer. */
  readonly also_answers?: { readonly status: number; readonly description: string };
  /** How a problem is shown where people read the answer; JSON unless it gives another response. */
  readonly renderProblem?: (problem: Problem, request: Request, request_id: string) => Response | undefined;
  /** Statuses of problems beside those that follow from the declaration itself. */
  readonly problems?: readonly number[];
}

/** A declaration whose schemas tell the handler's types. */
export interface Call<Params, Query, Body, Answer> extends Declaration {
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly answer?: z.ZodType<Answer>;
}

/** A request that has been let through and fits. */
export interface RequestInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly request: Request;
  readonly request_id: string;
}

/** What goes with a request from its beginning to its end. */
interface Asking {
  readonly request_id: string;
  /** Headers its answer has whatever comes of it. */
  readonly told: Headers;
}

/** Answers with the body itself, with a problem, or with a response that is not JSON. */
export type Handler<Params, Query, Body, Answer> = (
  input: RequestInput<Params, Query, Body>,
) => Promise<Answer | Problem | Response> | Answer | Problem | Response;

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
  api.hono.on(call.method.toUpperCase(), honoPath(call.path), async (c) => {
    const started_ms = performance.now();
    const request_id = newRequestId();
    const told = new Headers();
    const response = api.security.on(await respond(api, call, handler, c, { request_id, told }));
    for (const [name, value] of told) response.headers.set(name, value);
    // Hono answers HEAD with the headers of GET, and would leave a stream that nobody reads.
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
 * Takes a call into the documentation; a route that needs more than `route` gives adds its own handler.
 *
 * @throws {TypeError} when it has no policy
 */
export function declare(api: Api, call: Declaration): void {
  if (call.policy === undefined) throw new TypeError(`${call.method} ${call.path} declares no policy`);
  api.declared.push(call);
  api.hono.openAPIRegistry.registerPath(operationOf(call));
}

/** A path as Hono writes it. */
export function honoPath(path: string): string {
  return path.replaceAll(/\{(.+?)\}/g, ":$1");
}

/** The response to an error nobody expected, in JSON. */
export function errorResponse(
  api: Pick<Api, "isTransientError" | "error_log">,
  error: unknown,
  route_template: string,
  request_id: string,
): Response {
  return problemResponse(faultProblem(api, error, route_template, request_id), request_id);
}

/** The problem of an error nobody expected, which is logged: an outage is worth trying again. */
function faultProblem(
  { isTransientError, error_log }: Pick<Api, "isTransientError" | "error_log">,
  error: unknown,
  route_template: string,
  request_id: string,
): Problem {
  const is_outage = isTransientError(error);
  error_log.log(error, route_template, request_id, is_outage);
  if (is_outage) {
    const detail = "something this depends on cannot be reached: try again in 1 s";
    return new Problem(503, "unavailable", detail, { headers: { "retry-after": "1" } });
  }
  const detail =
    "this failed for a reason of ours, which was logged under request_id: tell us if it stays so";
  return new Problem(500, "internal_error", detail);
}

async function respond<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
  c: Context,
  asking: Asking,
): Promise<Response> {
  const { request_id } = asking;
  const answer = await answerTo(api, call, handler, c, asking);
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

/** What the handler answers, or the problem of what it throws. */
async function answerTo<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  handler: Handler<Params, Query, Body, Answer>,
  c: Context,
  asking: Asking,
): Promise<Answer | Problem | Response> {
  try {
    const asked = await read(api, call, c, asking);
    return asked instanceof Problem ? asked : await handler(asked);
  } catch (error) {
    return faultProblem(api, error, call.path, asking.request_id);
  }
}

/** Lets the caller through and reads what was sent, in the order in which a fault should be heard of. */
async function read<Params, Query, Body, Answer>(
  api: Api,
  call: Call<Params, Query, Body, Answer>,
  c: Context,
  { request_id, told }: Asking,
): Promise<RequestInput<Params, Query, Body> | Problem> {
  const request = c.req.raw;
  const company = c.req.param("company");
  const caller = await identifyCaller(call.policy, request.headers, api.authenticate);
  if (caller instanceof Problem) {
    return isFailedKeyAttempt(request.headers)
      ? await api.limits.countFailedAttempt(caller, addressOf(c))
      : caller;
  }
  const refused = await api.limits.count(caller, company, told) ??
    authorizationProblem({ policy: call.policy, method: request.method, company }, caller);
  if (refused !== undefined) return refused;
  const params = partOf(call.params, c.req.param(), "the path");
  if (params instanceof Problem) return isUnknownCompany(call, params) ? companyNotFound() : params;
  const query = call.query === undefined ? undefined : queryOf(call.query, c.req.queries());
  if (query instanceof Problem) return query;
  const body = call.body === undefined ? undefined : await bodyOf(api, call.body, request);
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

/** What is asked for twice is not answered by half: of two values of one name neither is passed by. */
function queryOf(schema: z.ZodType, given: Record<string, string[]>): unknown {
  const repeated = Object.keys(given).filter((name) => given[name]!.length > 1);
  if (repeated.length > 0) {
    return invalidRequest(
      repeated.map((path) => ({ path, message: `${path} is given more than once: give it once` })),
    );
  }
  const single = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, values[0]]));
  return partOf(schema, single, "the query");
}

/** Where a request comes from, as the server tells: the nearest proxy, if there is one. */
function addressOf(c: Context): string | undefined {
  return (c.env as Partial<Deno.ServeHandlerInfo<Deno.NetAddr>> | undefined)?.remoteAddr?.hostname;
}

function partOf(schema: z.ZodType | undefined, part: unknown, root: string): unknown {
  if (schema === undefined) return undefined;
  const fitted = validate(schema, part, root);
  return fitted.fits ? fitted.value : invalidRequest(fitted.errors);
}

async function bodyOf({ bodies }: Api, schema: z.ZodType, request: Request): Promise<unknown> {
  const bytes = await bodies.read(request);
  if (typeof bytes === "string") return bodyProblem(bytes);
  const json = parseJson(bytes);
  return json === undefined ? invalidJson() : partOf(schema, json, "the body");
}

/** An id that no company can have names none; only whoever would give it to one is told of its form. */
function isUnknownCompany(call: Declaration, fault: Problem): boolean {
  const names_new_company = call.method === "put" && call.path.endsWith("{company}");
  return !names_new_company && fault.errors?.some(({ path }) => path === "company") === true;
}
