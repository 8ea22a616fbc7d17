/** Reads requests: who sends them, what of them is valid, and why the others are refused. */

import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  authorizationProblem,
  type Caller,
  identifyCaller,
  isFailedKeyAttempt,
  requiresCaller,
} from "../middleware/authentication.ts";
import type { RateLimitFields } from "../middleware/rate_limits.ts";
import { parseJson } from "./body.ts";
import { validateInSteps } from "./body_list.ts";
import { BODY_DEPTH_MAX, BODY_LIMITS_DEFAULT } from "./declaration.ts";
import type { Api, Call, Declaration, RequestInput } from "./declaration.ts";
import { exceedsLimits } from "./json_limits.ts";
import type { BodyTurn } from "./large_bodies.ts";
import { preconditionOf } from "./preconditions.ts";
import {
  bodyProblem,
  bodyTooComplex,
  companyNotFound,
  invalidJson,
  invalidRequest,
  Problem,
} from "./problems.ts";
import { validate } from "./validation.ts";

/** The context of one request. */
export interface RequestContext {
  readonly request_id: string;
  /** Headers that the response gets, also when it is a problem. */
  readonly response_headers: RateLimitFields;
  readonly body_is_optional: boolean;
  /** The turn of a request with a large body. It ends when the request is handled. */
  turn?: BodyTurn;
  /** The body as it arrived. */
  body_bytes?: Uint8Array;
}

/** Reads a request. Checks it in this order: authentication, rate limit, authorization, path, query, body. */
export async function readInput<Params, Query, Body, Answer>(
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
  const { headers } = c.req.raw;
  const form = call.body_form?.(headers) ?? { schema: call.body!, list: call.body_list };
  if (form instanceof Problem) return form;
  const bytes = await readBytes(api, call, c, caller, context);
  if (bytes instanceof Problem) return bytes;
  const turn = await api.large_bodies.enter(caller, bytes.length);
  if (turn instanceof Problem) return turn;
  context.turn = turn;
  if (form.decode !== undefined) {
    const decoded = form.decode(bytes);
    return decoded instanceof Problem ? decoded : validated(form.schema, decoded, "the body");
  }
  const { parts } = call.body_limits ?? BODY_LIMITS_DEFAULT;
  const json_limits = { parts, depth: BODY_DEPTH_MAX };
  if (exceedsLimits(bytes, json_limits)) return bodyTooComplex(json_limits);
  const is_empty = bytes.length === 0 && (context.body_is_optional || form.complete !== undefined);
  const json = is_empty ? {} : parseJson(bytes);
  if (json === undefined) return invalidJson(call.also_accepts);
  const body = form.complete?.(is_empty ? undefined : json, headers) ?? json;
  const result = form.list === undefined
    ? validate(form.schema, body, "the body")
    : await validateInSteps(form.schema, body, form.list, () => turn.pause());
  return result.is_valid
    ? result.value
    : invalidRequest(result.errors.map(form.errorOf ?? ((error) => error)));
}

/** Reads and counts the bytes of the body. */
async function readBytes(
  api: Api,
  { body_limits = BODY_LIMITS_DEFAULT }: Declaration,
  c: Context,
  caller: Caller,
  context: RequestContext,
): Promise<Uint8Array | Problem> {
  const countBody = (length: number) =>
    api.limits.countBody(caller, c.req.param("company"), length, context.response_headers);
  // A body over the rate is not read, if its length is announced.
  const announced = Number(c.req.header("content-length") ?? 0);
  const over_rate = announced > 0 ? countBody(announced) : undefined;
  if (over_rate !== undefined) return over_rate;
  const bytes = await api.bodies.read(c.req.raw, body_limits.bytes);
  if (typeof bytes === "string") return bodyProblem(bytes, body_limits.bytes);
  const problem = announced > 0 ? undefined : countBody(bytes.length);
  return problem ?? (context.body_bytes = bytes);
}

/**
 * Tells whether a malformed company id is answered 404, as an unknown company. Only the call that creates a company
 * answers 422 and names the format.
 */
function hidesMalformedCompany(call: Declaration, problem: Problem): boolean {
  const creates_company = call.method === "put" && call.path.endsWith("{company}");
  return !creates_company && problem.errors?.some(({ path }) => path === "company") === true;
}
