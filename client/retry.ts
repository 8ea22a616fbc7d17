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

/** The POSTs that count once without an `Idempotency-Key`: their bodies or paths carry an id, or they change nothing. */
const POSTS_WITH_ID: readonly RegExp[] = ([
  "/v1/companies/{company}/messages",
  "/v1/companies/{company}/messages/{message_id}/failed",
  "/v1/companies/{company}/quotes",
  "/v1/companies/{company}/usage",
] satisfies PostPath[]).map((path) => new RegExp(`${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`));

/**
 * Repeats requests while the service is busy or away: after 429, 502, 503 and 504, and without a response. Waits as long
 * as `Retry-After` says, or ever longer with jitter. A POST that has no id of its own gets an `Idempotency-Key`, so that
 * it takes effect once.
 */
export function withRetries(fetch: Fetch, options: RetryOptions = {}): Fetch {
  const { attempts_max = 4, wait_ms_max = 20_000 } = options;
  return async (request) => {
    if (attempts_max > 1 && needsKey(request)) request.headers.set(IDEMPOTENCY_KEY, crypto.randomUUID());
    for (let attempt = 1;; attempt++) {
      const is_last = attempt >= attempts_max;
      const outcome = await fetch(is_last ? request : request.clone()).catch((error: unknown) => ({ error }));
      const response = outcome instanceof Response ? outcome : undefined;
      const is_final = response !== undefined && !isTemporary(response);
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

const IDEMPOTENCY_KEY = "idempotency-key";

/** Tells whether a POST needs a key to be repeatable. A caller's own key is kept: it may be of an earlier call. */
function needsKey({ method, url, headers }: Request): boolean {
  if (method !== "POST" || headers.has(IDEMPOTENCY_KEY)) return false;
  const { pathname } = new URL(url);
  return !POSTS_WITH_ID.some((pattern) => pattern.test(pathname));
}

/** Tells whether the same request can succeed later. A 409 that says when is of a call whose first attempt still runs. */
function isTemporary({ status, headers }: Response): boolean {
  return TEMPORARY.includes(status) || status === 409 && headers.has("retry-after");
}

function resultOf(outcome: Response | { readonly error: unknown }): Response {
  if (outcome instanceof Response) return outcome;
  throw outcome.error;
}
