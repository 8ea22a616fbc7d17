import { createHash } from "node:crypto";
import type { ContactKey, MessageKey } from "../names.ts";

/** The block of SHA-256, which HMAC pads its key to. */
const BLOCK_BYTES = 64;
/** Contacts whose keys are kept ready, and as many of before: about as many as a turn makes known at most. */
const CONTACTS_KEPT = 256;

/**
 * Keyed hashes of one company: contacts and messages are stored under these alone, so that a table shows
 * no number (rulebook, "Identity"; a wamid holds the phone inside). HMAC-SHA-256 with the company's secret,
 * its first 16 bytes in UUID form.
 */
export class Keyring {
  readonly #inner_pad: Uint8Array;
  readonly #outer_pad: Uint8Array;
  /** Keys of the contacts asked for last: one is asked for several times while it is made known. */
  #contacts = new Map<string, ContactKey>();
  #contacts_before = this.#contacts;

  /**
   * @param secret 32 random bytes, made when the company was
   * @throws {RangeError} when the secret is longer than a block of the hash, which would have to be hashed first
   */
  constructor(secret: Uint8Array) {
    if (secret.length > BLOCK_BYTES) throw new RangeError(`a secret is at most ${BLOCK_BYTES} bytes`);
    this.#inner_pad = padded(secret, 0x36);
    this.#outer_pad = padded(secret, 0x5c);
  }

  /** The key of a clue in canonical form (see `clueTexts`). */
  contact(clue: string): ContactKey {
    const known = this.#contacts.get(clue) ?? this.#contacts_before.get(clue);
    if (known !== undefined) return known;
    const key = this.#hash("contact", clue) as ContactKey;
    if (this.#contacts.size >= CONTACTS_KEPT) {
      this.#contacts_before = this.#contacts;
      this.#contacts = new Map();
    }
    this.#contacts.set(clue, key);
    return key;
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
    // RFC 2104 on plain hashes: half the time of `createHmac` under Deno, in the way of every message.
    const inner = createHash("sha256").update(this.#inner_pad).update(`${purpose}:${text}`).digest();
    const hex = createHash("sha256").update(this.#outer_pad).update(inner).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
      hex.slice(20, 32)
    }`;
  }
}

function padded(secret: Uint8Array, mask: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(secret);
  return block.map((byte) => byte ^ mask);
}
