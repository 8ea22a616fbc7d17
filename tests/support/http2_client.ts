/** A client of HTTP/2 (RFC 9113) that sends requests and takes no answer, for tests of limits. */

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS = 0x1;
const SETTINGS = 0x4;
const GOAWAY = 0x7;
const END_STREAM_AND_HEADERS = 0x5;
const INITIAL_WINDOW_SIZE = 0x4;
const FRAME_HEAD_BYTES = 9;

const encoder = new TextEncoder();

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
    const settings = new DataView(new ArrayBuffer(6));
    settings.setUint16(0, INITIAL_WINDOW_SIZE);
    settings.setUint32(2, window_bytes);
    const client = new UnreadHttp2(connection);
    await client.#send([
      encoder.encode(PREFACE),
      frame(SETTINGS, 0, 0, new Uint8Array(settings.buffer)),
    ]);
    return client;
  }

  /** Sends a number of GET requests at once. Rejects when the server has closed the connection. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}, times = 1): Promise<void> {
    const block = Object.entries({
      ":method": "GET",
      ":scheme": "http",
      ":authority": "localhost",
      ":path": path,
      ...headers,
    }).flatMap(([name, value]) => [Uint8Array.of(0), text(name), text(value)]);
    const frames = [];
    for (let i = 0; i < times; i++) {
      frames.push(frame(HEADERS, END_STREAM_AND_HEADERS, this.#next_stream, joined(block)));
      this.#next_stream += 2;
    }
    await this.#send(frames);
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
    return { announced: typesOf(joined(chunks)).includes(GOAWAY) };
  }

  async #send(parts: readonly Uint8Array[]): Promise<void> {
    const bytes = joined(parts);
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(FRAME_HEAD_BYTES));
  head.setUint32(0, payload.length << 8 | type);
  head.setUint8(4, flags);
  head.setUint32(5, stream);
  return joined([new Uint8Array(head.buffer), payload]);
}

/** A text of HPACK (RFC 7541, 5.2), not compressed; its length is one byte. */
function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  if (bytes.length >= 0x7f) throw new RangeError(`A header of ${bytes.length} bytes: at most 126.`);
  return joined([Uint8Array.of(bytes.length), bytes]);
}

function typesOf(frames: Uint8Array): number[] {
  const view = new DataView(frames.buffer);
  const types: number[] = [];
  for (let at = 0; at + FRAME_HEAD_BYTES <= frames.length;) {
    types.push(view.getUint8(at + 3));
    at += FRAME_HEAD_BYTES + (view.getUint32(at) >>> 8);
  }
  return types;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
