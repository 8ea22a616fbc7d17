import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { withDatabase } from "../support/database.ts";

Deno.test("every partition of facts is indexed by time in blocks, so that a date is read without its month", () => {
  return withDatabase(async ({ url }) => {
    const client = await connect(url, { application_name: "test" });
    try {
      await client.query("select create_facts_partition('2026-11-01')");
      const { rows } = await client.query(
        `select i.inhparent::regclass::text as parent, a.amname, x.indrelid::regclass::text as partition
          from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid
            join pg_class c on c.oid = x.indexrelid join pg_am a on a.oid = c.relam
          where i.inhparent = 'facts_occurred'::regclass`,
      );
      assert.deepEqual(rows, [{ parent: "facts_occurred", amname: "brin", partition: "facts_2026_11" }]);
    } finally {
      await disconnect(client);
    }
  });
});
