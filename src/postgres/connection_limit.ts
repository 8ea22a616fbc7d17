import type { Pool } from "./connection.ts";

/** Of the server, the role that logs in and the database, whichever lets in the fewest. */
const ALLOWED = `
  select least(
    current_setting('max_connections')::int4 - current_setting('superuser_reserved_connections')::int4,
    (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user),
    (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
  ) as allowed`;

/** How many connections Postgres lets us have at the most, if nobody else had any. */
export async function connectionsAllowed(reading: Pool): Promise<number> {
  const { rows } = await reading.query<{ allowed: number }>(ALLOWED);
  return rows[0]!.allowed;
}
