/**
 * Lists on their way to whoever downloads them.
 *
 * D1. So many go on at once, in all and for one caller, which is a key, or all viewers of a company: past it the next
 *     has to wait, so that downloads never take all reads, nor one caller all downloads.
 * D2. One page is in memory at a time, and the next is read when it has been taken.
 * D3. What nobody takes from for 30 s is broken off, and its place given back. Its connection can be closed when what
 *     was sent on it has been taken, or its client is gone, and no sooner: slow clients are the proxy's in front.
 * D4. When the service stops, what has stalled is broken off at once, and the rest if it is not done a second later.
 */

import type { Caller } from "./authentication.ts";
import { Problem } from "./problems.ts";

const DOWNLOADS_MAX = 64;
const DOWNLOADS_OF_CALLER_MAX = 8;
/** Whoever has not taken a page within this time is not there any more. */
export const STALLED_MS = 30_000;
/** What a download has left when the service stops. */
export const CLOSING_MS = 1_000;

type Bytes = Uint8Array<ArrayBuffer>;

interface Download {
  readonly whose: string;
  /** When it began to wait for its reader; infinitely late while a page is read. */
  offered_ms: number;
  breakOff(): void;
}

/** All downloads that go on. */
export class Downloads {
  readonly #now_ms: () => number;
  readonly #going_on = new Set<Download>();
  #closed_ms = Infinity;

  /** @param now_ms of a clock that only runs forward */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  /**
   * Begins a download.
   *
   * @param next reads a page as it is sent; undefined after the last. What it throws breaks the download off, so that
   * half a list is never taken for the whole
   */
  begin(caller: Caller, next: () => Promise<Bytes | undefined>): ReadableStream<Bytes> | Problem {
    const whose = caller.kind === "viewer" ? `viewers of ${caller.company}` : caller.name;
    if ([...this.#going_on].filter((other) => other.whose === whose).length >= DOWNLOADS_OF_CALLER_MAX) {
      return tooManyOfCaller();
    }
    if (this.#going_on.size >= DOWNLOADS_MAX) return tooMany();
    const download: Download = { whose, offered_ms: this.#now_ms(), breakOff: () => {} };
    this.#going_on.add(download);
    const end = () => void this.#going_on.delete(download);
    return new ReadableStream<Bytes>({
      start(controller) {
        download.breakOff = () => {
          end();
          controller.error(new Error("a download was broken off: nobody took from it, or the service stops"));
        };
      },
      pull: async (controller) => {
        download.offered_ms = Infinity;
        try {
          const page = await next();
          // It may have been left, or broken off, while the page was read.
          if (!this.#going_on.has(download)) return;
          download.offered_ms = this.#now_ms();
          if (page !== undefined) return controller.enqueue(page);
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: end,
    }, { highWaterMark: 0 });
  }

  /** Breaks off what nobody takes from. To be called once a second. */
  breakOffStalled(): void {
    const patience_ms = this.#closed_ms === Infinity ? STALLED_MS : CLOSING_MS;
    const late_ms = this.#now_ms() - patience_ms;
    for (const download of this.#going_on) {
      if (Math.min(download.offered_ms, this.#closed_ms) <= late_ms) download.breakOff();
    }
  }

  /** The service stops: none has long any more. */
  close(): void {
    this.#closed_ms = this.#now_ms();
    this.breakOffStalled();
  }
}

function tooMany(): Problem {
  const detail = "as many lists are being downloaded as can be served: try again in 5 s";
  return new Problem(503, "too_many_downloads", detail, { headers: { "retry-after": "5" } });
}

function tooManyOfCaller(): Problem {
  const detail = `you are downloading ${DOWNLOADS_OF_CALLER_MAX} lists: let one end, or try again in 5 s`;
  return new Problem(429, "too_many_downloads", detail, { headers: { "retry-after": "5" } });
}
