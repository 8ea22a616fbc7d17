/**
 * Problems (RFC 9457): what a caller hears when a request was not carried out. `code` is stable and meant for
 * programs; `detail` is one sentence for people that names the remedy.
 */

import { z } from "@hono/zod-openapi";
import type { Answer, RefusalCode, Refused, Unavailable } from "../../domain/company/command.ts";
import { BODY_BYTES_MAX, BODY_MS_MAX, type BodyError } from "./body.ts";

/** One field at fault. */
export interface FieldError {
  /** From the root of the body, the query or the path: `package.credits`, `[3].quantity`; empty for the root. */
  readonly path: string;
  readonly message: string;
}

/** A problem before it is given the id of the request it answers. */
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

/** A problem as it is sent. */
export const ProblemBody = z.object({
  type: z.string().openapi({ example: "urn:poli-credits:problem:window_closed" }),
  title: z.string().openapi({ example: "Conflict" }),
  status: z.int().openapi({ example: 409 }),
  code: z.string().openapi({ description: "Stable; for programs.", example: "window_closed" }),
  detail: z.string().openapi({ description: "One sentence that names the remedy." }),
  request_id: z.string().openapi({ description: "The same as in the header X-Request-Id, and in our log." }),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional().openapi({
    description: "The fields at fault.",
    example: [{ path: "package.credits", message: "package.credits must be at least 1" }],
  }),
}).openapi("Problem");

/** The response of a problem. */
export function problemResponse(problem: Problem, request_id: string): Response {
  const { status, code, detail, errors, headers } = problem;
  const body: z.infer<typeof ProblemBody> = {
    type: `urn:poli-credits:problem:${code}`,
    title: TITLES[status] ?? "Error",
    status,
    code,
    detail,
    request_id,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
  return Response.json(body, {
    status,
    headers: {
      ...headers,
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
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The problem in an answer that did not bring what was asked for. */
export function problemOfAnswer(answer: Answer): Problem {
  switch (answer.type) {
    case "refused":
      return refusedProblem(answer);
    case "company_not_found":
      return companyNotFound();
    case "unavailable":
      return unavailableProblem(answer);
    default:
      throw new Error(`a company answered "${answer.type}" to a command that asks for something else`);
  }
}

/** A refusal of the domain's, with the status its code stands for. */
export function refusedProblem({ code, detail, path }: Refused): Problem {
  if (path.length === 0) return new Problem(REFUSED_STATUS[code], code, detail);
  const field = formatPath(path);
  // The domain says what must be so; who reads the sentence alone has to be told of what.
  const message = detail.startsWith("must ") ? `${field} ${detail}` : detail;
  return new Problem(REFUSED_STATUS[code], code, message, { errors: [{ path: field, message }] });
}

const REFUSED_STATUS: Readonly<Record<RefusalCode, 409 | 422>> = {
  window_closed: 409,
  id_reused: 409,
  package_not_found: 409,
  cancellation_not_found: 409,
  unknown_feature: 422,
  invalid_request: 422,
};

export function companyNotFound(): Problem {
  return new Problem(
    404,
    "company_not_found",
    "there is no such company within your reach: check its id and your key",
  );
}

export function unavailableProblem({ reason, retry_after_s }: Unavailable): Problem {
  return new Problem(
    503,
    "unavailable",
    `this could not be done for certain (${reason}): try again in ${retry_after_s} s, which is always safe`,
    { headers: { "retry-after": String(retry_after_s) } },
  );
}

/** Input that is JSON, and does not fit. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const [first, ...others] = errors;
  const more = others.length === 0 ? "" : ` (and ${others.length} more: see errors)`;
  return new Problem(422, "invalid_request", `${first?.message ?? "the input does not fit"}${more}`, {
    errors,
  });
}

export function invalidJson(): Problem {
  return new Problem(400, "not_json", "the body is not JSON: send JSON in UTF-8");
}

export function bodyProblem(fault: BodyError): Problem {
  switch (fault) {
    case "body_too_large":
      return new Problem(413, fault, `the body is larger than ${BODY_BYTES_MAX} bytes: send it in parts`);
    case "body_too_slow":
      return new Problem(408, fault, `the body was not there within ${BODY_MS_MAX} ms: send it again`, {
        headers: { connection: "close" },
      });
    case "body_incomplete":
      return new Problem(400, fault, "the body ended before it was complete: send it again");
    case "bodies_too_many": {
      const detail = "more is being sent at once than there is room for: try again in 1 s";
      return new Problem(503, "unavailable", detail, {
        headers: { "retry-after": "1", connection: "close" },
      });
    }
    case "content_encoding_unsupported":
      return new Problem(415, fault, "the body must not be compressed: send it as it is", {
        headers: { "accept-encoding": "identity" },
      });
  }
}

/** A path into a body, as it would be written in code: `[3].quantity`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (/^\d+$/.test(String(part))) text += `[${String(part)}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}
