import { z } from "@hono/zod-openapi";
import { validate } from "./validation.ts";
import { invalidRequest, type Problem } from "./problems.ts";

/** Encodes a position in a list as an opaque text. Its content may change at any time. */
export function encodeCursor(position: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Decodes a cursor. Returns undefined without a cursor, and a problem when the cursor is invalid. */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | undefined | Problem {
  if (cursor === undefined) return undefined;
  const validated = validate(schema, parsed(cursor), "cursor");
  if (validated.is_valid) return validated.value;
  const message = "cursor is invalid: send the next_cursor of the previous page unchanged";
  return invalidRequest([{ path: "cursor", message }]);
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" })));
  } catch {
    return undefined;
  }
}

/** Makes a page of at most `limit` rows. `rows` has more than `limit` when another page follows. */
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
