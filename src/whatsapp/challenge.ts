/**
 * The question Meta asks before it delivers to an address. Source: Meta, Graph API, "Webhooks: Getting Started",
 * "Verification Requests".
 */

import { hash, timingSafeEqual } from "node:crypto";

/** The query of Meta's `GET`; anything may be missing from it. */
export interface ChallengeQuery {
  readonly "hub.mode"?: string | undefined;
  readonly "hub.verify_token"?: string | undefined;
  readonly "hub.challenge"?: string | undefined;
}

/** The answer to the question: the text to send back as `text/plain`, or why there is none. */
export type ChallengeAnswer =
  | { readonly type: "answered"; readonly challenge: string }
  | { readonly type: "refused"; readonly reason: "not_a_subscription" | "wrong_token" | "no_challenge" };

/** Meta sends a number of some ten digits. What is sent back to whoever asks needs a bound. */
const CHALLENGE_LENGTH_MAX = 256;

/**
 * Answers the question, if whoever asks knows our token.
 *
 * @param verify_token The token given to Meta with the address; an empty one is never known.
 */
export function answerChallenge(query: ChallengeQuery, verify_token: string): ChallengeAnswer {
  if (query["hub.mode"] !== "subscribe") return { type: "refused", reason: "not_a_subscription" };
  const token = query["hub.verify_token"];
  if (token === undefined || verify_token === "" || !isSame(token, verify_token)) {
    return { type: "refused", reason: "wrong_token" };
  }
  const challenge = query["hub.challenge"];
  if (challenge === undefined || challenge === "" || challenge.length > CHALLENGE_LENGTH_MAX) {
    return { type: "refused", reason: "no_challenge" };
  }
  return { type: "answered", challenge };
}

/** Compares digests, so that neither where two texts differ nor how long ours is can be told from the time. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
