/**
 * Writes the changes of one lane of the journal: one stream of statements to one Postgres server. A call sends one
 * autocommit write statement, or several smaller ones after a rejection; missing partitions of facts are created before.
 *
 * - WRITER-1 A change is written whole or not at all, and only while the company's row in `companies` has the change's
 *   `epoch` and `from_version`.
 * - WRITER-2 No transaction is begun explicitly, so a crash can leave none open.
 * - WRITER-3 A change that Postgres rejects for its content (a text with U+0000, a duplicate id) fails alone: the other
 *   changes of the call are written.
 * - WRITER-4 A statement whose outcome is unknown is never sent again: `write` throws. Only changes of a rejected
 *   statement are sent again, in smaller statements.
 */

import type { Change } from "../domain/company/change.ts";
import type { QuarantineReason } from "../domain/company/command.ts";
import type { CountedCost } from "../domain/meta_costs/counted_costs.ts";
import type { CompanyId } from "../domain/types.ts";
import { KEY_LOOKUP_PLANS, ResilientConnection } from "./resilient_connection.ts";
import type { DatabaseHistory } from "./database_history.ts";
import { isContentError, sqlState } from "./sql_state.ts";
import { FactPartitions } from "./fact_partitions.ts";
import { LabelSetIds } from "./label_sets.ts";
import { type ChangeRows, rowsOf } from "./write_rows.ts";
import { writeStatement } from "./write_statement.ts";

/** Options of {@link PostgresWriter}. */
export interface WriterOptions {
  /** The server cancels a statement that runs longer. Its outcome is then treated as unknown. Default 10,000. */
  readonly statement_timeout_ms?: number;
  /** Keys the ids of label sets. By default random: equal labels of two writers are then stored twice. */
  readonly label_secret?: Uint8Array;
  /** The time limit for opening the connection. Default 2,000. */
  readonly connect_timeout_ms?: number;
  /** Compares each connection's database with the earlier ones, and learns the position of writes. */
  readonly history?: DatabaseHistory | undefined;
  /** Called when a connection is lost or cannot be opened. */
  readonly onError?: (error: Error) => void;
  /** Called for each rejected change (WRITER-3), with its company and a reason that quotes no text of the change. */
  readonly onRejected?: (company: CompanyId, reason: string) => void;
  /** Called with the reason of each quarantined event. */
  readonly onQuarantined?: (reason: QuarantineReason) => void;
  /** Called with each written difference of the counts of messages that Meta prices. */
  readonly onCostCounted?: (counted: CountedCost) => void;
}

/** Writes the changes of one lane of the journal. It connects at the first write. */
export class PostgresWriter {
  readonly #connection: ResilientConnection;
  readonly #partitions: FactPartitions;
  readonly #history: DatabaseHistory | undefined;
  readonly #label_set_ids: LabelSetIds;
  readonly #onRejected: (company: CompanyId, reason: string) => void;
  readonly #onQuarantined: (reason: QuarantineReason) => void;
  readonly #onCostCounted: (counted: CountedCost) => void;

  /** @param url a `postgres://` URL */
  constructor(url: string, options: WriterOptions = {}) {
    this.#onRejected = options.onRejected ?? (() => {});
    this.#onQuarantined = options.onQuarantined ?? (() => {});
    this.#onCostCounted = options.onCostCounted ?? (() => {});
    this.#connection = new ResilientConnection(url, {
      application_name: "poli-credits journal",
      settings: KEY_LOOKUP_PLANS,
      ...options,
    });
    this.#partitions = new FactPartitions(this.#connection);
    this.#history = options.history;
    this.#label_set_ids = new LabelSetIds(
      options.label_secret ?? crypto.getRandomValues(new Uint8Array(32)),
    );
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
  async write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    if (changes.length === 0) return new Set();
    try {
      return await this.#execute(changes);
    } catch (error) {
      // A number that cannot be encoded exactly throws a RangeError before the statement is sent.
      if (!isContentError(error) && !(error instanceof RangeError)) throw error;
      return await this.#writeHalves(changes, error as Error);
    }
  }

  /** Closes the connection. Close the journal first, because closing the connection fails a write in flight. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #execute(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    // The companies' rows (heads) are locked in one order, so that two writers with the same companies cannot deadlock.
    const in_order = changes.toSorted((a, b) => a.company < b.company ? -1 : 1);
    const rows = rowsOf(in_order, this.#label_set_ids);
    await this.#partitions.ensure(instantsOf(rows));
    const { rows: updated_heads } = await this.#connection.query<{ company_id: CompanyId }>(
      writeStatement(rows),
    );
    this.#history?.notePosition((text) => this.#connection.query({ text }));
    const written = new Set(updated_heads.map(({ company_id }) => company_id));
    for (const { company, value } of rows.quarantine) {
      if (written.has(company)) this.#onQuarantined(value.reason);
    }
    for (const { company, value } of rows.cost_days) if (written.has(company)) this.#onCostCounted(value);
    return written;
  }

  /**
   * Splits the changes of a rejected statement, which wrote nothing, into halves and writes each. A change that is rejected
   * alone is reported to `onRejected`.
   */
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

/** Returns the error's message. For a data exception (SQLSTATE 22…), whose message quotes the value, returns only the SQLSTATE. */
function redactedMessage(error: Error): string {
  const state = sqlState(error);
  return state?.startsWith("22") ? `SQLSTATE ${state}` : error.message;
}

function* instantsOf(rows: ChangeRows): Iterable<number> {
  for (const { value } of rows.facts) yield value.at_ms;
}
