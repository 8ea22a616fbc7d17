/** What a table of the store is to a write: columns, each with its type and its value in a row. */

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
  // Rare enough to go as text, which Postgres then reads.
  "int[]": arrays.texts,
  "uuid[]": arrays.texts,
  numeric: arrays.texts,
} as const;

/** The types that columns of ours have. */
export type ColumnType = keyof typeof ENCODERS;

type ElementOf<E> = E extends arrays.Encoder<infer Value> ? Value : never;

/** A column: its type, and its value in a row. */
type ColumnOf<Row> = {
  [Type in ColumnType]: readonly [
    type: Type,
    value: (row: Row) => ElementOf<(typeof ENCODERS)[Type]> | null | undefined,
  ];
}[ColumnType];

/** How rows of one kind are written. */
export interface Table<Name extends keyof ChangeRows = keyof ChangeRows> {
  readonly rows: Name;
  readonly columns: Readonly<Record<string, ColumnOf<ChangeRows[Name][number]>>>;
  /** What is done with them, when it is not an insert. */
  readonly statement?: "delete";
  /** The table, when it is not called what the rows are. */
  readonly name?: string;
  /** What follows an insert. */
  readonly on_conflict?: string;
}

/** An upsert that takes the new value of these columns. */
export function onConflictUpdate(key: string, columns: readonly string[]): string {
  return `on conflict (${key}) do update set ${columns.map((c) => `${c} = excluded.${c}`).join(", ")}`;
}

/** Ties a table to the type of its rows, which all tables together cannot show. */
export function defineTable<Name extends keyof ChangeRows>(table: Table<Name>): Table {
  return table as unknown as Table;
}

/** The rows of one kind as arrays, one a column, in the order of the table's columns. */
export function encodeRows(table: Table, rows: ChangeRows): Uint8Array[] {
  const of_table: readonly ChangeRows[keyof ChangeRows][number][] = rows[table.rows];
  return Object.values(table.columns).map(([type, value]) => {
    const encode = ENCODERS[type] as arrays.Encoder<unknown>;
    return encode(of_table, value as (row: ChangeRows[keyof ChangeRows][number]) => unknown);
  });
}
