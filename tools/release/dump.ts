/**
 * Dumps the data of a database as plain SQL, and restores it. The schema is not in the dump: it is that of the release's
 * migrations, which never change. The embedded Postgres has no `pg_dump`, and one of another version would not do.
 */

import { type Client, connect, disconnect } from "../../src/postgres/connection.ts";
import { readMigrationFiles } from "../../src/postgres/migration_files.ts";
import { migrate, MIGRATIONS_FOLDER } from "../../src/postgres/migrations.ts";
import { parseReleased, RELEASED_LIST } from "../../src/postgres/released_migrations.ts";

/** A table as it is dumped. */
interface Table {
  readonly name: string;
  /** The columns that are stored and not computed. */
  readonly columns: readonly string[];
  /** The columns of the primary key: the order of the rows. */
  readonly key: readonly string[];
  /** Whether the migrations may have left rows that the owner can delete. */
  readonly is_emptied: boolean;
}

const ROWS_PER_INSERT = 200;

/** The rows of one version of one schema are equal text, also when the machine has another time zone. */
const SETTINGS = "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set extra_float_digits = 1;";

/** Partitions of facts are made while the service runs. */
const PARTITIONS = `
  select to_date(substr(part.relname, 7), 'YYYY_MM')::text as month
  from pg_inherits join pg_class part on part.oid = inhrelid
  where inhparent = 'facts'::regclass order by 1`;

/** Tables that others refer to come first. */
const TABLES = `
  select c.relname as name,
    array(
      select quote_ident(attname) from pg_attribute
      where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
    )::text[] as columns,
    array(
      select quote_ident(attname) from pg_index i, unnest(i.indkey) with ordinality as k(attnum, position)
      join pg_attribute a using (attnum)
      where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by position
    )::text[] as key,
    has_table_privilege(c.oid, 'delete') as is_emptied
  from pg_class c
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  order by exists (select from pg_constraint where conrelid = c.oid and contype = 'f'), c.relname`;

/** Returns the SQL that restores the data, and how many rows each table has. */
export async function dumpData(url: string): Promise<{ sql: string; rows: ReadonlyMap<string, number> }> {
  const client = await connect(url, { application_name: "poli-credits dump" });
  try {
    await client.query(SETTINGS);
    const { rows: months } = await client.query<{ month: string }>(PARTITIONS);
    const { rows: tables } = await client.query<Table>(TABLES);
    const parts = [SETTINGS, ...months.map(({ month }) => `select create_facts_partition('${month}');`)];
    for (const { name, is_emptied } of tables.toReversed()) {
      if (is_emptied) parts.push(`delete from ${name};`);
    }
    const rows = new Map<string, number>();
    for (const table of tables) {
      const values = await valuesOf(client, table);
      rows.set(table.name, values.length);
      for (let from = 0; from < values.length; from += ROWS_PER_INSERT) {
        const some = values.slice(from, from + ROWS_PER_INSERT).join(",\n");
        parts.push(`insert into ${table.name} (${table.columns.join(", ")}) values\n${some};`);
      }
    }
    return { sql: `${parts.join("\n")}\n`, rows };
  } finally {
    await disconnect(client);
  }
}

async function valuesOf(client: Client, { name, columns, key }: Table): Promise<string[]> {
  const literals = columns.map((column) => `coalesce(quote_literal(${column}::text), 'null')`);
  const order = key.length > 0 ? key : columns;
  const { rows } = await client.query<{ row: string }>(
    `select '(' || concat_ws(', ', ${literals.join(", ")}) || ')' as row from ${name} order by ${
      order.join(", ")
    }`,
  );
  return rows.map(({ row }) => row);
}

/**
 * Restores the data of a dump into a database that has the schema of its release.
 *
 * @param url of the owner
 * @throws {Error} when the dump does not fit the schema
 */
export async function restoreData(url: string, sql: string): Promise<void> {
  const client = await connect(url, { application_name: "poli-credits restore", statement_timeout_ms: 0 });
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query("commit");
  } finally {
    await disconnect(client);
  }
}

/**
 * Gives an empty database the schema of a release, by its own migrations.
 *
 * @param url of the owner
 * @throws {Error} when there is no such release, or its migrations were changed
 */
export async function migrateToRelease(url: string, release: string): Promise<void> {
  const files = await readMigrationFiles(MIGRATIONS_FOLDER);
  const released = parseReleased(await Deno.readTextFile(new URL(RELEASED_LIST, MIGRATIONS_FOLDER)));
  const last = released.findLastIndex((one) => one.release === release);
  if (last === -1) throw new Error(`${RELEASED_LIST} has no release ${release}`);
  const names = new Set(released.slice(0, last + 1).map(({ file_name }) => file_name));
  const folder = await Deno.makeTempDir();
  try {
    for (const { file_name, sql } of files) {
      if (names.has(file_name)) await Deno.writeTextFile(`${folder}/${file_name}`, sql);
    }
    await migrate({ url, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
