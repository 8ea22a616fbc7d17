import type { Pool } from "./connection.ts";

/** The lowest of the limits of the server, the login role and the database. */
const ALLOWED = `
  select least(
    current_setting('max_connections')::int4 - current_setting('superuser_reserved_connections')::int4,
    (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user),
    (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
  ) as allowed`;

/**
 * Reads how many connections Postgres allows this service, if there are no others.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function connectionsAllowed(reading: Pool): Promise<number> {
  const { rows } = await reading.query<{ allowed: number }>(ALLOWED);
  return rows[0]!.allowed;
}
