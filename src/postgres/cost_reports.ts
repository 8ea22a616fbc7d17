import type { CompanyMessages, CostMessagesQuery } from "../domain/meta_costs/cost_messages.ts";
import type { CompanyUse, UseQuery } from "../domain/meta_costs/margin.ts";
import type { NumberAccount } from "../domain/meta_costs/number_accounts.ts";
import type { CompanyId } from "../domain/types.ts";
import type { CostReports } from "../ports/meta_costs.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { NUMBER_ACCOUNT_COLUMNS } from "./cost_days.ts";
import { readCostMessages } from "./cost_messages.ts";
import { readMarginUse } from "./margin_use.ts";
import { PortfolioCountsCache } from "./portfolio_counts.ts";
import { safeInteger } from "./values.ts";

/** All accounts of the numbers that ever were in a portfolio of the companies. */
const ACCOUNTS = `
  with portfolios as (
    select distinct portfolio_id from number_accounts where company = any($1::bigint[])
  ), numbers as (
    select distinct company, phone_number_id from number_accounts join portfolios using (portfolio_id)
  )
  select ${NUMBER_ACCOUNT_COLUMNS} from number_accounts join numbers using (company, phone_number_id)`;

type AccountRow =
  & Omit<NumberAccount, "from_ms" | "recorded_at_ms">
  & Record<"from_ms" | "recorded_at_ms", bigint>;

/** Reads what the reports of costs and margins are made of, each in a fixed number of statements. */
export class PostgresCostReports implements CostReports {
  readonly #pool: Pool;
  readonly #portfolio_counts: PortfolioCountsCache;

  /** @param portfolio_counts keeps what portfolios have counted */
  constructor(pool: Pool, portfolio_counts = new PortfolioCountsCache()) {
    this.#pool = pool;
    this.#portfolio_counts = portfolio_counts;
  }

  /** Reads the accounts of companies' numbers, and those of their portfolios. */
  async accountsAround(companies: readonly CompanyId[]): Promise<NumberAccount[]> {
    const { rows } = await this.#pool.query<AccountRow>(ACCOUNTS, [companies.map(companyKey)]);
    return rows.map((row) => ({
      ...row,
      from_ms: safeInteger(row.from_ms),
      recorded_at_ms: safeInteger(row.recorded_at_ms),
    }));
  }

  /** Reads the messages of companies by price. */
  messages(query: CostMessagesQuery): Promise<CompanyMessages[]> {
    return readCostMessages(this.#pool, this.#portfolio_counts, query);
  }

  /** Reads what companies used of months. */
  use(query: UseQuery): Promise<CompanyUse[]> {
    return readMarginUse(this.#pool, query);
  }
}
