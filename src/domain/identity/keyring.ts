import { HmacKey } from "./hmac.ts";
import type { ContactKey, MessageKey } from "../types.ts";

/** Past so many keys of a kind all are forgotten. A turn of more events computes some twice. */
const KEYS_MAX = 16_384;

/**
 * Keyed hashes of one company: contacts and messages are stored under these alone, so no table
 * contains a phone (rulebook, "Identity"; a wamid contains the phone). HMAC-SHA-256 with the company's secret,
 * its first 16 bytes in UUID form.
 */
export class Keyring {
  readonly #hmac: HmacKey;
  /** The keys of this turn: one event needs the same ones several times. */
  #contacts = new Map<string, ContactKey>();
  #messages = new Map<string, MessageKey>();

  /** @param secret 32 random bytes, created with the company */
  constructor(secret: Uint8Array) {
    this.#hmac = new HmacKey(secret);
  }

  /** Returns the key of an identifier in canonical form (see `identifierTexts`). */
  contact(identifier: string): ContactKey {
    return this.#keyOf(this.#contacts, "contact", identifier);
  }

  /** Returns the key of a message from its wamid or our own id. */
  message(id: string): MessageKey {
    return this.#keyOf(this.#messages, "message", id);
  }

  /** Returns the key of other content, such as a quarantined event or a usage report. */
  content(text: string): string {
    return this.#hash("content", text);
  }

  /**
   * Forgets the keys of a turn, and with them the identifiers, when it is over. Keys that were kept for the next turns
   * survived collections of young memory, and cost the collector more than to compute the few that are needed again.
   */
  forget(): void {
    if (this.#contacts.size > 0) this.#contacts = new Map();
    if (this.#messages.size > 0) this.#messages = new Map();
  }

  #keyOf<Key extends string>(keys: Map<string, Key>, purpose: string, text: string): Key {
    const known = keys.get(text);
    if (known !== undefined) return known;
    const key = this.#hash(purpose, text) as Key;
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(text, key);
    return key;
  }

  #hash(purpose: string, text: string): string {
    const hex = this.#hmac.hexOfText(`${purpose}:${text}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
      hex.slice(20, 32)
    }`;
  }
}
