import type { BusyDay, CompanyPage, MonthQuery, QuarantinedDay, Shards } from "../alerts/store.ts";
import { type AlertMonth, type AlertThresholds, DEFAULT_THRESHOLDS } from "../domain/alerts.ts";
import type { QuarantineReason } from "../domain/company/command.ts";
import type { UncheckedDays } from "../domain/closed_day_alerts.ts";
import { type CompanyId, credits, type LocalDate, type Month } from "../domain/types.ts";
import type { Period } from "../domain/period.ts";
import type { ClosedDay, DatedTotal } from "../domain/reports.ts";
import { CONTRACT, type ContractRow, toContractVersion } from "./activation.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { isOneOf, shardOfId, shardOfKey } from "./shards.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrUndefined } from "./values.ts";

/** A day is compared with this many days before it at most. */
const DAYS_COMPARED = 28;
/** Waiting events are counted up to this number. */
const WAITING_MAX = 10_000;

/** SQL for the thresholds `t` of a company as columns; null without own thresholds. */
const THRESHOLDS =
  "t.used_percents, t.credits_left, t.runs_out_days, t.company_id is not null as has_thresholds";

/** SQL for: `p` follows the last month of the previous page, and is of one of the shards. */
const IS_IN_NEXT_PAGE = `($3::text is null or (p.company_id, p.month) > ($3, $4)) and ${
  isOneOf(shardOfKey("p.company"), "$6")
}`;

const MONTHS_TO_REPORT = `
  select m.*, ${THRESHOLDS} from (
    select p.company, p.company_id, p.month, p.granted, p.consumed, p.closed, ${
  epochMs("p.closed_at")
} as closed_at_ms
    from periods p left join alert_thresholds t on t.company = p.company
    where not p.closed and p.month >= $1 and p.granted > 0 and ${IS_IN_NEXT_PAGE} and (
      p.consumed * 100 >= p.granted * case when t.company_id is null then ${
  DEFAULT_THRESHOLDS.used_percents[0]
}
        else coalesce(t.used_percents[1], 100) end
      or p.consumed >= p.granted - t.credits_left[1]
    )
    union all
    select p.company, p.company_id, p.month, p.granted, p.consumed, p.closed, ${epochMs("p.closed_at")}
    from periods p where p.closed_at >= $2 and p.closed and ${IS_IN_NEXT_PAGE}
  ) m left join alert_thresholds t on t.company = m.company
  order by m.company_id, m.month
  limit $5`;

/** SQL for the first closed day of a company. */
const firstClosed = (company: string) =>
  `(select min(local_date) from closed_days f where f.company = ${company}) as first_closed`;

/** SQL for the totals of a company between two dates as JSON, both inclusive. */
const totalsBetween = (company: string, from: string, to: string) => `
  (select coalesce(json_agg(d), '[]') from (
    select local_date, feature, direction, units, credits from day_totals
    where company = ${company} and local_date >= ${from} and local_date <= ${to}
  ) d) as totals`;

const UNCHECKED_DAYS = `
  select c.company_id, c.closed_through, ${firstClosed("c.key")}, closed.days, ${CONTRACT} as contract,
    (select json_build_object('month', month, 'granted', granted, 'consumed', consumed, 'closed', closed)
      from periods where company = c.key and month = to_char(c.closed_through + 1, 'YYYY-MM')) as period,
    ${
  totalsBetween(
    "c.key",
    `coalesce(closed.first, c.closed_through + 1) - ${DAYS_COMPARED}`,
    "c.closed_through + 1",
  )
}, ${THRESHOLDS}
  from companies c
  left join alert_checks k on k.company = c.key
  left join alert_thresholds t on t.company = c.key
  cross join lateral (
    select min(d.local_date) as first, coalesce(json_agg(d order by d.local_date), '[]') as days from (
      select local_date, totals, ${epochMs("closed_at")} as closed_at_ms from closed_days
      where company = c.key and local_date <= c.closed_through and closed_at >= $1
        and (k.checked_through is null or local_date > k.checked_through)
    ) d
  ) closed
  where (k.checked_through is null or k.checked_through < c.closed_through)
    and ($2::text is null or c.company_id > $2) and ${isOneOf(shardOfKey("c.key"), "$4")}
  order by c.company_id
  limit $3`;

