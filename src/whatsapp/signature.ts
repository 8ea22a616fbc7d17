/**
 * Proves that a delivery comes from Meta: `X-Hub-Signature-256` is the HMAC-SHA256 of the raw body under the
 * app secret. Source: Meta, Graph API, "Webhooks: Getting Started", "Validate Payloads".
 *
 * The signature covers the received bytes (Meta escapes some characters), so check it before parsing.
 */

import { timingSafeEqual } from "node:crypto";
import { HmacKey } from "../domain/identity/hmac.ts";

const PREFIX = "sha256=";
const HEX_LENGTH = 64;

const claimed = new Uint8Array(HEX_LENGTH);
const computed = new Uint8Array(HEX_LENGTH);
const encoder = new TextEncoder();

/**
 * Checks whether the header signs these bytes with one of the secrets.
 *
 * The format is strict: `sha256=` and 64 lower-case hex digits. Anything else is rejected before hashing. The
 * comparison takes constant time.
 *
 * @param raw The body as it was received.
 * @param header The value of `X-Hub-Signature-256`; `undefined` when there was none.
 * @param secrets The app's secret, or the new and the old one while they rotate. An empty one never matches.
 * @returns False for any fault; never throws.
 */
export function verifySignature(
  raw: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  if (!readClaim(header)) return false;
  for (const secret of secrets) {
    if (secret === "") continue;
    encoder.encodeInto(keyOf(secret).hexOf(raw), computed);
    if (timingSafeEqual(claimed, computed)) return true;
  }
  return false;
}

/**
 * Signs a body as Meta would.
 *
 * @returns The value of the header.
 */
export function sign(raw: Uint8Array, secret: string): string {
  return PREFIX + keyOf(secret).hexOf(raw);
}

/** Puts the hex digits of the header into `claimed`, if it has the form. */
function readClaim(header: string | undefined): boolean {
  if (header === undefined || header.length !== PREFIX.length + HEX_LENGTH) return false;
  if (!header.startsWith(PREFIX)) return false;
  for (let at = 0; at < HEX_LENGTH; at++) {
    const code = header.charCodeAt(PREFIX.length + at);
    const is_hex = code >= 0x30 && code <= 0x39 || code >= 0x61 && code <= 0x66;
    if (!is_hex) return false;
    claimed[at] = code;
  }
  return true;
}

/** By secret. An app has one or two (during rotation); the cache is cleared above the bound. */
const keys = new Map<string, HmacKey>();
const KEYS_MAX = 8;

function keyOf(secret: string): HmacKey {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  if (keys.size >= KEYS_MAX) keys.clear();
  const key = new HmacKey(encoder.encode(secret));
  keys.set(secret, key);
  return key;
}
