/** Where the rows of companies stand in a database that Citus distributes. */

import type { CompanyId } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import { withSettings } from "./connection.ts";
import { DatabaseError } from "./database_error.ts";
import { KEY_LOOKUP_PLANS } from "./resilient_connection.ts";
import type { WrittenTables } from "./write_statement.ts";
import { GROUPS } from "./write_tables.ts";

/**
 * The function that a write of a shard's own tables calls first. It waits while the shard is moved, lets a move wait for
 * the write, and raises an error where the shard is elsewhere. A volatile function sees what was committed while it waited.
 * Its lock is the one of each statement of Citus that writes the shard: mode 5 is `SHARE`.
 */
export const HOLD_SHARD = `
  create or replace function hold_shard(shard bigint) returns void
  language plpgsql security definer set search_path = pg_catalog as $$
  begin
    perform lock_shard_metadata(5, array[shard]);
    if not exists (
      select from pg_dist_placement join pg_dist_local_group using (groupid) where shardid = shard
    ) then
      raise exception 'shard % is on another server', shard using errcode = 'object_not_in_prerequisite_state';
    end if;
  end $$`;

/** The companies whose keys have hashes in a range. All their rows are in tables of one server. */
export interface Shard extends WrittenTables {
  readonly first_hash: number;
  readonly last_hash: number;
  readonly host: string;
  readonly port: number;
}

interface ShardRow extends Pick<Shard, "first_hash" | "last_hash" | "host" | "port"> {
  readonly id: bigint;
  /** The shard's part of each table, such as `facts_102040` of `facts`. */
  readonly names: Readonly<Record<string, string>>;
}

const FOUND = `
  select to_regclass('pg_dist_partition') is not null as has_citus,
    to_regprocedure('hold_shard(bigint)') is not null as has_function`;

const SHARDS = `
  select min(shardid) filter (where name = 'companies') as id, first_hash, last_hash, host, port,
    json_object_agg(name, part) as names
  from (
    select c.relname as name, shardid, shardminvalue::int as first_hash, shardmaxvalue::int as last_hash,
      shard_name(s.logicalrelid, shardid) as part, nodename as host, nodeport as port
    from pg_dist_partition t join pg_class c on c.oid = t.logicalrelid
      join pg_dist_shard s using (logicalrelid) join pg_dist_placement p using (shardid) join pg_dist_node n using (groupid)
    where t.colocationid = (
        select colocationid from pg_dist_partition where logicalrelid = to_regclass('companies')
      ) and noderole = 'primary' and not c.relispartition
  ) parts
  group by first_hash, last_hash, host, port order by first_hash`;

/** The tables that the journal writes. */
const WRITTEN = ["companies", ...new Set(GROUPS.flat().map(({ name, rows }) => name ?? rows))];

/** Runs a statement. */
type Query = <Row extends object>(statement: { text: string }) => Promise<{ readonly rows: Row[] }>;

/**
 * Reads the shards of the companies, in the order of their hashes.
 *
 * @returns an empty list where the database is not distributed
 * @throws {DatabaseError} when the shards have several copies, or `deno task distribute` did not end
 */
export async function readShards(query: Query): Promise<Shard[]> {
  const { rows: [found] } = await query<{ has_citus: boolean; has_function: boolean }>({ text: FOUND });
  if (!found!.has_citus) return [];
  const { rows } = await query<ShardRow>({ text: SHARDS });
  const undistributed = WRITTEN.filter((table) => rows.some(({ names }) => names[table] === undefined));
  if (undistributed.length > 0 || rows.length > 0 && !found!.has_function) {
    const missing = undistributed.join(", ") || "the function hold_shard";
    throw new DatabaseError(
      `the database is distributed without ${missing}: stop every process of the service, and run ` +
        "`deno task distribute`.",
    );
  }
  if (rows.some(({ first_hash }, i) => i > 0 && first_hash <= rows[i - 1]!.last_hash)) {
    throw new DatabaseError(
      "the shards have several copies. Distribute with citus.shard_replication_factor = 1, and give each worker a standby.",
    );
  }
  return rows.map(({ id, names, ...shard }) => ({
    ...shard,
    suffix: `_${id}`,
    nameOf: (table) => names[table]!,
    guard: `select hold_shard(${id})`,
  }));
}

/**
 * Returns the URL of the server of a shard, with the role, database and settings of the coordinator's. The settings of
 * {@link KEY_LOOKUP_PLANS} are in it: a statement on a shard's own tables is one of plain Postgres, with one plan.
 */
export function workerUrl(url: string, { host, port }: Shard): string {
  const parsed = new URL(url);
  parsed.hostname = host;
  parsed.port = String(port);
  for (const name of ["host", "port"]) parsed.searchParams.delete(name);
  const settings = Object.entries(KEY_LOOKUP_PLANS).map(([name, value]) => `-c ${name}=${value}`);
  return withSettings(parsed.href, settings.join(" "));
}

/** Returns the index of the shard of a company. */
export function shardIndexOf(company: CompanyId, shards: readonly Shard[]): number {
  const hash = hashOfKey(companyKey(company));
  return shards.findIndex(({ last_hash }) => hash <= last_hash);
}

/** Returns the hash by which Citus places the rows of a key: that of Postgres's function `hashint8`. */
export function hashOfKey(key: bigint): number {
  const low = Number(BigInt.asIntN(32, key));
  const high = Number(BigInt.asIntN(32, key >> 32n));
  return hashInt32(low ^ (key >= 0n ? high : ~high));
}

/** Returns `hash_bytes_uint32` of Postgres: the last mix of Bob Jenkins's hash of 2006, signed. */
function hashInt32(value: number): number {
  const start = 0x9e3779b9 + 4 + 3923095;
  let [a, b, c] = [start + value | 0, start | 0, start | 0];
  c = (c ^ b) - rotate(b, 14) | 0;
  a = (a ^ c) - rotate(c, 11) | 0;
  b = (b ^ a) - rotate(a, 25) | 0;
  c = (c ^ b) - rotate(b, 16) | 0;
  a = (a ^ c) - rotate(c, 4) | 0;
  b = (b ^ a) - rotate(a, 14) | 0;
  return (c ^ b) - rotate(b, 24) | 0;
}

function rotate(value: number, bits: number): number {
  return value << bits | value >>> 32 - bits;
}
