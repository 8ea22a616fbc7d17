// @ts-types="@types/pg"
import pg from "pg";

const OID = {
  int8: 20,
  text_array: 1009,
  int8_array: 1016,
  // The driver's own parsers convert these to floats, Dates or objects.
  as_text: [1082, 1083, 1114, 1184, 1186, 1266, 1700],
  as_text_array: [1115, 1182, 1183, 1185, 1187, 1231, 1270],
} as const;

const defaultParser = (oid: number, format?: "text" | "binary") => pg.types.getTypeParser(oid, format);
const toTexts = defaultParser(OID.text_array) as (text: string) => unknown[];

const exact = new Map<number, (text: string) => unknown>([
  [OID.int8, BigInt],
  [OID.int8_array, (text) => toTexts(text).map(toBigInts)],
  ...OID.as_text.map((oid) => [oid, String] as const),
  ...OID.as_text_array.map((oid) => [oid, toTexts] as const),
]);

/**
 * The lossless type parsers of our connections. The driver's global parsers are unchanged.
 *
 * | Postgres | here |
 * | --- | --- |
 * | `int8`, so also `count(*)` | `bigint` |
 * | `int2`, `int4` | `number` |
 * | `numeric`, so also `sum(int8)` | `string`, every digit as Postgres wrote it |
 * | `date` | `string`, as `Temporal.PlainDate.from` reads it |
 * | `timestamptz` | `string` in UTC, as `Temporal.Instant.from` reads it |
 * | `timestamp`, `time`, `interval` (ISO 8601) | `string` |
 * | arrays of these | arrays of the same |
 * | `json`, `jsonb` | `JSON.parse`: store amounts in it as strings |
 */
export const exactTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    (format === "binary" ? undefined : exact.get(oid)) ?? defaultParser(oid, format),
};

function toBigInts(entry: unknown): unknown {
  if (Array.isArray(entry)) return entry.map(toBigInts);
  return entry === null ? null : BigInt(entry as string);
}
