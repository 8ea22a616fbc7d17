import type { LeaseStore, LeaseView, Node, NodeId, Renewal } from "../ports/placement.ts";
import { ResilientConnection, type ResilientConnectionOptions } from "./resilient_connection.ts";

/** A renewal must be answered well before its lease ends. */
const STATEMENT_TIMEOUT_MS = 2_000;
/** Shards are numbered from 0 to 255. */
const SHARDS = 256;

const REGISTER = `
  insert into nodes (node, name, state, started_at, expires_at)
  values ($1, $2, 'suspect', clock_timestamp(), clock_timestamp() + $3 * interval '1 millisecond')`;

const LEAVE = "delete from nodes where node = $1";

/**
 * Renews a lease, all in one statement:
 *
 * 1. The node's own row, unless its lease has ended. If it has, nothing else happens.
 * 2. Nodes whose lease has ended are removed. Their rows are locked before: of a renewal and a removal at the same time,
 *    the later one sees the other and does nothing. A locked row is skipped, so no two statements wait for each other.
 * 3. Shards are freed: of the removed nodes, of nodes that were gone before, and those that this node releases.
 * 4. Shards without a row are claimed. The primary key gives a shard to one node only.
 */
const RENEW = `
  with renewed as (
    update nodes
    set expires_at = clock_timestamp() + $2 * interval '1 millisecond', state = $3, clock_is_certain = $7
    where node = $1 and expires_at > clock_timestamp() returning node
  ), ended as (
    select node from nodes
    where exists (select from renewed) and node <> $1 and expires_at <= clock_timestamp()
    for update skip locked
  ), removed as (
    delete from nodes where node in (select node from ended) returning node
  ), freed as (
    delete from shard_leases
    where exists (select from renewed)
      and (node in (select node from removed) or node = any($6) or (node = $1 and shard = any($5)))
    returning shard
  ), claimed as (
    insert into shard_leases (shard, node)
    select shard, $1 from unnest($4::smallint[]) as shard where exists (select from renewed) order by shard
    on conflict (shard) do nothing returning shard
  )
  select exists (select from renewed) as renewed,
    (select coalesce(json_agg(
        json_build_object('id', node, 'name', name, 'state', state, 'clock_is_certain', clock_is_certain)
        order by name, node), '[]')
      from nodes where node = $1 or expires_at > clock_timestamp()) as nodes,
    (select coalesce(json_agg(json_build_array(shard, node)), '[]')
      from shard_leases where shard not in (select shard from freed)) as owners,
    array(select shard from claimed) as claimed`;

interface RenewalRow {
  readonly renewed: boolean;
  readonly nodes: readonly Node[];
  readonly owners: readonly (readonly [shard: number, node: NodeId])[];
  readonly claimed: readonly number[];
}

/** The leases of shards in Postgres, on a connection of its own: no other statement delays a renewal. */
export class PostgresLeases implements LeaseStore {
  readonly #connection: ResilientConnection;

  constructor(url: string, options: Pick<ResilientConnectionOptions, "history" | "onError"> = {}) {
    this.#connection = new ResilientConnection(url, {
      application_name: "poli-credits leases",
      statement_timeout_ms: STATEMENT_TIMEOUT_MS,
      ...options,
    });
  }

  async register(node: NodeId, name: string, lease_ms: number): Promise<void> {
    await this.#connection.query({ text: REGISTER, values: [node, name, lease_ms] });
  }

  async renew(renewal: Renewal): Promise<LeaseView | undefined> {
    const { node, state, clock_is_certain, lease_ms, claim, release, gone } = renewal;
    const values = [node, lease_ms, state, claim, release, gone, clock_is_certain];
    const { rows } = await this.#connection.query<RenewalRow>({ name: "renew", text: RENEW, values });
    const { renewed, nodes, owners: stored, claimed } = rows[0]!;
    if (!renewed) return undefined;
    const owners = new Array<NodeId | undefined>(SHARDS).fill(undefined);
    for (const [shard, owner] of stored) owners[shard] = owner;
    for (const shard of claimed) owners[shard] = node;
    return { nodes, owners };
  }

  async leave(node: NodeId): Promise<void> {
    await this.#connection.query({ text: LEAVE, values: [node] });
  }

  /** Closes the connection. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}
