/**
 * Problems (RFC 9457): the error responses. `code` is stable and meant for programs. `detail` is one sentence for people
 * that says what is wrong, then what to do.
 */

import { z } from "@hono/zod-openapi";
import type { Answer, RefusalCode, Refused, Unavailable } from "../../domain/company/command.ts";
import type { JsonLimits } from "./json_limits.ts";
import { BODY_BYTES_MAX, BODY_MS_MAX, type BodyError } from "./body.ts";

/** An error of one field. */
export interface FieldError {
  /** The path within the body, query or path: `package.credits`, `[3].quantity`; empty for the root. */
  readonly path: string;
  readonly message: string;
}

/** A problem without its request id. */
export class Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** The schema of a problem response. */
export const ProblemBody = z.object({
  type: z.string().openapi({ example: "urn:poli-credits:problem:window_closed" }),
  title: z.string().openapi({ example: "Conflict" }),
  status: z.int().openapi({ example: 409 }),
  code: z.string().openapi({ description: "Stable; for programs.", example: "window_closed" }),
  detail: z.string().openapi({ description: "What is wrong, then what to do." }),
  request_id: z.string().openapi({
    description: "The id of the request, as in the header X-Request-Id and in the log.",
  }),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional().openapi({
    description: "The invalid fields.",
    example: [{ path: "package.credits", message: "package.credits must be at least 1" }],
  }),
}).openapi("Problem");

/** Converts a problem to its body. */
export function problemBody(problem: Problem, request_id: string): z.infer<typeof ProblemBody> {
  const { status, code, detail, errors } = problem;
  return {
    type: `urn:poli-credits:problem:${code}`,
    title: TITLES[status] ?? "Error",
    status,
    code,
    detail,
    request_id,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}

/** Converts a problem to a response. */
export function problemResponse(problem: Problem, request_id: string): Response {
  return Response.json(problemBody(problem, request_id), {
    status: problem.status,
    headers: {
      ...problem.headers,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": request_id,
    },
  });
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Converts an unsuccessful answer of a company to a problem. */
export function problemOfAnswer(answer: Answer): Problem {
  switch (answer.type) {
    case "refused":
      return refusedProblem(answer);
    case "company_not_found":
      return companyNotFound();
    case "unavailable":
      return unavailableProblem(answer);
    default:
      throw new Error(`Unexpected answer "${answer.type}" of a company`);
  }
}

/** Converts a refusal of the domain to a problem, with the status of its code. */
export function refusedProblem({ code, detail, path }: Refused): Problem {
  if (path.length === 0) return new Problem(REFUSED_STATUS[code], code, detail);
  const field = formatPath(path);
  // The domain's predicate gets its subject, the field.
  const message = detail.startsWith("must ") ? `${field} ${detail}` : detail;
  return new Problem(REFUSED_STATUS[code], code, message, { errors: [{ path: field, message }] });
}

const REFUSED_STATUS: Readonly<Record<RefusalCode, 404 | 409 | 412 | 422>> = {
  window_closed: 409,
  id_reused: 409,
  message_not_found: 404,
  month_final: 409,
  precondition_failed: 412,
  package_not_found: 409,
  cancellation_not_found: 409,
  phone_number_not_found: 404,
  unknown_feature: 422,
  invalid_request: 422,
};

/** 404: the company does not exist, or the caller cannot access it. */
export function companyNotFound(): Problem {
  return new Problem(
    404,
    "company_not_found",
    "No such company, or your key has no access to it: check the id and the key.",
  );
}

/** 503: outcome unknown; retry safely. */
export function unavailableProblem({ reason, retry_after_s }: Unavailable): Problem {
  return new Problem(
    503,
    "unavailable",
    `Outcome unknown or service busy (${reason}): try again in ${retry_after_s} s. A retry never charges twice.`,
    { headers: { "retry-after": String(retry_after_s) } },
  );
}

/** 503: the database is unavailable. */
export function databaseUnavailable(): Problem {
  const detail = "The database is unavailable: try again in 1 s. A retry never charges twice.";
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "1" } });
}

/** 500: an unexpected error. */
export function internalError(): Problem {
  const detail = "Internal error, logged under `request_id`: contact support if it persists.";
  return new Problem(500, "internal_error", detail);
}

/** 429: a rate is exceeded. @param name whose rate it is: that of a key or of a company */
export function tooManyRequests(per_second: number, name: string): Problem {
  const detail = `Rate limit exceeded: ${per_second} requests a second for each ${name}. Try again in 1 s.`;
  return new Problem(429, "too_many_requests", detail, { headers: { "retry-after": "1" } });
}

/** 429: an address sent too many invalid keys. */
export function tooManyFailedAttempts(retry_after_s: number): Problem {
  const detail =
    `Too many invalid keys from your address: check your key and try again in ${retry_after_s} s.`;
  return new Problem(429, "too_many_failed_attempts", detail, {
    headers: { "retry-after": `${retry_after_s}` },
  });
}

/** 400: the `Host` header is invalid. It is checked for every request, before any call. */
export function invalidHost(): Problem {
  return new Problem(400, "invalid_host", "Invalid Host header: send a host name and an optional port.");
}

/** 422: the input is valid JSON but does not match the schema. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const [first, ...others] = errors;
  const more = others.length === 0 ? "" : ` (and ${others.length} more: see errors)`;
  return new Problem(422, "invalid_request", `${first?.message ?? "The request is invalid"}${more}`, {
    errors,
  });
}

/**
 * 400: the body is not JSON.
 *
 * @param also_accepts the other media types that the call reads, as its declaration has them
 */
export function invalidJson(also_accepts: Readonly<Record<string, unknown>> = {}): Problem {
  const or_csv = "text/csv" in also_accepts ? ", or CSV with `Content-Type: text/csv`" : "";
  return new Problem(400, "invalid_json", `The body is not valid JSON: send JSON in UTF-8${or_csv}.`);
}

/** 415: the media type of the body is none that the call reads. */
export function mediaTypeUnsupported(type: string, accepted: readonly string[]): Problem {
  const detail = `Bodies of \`${type}\` are not read: send ${accepted.join(", ")}.`;
  return new Problem(415, "media_type_unsupported", detail);
}

/** 413: the body has too many parts or levels to be validated. */
export function bodyTooComplex({ parts, depth }: JsonLimits): Problem {
  const detail =
    `The body has more than ${parts} names and values, or more than ${depth} levels: split the request.`;
  return new Problem(413, "body_too_complex", detail);
}

/** Converts the error of a body that could not be read to a problem. */
export function bodyProblem(error: BodyError, bytes_max = BODY_BYTES_MAX): Problem {
  switch (error) {
    case "body_too_large":
      return new Problem(413, error, `The body is larger than ${bytes_max} bytes: split the request.`);
    case "body_too_slow":
      return new Problem(408, error, `The body did not arrive within ${BODY_MS_MAX} ms: send it again.`, {
        headers: { connection: "close" },
      });
    case "body_incomplete":
      return new Problem(400, error, "The body ended before it was complete: send it again.");
    case "bodies_too_many": {
      const detail = "Too many bodies at once: try again in 1 s.";
      return new Problem(503, "unavailable", detail, {
        headers: { "retry-after": "1", connection: "close" },
      });
    }
    case "content_encoding_unsupported":
      return new Problem(415, error, "Compressed bodies are not supported: send the body uncompressed.", {
        headers: { "accept-encoding": "identity" },
      });
  }
}

/** Formats a path into a body as code: `[3].quantity`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (/^\d+$/.test(String(part))) text += `[${String(part)}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}
