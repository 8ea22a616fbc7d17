import { type SignedBody, signedBody, webhookOf } from "../../tests/support/payloads.ts";
import type { EventStream, MixedCompany } from "./mixes.ts";

/** How much memory is taken at a time; requests lie in it one behind the other. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/** A request that can be sent as it is, and what it must cost. */
interface Prepared {
  readonly bytes: Uint8Array;
  readonly company: number;
  readonly credits: number;
}

/** Webhooks of a stream, signed and ready to be sent to one server: each is taken once. */
export class PreparedRequests {
  readonly messages_each: number;
  readonly #stream: EventStream;
  readonly #app_secret: string;
  /** Read from `#next` on. */
  #waiting: Prepared[] = [];
  #next = 0;
  #chunk = new Uint8Array(0);
  /** By company, what all that was taken must have cost. */
  readonly #owed: number[];

  constructor(stream: EventStream, messages_each: number, app_secret: string) {
    this.#stream = stream;
    this.messages_each = messages_each;
    this.#app_secret = app_secret;
    this.#owed = stream.companies.map(() => 0);
  }

  /** Makes requests until so many wait. */
  prepare(count: number): void {
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
    while (this.#waiting.length < count) this.#waiting.push(this.#make());
  }

  /** The next request; undefined when there are no more. */
  take(): Uint8Array | undefined {
    const prepared = this.#waiting[this.#next];
    if (prepared === undefined) return undefined;
    this.#next++;
    this.#owed[prepared.company]! += prepared.credits;
    return prepared.bytes;
  }

  /** What each company must have consumed once everything taken was answered. */
  expectedConsumption(): { company: MixedCompany; credits: number }[] {
    return this.#stream.companies.map((company, i) => ({ company, credits: this.#owed[i]! }));
  }

  #make(): Prepared {
    const { company, events } = this.#stream.next(this.messages_each);
    const { body, signature } = signedBody(webhookOf(...events.map((e) => e.change)), this.#app_secret);
    const head = headOf(body, signature);
    const bytes = this.#room(head.length + body.length);
    new TextEncoder().encodeInto(head, bytes);
    bytes.set(body, head.length);
    const credits = events.reduce((sum, event) => sum + event.credits, 0);
    return { bytes, company, credits };
  }

  #room(length: number): Uint8Array {
    if (this.#chunk.length < length) this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
    const room = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return room;
  }
}

/** The head of a request that delivers a body. */
function headOf(body: Uint8Array, signature: string): string {
  return [
    "POST /webhooks/whatsapp HTTP/1.1",
    "Host: localhost",
    "User-Agent: facebookexternalua",
    "Accept: */*",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    `X-Hub-Signature-256: ${signature}`,
    "",
    "",
  ].join("\r\n");
}

/** A whole request that delivers a body. */
export function requestBytes({ body, signature }: SignedBody): Uint8Array {
  const head = new TextEncoder().encode(headOf(body, signature));
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
