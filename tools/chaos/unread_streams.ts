/** HTTP/2 clients that ask for many answers and give the service no window to send any of them. RFC 9113, RFC 7541. */

const encoder = new TextEncoder();
const PREFACE = encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const HEAD_BYTES = 9;
const HEADERS = 0x1;
const SETTINGS = 0x4;
const PING = 0x6;
const END_STREAM_AND_HEADERS = 0x5;
const ACK = 0x1;
/** The setting SETTINGS_INITIAL_WINDOW_SIZE with the value 0. */
const NO_WINDOW = Uint8Array.of(0, 4, 0, 0, 0, 0);

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
    const requests = Array.from({ length: streams }, (_, stream) => {
      return frame(
        HEADERS,
        END_STREAM_AND_HEADERS,
        2 * stream + 1,
        head(host, paths[stream % paths.length]!),
      );
    });
    this.#reads.push(this.#read(connection));
    await writeAll(connection, joined([PREFACE, frame(SETTINGS, 0, 0, NO_WINDOW), ...requests])).catch(() => {
      // The service has closed it already.
    });
  }

  /** Answers settings and pings, counts heads, and never opens a window. */
  async #read(connection: Deno.TcpConn): Promise<void> {
    const reader = connection.readable.getReader();
    let rest: Uint8Array<ArrayBuffer> = new Uint8Array();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        rest = joined([rest, read.value]);
        for (let length = frameLength(rest); length !== undefined; length = frameLength(rest)) {
          const [type, flags] = [rest[3], rest[4]!];
          if (type === HEADERS) this.answered++;
          if ((type === SETTINGS || type === PING) && (flags & ACK) === 0) {
            const payload = type === PING ? rest.slice(HEAD_BYTES, length) : new Uint8Array();
            await writeAll(connection, frame(type, ACK, 0, payload));
          }
          rest = rest.slice(length);
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

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length << 8 | type);
  view.setUint8(4, flags);
  view.setUint32(5, stream);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** Returns the bytes of the first frame; undefined until it is complete. */
function frameLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const length = HEAD_BYTES + (bytes[0]! << 16 | bytes[1]! << 8 | bytes[2]!);
  return bytes.length < length ? undefined : length;
}

/** Encodes the head of a GET: indexed fields of the static table, and literals without an index. */
function head(host: string, path: string): Uint8Array<ArrayBuffer> {
  const METHOD_GET = 0x82;
  const SCHEME_HTTP = 0x86;
  const AUTHORITY = 0x01;
  const PATH = 0x04;
  return joined([Uint8Array.of(METHOD_GET, SCHEME_HTTP), literal(AUTHORITY, host), literal(PATH, path)]);
}

function literal(index: number, value: string): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(value);
  return joined([Uint8Array.of(index, text.length), text]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