const BUSY_DAYS = `
  select k.company_id, k.checked_through + 1 as date, ${firstClosed("k.company")},
    ${totalsBetween("k.company", `k.checked_through + 1 - ${DAYS_COMPARED}`, "k.checked_through + 1")}
  from alert_checks k
  where k.spike_from is not null and ($1::text is null or k.company_id > $1) and ${
  isOneOf(shardOfKey("k.company"), "$3")
}
    and k.spike_from <= (
      select sum(credits) from day_totals where company = k.company and local_date = k.checked_through + 1
    )
    and not exists (
      select from alerts a
      where a.company = k.company and a.topic = 'spike ' || to_char(k.checked_through + 1, 'YYYY-MM-DD')
    )
  order by k.company_id
  limit $2`;

/** SQL for the events of quarantine `q` that wait: neither replayed nor without content. */
const IS_WAITING = "q.replayed_at is null and q.reason <> 'erased'";

/** SQL for the company of a quarantined event `q`; '' for none. */
const COMPANY = "coalesce(q.claimed_by, q.company_id)";

const QUARANTINED_DAYS = `
  select distinct ${COMPANY} as company_id, (q.received_at at time zone 'UTC')::date as date
  from quarantine q where q.received_at >= $1 and ${IS_WAITING} and ${
  isOneOf(shardOfId(COMPANY), "$2")
} order by 1, 2`;

const RAISED_TOPICS = `
  select company_id, topic from alerts where company = any ($1::bigint[]) and topic = any ($2::text[])`;

/** Counts the newest events of a company. */
const WAITING = `
  select reason, count(*) as events from (
    select q.reason from quarantine q where ${COMPANY} = $1 and ${IS_WAITING}
    order by q.received_at desc limit ${WAITING_MAX}
  ) newest group by reason order by reason`;

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
  { from, closed_since_ms, after, limit, shards }: MonthQuery,
): Promise<AlertMonth[]> {
  const values = [from, instantText(closed_since_ms), after?.company, after?.month, limit, shards];
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
  { closed_since_ms, after, limit, shards }: { readonly closed_since_ms: number } & CompanyPage,
): Promise<UncheckedDays[]> {
  const values = [instantText(closed_since_ms), after, limit, shards];
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
export async function readBusyDays(pool: Pool, { after, limit, shards }: CompanyPage): Promise<BusyDay[]> {
  const { rows } = await pool.query<DailyUseRow & { date: LocalDate }>(BUSY_DAYS, [after, limit, shards]);
  return rows.map((row) => ({ ...toDailyUse(row), date: row.date }));
}

/** Lists the dates on which events arrived in quarantine, without those that have an alert. */
export async function readQuarantinedDays(
  pool: Pool,
  since_ms: number,
  shards?: Shards,
): Promise<QuarantinedDay[]> {
  const values = [instantText(since_ms), shards];
  const { rows: days } = await pool.query<QuarantineDayRow>(QUARANTINED_DAYS, values);
  if (days.length === 0) return [];
  const topicOf = (date: LocalDate) => `quarantine ${date}`;
  const { rows: raised } = await pool.query<{ company_id: CompanyId; topic: string }>(RAISED_TOPICS, [
    [...new Set(days.map(({ company_id }) => companyKey(company_id)))],
    [...new Set(days.map(({ date }) => topicOf(date)))],
  ]);
  const known = new Set(raised.map(({ company_id, topic }) => `${company_id} ${topic}`));
  const news = days.filter(({ company_id, date }) => !known.has(`${company_id} ${topicOf(date)}`));
  const found: QuarantinedDay[] = [];
  for (const [company, of_company] of Map.groupBy(news, ({ company_id }) => company_id)) {
    const { rows } = await pool.query<{ reason: QuarantineReason; events: bigint }>(WAITING, [company]);
    const waiting = rows.map(({ reason, events }) => ({ reason, events: safeInteger(events) }));
    for (const { date } of of_company) {
      found.push({ company: company === "" ? undefined : company, date, waiting });
    }
  }
  return found;
}

interface QuarantineDayRow {
  /** Empty for events of no company. */
  readonly company_id: CompanyId;
  readonly date: LocalDate;
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
