/**
 * Arrays as Postgres reads them without parsing: the binary form of one-dimensional arrays, given to the driver
 * as bytes. A write is thousands of rows in columns of these; as text they would be made, sent and parsed at
 * some three times the cost.
 *
 * The bytes say what type their elements are, and Postgres refuses others than the statement's: each `$n` must
 * be cast to the array type named here.
 */

import type { LocalDate } from "../../domain/names.ts";

/** A column of a write: what is missing becomes null. */
export type Column<T> = readonly (T | null | undefined)[];

/** Element types, by their number in `pg_type`. */
const OID = {
  bool: 16,
  int8: 20,
  int4: 23,
  text: 25,
  date: 1082,
  timestamptz: 1184,
  uuid: 2950,
  jsonb: 3802,
};

const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const TWO_TO_32 = 0x1_0000_0000;
const MS_TO_2000 = 946_684_800_000;
const MS_A_DAY = 86_400_000;
const MICROS_A_MS = 1_000;
/** Of one UTF-16 unit. */
const UTF8_BYTES_MAX = 3;
const SHORT_TEXT_MAX = 64;
/** Where the digits of each byte stand in 8-4-4-4-12. */
const UUID_DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const encoder = new TextEncoder();

/** `text[]`. Postgres refuses texts that hold U+0000. */
export function texts(column: Column<string>): Uint8Array {
  return ofTexts(OID.text, column, 0);
}

/** `jsonb[]` of values that JSON can hold. */
export function jsons(column: Column<unknown>): Uint8Array {
  return ofTexts(OID.jsonb, column.map((value) => value == null ? null : jsonOf(value)), 1);
}

/** `uuid[]`. */
export function uuids(column: Column<string>): Uint8Array {
  return ofFixed(OID.uuid, 16, column, writeUuid);
}

/** `bool[]`. */
export function booleans(column: Column<boolean>): Uint8Array {
  return ofFixed(OID.bool, 1, column, (bytes, at, value) => bytes.setUint8(at, value ? 1 : 0));
}

/** `int4[]`. */
export function integers(column: Column<number>): Uint8Array {
  return ofFixed(OID.int4, 4, column, (bytes, at, value) => bytes.setInt32(at, value));
}

/**
 * `int8[]` of whole numbers that a float64 holds exactly.
 *
 * @throws {RangeError} for any other number
 */
export function bigints(column: Column<number>): Uint8Array {
  return ofFixed(OID.int8, 8, column, writeInt64);
}

/**
 * `timestamptz[]` of milliseconds since 1970 UTC.
 *
 * @throws {RangeError} for an instant whose microseconds are no exact number: past the year 2255
 */
export function instants(column: Column<number>): Uint8Array {
  return ofFixed(OID.timestamptz, 8, column, (bytes, at, at_ms) => {
    writeInt64(bytes, at, (at_ms - MS_TO_2000) * MICROS_A_MS);
  });
}

/** `date[]`. */
export function dates(column: Column<LocalDate>): Uint8Array {
  return ofFixed(OID.date, 4, column, (bytes, at, date) => bytes.setInt32(at, daysSince2000(date)));
}

function ofFixed<T>(
  oid: number,
  element_bytes: number,
  column: Column<T>,
  write: (bytes: DataView, at: number, value: T) => void,
): Uint8Array {
  let nulls = 0;
  for (const value of column) if (value == null) nulls++;
  const size = HEAD_BYTES + column.length * (LENGTH_BYTES + element_bytes) - nulls * element_bytes;
  const bytes = new DataView(new ArrayBuffer(size));
  writeHead(bytes, oid, column.length, nulls > 0);
  let at = HEAD_BYTES;
  for (const value of column) {
    bytes.setInt32(at, value == null ? NULL_LENGTH : element_bytes);
    at += LENGTH_BYTES;
    if (value == null) continue;
    write(bytes, at, value);
    at += element_bytes;
  }
  return new Uint8Array(bytes.buffer);
}

/** @param version_bytes 1 for jsonb, whose elements begin with the version of their form, which is 1 */
function ofTexts(oid: number, column: Column<string>, version_bytes: 0 | 1): Uint8Array {
  let size_max = HEAD_BYTES;
  let has_null = false;
  for (const text of column) {
    size_max += LENGTH_BYTES;
    if (text == null) has_null = true;
    else size_max += version_bytes + text.length * UTF8_BYTES_MAX;
  }
  const bytes = new Uint8Array(size_max);
  const view = new DataView(bytes.buffer);
  writeHead(view, oid, column.length, has_null);
  let at = HEAD_BYTES;
  for (const text of column) {
    const start = at + LENGTH_BYTES;
    let length = NULL_LENGTH;
    if (text != null) {
      if (version_bytes === 1) bytes[start] = 1;
      length = version_bytes + writeText(bytes, start + version_bytes, text);
    }
    view.setInt32(at, length);
    at = start + Math.max(0, length);
  }
  return bytes.subarray(0, at);
}

function writeHead(bytes: DataView, oid: number, length: number, has_null: boolean): void {
  const dimensions = 1;
  const first_index = 1;
  const head = [dimensions, has_null ? 1 : 0, oid, length, first_index];
  head.forEach((part, i) => bytes.setInt32(i * 4, part));
}

/** @returns how many bytes were written */
function writeText(bytes: Uint8Array, start: number, text: string): number {
  if (text.length <= SHORT_TEXT_MAX) {
    // Most texts are short and ASCII: written here they cost a fifth of a call to the encoder.
    let i = 0;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) break;
      bytes[start + i] = code;
    }
    if (i === text.length) return i;
  }
  return encoder.encodeInto(text, bytes.subarray(start)).written;
}

function writeInt64(bytes: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number that is held exactly`);
  bytes.setInt32(at, Math.floor(value / TWO_TO_32));
  bytes.setUint32(at + 4, value >>> 0);
}

function writeUuid(bytes: DataView, at: number, uuid: string): void {
  for (let i = 0; i < 16; i++) {
    const digit = UUID_DIGITS[i]!;
    bytes.setUint8(at + i, hexOf(uuid.charCodeAt(digit)) << 4 | hexOf(uuid.charCodeAt(digit + 1)));
  }
}

function hexOf(code: number): number {
  return code < 0x3a ? code - 0x30 : (code | 0x20) - 0x57;
}

const days_known = new Map<LocalDate, number>();
const DAYS_KNOWN_MAX = 4_096;

function daysSince2000(date: LocalDate): number {
  let days = days_known.get(date);
  if (days === undefined) {
    const start_ms = Temporal.PlainDate.from(date).toZonedDateTime("UTC").epochMilliseconds;
    days = (start_ms - MS_TO_2000) / MS_A_DAY;
    if (days_known.size === DAYS_KNOWN_MAX) days_known.clear();
    days_known.set(date, days);
  }
  return days;
}

/**
 * JSON that jsonb takes. It has no U+0000 and no half of a surrogate pair, both of which a webhook may hold;
 * the replacement character stands for them.
 */
function jsonOf(value: unknown): string {
  const json = JSON.stringify(value);
  return /\\u(0000|d[89a-f])/.test(json) ? JSON.stringify(storable(value)) : json;
}

function storable(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\ufffd");
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [storable(name), storable(part)]));
}
