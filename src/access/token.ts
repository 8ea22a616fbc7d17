import { createHmac, timingSafeEqual } from "node:crypto";

/** The use of a token: the link that opens a viewer session, or the session's cookie. */
export type TokenKind = "link" | "session";

const RANDOM_BYTES = 24;
/** Both together are a multiple of 3, so the base64 form of a token is unique. */
const SIGNATURE_BYTES = 18;

const PATTERN = /^[A-Za-z0-9_-]{56}$/;

/**
 * Issues and verifies the tokens of viewers: 24 random bytes and their HMAC under the service's secret. A forged token
 * is rejected without a lookup, and so is a token of another company. A valid signature grants nothing by itself: the
 * session is stored under the token's SHA-256.
 */
export class SignedTokens {
  readonly #secret: Uint8Array;

  /** @param secret 32 random bytes shared by all processes on a database */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** Issues a new token for a company, in base64url. */
  issue(kind: TokenKind, company: string): string {
    const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
    const token = new Uint8Array([...random, ...this.#sign(kind, company, random)]);
    return token.toBase64({ alphabet: "base64url" });
  }

  /** Returns whether a text is a token of this kind for this company, with a valid signature. */
  verify(kind: TokenKind, company: string, text: string): boolean {
    if (!PATTERN.test(text)) return false;
    const token = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const signature = this.#sign(kind, company, token.subarray(0, RANDOM_BYTES));
    return timingSafeEqual(token.subarray(RANDOM_BYTES), signature);
  }

  #sign(kind: TokenKind, company: string, random: Uint8Array): Uint8Array {
    const signature = createHmac("sha256", this.#secret).update(`${kind}:${company}:`).update(random)
      .digest();
    return signature.subarray(0, SIGNATURE_BYTES);
  }
}
