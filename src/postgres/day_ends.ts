import type { CompanyId, LocalDate } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { epochMs } from "./values.ts";

/** A local date's stored end, and the time zone in force on it. */
export interface StoredDayEnd {
  readonly local_date: LocalDate;
  readonly time_zone: string;
  readonly ends_ms: number;
}

/** Companies with equal local days. */
export interface CompaniesByDays {
  /** The current date and the eight before it, in order. */
  readonly days: readonly StoredDayEnd[];
  readonly companies: number;
  /** The first of their ids. */
  readonly first_companies: readonly CompanyId[];
}

const DAYS_COMPARED = 8;

const GROUPS = `
  select days, count(*) as companies, (array_agg(company_id order by company_id))[1:$1] as first_companies
  from (
    select c.company_id, (
      select json_agg(json_build_object(
        'local_date', d.local_date, 'ends_ms', ${epochMs("d.ends_at")}, 'time_zone', (
          select s.time_zone from company_settings s
          where s.company_id = c.company_id and s.effective_from <= d.local_date
          order by s.version desc limit 1
        )
      ) order by d.local_date)::text
      from (
        select local_date, ends_at from local_days
        where company_id = c.company_id
          and local_date > c.closed_through - ${DAYS_COMPARED} and local_date <= c.closed_through
        union all
        select c.closed_through + 1, c.due_at
      ) d
    ) as days
    from companies c
  ) of_companies
  group by days order by days`;

/** Reads the stored ends of recent local days. */
export class PostgresDayEnds {
  readonly #pool: Pool;

  /** @param pool the caller closes it */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Groups all companies by their recent local days.
   *
   * @param ids_max the ids to return of each group
   * @throws {Error} when Postgres cannot be reached
   */
  async groups(ids_max: number): Promise<CompaniesByDays[]> {
    const { rows } = await this.#pool.query<
      { days: string; companies: bigint; first_companies: CompanyId[] }
    >(GROUPS, [ids_max]);
    return rows.map(({ days, companies, first_companies }) => ({
      days: JSON.parse(days),
      companies: Number(companies),
      first_companies,
    }));
  }
}
