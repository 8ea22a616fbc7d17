/**
 * Encoders for Postgres's binary format of one-dimensional arrays. A write sends thousands of rows as one array per
 * column; as text, encoding, sending and parsing cost about three times as much.
 *
 * The bytes contain the element type, and Postgres rejects a type other than the statement's: cast each `$n` to the
 * array type named here.
 */

import { Buffer } from "node:buffer";
import type { LocalDate } from "../domain/types.ts";
import { DAY_MS } from "../time/units.ts";

const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const TWO_TO_32 = 0x1_0000_0000;
const MS_TO_2000 = 946_684_800_000;
const MICROS_A_MS = 1_000;
/** Bytes of one UTF-16 code unit. */
const UTF8_BYTES_MAX = 3;
const SHORT_TEXT_MAX = 64;
/** The positions of each byte's two digits in a UUID's text (8-4-4-4-12). */
const UUID_DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** Encodes one value per row; null and undefined become null. */
export type Encoder<T> = <Row>(
  rows: readonly Row[],
  value: (row: Row) => T | null | undefined,
) => Uint8Array;

/** An element type. */
interface Element<T> {
  /** The type's oid in `pg_type`. */
  readonly oid: number;
  /** The maximum number of bytes of a value. */
  bytesMax(value: T): number;
  /** Writes a value into the scratch buffer. @returns the position after it */
  write(at: number, value: T): number;
}

/** Encodes `text[]`. Postgres rejects texts that contain U+0000. */
export const texts = encoderOf<string>({
  oid: 25,
  bytesMax: textBytesMax,
  write: (at, text) => at + writeText(at, text),
});

const jsonTexts = encoderOf<string>({
  oid: 3802,
  bytesMax: (json) => 1 + textBytesMax(json),
  write(at, json) {
    // The version of jsonb's binary format.
    bytes[at] = 1;
    return at + 1 + writeText(at + 1, json);
  },
});

/** Encodes `jsonb[]` from JSON values. */
export const jsons: Encoder<unknown> = (rows, value) =>
  jsonTexts(rows, (row) => {
    const element_value = value(row);
    return element_value == null ? null : jsonOf(element_value);
  });

/** Encodes `uuid[]`. */
export const uuids = encoderOf(fixed(2950, 16, writeUuid));

/** Encodes `bool[]`. */
export const booleans = encoderOf(fixed<boolean>(16, 1, (at, value) => view.setUint8(at, value ? 1 : 0)));

/** Encodes `int4[]`. */
export const integers = encoderOf(fixed<number>(23, 4, (at, value) => view.setInt32(at, value)));

/**
 * Encodes `int8[]` from safe integers, and from bigints of 64 bits.
 *
 * @throws {RangeError} for any other number
 */
export const bigints = encoderOf(fixed(20, 8, writeInt64));

/**
 * Encodes `timestamptz[]` from milliseconds since 1970 UTC.
 *
 * @throws {RangeError} for an instant past the year 2255, whose microseconds are no safe integer
 */
export const instants = encoderOf(
  fixed<number>(1184, 8, (at, at_ms) => writeInt64(at, (at_ms - MS_TO_2000) * MICROS_A_MS)),
);

/** Encodes `date[]`. */
export const dates = encoderOf(
  fixed<LocalDate>(1082, 4, (at, date) => view.setInt32(at, daysSince2000(date))),
);

function fixed<T>(oid: number, size: number, write: (at: number, value: T) => void): Element<T> {
  return {
    oid,
    bytesMax: () => size,
    write(at, value) {
      write(at, value);
      return at + size;
    },
  };
}

function encoderOf<T>(element: Element<T>): Encoder<T> {
  return (rows, value) => arrayOf(element, rows, value);
}

const encoder = new TextEncoder();

const SCRATCH_BYTES = 64 * 1024;
const SCRATCH_BYTES_MAX = 1024 * 1024;
/**
 * The scratch buffer: arrays are written here one after another, then copied. A statement has dozens of arrays, most of
 * a few hundred bytes, and growing a buffer for each costs more than writing it.
 */
let bytes = new Uint8Array(SCRATCH_BYTES);
let view = new DataView(bytes.buffer);

function arrayOf<Row, T>(
  element: Element<T>,
  rows: readonly Row[],
  value: (row: Row) => T | null | undefined,
): Uint8Array {
  let at = HEAD_BYTES;
  let has_null = false;
  for (const row of rows) {
    const element_value = value(row);
    const start = at + LENGTH_BYTES;
    const end_max = start + (element_value == null ? 0 : element.bytesMax(element_value));
    if (end_max > bytes.length) grow(end_max);
    if (element_value == null) {
      has_null = true;
      view.setInt32(at, NULL_LENGTH);
      at = start;
      continue;
    }
    const end = element.write(start, element_value);
    view.setInt32(at, end - start);
    at = end;
  }
  writeHead(element.oid, rows.length, has_null);
  const array = Buffer.allocUnsafe(at);
  array.set(bytes.subarray(0, at));
  if (bytes.length > SCRATCH_BYTES_MAX) allocateScratch(SCRATCH_BYTES);
  return array;
}

function grow(size: number): void {
  const written = bytes;
  allocateScratch(Math.max(size, 2 * written.length));
  bytes.set(written);
}

function allocateScratch(size: number): void {
  bytes = new Uint8Array(size);
  view = new DataView(bytes.buffer);
}

function writeHead(oid: number, length: number, has_null: boolean): void {
  const dimensions = 1;
  const first_index = 1;
  view.setInt32(0, dimensions);
  view.setInt32(4, has_null ? 1 : 0);
  view.setInt32(8, oid);
  view.setInt32(12, length);
  view.setInt32(16, first_index);
}

function textBytesMax(text: string): number {
  return text.length * UTF8_BYTES_MAX;
}

/** @returns the number of bytes written */
function writeText(start: number, text: string): number {
  if (text.length <= SHORT_TEXT_MAX) {
    // Most texts are short and ASCII: this loop costs a fifth of a call to the encoder.
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

function writeInt64(at: number, value: number | bigint): void {
  if (typeof value === "bigint") return view.setBigInt64(at, value);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  view.setInt32(at, Math.floor(value / TWO_TO_32));
  view.setUint32(at + 4, value >>> 0);
}

function writeUuid(at: number, uuid: string): void {
  for (let i = 0; i < 16; i++) {
    const digit = UUID_DIGITS[i]!;
    bytes[at + i] = hexOf(uuid.charCodeAt(digit)) << 4 | hexOf(uuid.charCodeAt(digit + 1));
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
    days = (start_ms - MS_TO_2000) / DAY_MS;
    if (days_known.size === DAYS_KNOWN_MAX) days_known.clear();
    days_known.set(date, days);
  }
  return days;
}

/**
 * Serializes a value as JSON that jsonb accepts: U+0000 and unpaired surrogates, which a webhook may contain, become the
 * replacement character U+FFFD.
 */
function jsonOf(value: unknown): string {
  const json = JSON.stringify(value);
  return /\\u(0000|d[89a-f])/.test(json) ? JSON.stringify(toStorableJson(value)) : json;
}

function toStorableJson(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\ufffd");
  if (Array.isArray(value)) return value.map(toStorableJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [toStorableJson(name), toStorableJson(part)]),
  );
}
