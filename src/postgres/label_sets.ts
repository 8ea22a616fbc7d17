/**
 * Labels of usage and sends. Facts, usages and the ledger name a set of labels by its id, so that labels can be erased
 * while the ledger never changes.
 *
 * - LABELS-1. The id is a keyed hash of the company and the labels: equal labels are stored once, and without the secret
 *   an id says nothing of erased ones.
 * - LABELS-2. A set is inserted and never written again, except by an erasure. Equal labels that are reported after it
 *   have the same id, and stay erased.
 */

import { HmacKey } from "../domain/identity/hmac.ts";
import { labelText, withoutLabelText } from "../domain/labels.ts";
import type { Attributes } from "../domain/ledger.ts";
import type { CompanyId } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";

/** A set of labels to store. */
export interface LabelSet {
  readonly id: string;
  readonly labels: Attributes;
}

/** Computes the ids of label sets. */
export class LabelSetIds {
  readonly #hmac: HmacKey;

  /** @param secret 32 random bytes, shared by all processes on the database */
  constructor(secret: Uint8Array) {
    this.#hmac = new HmacKey(secret);
  }

  /** Returns the id of labels of a company, a UUID. */
  of(company: CompanyId, labels: Attributes): string {
    const hex = this.#hmac.hexOfText(`${company}:${labelText(labels)}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
      hex.slice(20, 32)
    }`;
  }
}

/**
 * SQL for the labels of a row of a table with `company` and `labels`; null when it has none.
 *
 * @param company SQL for the key of the row's company
 */
export function labelsOf(table: string, company = `${table}.company`): string {
  return `(select s.labels from label_sets s where s.company = ${company} and s.id = ${table}.labels)`;
}

const PAGE_ROWS = 2_000;

/** Erases stored labels. */
export class PostgresLabelSets {
  readonly #pool: Pool;
  /** The last erasure. They run one after another, so that they delay other reads little. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Erases the labels of a company that contain a text: see {@link withoutLabelText}. It reads all of its label sets.
   *
   * @returns the number of sets that contained it
   * @throws {Error} when Postgres cannot be reached; a repeated call completes the erasure
   */
  erase(company: CompanyId, text: string): Promise<number> {
    const erase = () => this.#erase(company, text);
    const erased = this.#last.then(erase, erase);
    this.#last = erased;
    return erased;
  }

  async #erase(company: CompanyId, text: string): Promise<number> {
    let erased = 0;
    for (let after = "00000000-0000-0000-0000-000000000000";;) {
      const { rows } = await this.#pool.query<LabelSet>(
        "select id, labels from label_sets where company = $1 and id > $2 order by id limit $3",
        [companyKey(company), after, PAGE_ROWS],
      );
      const found = rows.map(({ id, labels }) => ({ id, labels: withoutLabelText(labels, text) }))
        .filter(({ labels }) => labels !== undefined);
      if (found.length > 0) {
        await this.#pool.query(
          `update label_sets s set labels = e.labels::jsonb from unnest($2::uuid[], $3::text[]) as e(id, labels)
            where s.company = $1 and s.id = e.id`,
          [companyKey(company), found.map(({ id }) => id), found.map(({ labels }) => JSON.stringify(labels))],
        );
      }
      erased += found.length;
      if (rows.length < PAGE_ROWS) return erased;
      after = rows.at(-1)!.id;
    }
  }
}
