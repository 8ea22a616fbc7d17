import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { instantText } from "./values.ts";
import { sqlState } from "./sql_state.ts";

/** The result of a claim: all numbers were claimed if `taken` is empty, otherwise none. */
export interface ClaimResult {
  /** The requested numbers that another company owns. */
  readonly taken: readonly { readonly phone_number_id: string }[];
}

/** A phone number and its owner. */
export interface ClaimedNumber {
  readonly phone_number_id: string;
  readonly company: CompanyId;
}

const CLAIM = `
  with requested as (
    select phone_number_id, company_id
    from unnest($2::text[]) as a(phone_number_id) left join phone_numbers using (phone_number_id)
  ), claimed as (
    insert into phone_numbers (phone_number_id, company_id, claimed_at)
    select phone_number_id, $1, $3 from requested
    where company_id is null and not exists (select from requested where company_id <> $1)
    order by phone_number_id
  )
  select phone_number_id from requested where company_id <> $1 order by phone_number_id`;

const UNIQUE_VIOLATION = "23505";
const DEADLOCK = "40P01";
const ATTEMPTS_MAX = 5;

/** The companies that own Meta's phone numbers. */
export class PostgresPhoneNumbers {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Claims numbers for a company: all of them or, when another company owns one, none. Numbers that the company already
   * owns count as claimed.
   *
   * @throws {Error} when Postgres cannot be reached: all or none were claimed; retry is safe
   */
  async claim(company: CompanyId, phone_number_ids: readonly string[], at_ms: number): Promise<ClaimResult> {
    const values = [company, [...new Set(phone_number_ids)], instantText(at_ms)];
    for (let attempt = 1;; attempt++) {
      try {
        const { rows } = await this.#pool.query<{ phone_number_id: string }>(CLAIM, values);
        return { taken: rows };
      } catch (error) {
        // A concurrent call claimed one of these numbers: this one claimed none, and its next attempt sees the owner.
        const raced = [UNIQUE_VIOLATION, DEADLOCK].includes(sqlState(error) ?? "");
        if (!raced || attempt === ATTEMPTS_MAX) throw error;
      }
    }
  }

  /**
   * Releases all numbers of a company except `except_ids`.
   *
   * @returns the released numbers
   * @throws {Error} when Postgres cannot be reached
   */
  async release(company: CompanyId, except_ids: readonly string[]): Promise<string[]> {
    const { rows } = await this.#pool.query<{ phone_number_id: string }>(
      `delete from phone_numbers where company_id = $1 and phone_number_id <> all ($2::text[])
        returning phone_number_id`,
      [company, [...except_ids]],
    );
    return rows.map(({ phone_number_id }) => phone_number_id).sort();
  }

  /**
   * Lists every number, for the directory in memory.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async all(): Promise<ClaimedNumber[]> {
    const { rows } = await this.#pool.query<ClaimedNumber>(
      "select phone_number_id, company_id as company from phone_numbers",
    );
    return rows;
  }

  /**
   * Lists the owners of some numbers. The result omits numbers that no company owns.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async ownersOf(phone_number_ids: readonly string[]): Promise<ClaimedNumber[]> {
    const { rows } = await this.#pool.query<ClaimedNumber>(
      "select phone_number_id, company_id as company from phone_numbers where phone_number_id = any ($1::text[])",
      [[...phone_number_ids]],
    );
    return rows;
  }
}
