import { firstDateOf, lastDateOf, previousDate } from "../domain/calendar.ts";
import { rateHistory } from "../domain/company/activation.ts";
import type { ClosedFigures } from "../domain/company/event.ts";
import type { SettingsVersion } from "../domain/company/state.ts";
import { finalAfter } from "../domain/lateness.ts";
import type { Period } from "../domain/period.ts";
import type { RateVersion } from "../domain/rates.ts";
import type { DatedTotal, DayEnd } from "../domain/reports.ts";
import type { CompanyId, LocalDate, Month } from "../domain/types.ts";
import { credits } from "../domain/types.ts";
import type { MonthContact, MonthRows, ReplyCount } from "../domain/what_if/month_rows.ts";
import type { MonthReader } from "../ports/reports.ts";
import { CONTRACT, type ContractRow, SETTINGS, toContractVersion } from "./activation.ts";
import type { Pool } from "./connection.ts";
import { monthContacts } from "./month_contacts.ts";
import { epochMs, safeInteger, safeIntegerOrUndefined } from "./values.ts";

/**
 * Begins one snapshot. Facts are locked before its first query: a partition that is dropped in between would be missing
 * from a snapshot that does not show the drop. Rows are looked up by key with any statistics, and by one process.
 */
const BEGIN = `
  begin isolation level repeatable read read only;
  lock table facts in access share mode;
  set local enable_seqscan = off;
  set local enable_hashjoin = off;
  set local enable_mergejoin = off;
  set local max_parallel_workers_per_gather = 0`;

const ROWS = `
  select c.version, c.closed_through,
    (select min(month) from periods where company = c.key) as first_month,
    ${SETTINGS} as settings,
    ${CONTRACT} as contract,
    (select coalesce(json_agg(r order by r.feature, r.version), '[]') from (
      select nullif(company_id, '') as company, feature, version, credits, effective_from,
        ${epochMs("from_at")} as from_ms, ${epochMs("recorded_at")} as recorded_at_ms, recorded_by
      from rate_versions where company in (company_key(''), company_key($1))
    ) r) as rates,
    (select coalesce(json_agg(d order by d.local_date), '[]') from (
      select local_date, ${epochMs("ends_at")} as end_ms from local_days
      where company = c.key and local_date between $2::date and $3::date
        and local_date <> c.closed_through + 1
      union all
      select c.closed_through + 1, ${epochMs("c.due_at")}
      where c.closed_through + 1 between $2::date and $3::date
    ) d) as day_ends,
    (select json_build_object('month', month, 'granted', granted, 'consumed', consumed, 'closed', closed)
      from periods where company = c.key and month = $4) as period,
    (select at_close from periods where company = c.key and month = $4) as at_close,
    (select coalesce(json_agg(t order by t.local_date, t.feature, t.direction), '[]') from (
      select local_date, feature, direction, units, credits from day_totals
      where company = c.key and local_date > $2::date and local_date <= $3::date
    ) t) as totals,
    (select coalesce(json_agg(r order by r.local_date), '[]') from (
      select local_date, sum(messages)::bigint as messages from cost_days
      where company = c.key and local_date > $2::date and local_date <= $3::date
        and category = 'service' and billable and pricing_type in ('regular', 'unknown')
      group by local_date having sum(messages) > 0
    ) r) as replies,
    (select ${epochMs("closed_at")} from closed_days
      where company = c.key and local_date = $5::date) as final_from_ms,
    (select ${epochMs("kept_from")} from retention where only_row) as facts_kept_from_ms
  from companies c where c.key = company_key($1)`;

interface Row {
  readonly version: bigint;
  readonly closed_through: LocalDate;
  readonly first_month: Month | null;
  readonly settings: readonly SettingsVersion[];
  readonly contract: readonly ContractRow[];
  readonly rates: readonly RateVersion[];
  readonly day_ends: readonly DayEnd[];
  readonly period: Period | null;
  readonly at_close: ClosedFigures | null;
  readonly totals: readonly DatedTotal[];
  readonly replies: readonly ReplyCount[];
  readonly final_from_ms: bigint | null;
  readonly facts_kept_from_ms: bigint | null;
}

const KEYS_A_PAGE = 500;

/** Reads months with their contacts, each in one read-only transaction of its own. */
export class PostgresMonths implements MonthReader {
  readonly #pool: Pool;
  readonly #keys_a_page: number;

  /**
   * @param pool a month occupies one of its connections while it is read; the caller closes it
   * @param keys_a_page the keys whose contacts are in memory at once
   */
  constructor(pool: Pool, keys_a_page = KEYS_A_PAGE) {
    this.#pool = pool;
    this.#keys_a_page = keys_a_page;
  }

  /**
   * Reads a month: see {@link MonthReader.read}.
   *
   * @throws {Error} when Postgres cannot be reached, the signal aborts, or `use` throws
   */
  async read<Result>(
    company: CompanyId,
    month: Month,
    signal: AbortSignal,
    use: (rows: MonthRows, contacts: AsyncIterable<readonly MonthContact[]>) => Promise<Result>,
  ): Promise<Result | undefined> {
    signal.throwIfAborted();
    const client = await this.#pool.connect();
    try {
      await client.query(BEGIN);
      const dates = [previousDate(firstDateOf(month)), lastDateOf(month)];
      const { rows: [row] } = await client.query<Row>(ROWS, [company, ...dates, month, finalAfter(month)]);
      const rows = row && toMonthRows(company, month, row);
      return rows && await use(rows, monthContacts(client, rows, this.#keys_a_page, signal));
    } finally {
      // A connection that cannot end its transaction is closed.
      const has_ended = await client.query("rollback").then(() => true, () => false);
      client.release(!has_ended);
    }
  }
}

function toMonthRows(company: CompanyId, month: Month, row: Row): MonthRows {
  const { period, rates } = row;
  const priced = rates.map((rate) => ({ ...rate, credits: credits(rate.credits) }));
  return {
    company,
    month,
    version: safeInteger(row.version),
    closed_through: row.closed_through,
    first_month: row.first_month ?? undefined,
    settings: row.settings,
    contract: row.contract.map(toContractVersion),
    own_rates: priced.filter((rate) => rate.company !== null),
    rate_card: rateHistory(priced.filter((rate) => rate.company === null)),
    day_ends: row.day_ends,
    period: period === null
      ? undefined
      : { ...period, granted: credits(period.granted), consumed: credits(period.consumed) },
    at_close: row.at_close ?? undefined,
    totals: row.totals.map((total) => ({ ...total, credits: credits(total.credits) })),
    replies: row.replies,
    final_from_ms: safeIntegerOrUndefined(row.final_from_ms),
    facts_kept_from_ms: safeIntegerOrUndefined(row.facts_kept_from_ms),
  };
}
