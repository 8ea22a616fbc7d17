/**
 * Turns a database into a distributed one.
 *
 * - DISTRIBUTE-1 Everything that can be known before is checked before the first change.
 * - DISTRIBUTE-2 Each table is one transaction. A run that stopped is repeated: tables that are in place are skipped.
 */

import { type Client, connect, disconnect } from "../../src/postgres/connection.ts";
import { DatabaseError } from "../../src/postgres/database_error.ts";
import { applyGrants, SERVICE_ROLE } from "../../src/postgres/grants.ts";
import { pendingMigrations } from "../../src/postgres/migrations.ts";
import { HOLD_SHARD, readShards, workerUrl } from "../../src/postgres/shard_map.ts";
import { COMPANIES, distributionColumn, type Placement, PLACEMENTS } from "./placements.ts";

/** The oldest release of Citus that was tried. */
const CITUS_VERSION_MIN = 13;

/** Options of {@link distribute}. */
export interface DistributeOptions {
  /** Connects to the coordinator as the owner of a migrated database. */
  readonly url: string;
  /** Only checks, and prints what would be done. */
  readonly dry_run?: boolean;
  readonly print: (line: string) => void;
}

interface TableRow {
  readonly name: string;
  /** Null for a table that Citus does not manage. */
  readonly type: "distributed" | "reference" | null;
  readonly distribution_column: string | null;
  /** Whether it has the shards of `companies`. */
  readonly is_colocated: boolean;
  readonly rows_estimated: bigint;
  /** The size of its rows on the coordinator. */
  readonly local_bytes: bigint;
}

/** The tables of the schema, without partitions. */
const TABLES = `
  select c.relname as name, case when t.partmethod = 'h' then 'distributed' when t.repmodel = 't' then 'reference' end as type,
    column_to_column_name(t.logicalrelid, t.partkey) as distribution_column,
    t.colocationid is not distinct from (
      select colocationid from pg_dist_partition where logicalrelid = to_regclass('${COMPANIES}')
    ) as is_colocated, (
      select coalesce(sum(greatest(part.reltuples, 0)), 0)::int8 from pg_partition_tree(c.oid) p
      join pg_class part on part.oid = p.relid where p.isleaf
    ) as rows_estimated, (
      select coalesce(sum(pg_relation_size(p.relid)), 0)::int8 from pg_partition_tree(c.oid) p where p.isleaf
    ) as local_bytes
  from pg_class c left join pg_dist_partition t on t.logicalrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname <> '${COMPANIES}', c.relname`;

/** Other sessions on this database by the owner or by the service's login. */
const OTHER_SESSIONS = `
  select count(*)::int as count from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()
    and usename in (current_user, current_user || '_service', $1)`;

/**
 * Distributes the tables of a database as {@link PLACEMENTS} says.
 *
 * @returns the number of tables that were moved, or that would be
 * @throws {DatabaseError} that names the fault and the remedy; tables that were moved stay where they are
 */
export async function distribute({ url, dry_run = false, print }: DistributeOptions): Promise<number> {
  const client = await connect(url, { application_name: "poli-credits distribute", statement_timeout_ms: 0 });
  try {
    const workers = await requireCitus(client);
    await requireMigrated(client);
    const tables = await requireKnownTables(client);
    const moves = tables.filter((table) => movesTo(table) !== undefined);
    print(`Citus with ${workers} workers. ${tables.length - moves.length} tables are in place.`);
    if (!dry_run && moves.length > 0) await requireNoSessions(client);
    for (const table of moves) {
      if (dry_run) print(`${table.name}: ${described(table)} would become ${PLACES[movesTo(table)!]}`);
      else await move(client, table, print);
    }
    if (!dry_run) {
      await removeLocalRows(client);
      await verifyService(client, url, print);
    }
    return moves.length;
  } finally {
    await disconnect(client);
  }
}

const PLACES = {
  company: "shards by company",
  reference: "a copy on every server",
} as const;

/** Returns the placement that a table has to get; undefined when it has it. */
function movesTo({ name, type }: TableRow): Exclude<Placement, "coordinator"> | undefined {
  const placement = PLACEMENTS[name]!;
  return placement === "coordinator" || type !== null ? undefined : placement;
}

function described({ rows_estimated }: TableRow): string {
  return `about ${Number(rows_estimated).toLocaleString("en")} rows`;
}

async function requireCitus(client: Client): Promise<number> {
  const { rows: [extension] } = await client.query<{ extversion: string }>(
    "select extversion from pg_extension where extname = 'citus'",
  );
  if (extension === undefined) {
    throw new DatabaseError(
      "the database has no Citus. Have an administrator run CREATE EXTENSION citus in this database on the " +
        "coordinator and on every worker, then citus_set_coordinator_host and citus_add_node on the coordinator.",
    );
  }
  if (Number.parseInt(extension.extversion) < CITUS_VERSION_MIN) {
    throw new DatabaseError(
      `Citus ${extension.extversion} was not tried. Upgrade it to ${CITUS_VERSION_MIN}.0 or later.`,
    );
  }
  const { rows } = await client.query("select from citus_get_active_worker_nodes()");
  if (rows.length === 0) {
    throw new DatabaseError("Citus has no workers. Have an administrator add them with citus_add_node.");
  }
  return rows.length;
}

