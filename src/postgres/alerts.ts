import type {
  AlertStore,
  Attempt,
  CompanyMonth,
  Delivery,
  Endpoint,
  EndpointQuery,
  MonthQuery,
} from "../alerts/store.ts";
import type { Alert, AlertType } from "../domain/alerts.ts";
import { type CompanyId, credits, type Month } from "../domain/types.ts";
import type { Period } from "../domain/period.ts";
import type { Pool } from "./connection.ts";
import { joinConditions } from "./conditions.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrUndefined } from "./values.ts";

const ENDPOINT = `id, url, company_id, types, secret, created_by, last_failure,
  ${
  ["created_at", "last_delivered_at", "last_failed_at", "gone_at"]
    .map((column) => `${epochMs(column)} as ${column}_ms`).join(", ")
}`;

const ADD = `
  with existing as (
    select from webhook_endpoints where url = $2 and company_id is not distinct from $3::text and gone_at is null
  ), added as (
    insert into webhook_endpoints (id, url, company_id, types, secret, created_at, created_by)
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select from existing) and (select count(*) from webhook_endpoints) < $8
    returning id
  )
  select exists (select from added) as is_added, exists (select from existing) as already_exists`;

const REMOVE = `
  with removed as (delete from webhook_endpoints where id = $1 returning id),
  deleted as (delete from alert_deliveries where endpoint_id in (select id from removed))
  select id from removed`;

/** SQL for: the company of month `p` has a live endpoint, and `p` follows the last month of the previous page. */
const IS_IN_NEXT_PAGE = `exists (
      select from webhook_endpoints e
      where e.gone_at is null and (e.company_id is null or e.company_id = p.company_id)
    ) and ($4::text is null or (p.company_id, p.month) > ($4, $5))`;

const MONTHS_TO_REPORT = `
  select company_id, month, granted, consumed, closed from (
    select p.company_id, p.month, p.granted, p.consumed, p.closed from periods p
    where not p.closed and p.month >= $1 and p.granted > 0 and p.consumed * 100 >= p.granted * $2 and ${IS_IN_NEXT_PAGE}
    union all
    select p.company_id, p.month, p.granted, p.consumed, p.closed from periods p
    where p.closed_at >= $3 and ${IS_IN_NEXT_PAGE}
  ) months
  order by company_id, month
  limit $6`;

const RAISE = `
  insert into alert_deliveries
    (company_id, month, type, granted, endpoint_id, consumed, raised_at, next_attempt_at)
  select a.company_id, a.month, a.type, a.granted, e.id, a.consumed, $6, $7
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    as a(company_id, month, type, granted, consumed)
  join webhook_endpoints e
    on e.gone_at is null and (e.company_id is null or e.company_id = a.company_id) and a.type = any (e.types)
  join periods p on p.company_id = a.company_id and p.month = a.month
  where (a.type <> 'month.closed' or p.closed_at >= e.created_at)
    and (a.type <> 'package.nearly_used' or not exists (
      select from alert_deliveries d
      where (d.company_id, d.month, d.type, d.granted, d.endpoint_id)
        = (a.company_id, a.month, 'package.used_up', a.granted, e.id)
    ))
  on conflict do nothing`;

/** The columns of a delivery's key. */
const KEY = "company_id, month, type, granted, endpoint_id";

const CLAIM_DUE = `
  with due as (
    select ${KEY} from alert_deliveries
    where endpoint_id = $1 and next_attempt_at <= $2
    order by next_attempt_at limit $4 for update skip locked
  )
  update alert_deliveries d set next_attempt_at = $3
  from due join webhook_endpoints e on e.id = due.endpoint_id and e.gone_at is null
  where (d.company_id, d.month, d.type, d.granted, d.endpoint_id)
    = (due.company_id, due.month, due.type, due.granted, due.endpoint_id)
  returning d.company_id, d.month, d.type, d.granted, d.consumed, d.failures,
    ${epochMs("d.raised_at")} as raised_at_ms, e.id, e.url, e.secret`;

const RECORD_DELIVERED = `
  with settled as (update alert_deliveries set next_attempt_at = null where (${KEY}) = ($1, $2, $3, $4, $5))
  update webhook_endpoints set last_delivered_at = $6 where id = $5`;

const RECORD_FAILED = `
  with settled as (
    update alert_deliveries set failures = failures + 1, next_attempt_at = $7 where (${KEY}) = ($1, $2, $3, $4, $5)
  )
  update webhook_endpoints set last_failed_at = $6, last_failure = $8 where id = $5`;

const RECORD_GONE = `
  with settled as (update alert_deliveries set next_attempt_at = null where endpoint_id = $1)
  update webhook_endpoints set last_failed_at = $2, last_failure = 'response status 410', gone_at = coalesce(gone_at, $2)
  where id = $1`;

const FORGET_CLOSINGS = `
  delete from alert_deliveries d using periods p
  where d.company_id = $1 and d.type = 'month.closed' and p.company_id = $1 and p.month = d.month and not p.closed`;

const DELETE_OLD = `
  delete from alert_deliveries
  where (raised_at < $1 and next_attempt_at is null) or endpoint_id not in (select id from webhook_endpoints)`;

