import type { Pool } from "./connection.ts";

/** Connections for the service's own reads: health, due companies, phone numbers, the rate card, the quarantine. */
export const READERS_MAX = 6;
/** Connections for reports. A report can take seconds, so reports delay only each other. */
export const REPORTS_MAX = 8;
/** Connections for keys and sessions, so that authentication waits for no other read. */
export const ACCESS_MAX = 3;
/** Connections for alerts, so that alerts delay no other read. */
export const ALERTS_MAX = 2;
/** The journal, activations, loads, retention and comparisons after a lost connection have one connection each. */
const SINGLE_CONNECTIONS = 5;
/** Tasks of one of several nodes that hold their keys at once. Others wait for a connection. */
export const EXCLUSIVE_TASKS_MAX = 3;
/** The leases of several nodes have one connection. */
const LEASE_CONNECTIONS = 1;

/** The maximum number of connections of a process that is the only node. */
export const CONNECTIONS_MAX = READERS_MAX + REPORTS_MAX + ACCESS_MAX + ALERTS_MAX + SINGLE_CONNECTIONS;
/** That of one of several nodes. */
export const NODE_CONNECTIONS_MAX = CONNECTIONS_MAX + EXCLUSIVE_TASKS_MAX + LEASE_CONNECTIONS;

/** Returns how many connections to Postgres a process opens at most. On Citus it opens four more to each worker. */
export function connectionsMax({ nats_url }: { readonly nats_url?: string | undefined }): number {
  return nats_url === undefined ? CONNECTIONS_MAX : NODE_CONNECTIONS_MAX;
}

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
