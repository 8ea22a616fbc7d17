/**
 * CSV in request bodies: UTF-8 with or without a byte order mark, commas between cells, rows ended by LF, CRLF or CR,
 * quoted as RFC 4180 says. Rows may have different numbers of cells.
 */

import { type CsvError, parse } from "csv-parse/sync";
import { invalidRequest, Problem } from "./problems.ts";

/** The rows of a file, each with its cells. Row 1 of a spreadsheet is the first; empty rows count. */
export type CsvRows = readonly (readonly string[])[];

/** The most that is read of a file. */
export interface CsvLimits {
  readonly rows: number;
  readonly columns: number;
}

/** The media type of CSV in a `Content-Type` header. */
const CSV_CONTENT = /^text\/csv\s*(?:;.*)?$/i;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Tells whether the headers announce a body of CSV. */
export function hasCsvBody(headers: Headers): boolean {
  return CSV_CONTENT.test(headers.get("content-type") ?? "");
}

/** Reads a body of CSV. Returns its rows, or the problem that names the row. */
export function readCsv(bytes: Uint8Array, limits: CsvLimits): CsvRows | Problem {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return invalidRequest([{ path: "", message: "The file is not in UTF-8: save it as CSV UTF-8." }]);
  }
  const rows = rowsOf(text, limits);
  if (rows instanceof Problem) return rows;
  if (rows.length > limits.rows) return tooLarge(`more than ${limits.rows} rows`);
  const wide = rows.findIndex((row) => row.length > limits.columns);
  return wide === -1 ? rows : tooLarge(`more than ${limits.columns} cells in row ${wide + 1}`);
}

function rowsOf(text: string, limits: CsvLimits): string[][] | Problem {
  try {
    return parse(text, { bom: true, relax_column_count: true, to: limits.rows + 1 });
  } catch (error) {
    const { lines, records } = error as CsvError & { readonly lines?: number; readonly records?: number };
    if (lines === undefined) throw error;
    const path = `row ${(records ?? 0) + 1}`;
    return invalidRequest([{
      path,
      message:
        `${path} has a quote that does not match another one: separate cells with commas, quote whole cells, and double quotes inside.`,
    }]);
  }
}

function tooLarge(what: string): Problem {
  return new Problem(413, "body_too_complex", `The file has ${what}: split it, or remove what is not data.`);
}
