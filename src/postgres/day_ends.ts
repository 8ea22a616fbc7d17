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

/** SQL for a local day of company `c` as JSON. */
function dayOf(local_date: string, ends_at: string): string {
  return `json_build_object('local_date', ${local_date}, 'ends_ms', ${epochMs(ends_at)}, 'time_zone', (
    select s.time_zone from company_settings s where s.company = c.key and s.effective_from <= ${local_date}
    order by s.version desc limit 1
  ))`;
}

const GROUPS = `
  select closed, current, count(*) as companies,
    (array_agg(company_id order by company_id))[1:$1] as first_companies
  from (
    select c.company_id, (
      select json_agg(${dayOf("d.local_date", "d.ends_at")} order by d.local_date)::text from local_days d
      where d.company = c.key and d.local_date > c.closed_through - ${DAYS_COMPARED}
        and d.local_date <= c.closed_through
    ) as closed, ${dayOf("(c.closed_through + 1)", "c.due_at")}::text as current
    from companies c
  ) of_companies
  group by closed, current order by closed, current`;

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
      { closed: string | null; current: string; companies: bigint; first_companies: CompanyId[] }
    >(GROUPS, [ids_max]);
    return rows.map(({ closed, current, companies, first_companies }) => ({
      days: [...JSON.parse(closed ?? "[]"), JSON.parse(current)],
      companies: Number(companies),
      first_companies,
    }));
  }
}
