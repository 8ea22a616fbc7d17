import type { ClaimRequest, PhoneClaim, RefusedNumber } from "../domain/phone_claims.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrUndefined } from "./values.ts";
import { sqlState } from "./sql_state.ts";

interface ClaimRow {
  readonly phone_number_id: string;
  readonly claim: number;
  readonly company_id: CompanyId;
  readonly owned_from_ms: bigint | null;
  readonly claimed_at_ms: bigint;
  readonly released_at_ms: bigint | null;
}

/**
 * `owner` is the company that owns a number, and `before` the one that owned it before that, until `free_from`. The
 * time between two claims of one company is its own. `greatest` ignores nulls.
 */
const CLAIM = `
  with requested as (
    select a.phone_number_id, o.company_id as owner, b.company_id as before, b.released_at as free_from,
      coalesce(b.claim, 0) + 1 as claim
    from unnest($2::text[]) as a(phone_number_id)
    left join phone_numbers o on o.phone_number_id = a.phone_number_id and o.released_at is null
    left join lateral (
      select n.company_id, n.released_at, n.claim from phone_numbers n
      where n.phone_number_id = a.phone_number_id and n.released_at is not null order by n.claim desc limit 1
    ) b on true
  ), refused as (
    select phone_number_id, case when owner <> $1 then null else free_from end as free_from from requested
    where owner <> $1 or (before <> $1 and free_from > $4)
  ), claimed as (
    insert into phone_numbers (phone_number_id, claim, company_id, owned_from, claimed_at)
    select phone_number_id, claim, $1, case
      when before <> $1 then greatest(free_from, coalesce($4, $3::timestamptz))
      else greatest(free_from, $4)
    end, $3
    from requested where owner is null and not exists (select from refused)
    order by phone_number_id
  ), extended as (
    update phone_numbers n set owned_from = greatest(r.free_from, $4) from requested r
    where n.phone_number_id = r.phone_number_id and n.released_at is null and n.company_id = $1
      and n.owned_from > greatest(r.free_from, $4::timestamptz) and $4 is not null and not exists (select from refused)
  )
  select phone_number_id, ${epochMs("free_from")} as free_from_ms from refused order by phone_number_id`;

const COLUMNS = `phone_number_id, claim, company_id, ${epochMs("owned_from")} as owned_from_ms, ${
  epochMs("claimed_at")
} as claimed_at_ms, ${epochMs("released_at")} as released_at_ms`;

const UNIQUE_VIOLATION = "23505";
const DEADLOCK = "40P01";
const ATTEMPTS_MAX = 5;

/** The claims of Meta's phone numbers by companies, past ones included. */
export class PostgresPhoneNumbers {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Claims numbers for a company: all of them or none. With `from_ms`, the claim of a number that the company owns
   * already begins then too, if that is earlier.
   *
   * @returns the numbers that another company owns, or owned after `from_ms`: all were claimed if there are none
   * @throws {Error} when Postgres cannot be reached: all or none were claimed; retry is safe
   */
  async claim({ company, phone_number_ids, at_ms, from_ms }: ClaimRequest): Promise<RefusedNumber[]> {
    const from = from_ms === undefined ? null : instantText(from_ms);
    const values = [company, [...new Set(phone_number_ids)], instantText(at_ms), from];
    for (let attempt = 1;; attempt++) {
      try {
        const { rows } = await this.#pool.query<{ phone_number_id: string; free_from_ms: bigint | null }>(
          CLAIM,
          values,
        );
        return rows.map(({ phone_number_id, free_from_ms }) => {
          return { phone_number_id, free_from_ms: safeIntegerOrUndefined(free_from_ms) };
        });
      } catch (error) {
        // A concurrent call claimed one of these numbers: this one claimed none, and its next attempt sees the owner.
        const raced = [UNIQUE_VIOLATION, DEADLOCK].includes(sqlState(error) ?? "");
        if (!raced || attempt === ATTEMPTS_MAX) throw error;
      }
    }
  }

  /**
   * Releases all numbers of a company except `except_ids`. Their claims end at `at_ms`.
   *
   * @returns the released numbers
   * @throws {Error} when Postgres cannot be reached
   */
  async release(company: CompanyId, except_ids: readonly string[], at_ms: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ phone_number_id: string }>(
      `update phone_numbers set released_at = greatest(owned_from, $3::timestamptz)
        where company_id = $1 and released_at is null and phone_number_id <> all ($2::text[])
        returning phone_number_id`,
      [company, [...except_ids], instantText(at_ms)],
    );
    return rows.map(({ phone_number_id }) => phone_number_id).sort();
  }

  /**
   * Lists every claim that is open or ended after a time, each number's in order.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async claimsSince(ended_after_ms: number): Promise<PhoneClaim[]> {
    return await this.#claims("released_at is null or released_at > $1", instantText(ended_after_ms));
  }

  /**
   * Lists all claims of some numbers, each number's in order.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async claimsOf(phone_number_ids: readonly string[]): Promise<PhoneClaim[]> {
    return await this.#claims("phone_number_id = any ($1::text[])", [...phone_number_ids]);
  }

  /**
   * Names a number for the company that owns it; without a name, removes the name.
   *
   * @returns false if no company owns the number
   * @throws {Error} when Postgres cannot be reached
   */
  async setName(phone_number_id: string, name: string | undefined): Promise<boolean> {
    const { rows } = await this.#pool.query<{ phone_number_id: string }>(
      `update phone_numbers set name = $2 where phone_number_id = $1 and released_at is null
        returning phone_number_id`,
      [phone_number_id, name ?? null],
    );
    return rows.length > 0;
  }

  /**
   * Reads the names of the numbers that a company owns, by id. Numbers without a name are absent.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async namesOf(company: CompanyId): Promise<Map<string, string>> {
    const { rows } = await this.#pool.query<{ phone_number_id: string; name: string }>(
      `select phone_number_id, name from phone_numbers
        where company_id = $1 and released_at is null and name is not null`,
      [company],
    );
    return new Map(rows.map(({ phone_number_id, name }) => [phone_number_id, name]));
  }

  async #claims(where: string, value: unknown): Promise<PhoneClaim[]> {
    const { rows } = await this.#pool.query<ClaimRow>(
      `select ${COLUMNS} from phone_numbers where ${where} order by phone_number_id, claim`,
      [value],
    );
    return rows.map((row) => ({
      phone_number_id: row.phone_number_id,
      claim: row.claim,
      company: row.company_id,
      owned_from_ms: safeIntegerOrUndefined(row.owned_from_ms),
      claimed_at_ms: safeInteger(row.claimed_at_ms),
      released_at_ms: safeIntegerOrUndefined(row.released_at_ms),
    }));
  }
}
