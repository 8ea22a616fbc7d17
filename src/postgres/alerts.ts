import { alertIdOf } from "../alerts/ids.ts";
import type {
  AlertQuery,
  AlertStore,
  Attempt,
  AttemptOutcome,
  BusyDay,
  CompanyPage,
  Delivery,
  DeliveryQuery,
  Endpoint,
  EndpointQuery,
  Findings,
  ListedDelivery,
  MonthQuery,
  QuarantinedDay,
  RaisedAlert,
  Shards,
  StoredThresholds,
} from "../alerts/store.ts";
import type { AlertContent, AlertMonth } from "../domain/alerts.ts";
import type { UncheckedDays } from "../domain/closed_day_alerts.ts";
import type { CompanyId } from "../domain/types.ts";
import {
  addTestDelivery,
  claimDueDeliveries,
  listDeliveries,
  recordAttempt,
  resendDelivery,
} from "./alert_deliveries.ts";
import {
  readBusyDays,
  readMonthsToReport,
  readQuarantinedDays,
  readUncheckedDays,
} from "./alert_findings.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { joinConditions } from "./conditions.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";
import { addEndpoint, findEndpoint, listEndpoints, removeEndpoint } from "./webhook_endpoints.ts";

/** The `company_id` of alerts that belong to no company. */
const NO_COMPANY = "";

/**
 * Moves the checks of days forward, adds the alerts that are news, and their deliveries. A check that another process has
 * made brings no alerts. An alert that another process adds at the same time brings no deliveries: that process adds them.
 */
const RAISE = `
  with checked as (
    insert into alert_checks (company, company_id, checked_through, spike_from)
    select company_key(company_id), company_id, checked_through, spike_from
    from unnest($1::text[], $2::date[], $3::bigint[]) as c(company_id, checked_through, spike_from)
    on conflict (company) do update set checked_through = excluded.checked_through, spike_from = excluded.spike_from
    where alert_checks.checked_through < excluded.checked_through
    returning company_id
  ), given as (
    select * from unnest($4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::timestamptz[],
      $11::boolean[]) as g(company_id, topic, level, id, type, data, happened_at, is_checked)
    where not is_checked or company_id in (select company_id from checked)
  ), known as (
    select distinct g.company_id, g.topic, g.level from given g
    join alerts a on a.company = company_key(g.company_id) and a.topic = g.topic and a.level >= g.level
  ), added as (
    insert into alerts (company, company_id, topic, level, id, type, data, raised_at)
    select company_key(company_id), company_id, topic, level, id, type, data::json, $12 from given g
    where not exists (
      select from known k where (k.company_id, k.topic, k.level) = (g.company_id, g.topic, g.level)
    )
    on conflict do nothing
    returning company_id, topic, level, id, type, data, raised_at
  ), raised as (
    select * from added
    union all
    select a.company_id, a.topic, a.level, a.id, a.type, a.data, a.raised_at
    from alerts a join given g on (a.company, a.topic, a.level) = (company_key(g.company_id), g.topic, g.level)
  )
  insert into alert_deliveries
    (endpoint_id, id, company_id, topic, level, type, data, raised_at, next_attempt_at)
  select e.id, 'msg_' || left(encode(sha256(convert_to(e.id || E'\\n' || r.id, 'UTF8')), 'hex'), 32),
    r.company_id, r.topic, r.level, r.type, r.data, r.raised_at, $13
  from raised r join given g on (r.company_id, r.topic, r.level) = (g.company_id, g.topic, g.level)
  join webhook_endpoints e
    on e.gone_at is null and (e.company_id is null or e.company_id = r.company_id) and r.type = any (e.types)
  where (g.happened_at is null or g.happened_at >= e.created_at)
    and not exists (
      select from alert_deliveries d
      where (d.endpoint_id, d.company_id, d.topic) = (e.id, r.company_id, r.topic) and d.level >= r.level
    )
  on conflict do nothing`;

