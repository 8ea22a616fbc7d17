/**
 * Writes the changes of one lane of the journal: one stream of statements to one Postgres server. A call sends one
 * autocommit write statement, or several smaller ones after a rejection; missing partitions of facts are created before.
 */

import type { Change } from "../domain/company/change.ts";
import type { CompanyId } from "../domain/types.ts";
import { ChangeWriter, type ChangeWriterOptions, instantsOf } from "./change_writer.ts";
import { KEY_LOOKUP_PLANS, ResilientConnection } from "./resilient_connection.ts";
import type { DatabaseHistory } from "./database_history.ts";
import { FactPartitions } from "./fact_partitions.ts";
import type { ChangeRows } from "./write_rows.ts";
import { writeStatement } from "./write_statement.ts";

/** Options of {@link PostgresWriter}. */
export interface WriterOptions extends ChangeWriterOptions {
  /** The server cancels a statement that runs longer. Its outcome is then treated as unknown. Default 10,000. */
  readonly statement_timeout_ms?: number;
  /** The time limit for opening the connection. Default 2,000. */
  readonly connect_timeout_ms?: number;
  /** Compares each connection's database with the earlier ones, and learns the position of writes. */
  readonly history?: DatabaseHistory | undefined;
  /** Called when a connection is lost or cannot be opened. */
  readonly onError?: (error: Error) => void;
}

/** Writes the changes of one lane of the journal. It connects at the first write. */
export class PostgresWriter {
  readonly #connection: ResilientConnection;
  readonly #partitions: FactPartitions;
  readonly #history: DatabaseHistory | undefined;
  readonly #writer: ChangeWriter;

  /** @param url a `postgres://` URL */
  constructor(url: string, options: WriterOptions = {}) {
    this.#connection = new ResilientConnection(url, {
      application_name: "poli-credits journal",
      settings: KEY_LOOKUP_PLANS,
      ...options,
    });
    this.#partitions = new FactPartitions(this.#connection);
    this.#history = options.history;
    this.#writer = new ChangeWriter(options);
  }

  /**
   * Writes changes.
   *
   * @param changes at most one change per company
   * @returns the companies whose change was written. The changes of the others were fenced or rejected, and nothing of
   * them was written
   * @throws {Error} when the connection is lost or cannot be opened, or a statement is cancelled: treat the outcome of
   * every change as unknown
   */
  write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    return this.#writer.write(changes, (rows) => this.#send(rows));
  }

  /** Closes the connection. Close the journal first, because closing the connection fails a write in flight. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #send(rows: ChangeRows): Promise<CompanyId[]> {
    await this.#partitions.ensure(instantsOf(rows));
    const updated_heads = await this.#connection.query<{ company_id: CompanyId }>(writeStatement(rows));
    this.#history?.notePosition((text) => this.#connection.query({ text }));
    return updated_heads.rows.map(({ company_id }) => company_id);
  }
}
