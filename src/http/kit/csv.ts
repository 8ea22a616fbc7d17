/**
 * Lists as CSV, for spreadsheets: UTF-8 with a byte order mark, `;` between cells, CRLF after rows, quoted as RFC
 * 4180 says. The columns are the fields of the JSON, in its order; nested fields have dotted names. A list in a cell is
 * separated by spaces, a list of objects is JSON. Missing values and null are empty cells.
 *
 * A text that a spreadsheet would read as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return)
 * gets a leading apostrophe, which spreadsheets do not show. Numbers stay unchanged, including negative numbers and
 * money, which is decimal text: a sign, digits and a point make no formula.
 */

import { z } from "@hono/zod-openapi";
import { stringify } from "csv-stringify/sync";
import { mediaSpecificity, negotiate } from "./accept.ts";
import { abandonable, abandonmentOf } from "./abandoned_answers.ts";
import { countBytes } from "./unread_answers.ts";

/** The media type of CSV. */
export const CSV_TYPE = "text/csv";

/** One column: its name, and the path of its value in a row. */
export interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

/** Tells whether a request prefers CSV to JSON. */
export function wantsCsv(request: Request): boolean {
  const type = negotiate(request.headers.get("accept"), ["application/json", CSV_TYPE], mediaSpecificity);
  return type === CSV_TYPE;
}

/**
 * Returns the columns of rows by their schema, in its order. A record without fixed fields, such as labels, has none.
 *
 * @param path the path of the schema's object within a row
 */
export function columnsOf(schema: z.ZodType, path: readonly string[] = []): Column[] {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return columnsOf(schema.unwrap() as z.ZodType, path);
  }
  if (schema instanceof z.ZodRecord) return [];
  if (!(schema instanceof z.ZodObject)) return [{ name: path.join("."), path }];
  return Object.entries(schema.shape).flatMap(([name, field]) => columnsOf(field, [...path, name]));
}

/** The most that Deno buffers of a stream whose client takes nothing, in bytes: a page, or its send buffer of HTTP/2. */
const BUFFERED_BYTES_MAX = 400 * 1024;

/** Returns a response that sends a list as a file. */
export function csvResponse(file_name: string, body: ReadableStream<Uint8Array<ArrayBuffer>>): Response {
  const response = new Response(body, {
    headers: {
      "content-type": `${CSV_TYPE}; charset=utf-8; header=present`,
      "content-disposition": `attachment; filename="${file_name}"`,
      vary: "accept, accept-language",
    },
  });
  return abandonable(countBytes(response, BUFFERED_BYTES_MAX), abandonmentOf(body));
}

/** Returns a function that encodes one page of rows after another. */
export function csvWriter(columns: readonly Column[]): (rows: readonly unknown[]) => Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  let is_first = true;
  return (rows) => {
    const text = csvText(columns, rows, is_first);
    is_first = false;
    return encoder.encode(text);
  };
}

/** Formats rows as CSV. The first page of a list begins with the byte order mark and the column names. */
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
