import { type SignedBody, signedBody, webhookOf } from "../../tests/support/payloads.ts";
import { callHead } from "./calls.ts";
import type { EventStream, MixedCompany } from "./mixes.ts";

/** The size of a memory chunk, which holds consecutive requests. */
const CHUNK_BYTES = 16 * 1024 * 1024;

const encoder = new TextEncoder();

/** A request and its cost. */
export interface RequestParts {
  /** The position of its company. */
  readonly company: number;
  readonly head: string;
  readonly body: Uint8Array;
  /** The credits it adds to the company's consumption. */
  readonly credits: number;
}

/** An endless stream of requests. */
export interface RequestStream {
  readonly companies: readonly MixedCompany[];
  next(): RequestParts;
}

/** The consumption of a company after all requests taken are answered. */
export interface ExpectedConsumption {
  readonly company: MixedCompany;
  readonly credits: number;
}

/** The requests for one server. */
export interface RequestSource {
  /** Prepares requests until `count` of them wait. */
  prepare(count: number): void;
  /** Takes the bytes of the next request; undefined when none is left. */
  take(): Uint8Array | undefined;
  expectedConsumption(): readonly ExpectedConsumption[];
}

/** A request ready to be sent. */
interface Prepared extends Pick<RequestParts, "company" | "credits"> {
  readonly bytes: Uint8Array;
}

/** The requests of a stream. Each is taken once. */
export class PreparedRequests implements RequestSource {
  readonly #stream: RequestStream;
  /** The prepared requests, to be taken from `#next` on. */
  #waiting: Prepared[] = [];
  #next = 0;
  #chunk = new Uint8Array(0);
  /** By company, the cost of all requests taken. */
  readonly #expected_credits: number[];

  constructor(stream: RequestStream) {
    this.#stream = stream;
    this.#expected_credits = stream.companies.map(() => 0);
  }

  prepare(count: number): void {
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
    while (this.#waiting.length < count) this.#waiting.push(this.#make());
  }

  take(): Uint8Array | undefined {
    const prepared = this.#waiting[this.#next];
    if (prepared === undefined) return undefined;
    this.#next++;
    this.#expected_credits[prepared.company]! += prepared.credits;
    return prepared.bytes;
  }

  expectedConsumption(): readonly ExpectedConsumption[] {
    return this.#stream.companies.map((company, i) => ({ company, credits: this.#expected_credits[i]! }));
  }

  #make(): Prepared {
    const { company, head, body, credits } = this.#stream.next();
    const bytes = this.#allocate(head.length + body.length);
    encoder.encodeInto(head, bytes);
    bytes.set(body, head.length);
    return { bytes, company, credits };
  }

  #allocate(length: number): Uint8Array {
    if (this.#chunk.length < length) this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
    const memory = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    return memory;
  }
}

/** Balance queries of each company in turn, endlessly. They cost nothing. */
export class RepeatedRequests implements RequestSource {
  readonly #companies: readonly MixedCompany[];
  readonly #requests: readonly Uint8Array[];
  #next = 0;

  constructor(companies: readonly MixedCompany[], admin_key: string) {
    this.#companies = companies;
    this.#requests = companies.map(({ company }) =>
      encoder.encode(callHead("GET", `/v1/companies/${company}/balance`, admin_key))
    );
  }

  prepare(): void {}

  take(): Uint8Array {
    return this.#requests[this.#next++ % this.#requests.length]!;
  }

  expectedConsumption(): readonly ExpectedConsumption[] {
    return this.#companies.map((company) => ({ company, credits: 0 }));
  }
}

/** Returns the signed webhooks of a stream of events. */
export function webhooksOf(events: EventStream, messages_each: number, app_secret: string): RequestStream {
  return {
    companies: events.companies,
    next() {
      const { company, events: taken } = events.next(messages_each);
      const { body, signature } = signedBody(webhookOf(...taken.map(({ change }) => change)), app_secret);
      const credits = taken.reduce((sum, event) => sum + event.credits, 0);
      return { company, head: headOf(body, signature), body, credits };
    },
  };
}

/** Returns the HTTP head of a signed webhook. */
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
  const head = encoder.encode(headOf(body, signature));
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