interface EndpointRow {
  id: string;
  url: string;
  company_id: string | null;
  types: AlertType[];
  secret: Uint8Array;
  created_by: string;
  last_failure: string | null;
  created_at_ms: bigint;
  last_delivered_at_ms: bigint | null;
  last_failed_at_ms: bigint | null;
  gone_at_ms: bigint | null;
}

interface MonthRow {
  company_id: string;
  month: string;
  granted: bigint;
  consumed: bigint;
}

interface DeliveryRow extends MonthRow {
  type: AlertType;
  failures: number;
  raised_at_ms: bigint;
  id: string;
  url: string;
  secret: Uint8Array;
}

/** Webhook endpoints and alert deliveries in Postgres. */
export class PostgresAlerts implements AlertStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async add(endpoint: Endpoint, endpoints_max: number): Promise<"added" | "already_exists" | "too_many"> {
    const { id, url, company, types, secret, created_at_ms, created_by } = endpoint;
    const values = [id, url, company, types, secret, instantText(created_at_ms), created_by, endpoints_max];
    const { rows } = await this.#pool.query<{ is_added: boolean; already_exists: boolean }>(ADD, values);
    const { is_added, already_exists } = rows[0]!;
    return is_added ? "added" : already_exists ? "already_exists" : "too_many";
  }

  async list({ before, limit }: EndpointQuery): Promise<Endpoint[]> {
    const values: unknown[] = [limit];
    const where = joinConditions([
      ["true"],
      ["(created_at, id) < (?, ?)", before && instantText(before.created_at_ms), before?.id],
    ], values);
    const { rows } = await this.#pool.query<EndpointRow>(
      `select ${ENDPOINT} from webhook_endpoints where ${where} order by created_at desc, id desc limit $1`,
      values,
    );
    return rows.map(toEndpoint);
  }

  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(REMOVE, [id]);
    return rowCount === 1;
  }

  async monthsToReport(
    { from, used_percent, closed_since_ms, after, limit }: MonthQuery,
  ): Promise<CompanyMonth[]> {
    const { rows } = await this.#pool.query<MonthRow & { closed: boolean }>(
      MONTHS_TO_REPORT,
      [from, used_percent, instantText(closed_since_ms), after?.company, after?.month, limit],
    );
    return rows.map((row) => ({ company: row.company_id as CompanyId, period: toPeriod(row, row.closed) }));
  }

  async raise(
    alerts: readonly Alert[],
    { raised_at_ms, due_at_ms }: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<void> {
    await this.#pool.query(RAISE, [
      alerts.map(({ company }) => company),
      alerts.map(({ period }) => period.month),
      alerts.map(({ type }) => type),
      alerts.map(({ period }) => period.granted),
      alerts.map(({ period }) => period.consumed),
      instantText(raised_at_ms),
      instantText(due_at_ms),
    ]);
  }

  async claimDue(endpoint_id: string, now_ms: number, until_ms: number, limit: number): Promise<Delivery[]> {
    const values = [endpoint_id, instantText(now_ms), instantText(until_ms), limit];
    const { rows } = await this.#pool.query<DeliveryRow>(CLAIM_DUE, values);
    return rows.map((row) => {
      const { type, failures, id, url } = row;
      const period = toPeriod(row, type === "month.closed");
      return {
        endpoint: { id, url, secret: Uint8Array.from(row.secret) },
        alert: { company: row.company_id as CompanyId, type, period },
        raised_at_ms: safeInteger(row.raised_at_ms),
        failures,
      };
    });
  }

  async recordAttempt({ endpoint, alert }: Delivery, attempt: Attempt, at_ms: number): Promise<void> {
    const { company, type, period: { month, granted } } = alert;
    const at = instantText(at_ms);
    const delivery_values = [company, month, type, granted, endpoint.id, at];
    switch (attempt.type) {
      case "delivered":
        return void await this.#pool.query(RECORD_DELIVERED, delivery_values);
      case "failed": {
        const { failure, next_attempt_at_ms: next_ms } = attempt;
        const next = next_ms === undefined ? null : instantText(next_ms);
        return void await this.#pool.query(RECORD_FAILED, [...delivery_values, next, failure]);
      }
      case "gone":
        return void await this.#pool.query(RECORD_GONE, [endpoint.id, at]);
    }
  }

  async forgetClosings(company: CompanyId): Promise<void> {
    await this.#pool.query(FORGET_CLOSINGS, [company]);
  }

  async deleteOld(before_ms: number): Promise<void> {
    await this.#pool.query(DELETE_OLD, [instantText(before_ms)]);
  }
}

function toPeriod({ month, granted, consumed }: MonthRow, closed: boolean): Period {
  return {
    month: month as Month,
    granted: credits(safeInteger(granted)),
    consumed: credits(safeInteger(consumed)),
    closed,
  };
}

function toEndpoint(row: EndpointRow): Endpoint {
  const { id, url, types, created_by } = row;
  return {
    id,
    url,
    company: row.company_id === null ? undefined : row.company_id as CompanyId,
    types,
    secret: Uint8Array.from(row.secret),
    created_by,
    created_at_ms: safeInteger(row.created_at_ms),
    last_delivered_at_ms: safeIntegerOrUndefined(row.last_delivered_at_ms),
    last_failed_at_ms: safeIntegerOrUndefined(row.last_failed_at_ms),
    last_failure: row.last_failure ?? undefined,
    gone_at_ms: safeIntegerOrUndefined(row.gone_at_ms),
  };
}
