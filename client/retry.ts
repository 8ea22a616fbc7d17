import type { paths } from "./openapi.ts";
import { backoffMs, retryAfterMs } from "./retry_after.ts";
import { sleep } from "./sleep.ts";

/** How often and how long calls are repeated. */
export interface RetryOptions {
  /** The most requests of a call, the first included. Default 4. */
  readonly attempts_max?: number;
  /** The longest wait before a request. A longer `Retry-After` ends the retries. Default 20,000. */
  readonly wait_ms_max?: number;
}

/** Sends a request. */
export type Fetch = (request: Request) => Promise<Response>;

/** Statuses after which the same request can succeed. */
const TEMPORARY = [429, 502, 503, 504];
/** The wait before the first retry without `Retry-After`. It doubles with each retry. */
const FIRST_WAIT_MS = 250;

type PostPath = { [Path in keyof paths]: paths[Path] extends { post: unknown } ? Path : never }[keyof paths];

/** The POSTs that change something once, however often they are sent: their bodies or paths carry an id. */
const IDEMPOTENT_POSTS: readonly RegExp[] = ([
  "/v1/companies/{company}/messages",
  "/v1/companies/{company}/messages/{message_id}/failed",
  "/v1/companies/{company}/quotes",
  "/v1/companies/{company}/usage",
] satisfies PostPath[]).map((path) => new RegExp(`${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`));

/**
 * Repeats requests that are safe or idempotent while the service is busy or away: after 429, 502, 503 and 504, and
 * without a response. Waits as long as `Retry-After` says, or ever longer with jitter.
 */
export function withRetries(fetch: Fetch, options: RetryOptions = {}): Fetch {
  const { attempts_max = 4, wait_ms_max = 20_000 } = options;
  return async (request) => {
    if (!isRepeatable(request)) return await fetch(request);
    for (let attempt = 1;; attempt++) {
      const is_last = attempt >= attempts_max;
      const outcome = await fetch(is_last ? request : request.clone()).catch((error: unknown) => ({ error }));
      const response = outcome instanceof Response ? outcome : undefined;
      const is_final = response !== undefined && !TEMPORARY.includes(response.status);
      const wait_ms = Math.max(
        retryAfterMs(response?.headers) ?? 0,
        backoffMs(FIRST_WAIT_MS, attempt, wait_ms_max),
      );
      if (is_final || is_last || wait_ms > wait_ms_max || request.signal.aborted) return resultOf(outcome);
      await response?.body?.cancel();
      await sleep(wait_ms, request.signal);
    }
  };
}

function isRepeatable({ method, url }: Request): boolean {
  if (method !== "POST") return true;
  const { pathname } = new URL(url);
  return IDEMPOTENT_POSTS.some((pattern) => pattern.test(pathname));
}

function resultOf(outcome: Response | { readonly error: unknown }): Response {
  if (outcome instanceof Response) return outcome;
  throw outcome.error;
}
