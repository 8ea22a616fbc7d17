import type { BusyDay, CompanyPage, MonthQuery, QuarantinedDay } from "../alerts/store.ts";
import { type AlertMonth, type AlertThresholds, DEFAULT_THRESHOLDS } from "../domain/alerts.ts";
import type { UncheckedDays } from "../domain/closed_day_alerts.ts";
import { type CompanyId, credits, type LocalDate, type Month } from "../domain/types.ts";
import type { Period } from "../domain/period.ts";
import type { ClosedDay, DatedTotal } from "../domain/reports.ts";
import { CONTRACT, type ContractRow, toContractVersion } from "./activation.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrUndefined } from "./values.ts";

/** A day is compared with this many days before it at most. */
const DAYS_COMPARED = 28;
/** Waiting events are counted up to this number. */
const WAITING_MAX = 10_000;

/** SQL for the thresholds `t` of a company as columns; null without own thresholds. */
const THRESHOLDS =
  "t.used_percents, t.credits_left, t.runs_out_days, t.company_id is not null as has_thresholds";

/** SQL for: `p` follows the last month of the previous page. */
const IS_IN_NEXT_PAGE = "($3::text is null or (p.company_id, p.month) > ($3, $4))";

const MONTHS_TO_REPORT = `
  select m.*, ${THRESHOLDS} from (
    select p.company_id, p.month, p.granted, p.consumed, p.closed, ${epochMs("p.closed_at")} as closed_at_ms
    from periods p left join alert_thresholds t on t.company_id = p.company_id
    where not p.closed and p.month >= $1 and p.granted > 0 and ${IS_IN_NEXT_PAGE} and (
      p.consumed * 100 >= p.granted * case when t.company_id is null then ${
  DEFAULT_THRESHOLDS.used_percents[0]
}
        else coalesce(t.used_percents[1], 100) end
      or p.consumed >= p.granted - t.credits_left[1]
    )
    union all
    select p.company_id, p.month, p.granted, p.consumed, p.closed, ${epochMs("p.closed_at")}
    from periods p where p.closed_at >= $2 and p.closed and ${IS_IN_NEXT_PAGE}
  ) m left join alert_thresholds t on t.company_id = m.company_id
  order by m.company_id, m.month
  limit $5`;

/** SQL for the first closed day of a company. */
const firstClosed = (company: string) =>
  `(select min(local_date) from closed_days f where f.company_id = ${company}) as first_closed`;

/** SQL for the totals of a company between two dates as JSON, both inclusive. */
const totalsBetween = (company: string, from: string, to: string) => `
  (select coalesce(json_agg(d), '[]') from (
    select local_date, feature, direction, units, credits from day_totals
    where company_id = ${company} and local_date >= ${from} and local_date <= ${to}
  ) d) as totals`;

const UNCHECKED_DAYS = `
  select c.company_id, c.closed_through, ${firstClosed("c.company_id")}, closed.days, ${CONTRACT} as contract,
    (select json_build_object('month', month, 'granted', granted, 'consumed', consumed, 'closed', closed)
      from periods where company_id = c.company_id and month = to_char(c.closed_through + 1, 'YYYY-MM')) as period,
    ${
  totalsBetween(
    "c.company_id",
    `coalesce(closed.first, c.closed_through + 1) - ${DAYS_COMPARED}`,
    "c.closed_through + 1",
  )
}, ${THRESHOLDS}
  from companies c
  left join alert_checks k on k.company_id = c.company_id
  left join alert_thresholds t on t.company_id = c.company_id
  cross join lateral (
    select min(d.local_date) as first, coalesce(json_agg(d order by d.local_date), '[]') as days from (
      select local_date, totals, ${epochMs("closed_at")} as closed_at_ms from closed_days
      where company_id = c.company_id and local_date <= c.closed_through and closed_at >= $1
        and (k.checked_through is null or local_date > k.checked_through)
    ) d
  ) closed
  where (k.checked_through is null or k.checked_through < c.closed_through)
    and ($2::text is null or c.company_id > $2)
  order by c.company_id
  limit $3`;

const BUSY_DAYS = `
  select k.company_id, k.checked_through + 1 as date, ${firstClosed("k.company_id")},
    ${totalsBetween("k.company_id", `k.checked_through + 1 - ${DAYS_COMPARED}`, "k.checked_through + 1")}
  from alert_checks k
  where k.spike_from is not null and ($1::text is null or k.company_id > $1)
    and k.spike_from <= (
      select sum(credits) from day_totals where company_id = k.company_id and local_date = k.checked_through + 1
    )
    and not exists (
      select from alerts a
      where a.company_id = k.company_id and a.topic = 'spike ' || to_char(k.checked_through + 1, 'YYYY-MM-DD')
    )
  order by k.company_id
  limit $2`;

