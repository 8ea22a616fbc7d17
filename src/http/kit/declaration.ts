/**
 * The declaration of a call: one method and path of the API. `route.ts` authorizes and validates requests by it, and
 * `operation.ts` documents it.
 */

import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Precondition } from "../../domain/company/precondition.ts";
import type { Tracing } from "../../observability/tracing.ts";
import type { Authenticate, Caller, Policy } from "../middleware/authentication.ts";
import type { Cors } from "../middleware/cors.ts";
import type { RateLimits } from "../middleware/rate_limits.ts";
import type { AccessLog, ErrorLog } from "../middleware/request_log.ts";
import type { RequestMetrics } from "../middleware/request_metrics.ts";
import type { SecurityHeaders } from "../middleware/security_headers.ts";
import type { BodyReader } from "./body.ts";
import type { BodyList } from "./body_list.ts";
import type { Downloads } from "./downloads.ts";
import type { IdempotentCalls } from "./idempotency.ts";
import type { LargeBodies } from "./large_bodies.ts";
import type { FieldError, Problem } from "./problems.ts";
import type { Tag } from "./tags.ts";
import type { UnreadAnswers } from "./unread_answers.ts";

/** The app that calls are added to, with the dependencies that all calls share. */
export interface Api {
  readonly hono: OpenAPIHono;
  /** The calls that were added so far. */
  readonly declared: Declaration[];
  readonly authenticate: Authenticate;
  readonly metrics: RequestMetrics;
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  readonly security: SecurityHeaders;
  /** Undefined unless pages of other origins may read answers. */
  readonly cors: Cors | undefined;
  readonly limits: RateLimits;
  readonly bodies: BodyReader;
  readonly large_bodies: LargeBodies;
  readonly downloads: Downloads;
  readonly answers: UnreadAnswers;
  readonly idempotency: IdempotentCalls;
  /** Tells whether an error means that the database is unavailable: the response is 503, not 500. */
  readonly isTransientError: (error: unknown) => boolean;
  readonly access_log: AccessLog;
  readonly error_log: ErrorLog;
}

/** The most that a call reads of a body. */
export interface BodyLimits {
  readonly bytes: number;
  /** Names and values. */
  readonly parts: number;
}

/** The limits of a body of a call that declares none. */
export const BODY_LIMITS_DEFAULT: BodyLimits = { bytes: 64 * 1024, parts: 2_000 };
/** No body has more levels than a list of objects with labels. */
export const BODY_DEPTH_MAX = 8;

/** A form of a body. */
export interface BodyForm {
  readonly schema: z.ZodType;
  /** The long list of the body, which is validated in steps. */
  readonly list?: BodyList | undefined;
  /** Reads a body that is not JSON. Returns the value that `schema` validates, or a problem. */
  readonly decode?: (bytes: Uint8Array) => unknown;
  /** Completes the JSON by the headers. Undefined JSON is an empty body, which is an error without this function. */
  readonly complete?: (json: unknown, headers: Headers) => unknown;
  /** Names the field of an error as the caller knows it. */
  readonly errorOf?: (error: FieldError) => FieldError;
}

/** A call as it is documented. */
export interface Declaration {
  readonly method: "get" | "put" | "post" | "delete";
  /** The route template, with `{name}` for parameters. */
  readonly path: string;
  /** The operationId of the OpenAPI document: a verb and a noun in camelCase, such as `getBalance`. */
  readonly operation_id: string;
  readonly policy: Policy;
  /** The section of the documentation. */
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** The parameters of the query that are lists: they may be repeated. Any other is refused when it is. */
  readonly query_lists?: readonly string[];
  readonly body?: z.ZodType;
  /** By default 64 KB and 2,000 names and values. */
  readonly body_limits?: BodyLimits;
  /** The long list of the body, which is validated in steps. */
  readonly body_list?: BodyList;
  /** Finds another form of the body by the headers. Undefined for the usual one; a problem for one that is not read. */
  readonly body_form?: (headers: Headers) => BodyForm | Problem | undefined;
  /** The schemas of other forms by their media type, for the documentation. */
  readonly also_accepts?: Readonly<Record<string, z.ZodType>>;
  /** Headers of the request that only this call reads, for the documentation. */
  readonly request_headers?: z.ZodObject;
  readonly answer?: z.ZodType;
  /** The status of success. 200 by default; 201 when a resource with an id is created, 303 for a redirect. */
  readonly status?: 200 | 201 | 303;
  /** The media type or types of the response. JSON by default; none when there is no `answer` either. */
  readonly produces?: string | readonly string[];
  /** A second media type of the response, such as CSV. */
  readonly also_produces?: string;
  /** A second status of success, with the same schema. */
  readonly also_answers?: { readonly status: number; readonly description: string };
  /** Reads `If-Match` and `If-None-Match`, and answers with an `ETag`. */
  readonly is_conditional?: true;
  /** A POST whose body or path has an id of the caller: a repeated call counts once without an `Idempotency-Key`. */
  readonly has_own_id?: true;
  /** Reads `If-None-Match`, and answers with a weak `ETag`. */
  readonly is_revalidated?: true;
  /** Renders a problem for people, or returns undefined to send it as JSON. */
  readonly renderProblem?: (problem: Problem, request: Request, request_id: string) => Response | undefined;
  /** Statuses of problems beyond those that follow from the declaration. */
  readonly problems?: readonly number[];
}

/** Tells whether all fields of a body are optional, so that the body may be left out. */
export function isBodyOptional(body: Declaration["body"]): boolean {
  return canBeInvalid(body) && body!.safeParse({}).success;
}

/** Tells whether validation can refuse a JSON body. */
export function canBeInvalid(body: Declaration["body"]): boolean {
  return body !== undefined && !(body instanceof z.ZodUnknown);
}

/** Tells whether a call reads `Idempotency-Key`: a POST of a program that changes something and has no id of its own. */
export function takesIdempotencyKey({ method, policy, has_own_id }: Declaration): boolean {
  return method === "post" && typeof policy === "object" && !policy.is_read_only && !has_own_id;
}

/** A declaration whose schemas type its handler. */
export interface Call<Params, Query, Body, Answer> extends Declaration {
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly answer?: z.ZodType<Answer>;
}

/** An authorized and validated request. */
export interface RequestInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** The precondition of a conditional call; empty for any other. */
  readonly precondition: Precondition;
  readonly request: Request;
  readonly request_id: string;
}

/** Handles a request. Returns the response body, a problem, or a response that is not JSON. */
export type Handler<Params, Query, Body, Answer> = (
  input: RequestInput<Params, Query, Body>,
) => Promise<Answer | Problem | Response> | Answer | Problem | Response;
