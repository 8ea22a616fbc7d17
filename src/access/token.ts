import { createHmac, timingSafeEqual } from "node:crypto";

/** What a ticket is for: the link that opens a viewer's session, or the cookie of one. */
export type TokenKind = "link" | "session";

const CHANCE_BYTES = 24;
/** Together a multiple of 3, so that a ticket can be written in base64 in one way only. */
const SEAL_BYTES = 18;

const PATTERN = /^[A-Za-z0-9_-]{56}$/;

/**
 * Makes the secrets that viewers hold: 24 random bytes and a seal over them under a secret of the service's, so
 * that what we never made is refused without a look-up. A ticket proves nothing more: what it opens is kept under
 * its SHA-256.
 */
export class SignedTokens {
  readonly #secret: Uint8Array;

  /** @param secret 32 random bytes that all processes on a database share */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** A ticket nobody has, in base64url. */
  issue(kind: TokenKind): string {
    const chance = crypto.getRandomValues(new Uint8Array(CHANCE_BYTES));
    const ticket = new Uint8Array([...chance, ...this.#seal(kind, chance)]);
    return ticket.toBase64({ alphabet: "base64url" });
  }

  /** Whether a text is a ticket of this kind that was made here. */
  verify(kind: TokenKind, text: string): boolean {
    if (!PATTERN.test(text)) return false;
    const ticket = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const seal = this.#seal(kind, ticket.subarray(0, CHANCE_BYTES));
    return timingSafeEqual(ticket.subarray(CHANCE_BYTES), seal);
  }

  #seal(kind: TokenKind, chance: Uint8Array): Uint8Array {
    const sealed = createHmac("sha256", this.#secret).update(`${kind}:`).update(chance).digest();
    return sealed.subarray(0, SEAL_BYTES);
  }
}