/** SQL for the events of quarantine `q` that wait: neither replayed nor without content. */
const IS_WAITING = "q.replayed_at is null and q.reason <> 'erased'";

const QUARANTINED_DAYS = `
  select d.company_id, d.date, w.waiting
  from (
    select distinct coalesce(q.claimed_by, q.company_id) as company_id, (q.received_at at time zone 'UTC')::date as date
    from quarantine q where q.received_at >= $1 and ${IS_WAITING}
  ) d cross join lateral (
    select json_agg(r order by r.reason) as waiting from (
      select reason, count(*) as events from (
        select q.reason from quarantine q
        where coalesce(q.claimed_by, q.company_id) = d.company_id and ${IS_WAITING}
        order by q.received_at desc limit ${WAITING_MAX}
      ) newest group by reason
    ) r
  ) w
  where not exists (
    select from alerts a
    where a.company_id = d.company_id and a.topic = 'quarantine ' || to_char(d.date, 'YYYY-MM-DD')
  )
  order by d.company_id, d.date`;

interface ThresholdColumns {
  readonly has_thresholds: boolean;
  readonly used_percents: readonly number[];
  readonly credits_left: readonly bigint[];
  readonly runs_out_days: number | null;
}

interface MonthRow extends ThresholdColumns {
  readonly company_id: CompanyId;
  readonly month: Month;
  readonly granted: bigint;
  readonly consumed: bigint;
  readonly closed: boolean;
  readonly closed_at_ms: bigint | null;
}

interface DailyUseRow {
  readonly company_id: CompanyId;
  readonly first_closed: LocalDate | null;
  readonly totals: readonly DatedTotal[];
}

interface DaysRow extends ThresholdColumns, DailyUseRow {
  readonly closed_through: LocalDate;
  readonly days: readonly (ClosedDay & { readonly closed_at_ms: number })[];
  readonly contract: readonly ContractRow[];
  readonly period: Period | null;
}

/** Lists months that may have an alert, in order of company and month. */
export async function readMonthsToReport(
  pool: Pool,
  { from, closed_since_ms, after, limit }: MonthQuery,
): Promise<AlertMonth[]> {
  const values = [from, instantText(closed_since_ms), after?.company, after?.month, limit];
  const { rows } = await pool.query<MonthRow>(MONTHS_TO_REPORT, values);
  return rows.map((row) => ({
    company: row.company_id,
    period: {
      month: row.month,
      granted: credits(safeInteger(row.granted)),
      consumed: credits(safeInteger(row.consumed)),
      closed: row.closed,
    },
    closed_at_ms: safeIntegerOrUndefined(row.closed_at_ms),
    thresholds: toThresholds(row),
  }));
}

/** Lists companies with closed days that were not checked, in order of company. */
export async function readUncheckedDays(
  pool: Pool,
  { closed_since_ms, after, limit }: { readonly closed_since_ms: number } & CompanyPage,
): Promise<UncheckedDays[]> {
  const values = [instantText(closed_since_ms), after, limit];
  const { rows } = await pool.query<DaysRow>(UNCHECKED_DAYS, values);
  return rows.map((row) => ({
    ...toDailyUse(row),
    closed: row.days,
    closed_through: row.closed_through,
    period: row.period ?? undefined,
    contract: row.contract.map(toContractVersion),
    thresholds: toThresholds(row),
  }));
}

/** Lists the current dates with much use and without an alert `usage.spike`, in order of company. */
export async function readBusyDays(pool: Pool, { after, limit }: CompanyPage): Promise<BusyDay[]> {
  const { rows } = await pool.query<DailyUseRow & { date: LocalDate }>(BUSY_DAYS, [after, limit]);
  return rows.map((row) => ({ ...toDailyUse(row), date: row.date }));
}

/** Lists the dates on which events arrived in quarantine, without those that have an alert. */
export async function readQuarantinedDays(pool: Pool, since_ms: number): Promise<QuarantinedDay[]> {
  const { rows } = await pool.query<
    { company_id: CompanyId | ""; date: LocalDate; waiting: QuarantinedDay["waiting"] }
  >(QUARANTINED_DAYS, [instantText(since_ms)]);
  return rows.map(({ company_id, date, waiting }) => {
    return { company: company_id === "" ? undefined : company_id, date, waiting };
  });
}

function toDailyUse({ company_id, first_closed, totals }: DailyUseRow) {
  return { company: company_id, first_closed: first_closed ?? undefined, totals };
}

/** Returns a company's own thresholds, or the default ones. */
function toThresholds(row: ThresholdColumns): AlertThresholds {
  if (!row.has_thresholds) return DEFAULT_THRESHOLDS;
  const { used_percents, runs_out_days } = row;
  return { used_percents, credits_left: row.credits_left.map(safeInteger), runs_out_days };
}