/** SQL for the alerts $1's company may have again: those of closings of its months and days that are open. */
const IS_OF_AN_OPEN_DATE = `company_id = $1 and (
    type = 'month.closed' and topic in (
      select 'month ' || p.month from periods p where p.company = company_key($1) and not p.closed)
    or type = 'day.closed' and topic > (
      select 'day ' || to_char(c.closed_through, 'YYYY-MM-DD') from companies c where c.key = company_key($1))
  )`;

const FORGET_CLOSINGS = `
  with forgotten as (delete from alerts where company = company_key($1) and ${IS_OF_AN_OPEN_DATE}),
  cancelled as (delete from alert_deliveries where ${IS_OF_AN_OPEN_DATE})
  update alert_checks k set checked_through = c.closed_through, spike_from = null from companies c
  where k.company = company_key($1) and c.key = company_key($1) and k.checked_through > c.closed_through`;

const COUNT_REOPENINGS = "select count(*) as reopenings from reopenings";

const DELETE_OLD = `
  with deleted as (delete from alerts where raised_at < $1)
  delete from alert_deliveries
  where (raised_at < $1 and next_attempt_at is null) or endpoint_id not in (select id from webhook_endpoints)`;

const ALERT = `id, type, data, ${epochMs("raised_at")} as raised_at_ms`;

const ALERTS_SINCE = `
  select ${ALERT} from alerts where company = any ($1::bigint[]) and raised_at >= $2 order by raised_at, id`;

const THRESHOLDS_OF = `
  select used_percents, credits_left, runs_out_days, ${epochMs("set_at")} as set_at_ms, set_by
  from alert_thresholds where company = company_key($1)`;

const SET_THRESHOLDS = `
  insert into alert_thresholds (company, company_id, used_percents, credits_left, runs_out_days, set_at, set_by)
  values ($7, $1, $2, $3, $4, $5, $6)
  on conflict (company) do update set used_percents = excluded.used_percents,
    credits_left = excluded.credits_left, runs_out_days = excluded.runs_out_days,
    set_at = excluded.set_at, set_by = excluded.set_by`;

type AlertRow = AlertContent & { readonly id: string; readonly raised_at_ms: bigint };

interface ThresholdsRow {
  readonly used_percents: readonly number[];
  readonly credits_left: readonly bigint[];
  readonly runs_out_days: number | null;
  readonly set_at_ms: bigint;
  readonly set_by: string;
}

/** Webhook endpoints, thresholds, alerts and deliveries in Postgres. */
export class PostgresAlerts implements AlertStore {
  readonly #pool: Pool;
  readonly #reports: Pool;

  /** @param reports the connections of lists that a request waits for */
  constructor(pool: Pool, reports: Pool = pool) {
    this.#pool = pool;
    this.#reports = reports;
  }

