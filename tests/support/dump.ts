import { connect, disconnect } from "../../src/postgres/connection.ts";

/** Returns every row of every table of a database as text: the content of a logical dump. */
export async function dumpDatabase(superuser_url: string): Promise<string> {
  const client = await connect(superuser_url, { application_name: "tests" });
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace " +
        "where relkind = 'r' and nspname not in ('pg_catalog', 'information_schema') order by 1",
    );
    let dump = "";
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      dump += `${name}\n${rows.map(({ row }) => row).join("\n")}\n`;
    }
    return dump;
  } finally {
    await disconnect(client);
  }
}
