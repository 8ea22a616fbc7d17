/**
 * The load generator: sends prepared bytes over kept-alive TCP connections, one request at a time on each. It does
 * little work per request, because it shares the machine with the measured server.
 */

/** The address of a server. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
}

/** The result of one span of load. */
export interface Span {
  /** Requests answered 200. Any other answer ends the span with an error. */
  readonly answered: number;
  readonly elapsed_ms: number;
  /** The latency of each request, ascending. */
  readonly latencies_ms: Float64Array;
}

/** The options of a span. */
export interface LoadOptions {
  readonly connections: number;
  /** No request is sent after this duration; requests under way are awaited. */
  readonly duration_ms: number;
}

/** An answer other than 200. */
export class UnexpectedStatus extends Error {
  override name = "Refused";
}

/**
 * Sends requests as fast as they are answered, until the time is up or no request is left.
 *
 * @param targets the server, or several: the connections are spread over them
 * @param take returns the bytes of the next request; undefined when none is left
 * @throws {UnexpectedStatus} at the first answer that is not 200, with its text
 * @throws {Error} when a connection breaks
 */
export async function applyLoad(
  targets: Target | readonly Target[],
  take: () => Uint8Array | undefined,
  { connections, duration_ms }: LoadOptions,
): Promise<Span> {
  const servers = [targets].flat();
  const open_connections = await Promise.all(
    Array.from({ length: connections }, (_, i) => HttpConnection.open(servers[i % servers.length]!)),
  );
  const latencies_ms: number[] = [];
  const started_ms = performance.now();
  const until_ms = started_ms + duration_ms;
  const sendRequests = async (connection: HttpConnection) => {
    let sent_ms = performance.now();
    while (sent_ms < until_ms) {
      const request = take();
      if (request === undefined) return;
      await connection.execute(request);
      const answered_ms = performance.now();
      latencies_ms.push(answered_ms - sent_ms);
      sent_ms = answered_ms;
    }
  };
  try {
    await Promise.all(open_connections.map(sendRequests));
    const elapsed_ms = performance.now() - started_ms;
    return {
      answered: latencies_ms.length,
      elapsed_ms,
      latencies_ms: Float64Array.from(latencies_ms).sort(),
    };
  } finally {
    for (const connection of open_connections) connection.close();
  }
}

/** Returns the latency that a share of the requests did not exceed. */
export function percentile({ latencies_ms }: Span, share: number): number {
  const at = Math.min(latencies_ms.length - 1, Math.floor(latencies_ms.length * share));
  return latencies_ms[at] ?? NaN;
}

/** The longest answer. No 200 to a webhook is longer. */
const ANSWER_BYTES_MAX = 16 * 1024;
const decoder = new TextDecoder();

/** One kept-alive HTTP connection. It is opened again after an answer that says that the server closes it. */
export class HttpConnection {
  readonly #target: Target;
  readonly #buffer = new Uint8Array(ANSWER_BYTES_MAX);
  #connection: Deno.TcpConn;
  #filled = 0;

  private constructor(target: Target, connection: Deno.TcpConn) {
    this.#target = target;
    this.#connection = connection;
  }

  /** Opens a connection. */
  static async open(target: Target): Promise<HttpConnection> {
    return new HttpConnection(target, await connectTo(target));
  }

  /** Closes the connection. */
  close(): void {
    this.#connection.close();
  }

  /** Sends a request and waits for its complete answer, which must be a 200. */
  async execute(request: Uint8Array): Promise<void> {
    for (let sent = 0; sent < request.length;) {
      sent += await this.#connection.write(sent === 0 ? request : request.subarray(sent));
    }
    this.#filled = 0;
    let answer: AnswerHead | undefined;
    while (answer === undefined || this.#filled < answer.length) {
      if (this.#filled === this.#buffer.length) {
        throw new Error("an answer exceeded 16 KiB, too long for a webhook");
      }
      const read = await this.#connection.read(this.#buffer.subarray(this.#filled));
      if (read === null) throw new Error("the server closed a connection before it answered");
      this.#filled += read;
      answer ??= headOf(this.#buffer.subarray(0, this.#filled));
    }
    if (!answer.is_last) return;
    this.close();
    this.#connection = await connectTo(this.#target);
  }
}

async function connectTo({ hostname, port }: Target): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname, port });
  connection.setNoDelay(true);
  return connection;
}

const STATUS_AT = "HTTP/1.1 ".length;
const TWO_HUNDRED = [0x32, 0x30, 0x30] as const;
const CR = 0x0d;
const LF = 0x0a;

/** What the head of an answer says. */
interface AnswerHead {
  /** The bytes of the answer. */
  readonly length: number;
  /** Whether the server closes the connection after it. */
  readonly is_last: boolean;
}

/**
 * Reads the head of an answer, once it has arrived.
 *
 * @throws {UnexpectedStatus} when it is not a 200
 */
function headOf(bytes: Uint8Array): AnswerHead | undefined {
  const head_length = headLength(bytes);
  if (head_length === undefined) return undefined;
  const is_ok = TWO_HUNDRED.every((digit, i) => bytes[STATUS_AT + i] === digit);
  if (!is_ok) throw new UnexpectedStatus(decoder.decode(bytes));
  const head = decoder.decode(bytes.subarray(0, head_length)).toLowerCase();
  const length_header = /\r\ncontent-length: *(\d+)/.exec(head);
  if (length_header === null) {
    throw new Error(`an answer without content-length cannot be measured:\n${head}`);
  }
  return {
    length: head_length + Number(length_header[1]),
    is_last: head.includes("\r\nconnection: close\r\n"),
  };
}

function headLength(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) {
      return at + 4;
    }
  }
  return undefined;
}
