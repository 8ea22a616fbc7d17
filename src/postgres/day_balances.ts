import type { DayBalance, DayEnd } from "../domain/reports.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import { NO_CREDITS } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { instantText, toCredits } from "./values.ts";

interface Row {
  readonly local_date: LocalDate;
  readonly available_after: bigint | null;
  readonly excess_after: bigint | null;
}

/**
 * Reads the balance that the ledger had at the end of each date. `width_bucket` counts the ends that are not after an
 * instant, which is the position of the date that a late entry was posted on.
 *
 * @param days dates of one month in order, from its first on, each with its end
 * @throws {Error} when Postgres cannot be reached
 */
export async function readDayBalances(
  pool: Pool,
  company: CompanyId,
  days: readonly DayEnd[],
): Promise<DayBalance[]> {
  const { rows } = await pool.query<Row>(
    `with days as (select * from unnest($2::date[], $3::timestamptz[]) with ordinality as d (local_date, ends_at, n)),
      last as (
        select n, seq from days cross join lateral (select seq from ledger
          where company = $1 and local_date = days.local_date and not late and type <> 'expiry'
          order by seq desc limit 1) on_time
        union all
        select width_bucket(recorded_at, $3::timestamptz[]) + 1, max(seq) from days cross join lateral (
          select seq, recorded_at from ledger where company = $1 and local_date = days.local_date and late) late
        group by 1)
    select days.local_date, available_after, excess_after
      from (select days.n, days.local_date, max(max(last.seq)) over (order by days.n) as seq
        from days left join last on last.n = days.n group by days.n, days.local_date) days
      left join ledger on company = $1 and ledger.seq = days.seq
      order by days.n`,
    [
      companyKey(company),
      days.map(({ local_date }) => local_date),
      days.map(({ end_ms }) => instantText(end_ms)),
    ],
  );
  return rows.map(({ local_date, available_after, excess_after }) => ({
    local_date,
    available_after: available_after === null ? NO_CREDITS : toCredits(available_after),
    excess_after: excess_after === null ? NO_CREDITS : toCredits(excess_after),
  }));
}