  add(endpoint: Endpoint, endpoints_max: number): Promise<"added" | "already_exists" | "too_many"> {
    return addEndpoint(this.#pool, endpoint, endpoints_max);
  }

  list(query: EndpointQuery): Promise<Endpoint[]> {
    return listEndpoints(this.#pool, query);
  }

  find(id: string): Promise<Endpoint | undefined> {
    return findEndpoint(this.#pool, id);
  }

  remove(id: string): Promise<boolean> {
    return removeEndpoint(this.#pool, id);
  }

  async thresholdsOf(company: CompanyId): Promise<StoredThresholds | undefined> {
    const { rows: [row] } = await this.#reports.query<ThresholdsRow>(THRESHOLDS_OF, [company]);
    return row &&
      { ...row, credits_left: row.credits_left.map(safeInteger), set_at_ms: safeInteger(row.set_at_ms) };
  }

  async setThresholds(company: CompanyId, thresholds: StoredThresholds): Promise<void> {
    const { used_percents, credits_left, runs_out_days, set_at_ms, set_by } = thresholds;
    const values = [
      company,
      used_percents,
      credits_left,
      runs_out_days,
      instantText(set_at_ms),
      set_by,
      companyKey(company),
    ];
    await this.#pool.query(SET_THRESHOLDS, values);
  }

  monthsToReport(query: MonthQuery): Promise<AlertMonth[]> {
    return readMonthsToReport(this.#pool, query);
  }

  uncheckedDays(query: { readonly closed_since_ms: number } & CompanyPage): Promise<UncheckedDays[]> {
    return readUncheckedDays(this.#pool, query);
  }

  busyDays(query: CompanyPage): Promise<BusyDay[]> {
    return readBusyDays(this.#pool, query);
  }

  quarantinedDays(since_ms: number, shards?: Shards): Promise<QuarantinedDay[]> {
    return readQuarantinedDays(this.#pool, since_ms, shards);
  }

  async countReopenings(): Promise<number> {
    const { rows } = await this.#pool.query<{ reopenings: bigint }>(COUNT_REOPENINGS);
    return safeInteger(rows[0]!.reopenings);
  }

  async raise(
    { alerts, checks }: Findings,
    { raised_at_ms, due_at_ms }: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<void> {
    const given = [
      ...checks.flatMap((check) => check.alerts.map((alert) => ({ alert, is_checked: true }))),
      ...alerts.map((alert) => ({ alert, is_checked: false })),
    ];
    await this.#pool.query(RAISE, [
      checks.map(({ company }) => company),
      checks.map(({ closed_through }) => closed_through),
      checks.map(({ spike_from }) => spike_from ?? null),
      given.map(({ alert }) => alert.data.company ?? NO_COMPANY),
      given.map(({ alert }) => alert.topic),
      given.map(({ alert }) => alert.level),
      given.map(({ alert }) => alertIdOf(alert, raised_at_ms)),
      given.map(({ alert }) => alert.type),
      given.map(({ alert }) => JSON.stringify(alert.data)),
      given.map(({ alert: { happened_at_ms: at_ms } }) => at_ms === undefined ? null : instantText(at_ms)),
      given.map(({ is_checked }) => is_checked),
      instantText(raised_at_ms),
      instantText(due_at_ms),
    ]);
  }

  async alertsOf({ company, types, since_ms, before, limit }: AlertQuery): Promise<RaisedAlert[]> {
    const values: unknown[] = [limit];
    const where = joinConditions([
      ["company = ?", companyKey(company)],
      ["type = any (?)", types],
      ["raised_at >= ?", since_ms === -Infinity ? undefined : instantText(since_ms)],
      ["(raised_at, id) < (?, ?)", before && instantText(before.at_ms), before?.id],
    ], values);
    const { rows } = await this.#reports.query<AlertRow>(
      `select ${ALERT} from alerts where ${where} order by raised_at desc, id desc limit $1`,
      values,
    );
    return rows.map(toRaised);
  }

  async alertsSince(companies: readonly CompanyId[], since_ms: number): Promise<RaisedAlert[]> {
    const { rows } = await this.#pool.query<AlertRow>(ALERTS_SINCE, [
      companies.map(companyKey),
      instantText(since_ms),
    ]);
    return rows.map(toRaised);
  }

  claimDue(...query: Parameters<AlertStore["claimDue"]>): Promise<Delivery[]> {
    return claimDueDeliveries(this.#pool, ...query);
  }

  recordAttempt(delivery: Delivery, attempt: Attempt, outcome: AttemptOutcome): Promise<void> {
    return recordAttempt(this.#pool, delivery, attempt, outcome);
  }

  deliveries(query: DeliveryQuery): Promise<ListedDelivery[]> {
    return listDeliveries(this.#reports, query);
  }

  addTest(...test: Parameters<AlertStore["addTest"]>): Promise<ListedDelivery | undefined> {
    return addTestDelivery(this.#pool, ...test);
  }

  resend(...delivery: Parameters<AlertStore["resend"]>): Promise<ListedDelivery | undefined> {
    return resendDelivery(this.#pool, ...delivery);
  }

  async forgetClosings(company: CompanyId): Promise<void> {
    await this.#pool.query(FORGET_CLOSINGS, [company]);
  }

  async deleteOld(before_ms: number): Promise<void> {
    await this.#pool.query(DELETE_OLD, [instantText(before_ms)]);
  }
}

function toRaised({ id, type, data, raised_at_ms }: AlertRow): RaisedAlert {
  // The two belong together as they were stored.
  return { id, type, data, raised_at_ms: safeInteger(raised_at_ms) } as RaisedAlert;
}
