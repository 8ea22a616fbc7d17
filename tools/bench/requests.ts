import { type SignedBody, signedBody, webhookOf } from "../../tests/support/payloads.ts";
import type { EventStream, MixedCompany } from "./mixes.ts";

/** The size of a memory chunk, which holds consecutive requests. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/** A request ready to be sent, and its cost. */
interface Prepared {
  readonly bytes: Uint8Array;
  readonly company: number;
  readonly credits: number;
}

/** The signed webhooks of a stream for one server. Each is taken once. */
export class PreparedRequests {
  readonly messages_each: number;
  readonly #stream: EventStream;
  readonly #app_secret: string;
  /** The prepared requests, to be taken from `#next` on. */
  #waiting: Prepared[] = [];
  #next = 0;
  #chunk = new Uint8Array(0);
  /** By company, the cost of all requests taken. */
  readonly #expected_credits: number[];

  constructor(stream: EventStream, messages_each: number, app_secret: string) {
    this.#stream = stream;
    this.messages_each = messages_each;
    this.#app_secret = app_secret;
    this.#expected_credits = stream.companies.map(() => 0);
  }

  /** Prepares requests until `count` of them wait. */
  prepare(count: number): void {
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
    while (this.#waiting.length < count) this.#waiting.push(this.#make());
  }

  /** Takes the next request; undefined when none is left. */
  take(): Uint8Array | undefined {
    const prepared = this.#waiting[this.#next];
    if (prepared === undefined) return undefined;
    this.#next++;
    this.#expected_credits[prepared.company]! += prepared.credits;
    return prepared.bytes;
  }

  /** Returns the consumption of each company after all requests taken are answered. */
  expectedConsumption(): { company: MixedCompany; credits: number }[] {
    return this.#stream.companies.map((company, i) => ({ company, credits: this.#expected_credits[i]! }));
  }

  #make(): Prepared {
    const { company, events } = this.#stream.next(this.messages_each);
    const { body, signature } = signedBody(webhookOf(...events.map((e) => e.change)), this.#app_secret);
    const head = headOf(body, signature);
    const bytes = this.#allocate(head.length + body.length);
    new TextEncoder().encodeInto(head, bytes);
    bytes.set(body, head.length);
    const credits = events.reduce((sum, event) => sum + event.credits, 0);
    return { bytes, company, credits };
  }

  #allocate(length: number): Uint8Array {
    if (this.#chunk.length < length) this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
    const memory = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return memory;
  }
}

/** Returns the HTTP head of a request with a body. */
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

/** Returns the bytes of a complete request with a body. */
export function requestBytes({ body, signature }: SignedBody): Uint8Array {
  const head = new TextEncoder().encode(headOf(body, signature));
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
