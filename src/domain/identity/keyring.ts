import { HmacKey } from "./hmac.ts";
import type { ContactKey, MessageKey } from "../types.ts";

/** Size of each of the two generations of cached contact keys. */
const CACHED_CONTACTS_MAX = 256;

/**
 * Keyed hashes of one company: contacts and messages are stored under these alone, so no table
 * contains a phone (rulebook, "Identity"; a wamid contains the phone). HMAC-SHA-256 with the company's secret,
 * its first 16 bytes in UUID form.
 */
export class Keyring {
  readonly #hmac: HmacKey;
  /** Recently used contact keys: one event needs the same key several times. */
  #contacts = new Map<string, ContactKey>();
  #contacts_before = this.#contacts;

  /** @param secret 32 random bytes, created with the company */
  constructor(secret: Uint8Array) {
    this.#hmac = new HmacKey(secret);
  }

  /** Returns the key of an identifier in canonical form (see `identifierTexts`). */
  contact(identifier: string): ContactKey {
    const known = this.#contacts.get(identifier) ?? this.#contacts_before.get(identifier);
    if (known !== undefined) return known;
    const key = this.#hash("contact", identifier) as ContactKey;
    if (this.#contacts.size >= CACHED_CONTACTS_MAX) {
      this.#contacts_before = this.#contacts;
      this.#contacts = new Map();
    }
    this.#contacts.set(identifier, key);
    return key;
  }

  /** Returns the key of a message from its wamid or our own id. */
  message(id: string): MessageKey {
    return this.#hash("message", id) as MessageKey;
  }

  /** Returns the key of other content, such as a quarantined event or a usage report. */
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
