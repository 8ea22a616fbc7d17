/** The largest body that is read. Meta's webhooks have at most 3 MB. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** The longest time a body may take to arrive, so that a slow sender cannot hold a connection for ever. */
export const BODY_MS_MAX = 30_000;

/** The memory limit of all bodies in progress together. Past it the oldest body is aborted. */
const BODIES_BYTES_MAX = 256 * 1024 * 1024;

/**
 * A body of at most this Content-Length is read in one piece, which is fastest, and counts with its full length at
 * once. Such a read cannot be cancelled: even after an abort the server holds the received bytes until the body is
 * complete or its connection ends, and they count until then. So bodies are read in one piece only while all bodies
 * use at most half of the limit. Past that, small bodies are read in chunks too: a client that announces much and sends
 * nothing can neither fill the memory nor crowd out other clients.
 */
const PIECE_BYTES_MAX = 64 * 1024;

/** Why a body could not be read. */
export type BodyError =
  | "body_too_large"
  | "body_too_slow"
  | "body_incomplete"
  | "bodies_too_many"
  | "content_encoding_unsupported";

/** A body that is being read. */
interface PendingBody {
  readonly begun_ms: number;
  /** The largest length of this body. */
  readonly bytes_max: number;
  readonly resolve: (outcome: Uint8Array | BodyError) => void;
  /** The bytes that count against the limit. */
  bytes: number;
  /** Cancels the read and frees its memory; undefined for a body read in one piece. */
  cancel: (() => void) | undefined;
}

/** Reads request bodies, within limits of time and memory. */
export class BodyReader {
  readonly #now_ms: () => number;
  readonly #bytes_max: number;
  /** The bodies that are being read, oldest first. */
  readonly #pending = new Set<PendingBody>();
  /** The bytes that count against the limit, of all bodies together. */
  #bytes = 0;

  /**
   * @param now_ms a monotonic clock
   * @param bytes_max the memory limit of all bodies in progress together
   */
  constructor(now_ms: () => number = () => performance.now(), bytes_max = BODIES_BYTES_MAX) {
    this.#now_ms = now_ms;
    this.#bytes_max = bytes_max;
  }

  /**
   * Reads a body of at most `bytes_max` bytes. A larger Content-Length is refused unread; a body without one is aborted
   * at the limit. Never rejects.
   */
  read(request: Request, bytes_max = BODY_BYTES_MAX): Promise<Uint8Array | BodyError> {
    const { headers } = request;
    const encoding = headers.get("content-encoding");
    if (encoding !== null && encoding !== "identity") return Promise.resolve("content_encoding_unsupported");
    const announced = headers.get("content-length");
    const length = announced === null ? undefined : Number(announced);
    if (length !== undefined && !(length <= bytes_max)) return Promise.resolve("body_too_large");
    const { promise, resolve } = Promise.withResolvers<Uint8Array | BodyError>();
    const body: PendingBody = { begun_ms: this.#now_ms(), bytes_max, resolve, bytes: 0, cancel: undefined };
    this.#pending.add(body);
    if (length !== undefined && this.#hasRoomForPiece(length)) this.#readPiece(request, body, length);
    else void this.#readStream(request.body, body);
    return promise;
  }

  /**
   * Aborts bodies that have not arrived in time. Call it once a second: a timer for each body would cost more than
   * reading the body.
   */
  abortLate(): void {
    const late_ms = this.#now_ms() - BODY_MS_MAX;
    for (const body of this.#pending) {
      if (body.begun_ms > late_ms) return;
      this.#abort(body, "body_too_slow");
    }
  }

  /** Aborts the body that has been on its way longest, if any. */
  abortOldest(): void {
    const [oldest] = this.#pending;
    if (oldest !== undefined) this.#abort(oldest, "bodies_too_many");
  }

  #hasRoomForPiece(length: number): boolean {
    return length <= PIECE_BYTES_MAX && this.#bytes + length <= this.#bytes_max / 2;
  }

  /** Fast path of nearly every body: no async function, which would double the cost. */
  #readPiece(request: Request, body: PendingBody, length: number): void {
    this.#count(body, length);
    request.bytes().then(
      // The server cuts a body off at its Content-Length. Other callers may not.
      (bytes) => this.#end(body, bytes.length <= body.bytes_max ? bytes : "body_too_large"),
      () => this.#end(body, "body_incomplete"),
    );
  }

  async #readStream(stream: ReadableStream<Uint8Array> | null, body: PendingBody): Promise<void> {
    try {
      this.#end(body, stream === null ? new Uint8Array() : await this.#readChunks(stream, body));
    } catch {
      // The client disconnected or broke the framing: nobody reads the response.
      this.#end(body, "body_incomplete");
    }
  }

  async #readChunks(stream: ReadableStream<Uint8Array>, body: PendingBody): Promise<Uint8Array | BodyError> {
    const reader = stream.getReader();
    body.cancel = () => void reader.cancel().catch(() => {});
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return joined(chunks, body.bytes);
      this.#count(body, value.length);
      if (body.bytes > body.bytes_max) {
        body.cancel();
        return "body_too_large";
      }
      chunks.push(value);
    }
  }

  /** Counts more bytes of a body. While the total exceeds the limit, aborts the oldest body that can be cancelled. */
  #count(body: PendingBody, bytes: number): void {
    if (!this.#pending.has(body)) return;
    body.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes <= this.#bytes_max) return;
    for (const oldest of this.#pending) {
      if (this.#bytes <= this.#bytes_max) return;
      if (oldest.cancel !== undefined) this.#abort(oldest, "bodies_too_many");
    }
  }

  #abort(body: PendingBody, error: BodyError): void {
    this.#pending.delete(body);
    if (body.cancel !== undefined) {
      body.cancel();
      this.#bytes -= body.bytes;
    }
    body.resolve(error);
  }

  /** Ends a body and resolves its read, unless it was aborted before. */
  #end(body: PendingBody, outcome: Uint8Array | BodyError): void {
    const was_aborted = !this.#pending.delete(body);
    // A cancelled body stopped counting when it was aborted.
    if (!was_aborted || body.cancel === undefined) this.#bytes -= body.bytes;
    body.resolve(outcome);
  }
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The replacement character, which lenient decoding puts for broken UTF-8. A valid text may contain it too. */
const REPLACEMENT = "\uFFFD";
/** The lenient decoder, several times as fast as the strict one. */
const decoder = new TextDecoder("utf-8");
const strict_decoder = new TextDecoder("utf-8", { fatal: true });

/** Parses JSON. @returns undefined when the bytes are not JSON; no JSON value parses to undefined */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = decoder.decode(bytes);
    // Broken UTF-8 is not JSON.
    return JSON.parse(text.includes(REPLACEMENT) ? strict_decoder.decode(bytes) : text);
  } catch {
    return undefined;
  }
}
