import { HmacKey } from "./hmac.ts";
import type { ContactKey, MessageKey } from "../types.ts";

/** Size of each of the two generations of cached keys. */
const CACHED_KEYS_MAX = 256;

/**
 * Keyed hashes of one company: contacts and messages are stored under these alone, so no table
 * contains a phone (rulebook, "Identity"; a wamid contains the phone). HMAC-SHA-256 with the company's secret,
 * its first 16 bytes in UUID form.
 */
export class Keyring {
  readonly #hmac: HmacKey;
  // One event needs the same keys several times.
  readonly #contacts = new RecentKeys<ContactKey>((text) => this.#hash("contact", text) as ContactKey);
  readonly #messages = new RecentKeys<MessageKey>((text) => this.#hash("message", text) as MessageKey);

  /** @param secret 32 random bytes, created with the company */
  constructor(secret: Uint8Array) {
    this.#hmac = new HmacKey(secret);
  }

  /** Returns the key of an identifier in canonical form (see `identifierTexts`). */
  contact(identifier: string): ContactKey {
    return this.#contacts.of(identifier);
  }

  /** Returns the key of a message from its wamid or our own id. */
  message(id: string): MessageKey {
    return this.#messages.of(id);
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

/** Keys used recently, in two generations: when the newer is full, it replaces the older. */
class RecentKeys<Key> {
  readonly #compute: (text: string) => Key;
  #newer = new Map<string, Key>();
  #older = this.#newer;

  constructor(compute: (text: string) => Key) {
    this.#compute = compute;
  }

  /** Returns the key of a text. */
  of(text: string): Key {
    const known = this.#newer.get(text) ?? this.#older.get(text);
    if (known !== undefined) return known;
    const key = this.#compute(text);
    if (this.#newer.size >= CACHED_KEYS_MAX) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(text, key);
    return key;
  }
}
