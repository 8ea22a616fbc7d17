/** The largest body that is read: Meta's webhooks are at most 3 MB. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** A body may take this long to arrive: a connection is not held for ever by whoever sends a byte now and then. */
export const BODY_MS_MAX = 30_000;

/** Why a body could not be had. */
export type BodyFault =
  | "body_too_large"
  | "body_too_slow"
  | "body_incomplete"
  | "content_encoding_unsupported";

/** Reads bodies, and gives up those that do not arrive in time. */
export class Bodies {
  readonly #now_ms: () => number;
  /** What gives a body up, and when it was begun: the one that has taken longest comes first. */
  readonly #awaited = new Map<() => void, number>();

  /** @param now_ms of a clock that only runs forward */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  /**
   * Reads a body, and never holds more than the bound of it: one that says it is larger is not read at all,
   * one that does not say is given up as soon as it is. Never rejects.
   */
  read(request: Request): Promise<Uint8Array | BodyFault> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | BodyFault>();
    const giveUp = () => resolve("body_too_slow");
    this.#awaited.set(giveUp, this.#now_ms());
    void readWhole(request).then((read) => {
      this.#awaited.delete(giveUp);
      resolve(read);
    });
    return promise;
  }

  /**
   * Gives up what has not arrived in time. To be called once a second: a timer for each body would cost more than
   * reading it.
   */
  giveUpLate(): void {
    const late_ms = this.#now_ms() - BODY_MS_MAX;
    for (const [giveUp, begun_ms] of this.#awaited) {
      if (begun_ms > late_ms) return;
      this.#awaited.delete(giveUp);
      giveUp();
    }
  }
}

async function readWhole(request: Request): Promise<Uint8Array | BodyFault> {
  const { headers } = request;
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") return "content_encoding_unsupported";
  const length = headers.get("content-length");
  try {
    if (length === null) return await readStream(request.body);
    if (!(Number(length) <= BODY_BYTES_MAX)) return "body_too_large";
    // The server has cut the body off at the length it was announced with.
    const bytes = await request.bytes();
    return bytes.length <= BODY_BYTES_MAX ? bytes : "body_too_large";
  } catch {
    // The client went away, or broke the framing: nobody will read the answer.
    return "body_incomplete";
  }
}

async function readStream(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array | BodyFault> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > BODY_BYTES_MAX) return "body_too_large";
    chunks.push(chunk);
  }
  return joined(chunks, total);
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** UTF-8 that is broken is not JSON. */
const decoder = new TextDecoder("utf-8", { fatal: true });

/** @returns undefined when the bytes are not JSON, for which no JSON value can be mistaken */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
