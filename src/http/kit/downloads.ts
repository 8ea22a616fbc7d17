/**
 * Lists on their way to whoever downloads them.
 *
 * D1. So many go on at once, in all and for one caller, so that downloads never take all reads, nor one caller all
 *     downloads. All keys and viewers that are bound to one company are one caller, for an admin among them may make
 *     more keys. The place is taken before the first page is read: a download that is refused costs no read.
 * D2. One page is in memory at a time, and the next is read when it has been taken.
 * D3. What nobody takes from for 30 s is broken off, and its place given back. Its connection can be closed when what
 *     was sent on it has been taken, or its client is gone, and no sooner: slow clients are the proxy's in front.
 * D4. When the service stops, what has stalled is broken off at once, and the rest if it is not done a second later.
 */

import type { Unavailable } from "../../domain/company/command.ts";
import type { Caller } from "../middleware/authentication.ts";
import { Problem, unavailableProblem } from "./problems.ts";

const DOWNLOADS_MAX = 64;
const DOWNLOADS_OF_CALLER_MAX = 8;
/** Whoever has not taken a page within this time is not there any more. */
export const STALLED_MS = 30_000;
/** What a download has left when the service stops. */
export const CLOSING_MS = 1_000;

const STOPPING: Unavailable = { type: "unavailable", reason: "stopping", retry_after_s: 1 };

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads a page as it is sent; undefined after the last. What it throws breaks the download off, so that half a list is
 * never taken for the whole.
 */
export type NextPage = () => Promise<Bytes | undefined>;

interface Download {
  readonly owner: string;
  /** When it began to wait for its reader; infinitely late while a page is read. */
  waiting_since_ms: number;
  abort(): void;
}

/** All downloads that go on. */
export class Downloads {
  readonly #now_ms: () => number;
  readonly #active = new Set<Download>();
  #closed_ms = Infinity;

  /** @param now_ms of a clock that only runs forward */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  /**
   * Begins a download, whose place is free again when there is nothing to send.
   *
   * @param open reads the first page; not called when there is no place
   * @throws what `open` throws
   */
  async start(
    caller: Caller,
    open: () => Promise<NextPage | Problem>,
  ): Promise<ReadableStream<Bytes> | Problem> {
    const whose = caller.company === undefined ? caller.name : `company ${caller.company}`;
    const refusal = this.#refusalOf(whose);
    if (refusal !== undefined) return refusal;
    const download: Download = { owner: whose, waiting_since_ms: Infinity, abort: () => this.#end(download) };
    this.#active.add(download);
    try {
      const next = await open();
      // It may have been broken off while the first page was read.
      if (!this.#active.has(download)) return unavailableProblem(STOPPING);
      if (!(next instanceof Problem)) return this.#stream(download, next);
      this.#end(download);
      return next;
    } catch (error) {
      this.#end(download);
      throw error;
    }
  }

  #refusalOf(whose: string): Problem | undefined {
    const of_caller = [...this.#active].filter((other) => other.owner === whose).length;
    if (of_caller >= DOWNLOADS_OF_CALLER_MAX) return tooManyOfCaller();
    return this.#active.size >= DOWNLOADS_MAX ? tooMany() : undefined;
  }

  #stream(download: Download, next: NextPage): ReadableStream<Bytes> {
    download.waiting_since_ms = this.#now_ms();
    return new ReadableStream<Bytes>({
      start: (controller) => {
        download.abort = () => {
          this.#end(download);
          controller.error(new Error("a download was broken off: nobody took from it, or the service stops"));
        };
      },
      pull: async (controller) => {
        download.waiting_since_ms = Infinity;
        try {
          const page = await next();
          // It may have been left, or broken off, while the page was read.
          if (!this.#active.has(download)) return;
          download.waiting_since_ms = this.#now_ms();
          if (page !== undefined) return controller.enqueue(page);
          this.#end(download);
          controller.close();
        } catch (error) {
          this.#end(download);
          controller.error(error);
        }
      },
      cancel: () => this.#end(download),
    }, { highWaterMark: 0 });
  }

  #end(download: Download): void {
    this.#active.delete(download);
  }

  /** Breaks off what nobody takes from. To be called once a second. */
  abortStalled(): void {
    const patience_ms = this.#closed_ms === Infinity ? STALLED_MS : CLOSING_MS;
    const late_ms = this.#now_ms() - patience_ms;
    for (const download of this.#active) {
      if (Math.min(download.waiting_since_ms, this.#closed_ms) <= late_ms) download.abort();
    }
  }

  /** The service stops: none has long any more. */
  close(): void {
    this.#closed_ms = this.#now_ms();
    this.abortStalled();
  }
}

function tooMany(): Problem {
  const detail = "as many lists are being downloaded as can be served: try again in 5 s";
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "5" } });
}

function tooManyOfCaller(): Problem {
  const detail =
    `you, or your company, are downloading ${DOWNLOADS_OF_CALLER_MAX} lists: let one end, or try again in 5 s`;
  return new Problem(429, "too_many_downloads", detail, { headers: { "retry-after": "5" } });
}
