/**
 * CSV for people: headings and names in their language, local times, and numbers as their spreadsheet reads them.
 * Portuguese has `;` between cells, a decimal comma and dates such as `03/11/2026`; English has `,`, a decimal point and
 * ISO 8601 dates.
 *
 * PEOPLE-1. A text stays a text: no spreadsheet takes it for a formula, a number or a date. A text that begins with a
 *     digit, a sign, `=`, `@`, a tab or a carriage return gets a leading apostrophe, so that Excel keeps all digits and
 *     leading zeros of an id. `="…"` would hide the apostrophe in Excel, but is a formula, which LibreOffice shows as it
 *     is.
 * PEOPLE-2. A phone needs no apostrophe: without its `+`, and with a dash before its last digits, it is a text.
 */

import { z } from "@hono/zod-openapi";
import { stringify } from "csv-stringify/sync";
import { type Language, LANGUAGES } from "../../domain/receipt.ts";
import { languageSpecificity, negotiate } from "./accept.ts";

/** The query parameter that chooses the form of a CSV file. */
export const CsvLocaleField = z.enum(["und", ...LANGUAGES]).optional().openapi({
  description:
    "The form of the CSV: `pt-BR` or `en` is for people, with headings, names, local times and numbers in that language; " +
    "`und` is for programs. By default `Accept-Language` decides; without Portuguese or English in it the CSV is for " +
    "programs. JSON has one form.",
  example: "pt-BR",
});

/**
 * Returns the language of a CSV file for people, or undefined for the form for programs.
 *
 * @param locale the query parameter; it precedes `Accept-Language`
 */
export function csvLanguageOf(locale: string | undefined, request: Request): Language | undefined {
  if (locale !== undefined) return LANGUAGES.find((language) => language === locale);
  return negotiate(request.headers.get("accept-language"), LANGUAGES, languageSpecificity);
}

/** The content of a cell. A number is a decimal text with a point. */
export type Cell =
  | { readonly number: number | string }
  | { readonly text: string }
  /** A phone, masked or not, or a BSUID. */
  | { readonly contact: string }
  /** `2026-11-03`. */
  | { readonly date: string }
  /** An instant, shown in a time zone. */
  | { readonly instant: string; readonly time_zone: string }
  | null;

/** One column of a file for people. */
export interface PeopleColumn<Row> {
  readonly heading: string;
  cellOf(row: Row): Cell;
}

/** Returns a function that encodes one page of rows after another. */
export function peopleCsvWriter<Row>(
  columns: readonly PeopleColumn<Row>[],
  language: Language,
): (rows: readonly Row[]) => Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  let is_first = true;
  return (rows) => {
    const cells = rows.map((row) => columns.map((column) => textOf(column.cellOf(row), language)));
    const headings = columns.map(({ heading }) => asText(heading));
    const text = stringify(is_first ? [headings, ...cells] : cells, {
      bom: is_first,
      delimiter: language === "pt-BR" ? ";" : ",",
      record_delimiter: "\r\n",
      quote_record_delimiter: true,
    });
    is_first = false;
    return encoder.encode(text);
  };
}

function textOf(cell: Cell, language: Language): string {
  if (cell === null) return "";
  if ("number" in cell) {
    return language === "pt-BR" ? String(cell.number).replace(".", ",") : String(cell.number);
  }
  if ("text" in cell) return asText(cell.text);
  if ("contact" in cell) return contactText(cell.contact);
  if ("date" in cell) return dateText(cell.date, language);
  const local = Temporal.Instant.from(cell.instant).toZonedDateTimeISO(cell.time_zone);
  const time = local.toPlainTime().toString({ smallestUnit: "second" });
  return `${dateText(local.toPlainDate().toString(), language)} ${time}`;
}

function dateText(date: string, language: Language): string {
  return language === "pt-BR" ? date.split("-").toReversed().join("/") : date;
}

/** Protects a text from being read as something else: see PEOPLE-1. */
function asText(text: string): string {
  return /^[\s]*[\d=+\-−@\t\r(,.]/.test(text) ? `'${text}` : text;
}

/** Formats a contact as responses show it: a phone, masked or not, or a BSUID. See PEOPLE-2. */
function contactText(contact: string): string {
  const digits = contact.replace(/^\+/, "");
  if (digits.includes("•")) return digits;
  // Fewer digits with a dash could be a year and a month.
  if (!/^\d{9,}$/.test(digits)) return asText(contact);
  const [rest, last] = [digits.slice(0, -4), digits.slice(-4)];
  const is_brazilian = digits.startsWith("55") && (digits.length === 12 || digits.length === 13);
  return is_brazilian ? `55 ${rest.slice(2, 4)} ${rest.slice(4)}-${last}` : `${rest}-${last}`;
}
