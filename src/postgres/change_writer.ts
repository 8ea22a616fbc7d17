/**
 * What the writers of a database and of a shard have in common: changes become rows, and a rejected statement is sent again
 * in smaller ones.
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
import { isContentError, sqlState } from "./sql_state.ts";
import { LabelSetIds } from "./label_sets.ts";
import { type ChangeRows, rowsOf } from "./write_rows.ts";

/** Options of a {@link ChangeWriter}. */
export interface ChangeWriterOptions {
  /** Keys the ids of label sets. By default random: equal labels of two writers are then stored twice. */
  readonly label_secret?: Uint8Array;
  /** Called for each rejected change (WRITER-3), with its company and a reason that quotes no text of the change. */
  readonly onRejected?: (company: CompanyId, reason: string) => void;
  /** Called with the reason of each quarantined event. */
  readonly onQuarantined?: (reason: QuarantineReason) => void;
  /** Called with each written difference of the counts of messages that Meta prices. */
  readonly onCostCounted?: (counted: CountedCost) => void;
}

/**
 * Sends the write statement of rows.
 *
 * @returns the companies whose heads were updated
 */
export type SendRows = (rows: ChangeRows) => Promise<readonly CompanyId[]>;

/** Writes changes by statements that its caller sends. */
export class ChangeWriter {
  readonly #label_set_ids: LabelSetIds;
  readonly #onRejected: (company: CompanyId, reason: string) => void;
  readonly #onQuarantined: (reason: QuarantineReason) => void;
  readonly #onCostCounted: (counted: CountedCost) => void;

  constructor(options: ChangeWriterOptions) {
    this.#onRejected = options.onRejected ?? (() => {});
    this.#onQuarantined = options.onQuarantined ?? (() => {});
    this.#onCostCounted = options.onCostCounted ?? (() => {});
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
   * @throws {Error} what `send` throws, unless Postgres rejected the content: treat the outcome of every change as unknown
   */
  async write(changes: readonly Change[], send: SendRows): Promise<ReadonlySet<CompanyId>> {
    if (changes.length === 0) return new Set();
    try {
      return await this.#execute(changes, send);
    } catch (error) {
      // A number that cannot be encoded exactly throws a RangeError before the statement is sent.
      if (!isContentError(error) && !(error instanceof RangeError)) throw error;
      return await this.#writeHalves(changes, send, error as Error);
    }
  }

  async #execute(changes: readonly Change[], send: SendRows): Promise<ReadonlySet<CompanyId>> {
    // The companies' rows (heads) are locked in one order, so that two writers with the same companies cannot deadlock.
    const in_order = changes.toSorted((a, b) => a.company < b.company ? -1 : 1);
    const rows = rowsOf(in_order, this.#label_set_ids);
    const written = new Set(await send(rows));
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
  async #writeHalves(
    changes: readonly Change[],
    send: SendRows,
    error: Error,
  ): Promise<ReadonlySet<CompanyId>> {
    if (changes.length === 1) {
      this.#onRejected(changes[0]!.company, redactedMessage(error));
      return new Set();
    }
    const half = changes.length >> 1;
    const first = await this.write(changes.slice(0, half), send);
    return first.union(await this.write(changes.slice(half), send));
  }
}

/** Returns the error's message. For a data exception (SQLSTATE 22…), whose message quotes the value, returns only the SQLSTATE. */
function redactedMessage(error: Error): string {
  const state = sqlState(error);
  return state?.startsWith("22") ? `SQLSTATE ${state}` : error.message;
}

/** Returns the instants of the facts in rows, whose months need a partition. */
export function* instantsOf(rows: ChangeRows): Iterable<number> {
  for (const { value } of rows.facts) yield value.at_ms;
}
