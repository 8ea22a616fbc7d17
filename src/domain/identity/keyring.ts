import { HmacKey } from "./hmac.ts";
import type { ContactKey, MessageKey } from "../types.ts";

/** Contacts whose keys are kept ready, and as many of before: about as many as a turn makes known at most. */
const CONTACTS_KEPT = 256;

/**
 * Keyed hashes of one company: contacts and messages are stored under these alone, so that a table shows
 * no number (rulebook, "Identity"; a wamid holds the phone inside). HMAC-SHA-256 with the company's secret,
 * its first 16 bytes in UUID form.
 */
export class Keyring {
  readonly #hmac: HmacKey;
  /** Keys of the contacts asked for last: one is asked for several times while it is made known. */
  #contacts = new Map<string, ContactKey>();
  #contacts_before = this.#contacts;

  /** @param secret 32 random bytes, made when the company was */
  constructor(secret: Uint8Array) {
    this.#hmac = new HmacKey(secret);
  }

  /** The key of an identifier in canonical form (see `identifierTexts`). */
  contact(identifier: string): ContactKey {
    const known = this.#contacts.get(identifier) ?? this.#contacts_before.get(identifier);
    if (known !== undefined) return known;
    const key = this.#hash("contact", identifier) as ContactKey;
    if (this.#contacts.size >= CONTACTS_KEPT) {
      this.#contacts_before = this.#contacts;
      this.#contacts = new Map();
    }
    this.#contacts.set(identifier, key);
    return key;
  }

  /** The key of a message by its wamid, or by our own id of it. */
  message(id: string): MessageKey {
    return this.#hash("message", id) as MessageKey;
  }

  /** The key of anything else that is known by its content: a kept event, what was reported under an id. */
  content(text: string): string {
    return this.#hash("content", text);
  }

  #hash(purpose: string, text: string): string {
    const hex = this.#hmac.hexOfText(`${purpose}:${text}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
      hex.slice(20, 32)
    }`;
  }
}
