/**
 * Rate limits. Each process counts for itself: behind a load balancer each process allows the whole rate. Webhooks are
 * not counted: the inbox limits them.
 *
 * LIMIT-1. Each key and each viewer's session has a rate. All callers of one company share another. A request for a
 *     company that the caller cannot access counts for the caller alone, and its response has no company rate.
 * LIMIT-2. An address that sent 100 invalid keys in a minute gets 429 for the next invalid key. Valid keys and
 *     sessions from that address are accepted, and a missing key or an expired session still gets 401: all clients behind
 *     one proxy share its address, and none can lock the others out.
 * LIMIT-3. Every counted response has the remaining rate in `RateLimit` and `RateLimit-Policy` of the IETF draft.
 * LIMIT-4. A body counts as one more request for each whole 16 KB, before it is parsed. A body that counts more than the
 *     whole rate is accepted when nothing else was counted in that second.
 */

import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { type Caller, canAccess } from "./authentication.ts";
import { Problem } from "../kit/problems.ts";

/** Limits in requests a second; 0 means no limit. */
export interface RequestRates {
  readonly per_key: number;
  readonly per_company: number;
}

/** The bytes of a body that count as one more request. */
const BODY_BYTES_PER_REQUEST = 16 * 1024;

/** Invalid keys that an address may send in a minute. */
const FAILED_ATTEMPTS_PER_MINUTE = 100;

interface Counter {
  readonly name: string;
  readonly limiter: RateLimiterMemory;
}

/** A counter after it counted a request. */
interface CountResult extends Counter {
  readonly remaining: number;
  readonly is_exceeded: boolean;
}

/** Counts requests by key, company and address. */
export class RateLimits {
  readonly #key: Counter | undefined;
  readonly #company: Counter | undefined;
  readonly #failed_attempts = new RateLimiterMemory({ points: FAILED_ATTEMPTS_PER_MINUTE, duration: 60 });

  constructor({ per_key, per_company }: RequestRates) {
    this.#key = counterOf("key", per_key);
    this.#company = counterOf("company", per_company);
  }

  /**
   * Counts a request of an authenticated caller.
   *
   * @param company the company in the path, if any
   * @param headers receives the RateLimit fields
   * @returns the problem when a rate is exceeded
   */
  count(caller: Caller, company: string | undefined, headers: Headers): Promise<Problem | undefined> {
    return this.#count(caller, company, () => 1, headers);
  }

  /**
   * Counts a body: as one more request for each whole {@link BODY_BYTES_PER_REQUEST} bytes.
   *
   * @param headers receives the RateLimit fields
   * @returns the problem when a rate is exceeded
   */
  async countBody(
    caller: Caller,
    company: string | undefined,
    bytes: number,
    headers: Headers,
  ): Promise<Problem | undefined> {
    const requests = Math.floor(bytes / BODY_BYTES_PER_REQUEST);
    if (requests === 0) return undefined;
    // The request itself has been counted.
    return await this.#count(caller, company, (rate) => Math.min(requests, rate - 1), headers);
  }

  async #count(
    caller: Caller,
    company: string | undefined,
    requestsOf: (rate: number) => number,
    headers: Headers,
  ): Promise<Problem | undefined> {
    if (caller.kind === "anyone") return undefined;
    const company_id = company ?? caller.company;
    const counted = await Promise.all([
      this.#key && countIn(this.#key, caller.id, requestsOf),
      company_id !== undefined && canAccess(caller, company_id)
        ? this.#company && countIn(this.#company, company_id, requestsOf)
        : undefined,
    ]);
    const results = counted.filter((result) => result !== undefined);
    if (results.length === 0) return undefined;
    headers.set(
      "ratelimit-policy",
      results.map(({ name, limiter }) => `"${name}";q=${limiter.points};w=1`).join(", "),
    );
    headers.set(
      "ratelimit",
      results.map(({ name, remaining }) => `"${name}";r=${remaining};t=1`).join(", "),
    );
    const exceeded = results.find(({ is_exceeded }) => is_exceeded);
    return exceeded && rateExceeded(exceeded);
  }

  /** Counts a request with an invalid key. @returns `unauthenticated`, or a 429 when the address sent too many of them */
  async countFailedAttempt(unauthenticated: Problem, address: string | undefined): Promise<Problem> {
    if (address === undefined) return unauthenticated;
    try {
      await this.#failed_attempts.consume(address);
      return unauthenticated;
    } catch (limit_reached) {
      // The library rejects with the counter's state when the limit is exceeded.
      const retry_after_s = Math.ceil((limit_reached as RateLimiterRes).msBeforeNext / 1000);
      const detail =
        `Too many invalid keys from your address: check your key and try again in ${retry_after_s} s.`;
      return new Problem(429, "too_many_failed_attempts", detail, {
        headers: { "retry-after": `${retry_after_s}` },
      });
    }
  }
}

function counterOf(name: string, points: number): Counter | undefined {
  return points === 0 ? undefined : { name, limiter: new RateLimiterMemory({ points, duration: 1 }) };
}

async function countIn(
  counter: Counter,
  id: string,
  requestsOf: (rate: number) => number,
): Promise<CountResult> {
  try {
    const { limiter } = counter;
    const { remainingPoints } = await limiter.consume(id, requestsOf(limiter.points));
    return { ...counter, remaining: remainingPoints, is_exceeded: false };
  } catch (limit_reached) {
    // The library rejects with the counter's state when the rate is exceeded.
    return { ...counter, remaining: (limit_reached as RateLimiterRes).remainingPoints, is_exceeded: true };
  }
}

function rateExceeded({ name, limiter }: Counter): Problem {
  const detail =
    `Rate limit exceeded: ${limiter.points} requests a second for each ${name}. Try again in 1 s.`;
  return new Problem(429, "too_many_requests", detail, { headers: { "retry-after": "1" } });
}
