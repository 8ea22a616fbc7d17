import { gzipSync } from "node:zlib";
import { negotiate } from "../kit/accept.ts";
import type { UnreadAnswers } from "../kit/unread_answers.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A text that is compressed once and sent many times. */
export interface Gzipped {
  readonly plain: Bytes;
  readonly gzip: Bytes;
}

/** Compresses a text. */
export function gzip(text: string): Gzipped {
  return { plain: new TextEncoder().encode(text), gzip: new Uint8Array(gzipSync(text)) };
}

/** Returns a response with the text, compressed when the client accepts gzip. */
export function gzippedResponse(
  answers: UnreadAnswers,
  { plain, gzip }: Gzipped,
  request: Request,
  headers: Readonly<Record<string, string>>,
): Response {
  const vary = [headers.vary, "accept-encoding"].filter((name) => name !== undefined).join(", ");
  const takes_gzip = negotiate(request.headers.get("accept-encoding"), ["gzip"], codingCloseness) === "gzip";
  if (!takes_gzip) return answers.respond(plain, { headers: { ...headers, vary } });
  return answers.respond(gzip, { headers: { ...headers, vary, "content-encoding": "gzip" } });
}

function codingCloseness(range: string, coding: string): number {
  return range === coding ? 2 : range === "*" ? 1 : 0;
}
