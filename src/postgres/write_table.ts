import * as arrays from "./binary_array.ts";
import type { ChangeRows } from "./write_rows.ts";

const ENCODERS = {
  text: arrays.texts,
  uuid: arrays.uuids,
  boolean: arrays.booleans,
  int: arrays.integers,
  bigint: arrays.bigints,
  date: arrays.dates,
  timestamptz: arrays.instants,
  jsonb: arrays.jsons,
  // These are sent as text, which Postgres parses: some are rare, and enums have another oid in each database.
  "int[]": arrays.texts,
  "uuid[]": arrays.texts,
  numeric: arrays.texts,
  direction: arrays.texts,
  entry_type: arrays.texts,
  fact_kind: arrays.texts,
  status_category: arrays.texts,
  meta_category: arrays.texts,
  pricing_type: arrays.texts,
} as const;

/** The column types of the schema. */
export type ColumnType = keyof typeof ENCODERS;

/** Whether values of a type are sent as text, so that the statement must cast them. */
export function isSentAsText(type: ColumnType): boolean {
  return type !== "text" && ENCODERS[type] === arrays.texts;
}

type ElementOf<E> = E extends arrays.Encoder<infer Value> ? Value : never;

/** A column: its type and a function that returns its value in a row. */
type ColumnOf<Row> = {
  [Type in ColumnType]: readonly [
    type: Type,
    value: (row: Row) => ElementOf<(typeof ENCODERS)[Type]> | null | undefined,
  ];
}[ColumnType];

/** How the rows of one kind are written. */
export interface Table<Name extends keyof ChangeRows = keyof ChangeRows> {
  readonly rows: Name;
  readonly columns: Readonly<Record<string, ColumnOf<ChangeRows[Name][number]>>>;
  /** The kind of statement, if it is not an insert. */
  readonly statement?: "delete" | "erase";
  /** The name of the table, if it differs from `rows`. */
  readonly name?: string;
  /** The `on conflict` clause of an insert. */
  readonly on_conflict?: string;
}

/** Returns an `on conflict` clause that replaces these columns. */
export function onConflictUpdate(key: string, columns: readonly string[]): string {
  return `on conflict (${key}) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(", ")}`;
}

/** Checks a table's columns against the type of its rows, which a list of all tables cannot express. */
export function defineTable<Name extends keyof ChangeRows>(table: Table<Name>): Table {
  return table as unknown as Table;
}

/** Encodes the rows of one kind as arrays, one per column, in the order of the table's columns. */
export function encodeRows(table: Table, rows: ChangeRows): Uint8Array[] {
  const of_table: readonly ChangeRows[keyof ChangeRows][number][] = rows[table.rows];
  return Object.values(table.columns).map(([type, value]) => {
    const encode = ENCODERS[type] as arrays.Encoder<unknown>;
    return encode(of_table, value as (row: ChangeRows[keyof ChangeRows][number]) => unknown);
  });
}
