/**
 * Lists as CSV, for spreadsheets: UTF-8 with a byte order mark, `;` between cells, CRLF after rows, quoted as RFC
 * 4180 says. The columns are those of the JSON, in its order, what is nested under a name with a dot; a list in a
 * cell is written with spaces, a list of objects as JSON. Nothing and null are an empty cell.
 *
 * A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return)
 * gets an apostrophe in front, which spreadsheets do not show. A number stays what it is, also a negative one, and
 * also money, which is a decimal as text: no formula is made of a sign, digits and a point.
 */

import { z } from "@hono/zod-openapi";
import { stringify } from "csv-stringify/sync";
import { mediaCloseness, preferred } from "./accept.ts";
import { Problem } from "./problems.ts";

export const CSV_TYPE = "text/csv";

/** One column: its name, and where its value stands in a row. */
export interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

/** Downloads under way at once: past it another has to wait, so that they never take all reads for themselves. */
const DOWNLOADS_MAX = 64;

let downloads = 0;

/** Whether a request prefers CSV to JSON. */
export function wantsCsv(request: Request): boolean {
  const type = preferred(request.headers.get("accept"), ["application/json", CSV_TYPE], mediaCloseness);
  return type === CSV_TYPE;
}

/**
 * The columns of rows by their schema, in its order. What has no fixed fields, such as labels, has no columns.
 *
 * @param path where the rows' own object stands in what is written
 */
export function columnsOf(schema: z.ZodType, path: readonly string[] = []): Column[] {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return columnsOf(schema.unwrap() as z.ZodType, path);
  }
  if (schema instanceof z.ZodRecord) return [];
  if (!(schema instanceof z.ZodObject)) return [{ name: path.join("."), path }];
  return Object.entries(schema.shape).flatMap(([name, field]) => columnsOf(field, [...path, name]));
}

/**
 * Writes pages of rows as they are asked for: one page is in memory at a time, and the next is read when whoever
 * downloads has taken it.
 *
 * @param next reads a page; undefined after the last. What it throws breaks the download off, so that half a list
 * is never taken for the whole.
 */
export function csvResponse(
  file_name: string,
  columns: readonly Column[],
  next: () => Promise<readonly unknown[] | undefined>,
): Response | Problem {
  if (downloads >= DOWNLOADS_MAX) return tooManyDownloads();
  downloads++;
  let running = true;
  const end = () => {
    if (running) downloads--;
    running = false;
  };
  const encoder = new TextEncoder();
  let is_first = true;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const rows = await next();
        if (rows !== undefined) controller.enqueue(encoder.encode(csvText(columns, rows, is_first)));
        is_first = false;
        if (rows !== undefined) return;
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    cancel: end,
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: {
      "content-type": `${CSV_TYPE}; charset=utf-8; header=present`,
      "content-disposition": `attachment; filename="${file_name}"`,
      vary: "accept",
    },
  });
}

function tooManyDownloads(): Problem {
  const detail = "as many lists are being downloaded as can be served: try again in 5 s";
  return new Problem(503, "too_many_downloads", detail, { headers: { "retry-after": "5" } });
}

/** Rows as CSV; the first of a list with the byte order mark and the names of the columns above them. */
export function csvText(columns: readonly Column[], rows: readonly unknown[], is_first: boolean): string {
  const names = columns.map(({ name }) => name);
  const cells = rows.map((row) => columns.map(({ path }) => cellOf(row, path)));
  return stringify(is_first ? [names, ...cells] : cells, {
    bom: is_first,
    delimiter: ";",
    record_delimiter: "\r\n",
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: {
      boolean: String,
      string: (value) => isDecimal(value) ? { value, escape_formulas: false } : value,
    },
  });
}

function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

function cellOf(row: unknown, path: readonly string[]): unknown {
  const value = path.reduce<unknown>((part, name) => (part as Record<string, unknown> | null)?.[name], row);
  if (!Array.isArray(value)) return value;
  return value.some((item) => typeof item === "object") ? JSON.stringify(value) : value.join(" ");
}
