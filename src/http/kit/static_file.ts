/**
 * Static files: read once, and streamed to each client from the one buffer.
 *
 * - STATIC-1. A client that takes nothing costs one chunk, not the file: the next chunk is taken when the client has
 *   taken the last.
 * - STATIC-2. A client that takes no chunk for 30 s counts as gone, and its stream is aborted.
 */

import { STALLED_MS } from "./downloads.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const CHUNK_BYTES = 16 * 1024;

/** Reads files once. A file that cannot be read is tried again at its next request. */
export class StaticFiles {
  readonly #read: (path: string) => Promise<Bytes>;
  readonly #files = new Map<string, Promise<Bytes>>();

  constructor(read: (path: string) => Promise<Bytes> = (path) => Deno.readFile(path)) {
    this.#read = read;
  }

  /** Streams a file. Rejects when it cannot be read. */
  async stream(path: string): Promise<ReadableStream<Bytes>> {
    let file = this.#files.get(path);
    if (file === undefined) {
      this.#files.set(path, file = this.#read(path));
      file.catch(() => this.#files.delete(path));
    }
    return streamOf(await file);
  }
}

/** Streams bytes in chunks, each when the reader asks for it. */
export function streamOf(bytes: Bytes, stalled_ms = STALLED_MS): ReadableStream<Bytes> {
  let sent = 0;
  let stalled: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Bytes>({
    pull(controller) {
      clearTimeout(stalled);
      controller.enqueue(bytes.subarray(sent, sent += CHUNK_BYTES));
      if (sent >= bytes.length) return controller.close();
      stalled = setTimeout(() => controller.error(new Error("the client takes nothing")), stalled_ms);
    },
    cancel() {
      clearTimeout(stalled);
    },
  }, { highWaterMark: 0 });
}
