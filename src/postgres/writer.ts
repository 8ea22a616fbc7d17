/**
 * Writes changes to one shard of the store, each call in one statement that commits by itself.
 *
 * - W1 A change is written whole or not at all, and only if its company stands at `(epoch, from_version)`.
 * - W2 No transaction is left open by whatever dies: there is none on this path.
 * - W3 What Postgres refuses for what is in it (a text with U+0000, an id that is there already) costs its own
 *   company alone: the others of the call are written.
 * - W4 No statement is sent twice. When its outcome is not known, `write` throws.
 */

import type { Change } from "../domain/company/change.ts";
import type { QuarantineReason } from "../domain/company/command.ts";
import type { CompanyId } from "../domain/types.ts";
import { isContentError, KEYED_PLANS, ResilientConnection, sqlState } from "./resilient_connection.ts";
import { FactPartitions } from "./fact_partitions.ts";
import { type ChangeRows, rowsOf } from "./write_rows.ts";
import { writeStatement } from "./write_statement.ts";

/** What may be said of a writer. */
export interface WriterOptions {
  /** The server cancels a write that runs longer; its outcome is unknown to us then. Default 10,000. */
  readonly statement_timeout_ms?: number;
  readonly connect_timeout_ms?: number;
  /** Told of lost connections. */
  readonly onError?: (error: Error) => void;
  /** Told of changes that Postgres refused (W3), and why, without any value of theirs. */
  readonly onRejected?: (company: CompanyId, why: string) => void;
  /** Told of each event that was kept in quarantine. */
  readonly onQuarantined?: (reason: QuarantineReason) => void;
}

/** A journal's lane into Postgres. Makes its connection when it is first needed. */
export class PostgresWriter {
  readonly #line: ResilientConnection;
  readonly #partitions: FactPartitions;
  readonly #onRejected: (company: CompanyId, why: string) => void;
  readonly #onQuarantined: (reason: QuarantineReason) => void;

  /** @param url a `postgres://` URL */
  constructor(url: string, options: WriterOptions = {}) {
    this.#onRejected = options.onRejected ?? (() => {});
    this.#onQuarantined = options.onQuarantined ?? (() => {});
    this.#line = new ResilientConnection(url, {
      application_name: "poli-credits journal",
      settings: KEYED_PLANS,
      ...options,
    });
    this.#partitions = new FactPartitions(this.#line);
  }

  /**
   * Writes changes.
   *
   * @param changes of different companies
   * @returns the companies whose change was written; nothing was written of the others
   * @throws {Error} when the connection died, could not be made, or the statement was cut off: the changes may
   * or may not have been written
   */
  async write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    if (changes.length === 0) return new Set();
    try {
      return await this.#execute(changes);
    } catch (error) {
      // A RangeError is ours: a number that cannot be written exactly, found before anything was sent.
      if (!isContentError(error) && !(error instanceof RangeError)) throw error;
      return await this.#writeHalves(changes, error as Error);
    }
  }

  /** Ends the connection. Close the journal first: what is being written rejects. */
  close(): Promise<void> {
    return this.#line.close();
  }

  async #execute(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    // Heads are locked in one order, so that two writers whose companies overlap cannot wait for each other.
    const rows = rowsOf(changes.toSorted((a, b) => a.company < b.company ? -1 : 1));
    await this.#partitions.ensure(instantsOf(rows));
    const { rows: held } = await this.#line.query<{ company_id: CompanyId }>(writeStatement(rows));
    const written = new Set(held.map(({ company_id }) => company_id));
    for (const { company, value } of rows.quarantine) {
      if (written.has(company)) this.#onQuarantined(value.reason);
    }
    return written;
  }

  /** A refused statement has written nothing, so its halves can be written; what is refused alone is left out. */
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

/** Postgres says of data exceptions which value they are about. */
function redactedMessage(error: Error): string {
  const state = sqlState(error);
  return state?.startsWith("22") ? `SQLSTATE ${state}` : error.message;
}

function* instantsOf(rows: ChangeRows): Iterable<number> {
  for (const { value } of rows.facts) yield value.at_ms;
}