async function requireMigrated(client: Client): Promise<void> {
  const { pending } = await pendingMigrations(client);
  if (pending.length === 0) return;
  throw new DatabaseError(
    `${pending.length} migrations are pending. Start the service once, so that it migrates, and stop it.`,
  );
}

async function requireKnownTables(client: Client): Promise<TableRow[]> {
  const { rows } = await client.query<TableRow>(TABLES);
  for (const { name, type, distribution_column, is_colocated } of rows) {
    const placement = PLACEMENTS[name];
    if (placement === undefined) {
      throw new DatabaseError(`table ${name} is not the service's: move it to another schema.`);
    }
    if (type === null) continue;
    const is_right = placement === "reference" ? type === "reference" : placement === "company" &&
      type === "distributed" && distribution_column === distributionColumn(name) && is_colocated;
    if (!is_right) {
      throw new DatabaseError(
        `table ${name} is ${type}${
          distribution_column === null ? "" : ` by ${distribution_column}`
        } and must be ` +
          `${placement === "coordinator" ? "on the coordinator only" : PLACES[placement]}. ` +
          `Run undistribute_table('${name}') and repeat.`,
      );
    }
  }
  return rows;
}

async function requireNoSessions(client: Client): Promise<void> {
  const { rows } = await client.query<{ count: number }>(OTHER_SESSIONS, [SERVICE_ROLE]);
  if (rows[0]!.count === 0) return;
  throw new DatabaseError(
    `${rows[0]!.count} other sessions use the database. Stop every process of the service, then repeat.`,
  );
}

async function move(client: Client, table: TableRow, print: (line: string) => void): Promise<void> {
  const { name } = table;
  const started_at = performance.now();
  await client.query("begin");
  try {
    if (movesTo(table) === "reference") await client.query("select create_reference_table($1)", [name]);
    else {
      await client.query("select create_distributed_table($1, $2, colocate_with => $3)", [
        name,
        distributionColumn(name),
        name === COMPANIES ? "none" : COMPANIES,
      ]);
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new DatabaseError(
      `table ${name} could not be moved: ${(error as Error).message}. It is where it was.`,
      { cause: error },
    );
  }
  const seconds = (performance.now() - started_at) / 1000;
  print(`${name}: ${described(table)} became ${PLACES[movesTo(table)!]} in ${seconds.toFixed(1)} s`);
}

/** Removes the rows that were copied to the workers from the coordinator, where nothing reads them any more. */
async function removeLocalRows(client: Client): Promise<void> {
  const { rows } = await client.query<TableRow & { may_truncate: boolean }>(
    `select t.*, has_table_privilege(name, 'truncate') as may_truncate from (${TABLES}) t`,
  );
  for (const { name, type, local_bytes, may_truncate } of rows) {
    if (type === null || local_bytes === 0n) continue;
    const table = client.escapeIdentifier(name);
    // The owner has no right to empty the ledger: see migrations/0007_grants.sql.
    await client.query("begin");
    if (!may_truncate) await client.query(`grant truncate on ${table} to current_user`);
    await client.query("select truncate_local_data_after_distributing_table($1::regclass)", [name]);
    if (!may_truncate) await client.query(`revoke truncate on ${table} from current_user`);
    await client.query("commit");
  }
}

/**
 * Checks that the service can read through the workers, and write on them. Citus connects to them by the service's role,
 * and so does the service.
 */
async function verifyService(client: Client, url: string, print: (line: string) => void): Promise<void> {
  const service_url = await applyGrants({ url, log: (_, message) => print(message) });
  await client.query(HOLD_SHARD);
  await client.query("revoke execute on function hold_shard from public");
  const { rows } = await client.query<{ can_log_in: boolean }>(
    "select rolcanlogin as can_log_in from pg_roles where rolname = $1",
    [SERVICE_ROLE],
  );
  if (rows.length > 0) await client.query(`grant execute on function hold_shard to ${SERVICE_ROLE}`);
  if (rows[0]?.can_log_in === false) await client.query(`alter role ${SERVICE_ROLE} login`).catch(() => {});
  try {
    await queryOnce(service_url, `select count(*) from ${COMPANIES}`);
  } catch (error) {
    throw new DatabaseError(
      `the service cannot read through the workers: ${
        (error as Error).message
      }. Have an administrator run ALTER ROLE ` +
        `${SERVICE_ROLE} LOGIN, and let every worker accept this role from the coordinator (pg_hba.conf, pg_dist_authinfo).`,
      { cause: error },
    );
  }
  const shards = await readShards(({ text }) => client.query(text));
  for (const [worker, [shard]] of Map.groupBy(shards, ({ host, port }) => `${host}:${port}`)) {
    try {
      await queryOnce(workerUrl(service_url, shard!), shard!.guard!);
    } catch (error) {
      throw new DatabaseError(
        `the service cannot write on worker ${worker}: ${
          (error as Error).message
        }. Let it accept the logins of ` +
          "DATABASE_URL from the hosts of the service (pg_hba.conf).",
        { cause: error },
      );
    }
  }
  print("The service reads through the workers and writes on them.");
}

async function queryOnce(url: string, statement: string): Promise<void> {
  const client = await connect(url, { application_name: "poli-credits distribute" });
  try {
    await client.query(statement);
  } finally {
    await disconnect(client);
  }
}
