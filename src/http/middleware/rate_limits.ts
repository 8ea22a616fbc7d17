/**
 * How often a caller may ask. Each process counts for itself: of several behind a balancer each gives the whole
 * rate. Webhooks are not counted, for they are bounded by what waits.
 *
 * L1. A key, and a viewer's session, has its own rate; all that ask of one company together have another. Whoever
 *     asks of a company outside their reach spends their own rate alone, and is told of no other.
 * L2. An address that brought many bad keys hears 429 for the next one. A good key or session is let in from there
 *     all the same, and whoever has none, or one that is over, hears so: all behind one proxy have its address, and
 *     nobody can lock the others out, or keep from them what they have to do.
 * L3. Every counted answer says what is left, in the fields RateLimit and RateLimit-Policy of the IETF's draft.
 */

import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { type Caller, canAccess } from "./authentication.ts";
import { Problem } from "../kit/problems.ts";

/** Requests a second; 0 is no limit. */
export interface RequestRates {
  readonly per_key: number;
  readonly per_company: number;
}

/** Bad keys an address may bring a minute. */
const GUESSES_PER_MINUTE = 100;

interface Counter {
  readonly name: string;
  readonly limiter: RateLimiterMemory;
}

/** What is left of a rate, and of its second. */
interface Remaining extends Counter {
  readonly left: RateLimiterRes;
  readonly exceeded: boolean;
}

/** Counts requests by who makes them. */
export class RateLimits {
  readonly #key: Counter | undefined;
  readonly #company: Counter | undefined;
  readonly #failed_attempts = new RateLimiterMemory({ points: GUESSES_PER_MINUTE, duration: 60 });

  constructor({ per_key, per_company }: RequestRates) {
    this.#key = counterOf("key", per_key);
    this.#company = counterOf("company", per_company);
  }

  /**
   * Counts a request of a known caller.
   *
   * @param company the company it asks of, if it names one
   * @param headers takes what is left
   * @returns the problem when the rate is exceeded
   */
  async count(caller: Caller, company: string | undefined, headers: Headers): Promise<Problem | undefined> {
    if (caller.kind === "anyone") return undefined;
    const asked_of = company ?? caller.company;
    const counted = await Promise.all([
      this.#key && countIn(this.#key, caller.id),
      asked_of !== undefined && canAccess(caller, asked_of)
        ? this.#company && countIn(this.#company, asked_of)
        : undefined,
    ]);
    const all = counted.filter((left) => left !== undefined);
    if (all.length === 0) return undefined;
    headers.set(
      "ratelimit-policy",
      all.map(({ name, limiter }) => `"${name}";q=${limiter.points};w=1`).join(", "),
    );
    headers.set(
      "ratelimit",
      all.map(({ name, left }) => `"${name}";r=${left.remainingPoints};t=1`).join(", "),
    );
    const exceeded = all.find((left) => left.exceeded);
    return exceeded && tooOften(exceeded);
  }

  /** Counts a request whose key was bad. @returns the problem to tell instead, when there were many */
  async countFailedAttempt(refused: Problem, address: string | undefined): Promise<Problem> {
    if (address === undefined) return refused;
    try {
      await this.#failed_attempts.consume(address);
      return refused;
    } catch (left) {
      const retry_after_s = Math.ceil((left as RateLimiterRes).msBeforeNext / 1000);
      const detail =
        `too many bad keys came from your address: check yours, and try again in ${retry_after_s} s`;
      return new Problem(429, "too_many_refused", detail, { headers: { "retry-after": `${retry_after_s}` } });
    }
  }
}

function counterOf(name: string, points: number): Counter | undefined {
  return points === 0 ? undefined : { name, limiter: new RateLimiterMemory({ points, duration: 1 }) };
}

async function countIn(counter: Counter, id: string): Promise<Remaining> {
  try {
    return { ...counter, left: await counter.limiter.consume(id), exceeded: false };
  } catch (left) {
    // It rejects with what is left, which is nothing.
    return { ...counter, left: left as RateLimiterRes, exceeded: true };
  }
}

function tooOften({ name, limiter }: Remaining): Problem {
  const whose = name === "key" ? "your key" : "this company";
  const detail = `${whose} has its ${limiter.points} requests of this second: try again in 1 s`;
  return new Problem(429, "too_many_requests", detail, { headers: { "retry-after": "1" } });
}
