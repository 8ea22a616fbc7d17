/**
 * What a key looks like: `poli_`, the id it is known by, `_`, its secret and a checksum over all of that.
 *
 * K1. The prefix and the checksum make it findable: a scanner that meets one in a repository can tell it from any
 *     other text, without asking us. `poli_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}`.
 * K2. The checksum refuses a mistyped or cut key before anything is looked up.
 * K3. The id is no secret: lists show it, and whoever finds a leaked key revokes it by the id it bears. The secret
 *     has 190 bits of chance; only the SHA-256 of the whole key is kept.
 */

import { hash } from "node:crypto";
import { crc32 } from "node:zlib";

/** A key as it is shown once, to whoever made it. */
export interface NewKey {
  readonly id: string;
  readonly key: string;
  readonly hash: Uint8Array;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 16;
const SECRET_LENGTH = 32;
const CHECK_LENGTH = 6;
/** What an id looks like. */
export const KEY_ID_PATTERN: RegExp = /^[0-9A-Za-z]{16}$/;
/** What `Authorization: Bearer KEY` can carry: visible characters of ASCII, and no space. */
export const BEARER_TOKEN_PATTERN: RegExp = /^[\x21-\x7e]+$/;
const PATTERN = /^poli_([0-9A-Za-z]{16})_[0-9A-Za-z]{38}$/;

/** Makes a key nobody has. */
export function newKey(): NewKey {
  const id = randomText(ID_LENGTH);
  const unchecked = `poli_${id}_${randomText(SECRET_LENGTH)}`;
  const key = `${unchecked}${checksum(unchecked)}`;
  return { id, key, hash: digest(key) };
}

/** The id that a text bears, if it is well-formed and its checksum holds; that proves nothing of its secret. */
export function keyIdIn(text: string): string | undefined {
  const id = PATTERN.exec(text)?.[1];
  if (id === undefined) return undefined;
  return text.slice(-CHECK_LENGTH) === checksum(text.slice(0, -CHECK_LENGTH)) ? id : undefined;
}

/** The SHA-256 of a secret, which is all that is kept of it. */
export function digest(secret: string): Uint8Array {
  return hash("sha256", secret, "buffer");
}

function checksum(text: string): string {
  let rest = crc32(text);
  let written = "";
  for (let place = 0; place < CHECK_LENGTH; place++) {
    written = ALPHABET[rest % ALPHABET.length] + written;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return written;
}

/** Letters and digits by chance, each as likely as any other. */
function randomText(length: number): string {
  const fair = 256 - 256 % ALPHABET.length;
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}
