/**
 * Writes changes to one shard of the store. Each call is one statement, which commits by itself.
 *
 * - WRITER-1 A change is written whole or not at all, and only if its company's head is `(epoch, from_version)`.
 * - WRITER-2 A crash leaves no transaction open: this path begins none.
 * - WRITER-3 A change that Postgres rejects for its content (a text with U+0000, a duplicate id) fails alone: the other
 *   changes of the call are written.
 * - WRITER-4 No statement is sent twice. When its outcome is unknown, `write` throws.
 */

import type { Change } from "../domain/company/change.ts";
import type { QuarantineReason } from "../domain/company/command.ts";
import type { CompanyId } from "../domain/types.ts";
import { KEYED_PLANS, ResilientConnection } from "./resilient_connection.ts";
import { isContentError, sqlState } from "./sql_state.ts";
import { FactPartitions } from "./fact_partitions.ts";
import { type ChangeRows, rowsOf } from "./write_rows.ts";
import { writeStatement } from "./write_statement.ts";

/** Options of {@link PostgresWriter}. */
export interface WriterOptions {
  /** The server cancels a write that runs longer; its outcome is then unknown. Default 10,000. */
  readonly statement_timeout_ms?: number;
  readonly connect_timeout_ms?: number;
  /** Called when a connection is lost or cannot be opened. */
  readonly onError?: (error: Error) => void;
  /** Called with each change that Postgres rejected (WRITER-3), and the reason without any of its values. */
  readonly onRejected?: (company: CompanyId, why: string) => void;
  /** Called with the reason of each quarantined event. */
  readonly onQuarantined?: (reason: QuarantineReason) => void;
}

/** Writes the statements of one journal lane. It connects at the first write. */
export class PostgresWriter {
  readonly #connection: ResilientConnection;
  readonly #partitions: FactPartitions;
  readonly #onRejected: (company: CompanyId, why: string) => void;
  readonly #onQuarantined: (reason: QuarantineReason) => void;

  /** @param url a `postgres://` URL */
  constructor(url: string, options: WriterOptions = {}) {
    this.#onRejected = options.onRejected ?? (() => {});
    this.#onQuarantined = options.onQuarantined ?? (() => {});
    this.#connection = new ResilientConnection(url, {
      application_name: "poli-credits journal",
      settings: KEYED_PLANS,
      ...options,
    });
    this.#partitions = new FactPartitions(this.#connection);
  }

  /**
   * Writes changes.
   *
   * @param changes of different companies
   * @returns the companies whose change was written; nothing of the others was written
   * @throws {Error} when the connection is lost or cannot be opened, or the statement is cancelled: the changes may or
   * may not have been written
   */
  async write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    if (changes.length === 0) return new Set();
    try {
      return await this.#execute(changes);
    } catch (error) {
      // A RangeError is thrown before sending, for a number that cannot be encoded exactly.
      if (!isContentError(error) && !(error instanceof RangeError)) throw error;
      return await this.#writeHalves(changes, error as Error);
    }
  }

  /** Closes the connection. Close the journal first: writes in flight reject. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #execute(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    // Heads are locked in one order, so that two writers with the same companies cannot deadlock.
    const rows = rowsOf(changes.toSorted((a, b) => a.company < b.company ? -1 : 1));
    await this.#partitions.ensure(instantsOf(rows));
    const { rows: moved } = await this.#connection.query<{ company_id: CompanyId }>(writeStatement(rows));
    const written = new Set(moved.map(({ company_id }) => company_id));
    for (const { company, value } of rows.quarantine) {
      if (written.has(company)) this.#onQuarantined(value.reason);
    }
    return written;
  }

  /** Writes each half of a rejected call, which has written nothing; a change that is rejected alone is reported. */
  async #writeHalves(changes: readonly Change[], error: Error): Promise<ReadonlySet<CompanyId>> {
    if (changes.length === 1) {
      this.#onRejected(changes[0]!.company, redactedMessage(error));
      return new Set();
    }
    const half = changes.length >> 1;
    const first = await this.write(changes.slice(0, half));
    return first.union(await this.write(changes.slice(half)));
  }
}

/** Removes the message of a data exception (SQLSTATE 22…), which quotes the value. */
function redactedMessage(error: Error): string {
  const state = sqlState(error);
  return state?.startsWith("22") ? `SQLSTATE ${state}` : error.message;
}

function* instantsOf(rows: ChangeRows): Iterable<number> {
  for (const { value } of rows.facts) yield value.at_ms;
}
