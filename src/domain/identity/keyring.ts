import { createHmac } from "node:crypto";
import type { ContactKey, MessageKey } from "../names.ts";

/**
 * Keyed hashes of one company: contacts and messages are stored under these alone, so that a table shows
 * no number (rulebook, "Identity"; a wamid holds the phone inside). HMAC-SHA-256 with the company's secret,
 * its first 16 bytes in UUID form.
 */
export class Keyring {
  readonly #secret: Uint8Array;

  /** @param secret 32 random bytes, made when the company was */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** The key of a clue in canonical form (see `canonicalClue`). */
  contact(clue: string): ContactKey {
    return this.#hash("contact", clue) as ContactKey;
  }

  /** The key of a message by its wamid, or by our own id of it. */
  message(id: string): MessageKey {
    return this.#hash("message", id) as MessageKey;
  }

  /** The key of anything else that is stored once by its content: a fact, a quarantined event. */
  content(text: string): string {
    return this.#hash("content", text);
  }

  #hash(purpose: string, text: string): string {
    const hex = createHmac("sha256", this.#secret).update(`${purpose}:${text}`).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
      hex.slice(20, 32)
    }`;
  }
}
