/**
 * Downloads of lists in progress.
 *
 * DOWNLOAD-1. The number of concurrent downloads is limited, in total and for each caller, so that downloads never use
 *     all database connections and one caller never uses all downloads. All keys and viewers of one company count as one
 *     caller, for an admin key could create more keys. A slot is taken before the first page is read: a refused download
 *     costs no read.
 * DOWNLOAD-2. One page is in memory at a time. The next page is read when the client has taken it.
 * DOWNLOAD-3. A download from which the client takes nothing for 30 s is aborted and its slot is freed. Its connection
 *     closes, unless another answer on it is read: the proxy in front handles slow clients.
 * DOWNLOAD-4. When the service stops, stalled downloads are aborted at once, and the others a second later.
 */

import type { Unavailable } from "../../domain/company/command.ts";
import type { Caller } from "../middleware/authentication.ts";
import { abandonable, Abandonment } from "./abandoned_answers.ts";
import { Problem, unavailableProblem } from "./problems.ts";

const DOWNLOADS_MAX = 64;
const DOWNLOADS_OF_CALLER_MAX = 8;
/** A client that takes no page for this long counts as gone. */
export const STALLED_MS = 30_000;
/** The time a download has left when the service stops. */
export const CLOSING_MS = 1_000;

const STOPPING: Unavailable = { type: "unavailable", reason: "stopping", retry_after_s: 1 };

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads the next page as bytes; undefined after the last. An error aborts the download, so that a client never takes
 * half a list for the whole.
 */
export type NextPage = () => Promise<Bytes | undefined>;

interface Download {
  readonly owner: string;
  /** When the download began to wait for its client; `Infinity` while a page is read. */
  waiting_since_ms: number;
  abort(): void;
}

/** All downloads in progress. */
export class Downloads {
  readonly #now_ms: () => number;
  readonly #active = new Set<Download>();
  #closed_ms = Infinity;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  /**
   * Starts a download. Its slot is freed when it ends, or at once when `open` returns a problem or throws.
   *
   * @param open reads the first page; not called when no slot is free
   * @throws the error of `open`
   */
  async start(
    caller: Caller,
    open: () => Promise<NextPage | Problem>,
  ): Promise<ReadableStream<Bytes> | Problem> {
    const owner = caller.company === undefined ? caller.name : `company ${caller.company}`;
    const problem = this.#limitProblem(owner);
    if (problem !== undefined) return problem;
    const download: Download = { owner, waiting_since_ms: Infinity, abort: () => this.#end(download) };
    this.#active.add(download);
    try {
      const opened = await open();
      // The download may have been aborted while the first page was read.
      if (!this.#active.has(download)) return unavailableProblem(STOPPING);
      if (!(opened instanceof Problem)) return this.#stream(download, opened);
      this.#end(download);
      return opened;
    } catch (error) {
      this.#end(download);
      throw error;
    }
  }

  #limitProblem(owner: string): Problem | undefined {
    const of_caller = [...this.#active].filter((other) => other.owner === owner).length;
    if (of_caller >= DOWNLOADS_OF_CALLER_MAX) return tooManyOfCaller();
    return this.#active.size >= DOWNLOADS_MAX ? tooMany() : undefined;
  }

  #stream(download: Download, next: NextPage): ReadableStream<Bytes> {
    download.waiting_since_ms = this.#now_ms();
    const abandonment = new Abandonment();
    const pages = new ReadableStream<Bytes>({
      start: (controller) => {
        download.abort = () => {
          this.#end(download);
          controller.error(new Error("Download aborted: the client stalled or the service stops."));
          abandonment.abandon();
        };
      },
      pull: async (controller) => {
        download.waiting_since_ms = Infinity;
        try {
          const page = await next();
          // The download may have been cancelled or aborted while the page was read.
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
    return abandonable(pages, abandonment);
  }

  #end(download: Download): void {
    this.#active.delete(download);
  }

  /** Aborts stalled downloads. Call it once a second. */
  abortStalled(): void {
    const limit_ms = this.#closed_ms === Infinity ? STALLED_MS : CLOSING_MS;
    const late_ms = this.#now_ms() - limit_ms;
    for (const download of this.#active) {
      if (Math.min(download.waiting_since_ms, this.#closed_ms) <= late_ms) download.abort();
    }
  }

  /** Gives every download {@link CLOSING_MS} more. Stalled downloads are aborted at once. */
  close(): void {
    this.#closed_ms = this.#now_ms();
    this.abortStalled();
  }
}

function tooMany(): Problem {
  const detail = "Too many downloads at once: try again in 5 s.";
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "5" } });
}

/** 429: the caller has too many downloads in progress. */
export function tooManyOfCaller(): Problem {
  const detail =
    `Your company or key has ${DOWNLOADS_OF_CALLER_MAX} downloads in progress: wait for one to end, or try again in 5 s.`;
  return new Problem(429, "too_many_downloads", detail, { headers: { "retry-after": "5" } });
}
