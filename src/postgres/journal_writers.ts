import type { JournalOptions, Writer } from "../journal/journal.ts";
import type { Pool } from "./connection.ts";
import { readShards } from "./shard_map.ts";
import { ShardWriters } from "./shard_writers.ts";
import { PostgresWriter, type WriterOptions } from "./writer.ts";

/** The writers of a journal. The caller closes them after it. */
export interface JournalWriters extends Pick<JournalOptions, "laneOf"> {
  readonly lanes: readonly Writer[];
  close(): Promise<void>;
}

/**
 * Creates the writers of a database: one for each shard of a distributed one, else a single one. More lanes into one server
 * make more and smaller statements: they cost more CPU on both sides than they save in waiting (`tools/bench/README.md`).
 *
 * @param pool reads whether the database is distributed
 * @throws {Error} when it cannot be read, or the database is distributed in part
 */
export async function openWriters(pool: Pool, url: string, options: WriterOptions): Promise<JournalWriters> {
  const shards = await readShards(({ text }) => pool.query(text));
  if (shards.length > 0) {
    const writers = new ShardWriters(url, shards, options);
    return {
      lanes: writers.lanes,
      laneOf: (company) => writers.laneOf(company),
      close: () => writers.close(),
    };
  }
  const writer = new PostgresWriter(url, options);
  return { lanes: [writer], close: () => writer.close() };
}
