/**
 * Writes the changes of a distributed database: one lane of the journal for each shard. A lane sends the write statement
 * to the server that has its shard, for the shard's own tables. No write passes through the coordinator, none is of two
 * servers, and a server that is down stops only the companies of its shards.
 *
 * - SHARDS-1 A statement holds its shard before it writes (`hold_shard`): a move of the shard waits for it, and a statement
 *   that reaches a server without the shard writes nothing.
 * - SHARDS-2 After a statement that did not find its shard, the places of the shards are read again before the lane's next
 *   one. After one that failed otherwise they are too, once a second at most. A reading is for all lanes.
 */

import type { Change } from "../domain/company/change.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Writer } from "../journal/journal.ts";
import { ChangeWriter, instantsOf } from "./change_writer.ts";
import { CurrentShards } from "./current_shards.ts";
import { FactPartitions } from "./fact_partitions.ts";
import { ResilientConnection } from "./resilient_connection.ts";
import { readShards, type Shard, shardIndexOf, workerUrl } from "./shard_map.ts";
import { sqlState } from "./sql_state.ts";
import type { ChangeRows } from "./write_rows.ts";
import { writeStatement } from "./write_statement.ts";
import type { WriterOptions } from "./writer.ts";

/** Connections to each worker: their commits share the flushes of its log. */
const CONNECTIONS_OF_WORKER = 4;

/** The lanes of a distributed database. */
export class ShardWriters {
  /** A writer for each shard at the start, in the order of their hashes. */
  readonly lanes: readonly Writer[];
  readonly #url: string;
  readonly #options: WriterOptions;
  readonly #shards_at_start: readonly Shard[];
  readonly #workers: number;
  readonly #coordinator: ResilientConnection;
  readonly #partitions: FactPartitions;
  readonly #connections = new Map<string, ResilientConnection>();
  readonly #writer: ChangeWriter;
  readonly #shards: CurrentShards;
  /** The last check of partitions. They run one after another. */
  #ensured: Promise<void> = Promise.resolve();

  /**
   * @param url the coordinator's database; workers are reached with the same role, database and options
   * @param shards at least one
   */
  constructor(url: string, shards: readonly Shard[], options: WriterOptions = {}) {
    this.#url = url;
    this.#options = options;
    this.#shards_at_start = shards;
    this.#workers = new Set(shards.map(addressOf)).size;
    this.#coordinator = new ResilientConnection(url, {
      application_name: "poli-credits journal",
      ...options,
    });
    this.#shards = new CurrentShards(
      shards,
      () => readShards((statement) => this.#coordinator.query(statement)),
      () => performance.now(),
    );
    this.#partitions = new FactPartitions(this.#coordinator);
    this.#writer = new ChangeWriter(options);
    this.lanes = shards.map((_, lane) => ({ write: (changes) => this.#write(lane, changes) }));
  }

  /** Returns the lane of a company: that of its shard at the start. */
  laneOf(company: CompanyId): number {
    return shardIndexOf(company, this.#shards_at_start);
  }

  /** Closes the connections. Close the journal first, because closing a connection fails a write in flight. */
  async close(): Promise<void> {
    await Promise.all([this.#coordinator, ...this.#connections.values()].map((one) => one.close()));
  }

  async #write(lane: number, changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    const current = this.#shards.get();
    try {
      const shards = await current;
      // A shard that was split since the start has several.
      const groups = Map.groupBy(changes, ({ company }) => shards[shardIndexOf(company, shards)]!);
      let written: ReadonlySet<CompanyId> = new Set();
      for (const [shard, group] of groups) {
        const connection = this.#connectionOf(shard, lane);
        const send = (rows: ChangeRows) => this.#send(rows, shard, connection);
        written = written.union(await this.#writer.write(group, send));
      }
      return written;
    } catch (error) {
      this.#shards.noteFailure(current, error);
      throw error;
    }
  }

  async #send(rows: ChangeRows, shard: Shard, connection: ResilientConnection): Promise<CompanyId[]> {
    await this.#ensurePartitions(rows);
    try {
      const { rows: heads } = await connection.query<{ company_id: CompanyId }>(writeStatement(rows, shard));
      return heads.map(({ company_id }) => company_id);
    } catch (error) {
      // The tables of a shard that was split or moved are gone: no fault of the changes.
      if (sqlState(error) === "42P01") throw new Error((error as Error).message, { cause: error });
      throw error;
    }
  }

  async #ensurePartitions(rows: ChangeRows): Promise<void> {
    const ensured = this.#ensured.then(() => this.#partitions.ensure(instantsOf(rows)));
    this.#ensured = ensured.catch(() => {});
    await ensured;
  }

  #connectionOf(shard: Shard, lane: number): ResilientConnection {
    // Citus gives the shards to the workers in turn.
    const number = Math.floor(lane / this.#workers) % CONNECTIONS_OF_WORKER;
    const key = `${addressOf(shard)}/${number}`;
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      const { history: _, ...options } = this.#options;
      connection = new ResilientConnection(workerUrl(this.#url, shard), {
        application_name: "poli-credits journal",
        ...options,
      });
      this.#connections.set(key, connection);
    }
    return connection;
  }
}

function addressOf({ host, port }: Shard): string {
  return `${host}:${port}`;
}
