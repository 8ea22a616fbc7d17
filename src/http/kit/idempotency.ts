/**
 * Calls with an `Idempotency-Key`: a repeated call gets the first answer (draft-ietf-httpapi-idempotency-key-header).
 *
 * - IDEMPOTENCY-1. Of several calls with one key, access key, route and body, one runs. While it runs the others are 409;
 *   afterwards they get its answer, for 24 hours, on every process and across restarts.
 * - IDEMPOTENCY-2. The same key with another query or body is 422, and runs nothing.
 * - IDEMPOTENCY-3. A 429 or 5xx is not stored: the next call runs. So does the next call a minute after a process ended
 *   in the middle of one, or when one takes longer than that, such as an erasure of labels, which changes nothing more.
 * - IDEMPOTENCY-4. What is stored cannot be read without the caller's access key and idempotency key. Neither is stored.
 */

import { z } from "@hono/zod-openapi";
import { timingSafeEqual } from "node:crypto";
import type { IdempotentCallStore } from "../../ports/access.ts";
import type { Clock } from "../../ports/runtime.ts";
import { reportError } from "../../observability/log.ts";
import { bearerKey } from "../middleware/authentication.ts";
import { invalidRequest, Problem } from "./problems.ts";

/** How long an answer is stored. */
const STORED_MS = 24 * 60 * 60 * 1000;
/** A call that has run for longer may be run again: its process has probably ended. */
const RUNNING_MS_MAX = 60_000;
/** Rows that are deleted at once. */
const DELETED_AT_ONCE = 10_000;

