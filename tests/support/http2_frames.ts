/** Frames of HTTP/2 (RFC 9113) for clients that take no answer. */

/** The kinds of frames that these clients know. */
export const FRAME = { HEADERS: 0x1, SETTINGS: 0x4, PING: 0x6, GOAWAY: 0x7 } as const;

/** The type, flags and payload of a received frame. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEAD_BYTES = 9;
const END_STREAM_AND_HEADERS = 0x5;
const ACK = 0x1;
const INITIAL_WINDOW_SIZE = 0x4;

const encoder = new TextEncoder();

/** Returns what a client sends first. Its streams have a window of so many bytes, which it never enlarges. */
export function clientBeginning(window_bytes: number): Uint8Array<ArrayBuffer> {
  const settings = new DataView(new ArrayBuffer(6));
  settings.setUint16(0, INITIAL_WINDOW_SIZE);
  settings.setUint32(2, window_bytes);
  return joined([encoder.encode(PREFACE), frame(FRAME.SETTINGS, 0, 0, new Uint8Array(settings.buffer))]);
}

/**
 * Returns a GET request without a body.
 *
 * @param stream an odd number, larger than those before it
 */
export function getRequest(
  stream: number,
  authority: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const fields = { ":method": "GET", ":scheme": "http", ":authority": authority, ":path": path, ...headers };
  const block = Object.entries(fields).flatMap((
    [name, value],
  ) => [Uint8Array.of(0), text(name), text(value)]);
  return frame(FRAME.HEADERS, END_STREAM_AND_HEADERS, stream, joined(block));
}

/** Returns the answer to a SETTINGS or PING frame; undefined for a frame that needs none. */
export function acknowledgement({ type, flags, payload }: Frame): Uint8Array<ArrayBuffer> | undefined {
  if ((type !== FRAME.SETTINGS && type !== FRAME.PING) || (flags & ACK) !== 0) return undefined;
  return frame(type, ACK, 0, type === FRAME.PING ? payload : new Uint8Array());
}

/** Splits received bytes into frames and the rest, which is the beginning of a frame. */
export function framesIn(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly frames: readonly Frame[]; readonly rest: Uint8Array<ArrayBuffer> } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: Frame[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + HEAD_BYTES + (view.getUint32(at) >>> 8);
    if (end > bytes.length) break;
    const payload = bytes.slice(at + HEAD_BYTES, end);
    frames.push({ type: view.getUint8(at + 3), flags: view.getUint8(at + 4), payload });
    at = end;
  }
  return { frames, rest: bytes.slice(at) };
}

/** Concatenates bytes. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Writes all bytes. Rejects when the server has closed the connection. */
export async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
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
