/**
 * Proves that a delivery comes from Meta: `X-Hub-Signature-256` is the HMAC-SHA256 of the raw body under the
 * app's secret. Source: Meta, Graph API, "Webhooks: Getting Started", "Validate Payloads".
 *
 * The signature is over the bytes as they came (Meta escapes some characters in them), so it must be checked
 * before anything is parsed.
 */

import { hash, timingSafeEqual } from "node:crypto";

const PREFIX = "sha256=";
const HEX_LENGTH = 64;
/** SHA-256 works on blocks of 64 bytes; RFC 2104 pads the key to one. */
const BLOCK_LENGTH = 64;
/** Most deliveries fit here and need no memory of their own. */
const WORKSPACE_LENGTH = 64 * 1024;

const workspace = new Uint8Array(WORKSPACE_LENGTH);
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
    encoder.encodeInto(hmacHex(raw, secret), computed);
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
  return PREFIX + hmacHex(raw, secret);
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

/**
 * HMAC (RFC 2104) from two one-shot hashes: H(outer key, H(inner key, message)). `createHmac` says the same in one
 * line but makes a stream of each, and takes more than twice as long on a usual
 * delivery; a test holds the two equal.
 */
function hmacHex(raw: Uint8Array, secret: string): string {
  const { inner, outer } = padsOf(secret);
  const length = BLOCK_LENGTH + raw.length;
  const message = length <= WORKSPACE_LENGTH ? workspace.subarray(0, length) : new Uint8Array(length);
  message.set(inner);
  message.set(raw, BLOCK_LENGTH);
  putDigest(hash("sha256", message, "hex"), outer);
  return hash("sha256", outer, "hex");
}

/** Puts the inner digest behind the outer pad. Hex is what the runtime gives fastest, by a microsecond. */
function putDigest(hex: string, outer: Uint8Array): void {
  for (let at = 0; at < HEX_LENGTH; at += 2) {
    outer[BLOCK_LENGTH + at / 2] = nibble(hex.charCodeAt(at)) << 4 | nibble(hex.charCodeAt(at + 1));
  }
}

/** The value of a lower-case hex digit. */
function nibble(code: number): number {
  return code <= 0x39 ? code - 0x30 : code - 0x57;
}

interface Pads {
  readonly inner: Uint8Array;
  /** The outer pad, with room for the inner digest behind it. */
  readonly outer: Uint8Array;
}

/** By secret. An app has one, or two while they rotate; more than a few would be a leak, so it starts over. */
const pads_by_secret = new Map<string, Pads>();
const PADS_MAX = 8;

function padsOf(secret: string): Pads {
  const known = pads_by_secret.get(secret);
  if (known !== undefined) return known;
  const key = new Uint8Array(BLOCK_LENGTH);
  const bytes = encoder.encode(secret);
  key.set(bytes.length > BLOCK_LENGTH ? hash("sha256", bytes, "buffer") : bytes);
  const outer = new Uint8Array(BLOCK_LENGTH + 32);
  outer.set(key.map((byte) => byte ^ 0x5c));
  const pads = { inner: key.map((byte) => byte ^ 0x36), outer };
  if (pads_by_secret.size >= PADS_MAX) pads_by_secret.clear();
  pads_by_secret.set(secret, pads);
  return pads;
}
