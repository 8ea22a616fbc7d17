/**
 * Meta's verification request for a webhook address. Source: Meta, Graph API, "Webhooks: Getting Started",
 * "Verification Requests".
 */

import { hash, timingSafeEqual } from "node:crypto";

/** The query of Meta's `GET`; any field may be missing. */
export interface ChallengeQuery {
  readonly "hub.mode"?: string | undefined;
  readonly "hub.verify_token"?: string | undefined;
  readonly "hub.challenge"?: string | undefined;
}

/** The result: the text to return as `text/plain`, or the reason for a rejection. */
export type ChallengeAnswer =
  | { readonly type: "answered"; readonly challenge: string }
  | { readonly type: "refused"; readonly reason: "not_a_subscription" | "wrong_token" | "no_challenge" };

/** Meta sends about ten digits; the echoed text needs a bound. */
const CHALLENGE_LENGTH_MAX = 256;

/**
 * Answers the verification request if its token is ours.
 *
 * @param verify_token The token given to Meta with the address; an empty one matches nothing.
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

/** Compares digests in constant time, so the timing reveals neither the token's length nor the first difference. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
