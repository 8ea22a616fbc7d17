/** HTTP/2 clients that ask for many answers and give the service no window to send any of them. */

import {
  acknowledgement,
  clientBeginning,
  FRAME,
  framesIn,
  getRequest,
  joined,
  writeAll,
} from "../../tests/support/http2_frames.ts";

/** Streams of several connections, held until they are disposed of. */
export class UnreadStreams implements AsyncDisposable {
  /** The streams whose head was received. */
  answered = 0;
  /** The connections that ended: the service may refuse so many streams. */
  ended = 0;
  readonly #connections: Deno.TcpConn[] = [];
  readonly #reads: Promise<void>[] = [];

  /** Asks on several connections for each path in turn. */
  static async open(
    url: string,
    paths: readonly string[],
    clients: readonly { readonly connections: number; readonly streams_each: number }[],
  ): Promise<UnreadStreams> {
    const streams = new UnreadStreams();
    for (const { connections, streams_each } of clients) {
      for (let i = 0; i < connections; i++) await streams.#connect(new URL(url), paths, streams_each);
    }
    return streams;
  }

  async #connect({ hostname, port, host }: URL, paths: readonly string[], streams: number): Promise<void> {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    this.#connections.push(connection);
    const requests = Array.from(
      { length: streams },
      (_, stream) => getRequest(2 * stream + 1, host, paths[stream % paths.length]!),
    );
    this.#reads.push(this.#read(connection));
    await writeAll(connection, joined([clientBeginning(0), ...requests])).catch(() => {
      // The service has closed it already.
    });
  }

  /** Answers settings and pings, counts heads, and never opens a window. */
  async #read(connection: Deno.TcpConn): Promise<void> {
    const reader = connection.readable.getReader();
    let rest: Uint8Array<ArrayBuffer> = new Uint8Array();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        const received = framesIn(joined([rest, read.value]));
        rest = received.rest;
        for (const frame of received.frames) {
          if (frame.type === FRAME.HEADERS) this.answered++;
          const answer = acknowledgement(frame);
          if (answer !== undefined) await writeAll(connection, answer);
        }
      }
    } catch {
      // The service, or the end of the fault, closed it.
    }
    this.ended++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // The service closed it.
      }
    }
    await Promise.all(this.#reads);
  }
}
