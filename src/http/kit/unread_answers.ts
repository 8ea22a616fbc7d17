/**
 * Answers that their clients have not taken yet.
 *
 * - UNREAD-1. An answer larger than a chunk is streamed from its buffer. The next chunk is taken when the client has
 *   taken the last, so a client that takes nothing costs one chunk beside the buffer.
 * - UNREAD-2. The buffers of all such answers together are bounded. A buffer that several answers share counts once.
 *   Past the bound the answers that wait longest for their client are aborted.
 * - UNREAD-3. An answer from which the client takes nothing for 30 s is aborted.
 * - UNREAD-4. So is a stream that lasts for as long as its client reads it. Deno takes up to 64 KB or 1,024 events of it
 *   in advance: the 30 s begin when it takes no more. A stream that is read never ends by itself.
 */

import { abandonable, Abandonment } from "./abandoned_answers.ts";
import { STALLED_MS } from "./downloads.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const CHUNK_BYTES = 16 * 1024;
/** The bound of all buffers by default. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

const encoder = new TextEncoder();
/** The bytes of an answer: a property of it, for a map entry for each answer would keep the garbage collector busy. */
const BYTES = Symbol("bytes");

interface CountedAnswer extends Response {
  [BYTES]?: number;
}

/** The error of an answer that was aborted, because its client took nothing or others need the memory. */
export class AnswerAborted extends Error {}

/** An answer in progress. */
interface Unread {
  /** `Infinity` while the client waits for us. */
  waiting_since_ms: number;
  readonly abandonment: Abandonment;
  abort(): void;
}

/** The content of a stream. */
export interface StreamSource {
  readonly first: readonly Uint8Array[];
  /** Resolves with the next bytes; undefined ends the stream. Never rejects. Called when the client has taken the last ones. */
  next(): Promise<Uint8Array | undefined>;
  /** Called once, when the stream ends for any reason. */
  end(): void;
}

/** Creates answers, and limits what unread ones keep in memory. */
export class UnreadAnswers {
  readonly #bytes_max: number;
  readonly #now_ms: () => number;
  /** The answers in progress, those that wait longest for their client first. */
  readonly #waiting = new Set<Unread>();
  readonly #streams = new Set<Unread>();
  /** The number of answers that need a buffer. */
  readonly #readers = new Map<Bytes, number>();
  #bytes = 0;

  /** @param now_ms a monotonic clock */
  constructor(bytes_max: number = UNREAD_BYTES_MAX, now_ms: () => number = () => performance.now()) {
    this.#bytes_max = bytes_max;
    this.#now_ms = now_ms;
  }

  /** The bytes of the buffers of all answers in progress. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Creates an answer. A buffer must not change afterwards. */
  respond(content: string | Bytes, init: ResponseInit = {}): Response {
    if (content.length <= CHUNK_BYTES) return countBytes(new Response(content, init), content.length);
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    const headers = new Headers(init.headers);
    headers.set("content-length", String(bytes.length));
    const answer = this.#newAnswer();
    const response = new Response(this.#chunksOf(bytes, answer), { ...init, headers });
    return abandonable(countBytes(response, bytes.length), answer.abandonment);
  }

  /** Creates an answer that lasts for as long as its client reads it. */
  stream(source: StreamSource, init: ResponseInit): Response {
    const answer = this.#newAnswer();
    const end = () => {
      if (this.#streams.delete(answer)) source.end();
    };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const bytes of source.first) controller.enqueue(bytes);
        answer.abort = abortOf(answer, controller, end);
      },
      pull: async (controller) => {
        answer.waiting_since_ms = Infinity;
        const bytes = await source.next();
        // It may have been cancelled meanwhile.
        if (!this.#streams.has(answer)) return;
        if (bytes === undefined) {
          end();
          return controller.close();
        }
        answer.waiting_since_ms = this.#now_ms();
        controller.enqueue(bytes);
      },
      cancel: end,
    }, { highWaterMark: 0 });
    this.#streams.add(answer);
    return abandonable(new Response(body, init), answer.abandonment);
  }

  /** Aborts the answers whose clients take nothing. Call it once a second. */
  abortStalled(): void {
    const late_ms = this.#now_ms() - STALLED_MS;
    for (const stream of this.#streams) if (stream.waiting_since_ms <= late_ms) stream.abort();
    for (const answer of this.#waiting) {
      if (answer.waiting_since_ms > late_ms) return;
      answer.abort();
    }
  }

  #newAnswer(): Unread {
    return { waiting_since_ms: this.#now_ms(), abandonment: new Abandonment(), abort: () => {} };
  }

  #chunksOf(bytes: Bytes, answer: Unread): ReadableStream<Bytes> {
    let sent = 0;
    const end = () => {
      if (this.#waiting.delete(answer)) this.#release(bytes);
    };
    const stream = new ReadableStream<Bytes>({
      start(controller) {
        answer.abort = abortOf(answer, controller, end);
      },
      pull: (controller) => {
        // Only now has the client taken the last chunk.
        if (sent >= bytes.length) {
          end();
          return controller.close();
        }
        controller.enqueue(bytes.subarray(sent, sent += CHUNK_BYTES));
        answer.waiting_since_ms = this.#now_ms();
        this.#waiting.delete(answer);
        this.#waiting.add(answer);
      },
      cancel: end,
    }, { highWaterMark: 0 });
    this.#waiting.add(answer);
    this.#retain(bytes);
    this.#makeRoom(answer);
    return stream;
  }

  #makeRoom(newest: Unread): void {
    for (const answer of this.#waiting) {
      if (this.#bytes <= this.#bytes_max || answer === newest) return;
      answer.abort();
    }
  }

  #retain(bytes: Bytes): void {
    const readers = this.#readers.get(bytes) ?? 0;
    if (readers === 0) this.#bytes += bytes.length;
    this.#readers.set(bytes, readers + 1);
  }

  #release(bytes: Bytes): void {
    const readers = this.#readers.get(bytes)! - 1;
    if (readers > 0) return void this.#readers.set(bytes, readers);
    this.#readers.delete(bytes);
    this.#bytes -= bytes.length;
  }
}

function abortOf(answer: Unread, controller: ReadableStreamDefaultController, end: () => void): () => void {
  return () => {
    end();
    controller.error(new AnswerAborted("Answer aborted: its client did not take it."));
    answer.abandonment.abandon();
  };
}

/** Records the bytes that an answer may occupy until its client has taken it. @returns the same response */
export function countBytes(response: CountedAnswer, bytes: number): Response {
  response[BYTES] = bytes;
  return response;
}

/** Returns the bytes that an answer may occupy; undefined for streams, and for those that are always small, such as problems. */
export function bytesOf(response: CountedAnswer): number | undefined {
  return response[BYTES];
}
