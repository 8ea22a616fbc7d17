import { gzipSync } from "node:zlib";
import { negotiate } from "../kit/accept.ts";

/** A text as it is sent: compressed once, however often it is. */
export interface Gzipped {
  readonly text: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

export function gzip(text: string): Gzipped {
  return { text, gzip: new Uint8Array(gzipSync(text)) };
}

/** A response with what the client can read of it. */
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
