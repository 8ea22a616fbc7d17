/**
 * The load generator: requests that are bytes already, over kept-alive TCP connections, each of which has one
 * request under way. It does as little as it can for each, for it shares the machine with what it measures.
 */

/** Where a server listens. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
}

/** What one span of load came to. */
export interface Span {
  /** Requests answered 200. There are no others: any other answer ends the span with an error. */
  readonly answered: number;
  readonly elapsed_ms: number;
  /** How long each request waited for its answer, ascending. */
  readonly latencies_ms: Float64Array;
}

/** What may be said of a span. */
export interface LoadOptions {
  readonly connections: number;
  /** No request is sent after this long; those under way are waited for. */
  readonly duration_ms: number;
}

/** Something else than 200. */
export class UnexpectedStatus extends Error {
  override name = "Refused";
}

/**
 * Sends requests as fast as they are answered, until the time is up or there are no more.
 *
 * @param take gives the next request's bytes; undefined when there are no more
 * @throws {UnexpectedStatus} at the first answer that is not 200, with what it said
 * @throws {Error} when a connection breaks
 */
export async function applyLoad(
  target: Target,
  take: () => Uint8Array | undefined,
  { connections, duration_ms }: LoadOptions,
): Promise<Span> {
  const lines = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(target)));
  const latencies_ms: number[] = [];
  const begun_ms = performance.now();
  const until_ms = begun_ms + duration_ms;
  const drive = async (line: HttpConnection) => {
    let asked_ms = performance.now();
    while (asked_ms < until_ms) {
      const request = take();
      if (request === undefined) return;
      await line.execute(request);
      const answered_ms = performance.now();
      latencies_ms.push(answered_ms - asked_ms);
      asked_ms = answered_ms;
    }
  };
  try {
    await Promise.all(lines.map(drive));
    const elapsed_ms = performance.now() - begun_ms;
    return {
      answered: latencies_ms.length,
      elapsed_ms,
      latencies_ms: Float64Array.from(latencies_ms).sort(),
    };
  } finally {
    for (const line of lines) line.close();
  }
}

/** The latency that so many of the requests were within. */
export function percentile({ latencies_ms }: Span, share: number): number {
  const at = Math.min(latencies_ms.length - 1, Math.floor(latencies_ms.length * share));
  return latencies_ms[at] ?? NaN;
}

/** Large enough for any answer we count; one that is longer is none of those. */
const ANSWER_BYTES_MAX = 16 * 1024;
const decoder = new TextDecoder();

/** One connection. */
export class HttpConnection {
  readonly #connection: Deno.TcpConn;
  readonly #buffer = new Uint8Array(ANSWER_BYTES_MAX);
  #filled = 0;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    connection.setNoDelay(true);
  }

  static async open({ hostname, port }: Target): Promise<HttpConnection> {
    return new HttpConnection(await Deno.connect({ hostname, port }));
  }

  close(): void {
    this.#connection.close();
  }

  /** Sends a request and waits until its whole answer, a 200, has come. */
  async execute(request: Uint8Array): Promise<void> {
    for (let sent = 0; sent < request.length;) {
      sent += await this.#connection.write(sent === 0 ? request : request.subarray(sent));
    }
    this.#filled = 0;
    let length: number | undefined;
    while (length === undefined || this.#filled < length) {
      if (this.#filled === this.#buffer.length) throw new Error("an answer was too long for a webhook's");
      const read = await this.#connection.read(this.#buffer.subarray(this.#filled));
      if (read === null) throw new Error("the server closed a connection before it answered");
      this.#filled += read;
      length ??= answerLength(this.#buffer.subarray(0, this.#filled));
    }
  }
}

const STATUS_AT = "HTTP/1.1 ".length;
const TWO_HUNDRED = [0x32, 0x30, 0x30] as const;
const CR = 0x0d;
const LF = 0x0a;

/**
 * How many bytes an answer has, once its head is there.
 *
 * @throws {UnexpectedStatus} when it is not a 200
 */
function answerLength(bytes: Uint8Array): number | undefined {
  const head_length = headLength(bytes);
  if (head_length === undefined) return undefined;
  const is_ok = TWO_HUNDRED.every((digit, i) => bytes[STATUS_AT + i] === digit);
  if (!is_ok) throw new UnexpectedStatus(decoder.decode(bytes));
  const head = decoder.decode(bytes.subarray(0, head_length)).toLowerCase();
  const told = /\r\ncontent-length: *(\d+)/.exec(head);
  if (told === null) throw new Error(`an answer without a length cannot be counted:\n${head}`);
  return head_length + Number(told[1]);
}

function headLength(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) {
      return at + 4;
    }
  }
  return undefined;
}
