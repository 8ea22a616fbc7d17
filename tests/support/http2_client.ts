/** A client of HTTP/2 that sends requests and takes no answer, for tests of limits. */

import { clientBeginning, FRAME, framesIn, getRequest, joined, writeAll } from "./http2_frames.ts";

/** A connection with a window per stream that is never enlarged. */
export class UnreadHttp2 implements Disposable {
  readonly #connection: Deno.TcpConn;
  #next_stream = 1;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects without TLS, as a client that knows that the server speaks HTTP/2. */
  static async connect(port: number, window_bytes = 0): Promise<UnreadHttp2> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await writeAll(connection, clientBeginning(window_bytes));
    return new UnreadHttp2(connection);
  }

  /** Sends a number of GET requests at once. Rejects when the server has closed the connection. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}, times = 1): Promise<void> {
    const requests = [];
    for (let i = 0; i < times; i++) {
      requests.push(getRequest(this.#next_stream, "localhost", path, headers));
      this.#next_stream += 2;
    }
    await writeAll(this.#connection, joined(requests));
  }

  /** Reads frames until the server closes the connection. @returns whether it announced that with GOAWAY */
  async readToEnd(): Promise<{ readonly announced: boolean }> {
    const chunks: Uint8Array[] = [];
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const length = await this.#connection.read(buffer).catch(() => null);
      if (length === null) break;
      chunks.push(buffer.slice(0, length));
    }
    const { frames } = framesIn(joined(chunks));
    return { announced: frames.some(({ type }) => type === FRAME.GOAWAY) };
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
