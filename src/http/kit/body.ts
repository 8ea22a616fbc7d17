/** The largest body that is read: Meta's webhooks are at most 3 MB. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** A body may take this long to arrive: a connection is not held for ever by whoever sends a byte now and then. */
export const BODY_MS_MAX = 30_000;

/** What all bodies under way may hold together; past it the one that has taken longest is let go of. */
const BODIES_BYTES_MAX = 256 * 1024 * 1024;

/**
 * A body that announces no more than this is taken in one piece, which is the quickest, and counted as it was
 * announced. A piece cannot be let go of: also when it is given up, the server holds what has come of it until it is
 * whole or its connection ends, and it counts as long. So pieces are taken only while all that is held is within half
 * of the bound. Past that small bodies too are read as they arrive: whoever announces much and sends nothing can fill
 * neither the memory nor the place of all others.
 */
const PIECE_BYTES_MAX = 64 * 1024;

/** Why a body could not be had. */
export type BodyError =
  | "body_too_large"
  | "body_too_slow"
  | "body_incomplete"
  | "bodies_too_many"
  | "content_encoding_unsupported";

/** A body that is waited for. */
interface PendingBody {
  readonly begun_ms: number;
  readonly resolve: (read: Uint8Array | BodyError) => void;
  /** What is held of it. */
  bytes: number;
  /** Lets go of what is held, and reads no more of it; undefined for a piece. */
  cancel: (() => void) | undefined;
}

/** Reads bodies, and gives up those that do not arrive in time or leave no room for others. */
export class BodyReader {
  readonly #now_ms: () => number;
  readonly #bytes_max: number;
  /** In the order they were begun: the first has taken longest. */
  readonly #arriving = new Set<PendingBody>();
  #bytes = 0;

  /**
   * @param now_ms of a clock that only runs forward
   * @param bytes_max what all bodies under way may hold together
   */
  constructor(now_ms: () => number = () => performance.now(), bytes_max = BODIES_BYTES_MAX) {
    this.#now_ms = now_ms;
    this.#bytes_max = bytes_max;
  }

  /**
   * Reads a body, and never holds more than the bound of it: one that says it is larger is not read at all,
   * one that does not say is given up as soon as it is. Never rejects.
   */
  read(request: Request): Promise<Uint8Array | BodyError> {
    const { headers } = request;
    const encoding = headers.get("content-encoding");
    if (encoding !== null && encoding !== "identity") return Promise.resolve("content_encoding_unsupported");
    const announced = headers.get("content-length");
    const length = announced === null ? undefined : Number(announced);
    if (length !== undefined && !(length <= BODY_BYTES_MAX)) return Promise.resolve("body_too_large");
    const { promise, resolve } = Promise.withResolvers<Uint8Array | BodyError>();
    const body: PendingBody = { begun_ms: this.#now_ms(), resolve, bytes: 0, cancel: undefined };
    this.#arriving.add(body);
    if (length !== undefined && this.#hasRoomForPiece(length)) this.#readPiece(request, body, length);
    else void this.#readStream(request.body, body);
    return promise;
  }

  /**
   * Gives up what has not arrived in time. To be called once a second: a timer for each body would cost more than
   * reading it.
   */
  abortLate(): void {
    const late_ms = this.#now_ms() - BODY_MS_MAX;
    for (const body of this.#arriving) {
      if (body.begun_ms > late_ms) return;
      this.#abort(body, "body_too_slow");
    }
  }

  #hasRoomForPiece(length: number): boolean {
    return length <= PIECE_BYTES_MAX && this.#bytes + length <= this.#bytes_max / 2;
  }

  /** The way of nearly every body: no function that waits, for each would cost as much again. */
  #readPiece(request: Request, body: PendingBody, length: number): void {
    this.#hold(body, length);
    request.bytes().then(
      // The server cuts a body off at the length it was announced with; other callers may not.
      (bytes) => this.#end(body, bytes.length <= BODY_BYTES_MAX ? bytes : "body_too_large"),
      () => this.#end(body, "body_incomplete"),
    );
  }

  async #readStream(stream: ReadableStream<Uint8Array> | null, body: PendingBody): Promise<void> {
    try {
      this.#end(body, stream === null ? new Uint8Array() : await this.#readChunks(stream, body));
    } catch {
      // The client went away, or broke the framing: nobody will read the answer.
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
      this.#hold(body, value.length);
      if (body.bytes > BODY_BYTES_MAX) {
        body.cancel();
        return "body_too_large";
      }
      chunks.push(value);
    }
  }

  /** Holds more of a body, and lets go of whichever have taken longest when that is more than there is room for. */
  #hold(body: PendingBody, bytes: number): void {
    if (!this.#arriving.has(body)) return;
    body.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes <= this.#bytes_max) return;
    for (const longest of this.#arriving) {
      if (this.#bytes <= this.#bytes_max) return;
      if (longest.cancel !== undefined) this.#abort(longest, "bodies_too_many");
    }
  }

  #abort(body: PendingBody, fault: BodyError): void {
    this.#arriving.delete(body);
    if (body.cancel !== undefined) {
      body.cancel();
      this.#bytes -= body.bytes;
    }
    body.resolve(fault);
  }

  /** Nothing more comes of a body. */
  #end(body: PendingBody, read: Uint8Array | BodyError): void {
    const was_given_up = !this.#arriving.delete(body);
    // What could be let go of was, when it was given up.
    if (!was_given_up || body.cancel === undefined) this.#bytes -= body.bytes;
    body.resolve(read);
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

/** What stands for broken UTF-8 in a text that was decoded without complaint; a text may also have it of its own. */
const REPLACEMENT = "\uFFFD";
/** Several times as fast as the strict one. */
const decoder = new TextDecoder("utf-8");
const strict_decoder = new TextDecoder("utf-8", { fatal: true });

/** @returns undefined when the bytes are not JSON, for which no JSON value can be mistaken */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = decoder.decode(bytes);
    // UTF-8 that is broken is not JSON.
    return JSON.parse(text.includes(REPLACEMENT) ? strict_decoder.decode(bytes) : text);
  } catch {
    return undefined;
  }
}
