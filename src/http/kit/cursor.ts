import { z } from "@hono/zod-openapi";
import { validate } from "./validation.ts";
import { invalidRequest, type Problem } from "./problems.ts";

/** A place in a list as an opaque text: what it holds may change, and nobody should count on it. */
export function encodeCursor(position: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The place a cursor tells, undefined without one. */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | undefined | Problem {
  if (cursor === undefined) return undefined;
  const place = validate(schema, parsed(cursor), "cursor");
  if (place.fits) return place.value;
  const message = "cursor is not one of ours: give the next_cursor of the page before, as it was";
  return invalidRequest([{ path: "cursor", message }]);
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" })));
  } catch {
    return undefined;
  }
}

/** A page of rows out of one row more than it has: the one more tells that there is another page. */
export function pageOf<Row, Shown>(
  rows: readonly Row[],
  limit: number,
  toBody: (row: Row) => Shown,
  positionOf: (row: Row) => unknown,
): { data: Shown[]; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const next_cursor = rows.length > limit ? encodeCursor(positionOf(page.at(-1)!)) : null;
  return { data: page.map(toBody), next_cursor };
}
