import assert from "node:assert/strict";
import { connect, disconnect } from "../../../src/postgres/connection.ts";
import { GRANTS } from "../../../src/postgres/grants.ts";
import { distribute } from "../../../tools/distribute/distribute.ts";
import { main } from "../../../tools/distribute/main.ts";
import { distributionColumn, PLACEMENTS } from "../../../tools/distribute/placements.ts";
import { withDatabase } from "../../support/database.ts";

/** Each unique key of a table, with its columns. */
const UNIQUE_KEYS = `
  select c.relname as name, i.relname as key, array(
    select attname::text from pg_attribute where attrelid = indrelid and attnum = any (indkey)
  ) as columns
  from pg_index join pg_class c on c.oid = indrelid join pg_class i on i.oid = indexrelid
  where indisunique and c.relnamespace = current_schema()::regnamespace and not c.relispartition`;

/** The columns of tables of companies whose values Postgres computes, and foreign keys without the company. */
const UNFIT = `
  select c.relname || '.' || attname as name from pg_attribute join pg_class c on c.oid = attrelid
  where c.relnamespace = current_schema()::regnamespace and attgenerated <> '' and attname in ('key', 'company')
  union all
  select conname from pg_constraint join pg_class c on c.oid = conrelid
  where c.relnamespace = current_schema()::regnamespace and contype = 'f' and not exists (
    select from pg_attribute where attrelid = conrelid and attnum = any (conkey) and attname = 'company'
  )`;

Deno.test("every table has a placement, and the tables of companies can be sharded by the company", () =>
  withDatabase(async ({ url }) => {
    const client = await connect(url, { application_name: "tests" });
    try {
      const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
        `select relname as name, array(
            select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
          ) as columns
          from pg_class c where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
            and not relispartition order by 1`,
      );
      assert.deepEqual(tables.map(({ name }) => name), Object.keys(PLACEMENTS).sort());
      for (const { name, columns } of tables) {
        if (PLACEMENTS[name] === "company") assert.ok(columns.includes(distributionColumn(name)), name);
      }
      const { rows: keys } = await client.query<{ name: string; key: string; columns: string[] }>(
        UNIQUE_KEYS,
      );
      for (const { name, key, columns } of keys) {
        if (PLACEMENTS[name] === "company") assert.ok(columns.includes(distributionColumn(name)), key);
      }
      assert.deepEqual((await client.query(UNFIT)).rows, []);
    } finally {
      await disconnect(client);
    }
  }));

Deno.test("every table that the service may use has a placement", () => {
  assert.deepEqual(Object.keys(GRANTS).filter((name) => PLACEMENTS[name] === undefined), []);
});

Deno.test("a database without Citus is not changed, and the message says what to do", () =>
  withDatabase(async ({ url }) => {
    await assert.rejects(distribute({ url, print: () => {} }), /has no Citus\. Have an administrator run/);
    const lines: string[] = [];
    assert.equal(await main([], { DATABASE_URL: url }, (line) => lines.push(line)), 1);
    assert.match(lines.join("\n"), /CREATE EXTENSION citus/);
  }));

Deno.test("without DATABASE_URL the tool says which variable is missing", async () => {
  assert.equal(await main([], {}, () => {}), 2);
});
