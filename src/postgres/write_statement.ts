import type { SqlStatement } from "./resilient_connection.ts";
import type { ChangeRows } from "./write_rows.ts";
import { ERASED_EVENT, mayBeBefore } from "./erased_events.ts";
import { encodeRows, isSentAsText, type Table } from "./write_table.ts";
import { GROUPS, HEADS } from "./write_tables.ts";

/** The tables that a statement writes: those of the database, or those of one shard of it. */
export interface WrittenTables {
  /** Distinguishes the names of prepared statements. Empty for those of the database. */
  readonly suffix: string;
  /** Returns the name of the table with the rows of a table. */
  readonly nameOf: (table: string) => string;
  /** SQL that the statement runs before it writes, such as `select hold_shard(102008)`; its errors end the statement. */
  readonly guard?: string;
}

const OF_THE_DATABASE: WrittenTables = { suffix: "", nameOf: (table) => table };

/**
 * Builds the statement that writes changes. It updates the heads of the companies whose epoch and version match the
 * change, writes the rows of those companies only, and returns the ids of those companies. It contains only the groups of
 * tables that have rows.
 */
export function writeStatement(rows: ChangeRows, tables = OF_THE_DATABASE): SqlStatement {
  let groups = 0;
  const values = encodeRows(HEADS, rows);
  GROUPS.forEach((group, i) => {
    if (group.every((table) => rows[table.rows].length === 0)) return;
    groups |= 1 << i;
    for (const table of group) values.push(...encodeRows(table, rows));
  });
  return { name: `write_${groups}${tables.suffix}`, text: textOf(groups, tables), values };
}

/** SQL for: the head of row `r` was updated. In this form the set is hashed once, and the planner never chooses a join. */
const HEAD_IS_UPDATED = "(r.company in (select company from updated_heads)) is true";

const known_texts = new WeakMap<WrittenTables, Map<number, string>>();

function textOf(groups: number, tables: WrittenTables): string {
  let texts = known_texts.get(tables);
  if (texts === undefined) known_texts.set(tables, texts = new Map());
  let text = texts.get(groups);
  if (text === undefined) texts.set(groups, text = compose(groups, tables));
  return text;
}

function compose(groups: number, { nameOf, guard }: WrittenTables): string {
  let parameters = 0;
  const parts = [HEADS, ...GROUPS.filter((_, i) => groups & 1 << i).flat()].map((table) => {
    const first_parameter = parameters + 1;
    parameters += Object.keys(table.columns).length;
    if (table === HEADS) {
      return `updated_heads as (${updateHeads(nameOf("companies"), first_parameter, guard !== undefined)})`;
    }
    const write = WRITES[table.statement ?? "insert"];
    return `${table.rows}_written as (${write(table, nameOf(table.name ?? table.rows), first_parameter)})`;
  });
  if (guard !== undefined) parts.unshift(`guard as materialized (${guard})`);
  return `with ${parts.join(",\n")}\nselect company_id from updated_heads`;
}

function updateHeads(companies: string, first_parameter: number, is_guarded: boolean): string {
  return `
    update ${companies} c
    set version = r.version, ledger_seq = r.ledger_seq, closed_through = r.closed_through, due_at = r.due_at,
      latest_charged_at = r.latest_charged_at,
      name = coalesce(r.name, c.name), locale = coalesce(r.locale, c.locale),
      country = coalesce(r.country, c.country)
    from ${rowsFrom(HEADS, first_parameter)}
    where c.key = r.company and c.epoch = r.epoch and c.version = r.from_version${
    is_guarded ? " and (select true from guard)" : ""
  }
    returning c.company_id, c.key as company`;
}

function insertInto(table: Table, name: string, first_parameter: number): string {
  return `
    insert into ${name} as ${table.name ?? table.rows} (${Object.keys(table.columns).join(", ")})
    select ${Object.keys(table.columns).map((name) => valueOf(table, name)).join(", ")}
    from ${rowsFrom(table, first_parameter)}
    where ${HEAD_IS_UPDATED}
    ${table.on_conflict ?? ""}`;
}

function deleteFrom(table: Table, name: string, first_parameter: number): string {
  const matches = Object.keys(table.columns).map((name) => `t.${name} = r.${name}`);
  return `
    delete from ${name} t
    using ${rowsFrom(table, first_parameter, true)}
    where ${matches.join(" and ")} and ${HEAD_IS_UPDATED}`;
}

function eraseIn(table: Table, name: string, first_parameter: number): string {
  return `
    update ${name} t
    set reason = 'erased', event = ${ERASED_EVENT}, people = '{}'
    from ${rowsFrom(table, first_parameter)}
    where t.company = r.company and t.people @> array[r.key]
      and ${mayBeBefore("t.event", "r.erased_ms")}
      and ${HEAD_IS_UPDATED}`;
}

const WRITES = { insert: insertInto, delete: deleteFrom, erase: eraseIn } as const;

/**
 * SQL for the rows of a table, as `r`. In a select list the arrays are expanded together, row by row. In a `from` clause
 * Postgres would store the elements of each array first, which takes twice as long.
 *
 * @param typed whether values that are sent as text are cast here
 */
function rowsFrom(table: Table, first_parameter: number, typed = false): string {
  const columns = Object.entries(table.columns).map(([name, [type]], i) => {
    if (!isSentAsText(type)) return `unnest($${first_parameter + i}::${type}[]) as ${name}`;
    return `unnest($${first_parameter + i}::text[])${typed ? `::${type}` : ""} as ${name}`;
  });
  return `(select ${columns.join(", ")}) as r`;
}

/** SQL for a column of row `r`, as the type of the table's column. */
function valueOf(table: Table, name: string): string {
  const [type] = table.columns[name]!;
  return isSentAsText(type) ? `r.${name}::${type}` : `r.${name}`;
}