/** A string of structured fields, or the same without quotes, as many clients send it. */
const KEY = /^(?:"([!#-[\]-~ ]{1,255})"|([!#-[\]-~]{1,255}))$/;

/** The header of a call that can be repeated, for the documentation. */
export const IdempotencyHeader = z.object({
  "Idempotency-Key": z.string().optional().openapi({
    description:
      "A new random key, such as a UUID: a repeated call with the same key and body gets the first answer, for 24 hours.",
    example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
  }),
});

/** The header of a repeated answer. */
const REPLAYED = "idempotent-replayed";

/** The header of a repeated answer, for the documentation. */
export const REPLAYED_HEADER = {
  "Idempotent-Replayed": {
    description: "`true`: this is the answer of an earlier call with the same `Idempotency-Key`.",
    schema: { type: "string" as const, enum: ["true"] },
  },
};

/** A request that has been read. */
export interface RepeatableRequest {
  readonly request: Request;
  readonly body: Uint8Array;
}

/** Runs calls with an `Idempotency-Key` once. */
export class IdempotentCalls {
  readonly #store: IdempotentCallStore;
  readonly #clock: Clock;

  /** @param clock the machine's clock */
  constructor(store: IdempotentCallStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Runs a call, or returns the answer of an earlier one with the same key. A call without a key always runs.
   *
   * @param run returns the answer; if it throws, the call can run again
   * @throws {Error} when the store cannot be reached before the call runs
   */
  async once(repeatable: RepeatableRequest, run: () => Promise<Response>): Promise<Response | Problem> {
    const key = keyIn(repeatable.request.headers);
    if (key instanceof Problem) return key;
    if (key === undefined) return await run();
    const secrets = await secretsOf(repeatable, key);
    const { id, fingerprint } = secrets;
    const attempt = crypto.randomUUID();
    const now_ms = this.#clock.now_ms();
    const call = { id, attempt, fingerprint, now_ms, expires_at_ms: now_ms + RUNNING_MS_MAX };
    const known = await this.#store.begin(call);
    if (known === undefined) return await this.#run(secrets, attempt, run);
    if (!isEqual(known.fingerprint, fingerprint)) return idempotencyKeyReused();
    return known.answer === undefined ? idempotencyKeyInUse() : await replayed(secrets, known.answer);
  }

  /** Deletes expired answers. Call it every minute or so. */
  async deleteExpired(): Promise<void> {
    const now_ms = this.#clock.now_ms();
    while (await this.#store.deleteExpired(now_ms, DELETED_AT_ONCE) === DELETED_AT_ONCE);
  }

  async #run(secrets: CallSecrets, attempt: string, run: () => Promise<Response>): Promise<Response> {
    const release = () => this.#store.release(secrets.id, attempt).catch(reportError("release a call"));
    const response = await run().catch(async (error: unknown) => {
      await release();
      throw error;
    });
    if (response.status === 429 || response.status >= 500) {
      await release();
      return response;
    }
    const stored: StoredAnswer = {
      status: response.status,
      headers: [...response.headers].filter(([name]) => name !== "x-request-id"),
      body: await response.text(),
    };
    const expires_at_ms = this.#clock.now_ms() + STORED_MS;
    // The call has taken effect. Its answer is due also when it cannot be stored.
    await encrypted(secrets, stored)
      .then((answer) => this.#store.complete(secrets.id, attempt, answer, expires_at_ms))
      .catch(reportError("store an answer"));
    return toResponse(stored);
  }
}

/** Reads the key. Undefined without a header. */
function keyIn(headers: Headers): string | undefined | Problem {
  const header = headers.get("idempotency-key");
  if (header === null) return undefined;
  const [, quoted, bare] = KEY.exec(header) ?? [];
  const message =
    "Idempotency-Key must have 1 to 255 visible ASCII characters without quotes, such as a UUID: send a new one";
  return quoted ?? bare ?? invalidRequest([{ path: "Idempotency-Key", message }]);
}

/** What is derived from the access key and the idempotency key of a call. */
interface CallSecrets {
  readonly id: Uint8Array<ArrayBuffer>;
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly cipher: CryptoKey;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Derives the id, the fingerprint and the cipher of a call. Both keys go into each: the one is long and random, the
 * other may be chosen by a person.
 */
async function secretsOf({ request, body }: RepeatableRequest, key: string): Promise<CallSecrets> {
  const access_key = bearerKey(request.headers.get("authorization") ?? "") ?? "";
  const scope = JSON.stringify([access_key, key, request.method, new URL(request.url).pathname]);
  const id = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(scope)));
  const material = await crypto.subtle.importKey("raw", encoder.encode(scope), "HKDF", false, ["deriveBits"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: id, info: encoder.encode("idempotent call") };
  const bits = await crypto.subtle.deriveBits(derivation, material, 512);
  const cipher = await crypto.subtle.importKey("raw", bits.slice(0, 32), "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const signing = await crypto.subtle.importKey("raw", bits.slice(32), hmac, false, ["sign"]);
  const { search } = new URL(request.url);
  // A call without a query is signed by its body alone, as earlier versions did.
  const query = search === "" ? new Uint8Array() : encoder.encode(`${search}\n`);
  const signed = new Uint8Array(query.length + body.length);
  signed.set(query);
  signed.set(body, query.length);
  const fingerprint = new Uint8Array(await crypto.subtle.sign("HMAC", signing, signed));
  return { id, fingerprint, cipher };
}

interface StoredAnswer {
  readonly status: number;
  readonly headers: [name: string, value: string][];
  readonly body: string;
}

const IV_BYTES = 12;

async function encrypted({ cipher }: CallSecrets, answer: StoredAnswer): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const text = encoder.encode(JSON.stringify(answer));
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, text));
  const stored = new Uint8Array(IV_BYTES + ciphertext.length);
  stored.set(iv);
  stored.set(ciphertext, IV_BYTES);
  return stored;
}

async function replayed({ cipher }: CallSecrets, stored: Uint8Array): Promise<Response> {
  const bytes = new Uint8Array(stored);
  const iv = bytes.subarray(0, IV_BYTES);
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, cipher, bytes.subarray(IV_BYTES));
  const response = toResponse(JSON.parse(decoder.decode(text)) as StoredAnswer);
  response.headers.set(REPLAYED, "true");
  return response;
}

function toResponse({ status, headers, body }: StoredAnswer): Response {
  return new Response(body, { status, headers });
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 409: a call with the same key runs. */
export function idempotencyKeyInUse(): Problem {
  const detail = "A call with this Idempotency-Key is running: try again in 1 s.";
  return new Problem(409, "idempotency_key_in_use", detail, { headers: { "retry-after": "1" } });
}

/** 422: the key was used with another query or body. */
export function idempotencyKeyReused(): Problem {
  const message =
    "Idempotency-Key was used before with another query or body: send a new key, or the same request.";
  return new Problem(422, "idempotency_key_reused", message, {
    errors: [{ path: "Idempotency-Key", message }],
  });
}
