import type { AccountDay } from "../domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../domain/meta_costs/number_accounts.ts";
import type { CostDay } from "../domain/meta_costs/types.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import type { CostDayQuery, MetaCosts } from "../ports/meta_costs.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { epochMs, safeInteger } from "./values.ts";

type CostDayRow = Omit<CostDay, "country" | "messages"> & {
  readonly country: string;
  readonly messages: bigint;
};

/** Days between the dates that two time zones can have at one instant: 26 hours part the furthest. */
const DATES_APART_MAX = 2;

/** SQL for the columns of {@link NumberAccount}, of the table `number_accounts`. */
export const NUMBER_ACCOUNT_COLUMNS = `
  company_id as company, phone_number_id, ${
  epochMs("from_at")
} as from_ms, from_date, account_id, portfolio_id, time_zone,
  currency, ${epochMs("recorded_at")} as recorded_at_ms, recorded_by`;

/** Reads the messages that Meta prices, counted by day, and the accounts of numbers. Both are indexed reads. */
export class PostgresMetaCosts implements MetaCosts {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Reads counted messages, in order of company, date and group. */
  async days({ company, from, to, by }: CostDayQuery): Promise<CostDay[]> {
    const range: readonly unknown[] = company === undefined ? [from, to] : [from, to, companyKey(company)];
    // The indexes are by local date. An account's date is at most two days from it.
    const dates = by === "local_date"
      ? "d.local_date between $1 and $2"
      : `d.local_date between $1::date - ${DATES_APART_MAX} and $2::date + ${DATES_APART_MAX}
          and d.account_date between $1 and $2`;
    const { rows } = await this.#pool.query<CostDayRow>(
      `select c.company_id as company, d.local_date, d.account_date, d.phone_number_id, d.country, d.category,
          d.pricing_type, d.billable, d.messages
        from cost_days d join companies c on c.key = d.company
        where ${dates} and d.messages <> 0 ${company === undefined ? "" : "and d.company = $3"}
        order by c.company_id, d.local_date, d.account_date, d.phone_number_id, d.country, d.category, d.pricing_type,
          d.billable`,
      [...range],
    );
    return rows.map((row) => ({
      ...row,
      country: row.country === "" ? undefined : row.country,
      messages: safeInteger(row.messages),
    }));
  }

  /** Reads the accounts of a company's numbers, or of all, in order of company, number and time. */
  async accounts(company?: CompanyId): Promise<NumberAccount[]> {
    const { rows } = await this.#pool.query<
      & Omit<NumberAccount, "from_ms" | "recorded_at_ms">
      & Record<"from_ms" | "recorded_at_ms", bigint>
    >(
      `select ${NUMBER_ACCOUNT_COLUMNS} from number_accounts ${
        company === undefined ? "" : "where company = $1"
      }
        order by company_id, phone_number_id, from_at`,
      company === undefined ? [] : [companyKey(company)],
    );
    return rows.map((row) => ({
      ...row,
      from_ms: safeInteger(row.from_ms),
      recorded_at_ms: safeInteger(row.recorded_at_ms),
    }));
  }

  /** Reads the stored ends of dates in the zones of a company's accounts, in order of zone and date. */
  async accountDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<AccountDay[]> {
    const { rows } = await this.#pool.query<Omit<AccountDay, "ended_at_ms"> & Record<"ended_at_ms", bigint>>(
      `select time_zone, local_date, ${epochMs("ends_at")} as ended_at_ms from account_days
        where company = $1 and local_date between $2 and $3 order by time_zone, local_date`,
      [companyKey(company), from, to],
    );
    return rows.map((row) => ({ ...row, ended_at_ms: safeInteger(row.ended_at_ms) }));
  }
}
