import { gzipSync } from "node:zlib";
import { negotiate } from "../kit/accept.ts";

/** A text that is compressed once and sent many times. */
export interface Gzipped {
  readonly text: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** Compresses a text. */
export function gzip(text: string): Gzipped {
  return { text, gzip: new Uint8Array(gzipSync(text)) };
}

/** Returns a response with the text, compressed when the client accepts gzip. */
export function gzippedResponse(
  { text, gzip }: Gzipped,
  request: Request,
  headers: Readonly<Record<string, string>>,
): Response {
  const vary = [headers.vary, "accept-encoding"].filter((name) => name !== undefined).join(", ");
  const takes_gzip = negotiate(request.headers.get("accept-encoding"), ["gzip"], codingCloseness) === "gzip";
  if (!takes_gzip) return new Response(text, { headers: { ...headers, vary } });
  return new Response(gzip, { headers: { ...headers, vary, "content-encoding": "gzip" } });
}

function codingCloseness(range: string, coding: string): number {
  return range === coding ? 2 : range === "*" ? 1 : 0;
}
