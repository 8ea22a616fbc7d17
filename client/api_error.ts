import type { Problem } from "./openapi.ts";
import { retryAfterMs } from "./retry_after.ts";

/** The service answered with an error. */
export class ApiError extends Error {
  override name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The error as the service describes it. Undefined if a proxy answered in its place. */
  readonly problem: Problem | undefined;
  /** The wait that the answer asks for, if it does. */
  readonly retry_after_ms: number | undefined;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(body) ? body : undefined;
    super(problem?.detail ?? `Status ${response.status} without a problem: see the proxy before the service`);
    this.status = response.status;
    this.problem = problem;
    this.retry_after_ms = retryAfterMs(response.headers);
  }

  /** The stable code of the error, such as `window_closed`. Undefined if a proxy answered in the service's place. */
  get code(): string | undefined {
    return this.problem?.code;
  }
}

/** The result of a call of `credits.api`. */
export interface CallResult<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * Returns the data of a call of `credits.api`.
 *
 * @throws {ApiError} when the service answers with an error
 *
 * @example
 * ```ts
 * const params = { path: { company: "padaria" } };
 * const balance = await dataOf(credits.api.GET("/v1/companies/{company}/balance", { params }));
 * ```
 */
export async function dataOf<Data>(call: Promise<CallResult<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiError(response, error);
  return data as Data;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
