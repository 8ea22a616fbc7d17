import type { CompanyUse, UseQuery } from "../domain/meta_costs/margin.ts";
import { monthOf } from "../domain/calendar.ts";
import type { CompanyId, Month } from "../domain/types.ts";
import { credits } from "../domain/types.ts";
import { CONTRACT, type ContractRow, toContractVersion } from "./activation.ts";
import type { Pool } from "./connection.ts";

/** SQL for the credits of the dates of the month `p` that meet a condition. */
const creditsOn = (condition: string) => `
  coalesce((
    select sum(t.credits) from day_totals t
    where t.company = p.company and t.local_date >= (p.month || '-01')::date
      and t.local_date < (p.month || '-01')::date + interval '1 month' and ${condition}
  ), 0)`;

/**
 * The use of months by date. Only the first and the last month of the dates read days: whole months are stored. Numbers
 * in the JSON are safe integers.
 */
const USE = `
  select c.company_id as company, ${CONTRACT} as contract,
    (select coalesce(json_agg(m order by m.month), '[]') from (
      select month, granted,
        case when month = $5 then ${creditsOn("t.local_date < $3::date")} else 0 end as consumed_before,
        consumed - case when month = $6 then ${
  creditsOn("t.local_date > $4::date")
} else 0 end as consumed_through
      from periods p where company = c.key and month between $5 and $6
    ) m) as months
  from companies c where c.company_id >= $1 order by c.company_id limit $2`;

interface UseRow {
  readonly company: CompanyId;
  readonly contract: readonly ContractRow[];
  readonly months: readonly (Record<"granted" | "consumed_before" | "consumed_through", number> & {
    readonly month: Month;
  })[];
}

/**
 * Reads the contracts of companies and what they used of the months of dates, in order of company.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readMarginUse(pool: Pool, query: UseQuery): Promise<CompanyUse[]> {
  const { first_company, limit, from, to } = query;
  const { rows } = await pool.query<UseRow>(USE, [
    first_company,
    limit,
    from,
    to,
    monthOf(from),
    monthOf(to),
  ]);
  return rows.map(({ company, contract, months }) => ({
    company,
    contract: contract.map(toContractVersion),
    months: months.map((month) => ({
      month: month.month,
      granted: credits(month.granted),
      consumed_before: credits(month.consumed_before),
      consumed_through: credits(month.consumed_through),
    })),
  }));
}
