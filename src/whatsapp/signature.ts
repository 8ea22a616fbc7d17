/**
 * Proves that a delivery comes from Meta: `X-Hub-Signature-256` is the HMAC-SHA256 of the raw body under the
 * app's secret. Source: Meta, Graph API, "Webhooks: Getting Started", "Validate Payloads".
 *
 * The signature is over the bytes as they came (Meta escapes some characters in them), so it must be checked
 * before anything is parsed.
 */

import { timingSafeEqual } from "node:crypto";
import { HmacKey } from "../domain/identity/hmac.ts";

const PREFIX = "sha256=";
const HEX_LENGTH = 64;

const claimed = new Uint8Array(HEX_LENGTH);
const computed = new Uint8Array(HEX_LENGTH);
const encoder = new TextEncoder();

/**
 * Tells whether the header signs these bytes with one of the secrets.
 *
 * The format is strict, exactly what Meta sends: `sha256=` and 64 hex digits in lower case. Anything else, upper
 * case too, is refused before a hash is made. The comparison takes the same time wherever the digits differ.
 *
 * @param raw The body as it was received.
 * @param header The value of `X-Hub-Signature-256`; `undefined` when there was none.
 * @param secrets The app's secret, or the new and the old one while they rotate. An empty one never fits.
 * @returns False on every fault; it never throws.
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

/** By secret. An app has one, or two while they rotate; more than a few would be a leak, so it starts over. */
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
