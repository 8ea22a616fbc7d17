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
import { RateCounter } from "./rate_counter.ts";
import { type Caller, canAccess } from "./authentication.ts";
import { type Problem, tooManyFailedAttempts, tooManyRequests } from "../kit/problems.ts";

/** Limits in requests a second; 0 means no limit. */
export interface RequestRates {
  readonly per_key: number;
  readonly per_company: number;
}

/** The bytes of a body that count as one more request. */
const BODY_BYTES_PER_REQUEST = 16 * 1024;

/** Invalid keys that an address may send in a minute. */
const FAILED_ATTEMPTS_PER_MINUTE = 100;

/** The fields of a response that say how much of each rate is left. */
export type RateLimitFields = Record<string, string>;

/** Counts requests by key, company and address. */
export class RateLimits {
  readonly #key: RateCounter | undefined;
  readonly #company: RateCounter | undefined;
  readonly #failed_attempts = new RateLimiterMemory({ points: FAILED_ATTEMPTS_PER_MINUTE, duration: 60 });

  constructor({ per_key, per_company }: RequestRates) {
    if (per_key > 0) this.#key = new RateCounter("key", per_key);
    if (per_company > 0) this.#company = new RateCounter("company", per_company);
  }

  /**
   * Counts a request of an authenticated caller.
   *
   * @param company the company in the path, if any
   * @param fields receives the RateLimit fields
   * @returns the problem when a rate is exceeded
   */
  count(caller: Caller, company: string | undefined, fields: RateLimitFields): Problem | undefined {
    return this.#count(caller, company, () => 1, fields);
  }

  /**
   * Counts a body: as one more request for each whole {@link BODY_BYTES_PER_REQUEST} bytes.
   *
   * @param fields receives the RateLimit fields
   * @returns the problem when a rate is exceeded
   */
  countBody(
    caller: Caller,
    company: string | undefined,
    bytes: number,
    fields: RateLimitFields,
  ): Problem | undefined {
    const requests = Math.floor(bytes / BODY_BYTES_PER_REQUEST);
    if (requests === 0) return undefined;
    // The request itself has been counted.
    return this.#count(caller, company, (rate) => Math.min(requests, rate - 1), fields);
  }

  #count(
    caller: Caller,
    company: string | undefined,
    requestsOf: (rate: number) => number,
    fields: RateLimitFields,
  ): Problem | undefined {
    if (caller.kind === "anyone") return undefined;
    const company_id = company ?? caller.company;
    const policies: string[] = [];
    const remaining: string[] = [];
    let exceeded: RateCounter | undefined;
    const countIn = (counter: RateCounter, id: string) => {
      const left = counter.count(id, requestsOf(counter.rate));
      policies.push(`"${counter.name}";q=${counter.rate};w=1`);
      remaining.push(`"${counter.name}";r=${Math.max(0, left)};t=1`);
      if (left < 0) exceeded ??= counter;
    };
    if (this.#key !== undefined) countIn(this.#key, caller.id);
    if (this.#company !== undefined && company_id !== undefined && canAccess(caller, company_id)) {
      countIn(this.#company, company_id);
    }
    if (policies.length === 0) return undefined;
    fields["ratelimit-policy"] = policies.join(", ");
    fields["ratelimit"] = remaining.join(", ");
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
      return tooManyFailedAttempts(retry_after_s);
    }
  }
}

function rateExceeded({ name, rate }: RateCounter): Problem {
  return tooManyRequests(rate, name);
}
