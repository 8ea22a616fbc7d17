import type { Alert, CompanyAlert } from "./openapi.ts";

/** An alert of a company as it is listed and streamed. Its type tells what its data are. */
export type StreamedAlert = StreamedOf<Exclude<Alert, { type: "endpoint.test" }>>;

/** The alert with the type and data of a message. It is distributed over the types. */
type StreamedOf<Message extends Alert> = Message extends Alert
  ? Omit<CompanyAlert, "type" | "data"> & Pick<Message, "type" | "data">
  : never;

/** The headers of a request: of the web platform, or of Node. */
export type AlertHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The clock of a verification. */
export interface VerifyOptions {
  /** How far the time of the signature may be from now. Default 300,000. */
  readonly tolerance_ms?: number;
  /** The receiver's time. Default: now. */
  readonly now_ms?: number;
}

/** The alert is not from the service, or too old. Answer 400 and do nothing. */
export class InvalidAlert extends Error {
  override name = "InvalidAlert";
}

/**
 * Verifies an alert that the service posted to your webhook endpoint (Standard Webhooks 1.0), and returns it. Compares
 * in constant time. The same alert can arrive again: `webhook-id` identifies it.
 *
 * @param body the raw body, as it arrived
 * @param secret the `secret` that created the endpoint: `whsec_…`
 * @throws {InvalidAlert} when the signature does not match, or is minutes old
 */
export async function verifyAlert(
  body: string | Uint8Array<ArrayBuffer>,
  headers: AlertHeaders,
  secret: string,
  { tolerance_ms = 300_000, now_ms = Date.now() }: VerifyOptions = {},
): Promise<Alert> {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const age_ms = now_ms - Number(timestamp) * 1_000;
  if (!/^\d+$/.test(timestamp) || Math.abs(age_ms) > tolerance_ms) {
    throw new InvalidAlert(`The time of the signature is not near: ${timestamp}`);
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const key = await importKey(secret);
  for (const signature of signaturesIn(headerOf(headers, "webhook-signature"))) {
    // `verify` compares in constant time.
    if (await crypto.subtle.verify("HMAC", key, signature, signed)) {
      return JSON.parse(new TextDecoder().decode(bytes));
    }
  }
  throw new InvalidAlert(
    "No signature matches the body: compare the secret, and pass the body as it arrived",
  );
}

function headerOf(headers: AlertHeaders, name: string): string {
  const value = headers instanceof Headers
    ? headers.get(name)
    : Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  if (typeof value === "string" && value !== "") return value;
  throw new InvalidAlert(`The request has no header ${name}, or several`);
}

async function importKey(secret: string): Promise<CryptoKey> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ""));
  if (bytes === undefined || bytes.length === 0) {
    throw new TypeError("The secret must be the text whsec_… that created the endpoint");
  }
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** Yields the signatures of version 1, which use the endpoint's secret. */
function* signaturesIn(header: string): Generator<Uint8Array<ArrayBuffer>> {
  for (const [version, signature] of header.split(" ").map((part) => part.split(","))) {
    const bytes = version === "v1" && signature !== undefined ? bytesOf(signature) : undefined;
    if (bytes !== undefined) yield bytes;
  }
}

/** Decodes base64. Undefined for any other text. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
