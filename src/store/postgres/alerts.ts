import type {
  AlertStore,
  Attempt,
  CompanyMonth,
  Delivery,
  Endpoint,
  EndpointQuery,
} from "../../alerts/kept.ts";
import type { Alert, AlertType } from "../../domain/alerts.ts";
import { type CompanyId, credits, type Month } from "../../domain/names.ts";
import type { Period } from "../../domain/period.ts";
import type { Pool } from "../connection.ts";
import { conditions } from "./conditions.ts";
import { epochMs, instantText, whole, wholeOrUndefined } from "./exact.ts";

const ENDPOINT = `id, url, company_id, types, secret, created_by, last_failure,
  ${
  ["created_at", "last_delivered_at", "last_failed_at", "gone_at"]
    .map((column) => `${epochMs(column)} as ${column}_ms`).join(", ")
}`;

const ADD = `
  insert into webhook_endpoints (id, url, company_id, types, secret, created_at, created_by)
  select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from webhook_endpoints) < $8`;

const REMOVE = `
  with removed as (delete from webhook_endpoints where id = $1 returning id),
  forgotten as (delete from alert_deliveries where endpoint_id in (select id from removed))
  select id from removed`;

/** Without any endpoint nothing is read. */
const MONTHS_TO_TELL = `
  select p.company_id, p.month, p.granted, p.consumed, p.closed
  from periods p
  where p.month >= $1 and (p.closed_at >= $6 or (not p.closed and p.granted > 0 and p.consumed * 100 >= p.granted * $2))
    and exists (
      select from webhook_endpoints e where e.gone_at is null and (e.company_id is null or e.company_id = p.company_id)
    )
    and ($3::text is null or (p.company_id, p.month) > ($3, $4))
  order by p.company_id, p.month
  limit $5`;

const RAISE = `
  insert into alert_deliveries
    (company_id, month, type, granted, endpoint_id, consumed, raised_at, next_attempt_at)
  select a.company_id, a.month, a.type, a.granted, e.id, a.consumed, $6, $7
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    as a(company_id, month, type, granted, consumed)
  join webhook_endpoints e
    on e.gone_at is null and (e.company_id is null or e.company_id = a.company_id) and a.type = any (e.types)
  join periods p on p.company_id = a.company_id and p.month = a.month
  where a.type <> 'month.closed' or p.closed_at >= e.created_at
  on conflict do nothing`;

const KEY = "company_id, month, type, granted, endpoint_id";

const TAKE = `
  with due as (
    select ${KEY} from alert_deliveries
    where next_attempt_at <= $1
      and endpoint_id in (select id from webhook_endpoints where paused_until is null or paused_until <= $1)
    order by next_attempt_at limit $3 for update skip locked
  )
  update alert_deliveries d set attempts = attempts + 1, next_attempt_at = $2
  from due join webhook_endpoints e on e.id = due.endpoint_id
  where (d.company_id, d.month, d.type, d.granted, d.endpoint_id)
    = (due.company_id, due.month, due.type, due.granted, due.endpoint_id)
  returning d.company_id, d.month, d.type, d.granted, d.consumed, d.attempts,
    ${epochMs("d.raised_at")} as raised_at_ms, e.id, e.url, e.secret`;

const SETTLE = `
  with settled as (
    update alert_deliveries set delivered_at = $6, next_attempt_at = $7
    where (${KEY}) = ($1, $2, $3, $4, $5)
  )
  update webhook_endpoints set
    last_delivered_at = coalesce($6, last_delivered_at),
    last_failed_at = case when $8::text is null then last_failed_at else $9 end,
    last_failure = coalesce($8, last_failure),
    paused_until = $11,
    gone_at = coalesce(gone_at, $10)
  where id = $5`;

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

/** Endpoints and deliveries in Postgres. */
export class PostgresAlerts implements AlertStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async add(endpoint: Endpoint, endpoints_max: number): Promise<boolean> {
    const { id, url, company, types, secret, created_at_ms, created_by } = endpoint;
    const values = [id, url, company, types, secret, instantText(created_at_ms), created_by, endpoints_max];
    const { rowCount } = await this.#pool.query(ADD, values);
    return rowCount === 1;
  }

  async list({ before, limit }: EndpointQuery): Promise<Endpoint[]> {
    const values: unknown[] = [limit];
    const where = conditions([
      ["true"],
      ["(created_at, id) < (?, ?)", before && instantText(before.created_at_ms), before?.id],
    ], values);
    const { rows } = await this.#pool.query<EndpointRow>(
      `select ${ENDPOINT} from webhook_endpoints where ${where} order by created_at desc, id desc limit $1`,
      values,
    );
    return rows.map(endpointOf);
  }

  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(REMOVE, [id]);
    return rowCount === 1;
  }

  async monthsToTell(
    { from, used_percent, closed_since_ms, after, limit }: Parameters<AlertStore["monthsToTell"]>[0],
  ): Promise<CompanyMonth[]> {
    const { rows } = await this.#pool.query<MonthRow & { closed: boolean }>(
      MONTHS_TO_TELL,
      [from, used_percent, after?.company, after?.month, limit, instantText(closed_since_ms)],
    );
    return rows.map((row) => ({ company: row.company_id as CompanyId, period: periodOf(row, row.closed) }));
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

  async take(now_ms: number, until_ms: number, limit: number): Promise<Delivery[]> {
    const { rows } = await this.#pool.query<
      MonthRow & {
        type: AlertType;
        attempts: number;
        raised_at_ms: bigint;
        id: string;
        url: string;
        secret: Uint8Array;
      }
    >(TAKE, [instantText(now_ms), instantText(until_ms), limit]);
    return rows.map((row) => {
      const { type, attempts, id, url } = row;
      const period = periodOf(row, type === "month.closed");
      return {
        endpoint: { id, url, secret: Uint8Array.from(row.secret) },
        alert: { company: row.company_id as CompanyId, type, period },
        raised_at_ms: whole(row.raised_at_ms),
        attempts,
      };
    });
  }

  async settle({ endpoint, alert }: Delivery, attempt: Attempt, at_ms: number): Promise<void> {
    const { company, type, period } = alert;
    const at = instantText(at_ms);
    const next_ms = attempt.type === "failed" ? attempt.next_attempt_at_ms : undefined;
    await this.#pool.query(SETTLE, [
      company,
      period.month,
      type,
      period.granted,
      endpoint.id,
      attempt.type === "delivered" ? at : null,
      next_ms === undefined ? null : instantText(next_ms),
      attempt.type === "failed" ? attempt.failure : attempt.type === "gone" ? "it answered 410" : null,
      at,
      attempt.type === "gone" ? at : null,
      attempt.type === "failed" ? instantText(attempt.paused_until_ms) : null,
    ]);
  }

  async forget(before_ms: number): Promise<void> {
    await this.#pool.query(
      "delete from alert_deliveries where raised_at < $1 and next_attempt_at is null",
      [instantText(before_ms)],
    );
  }
}

function periodOf({ month, granted, consumed }: MonthRow, closed: boolean): Period {
  return {
    month: month as Month,
    granted: credits(whole(granted)),
    consumed: credits(whole(consumed)),
    closed,
  };
}

function endpointOf(row: EndpointRow): Endpoint {
  const { id, url, types, created_by } = row;
  return {
    id,
    url,
    company: row.company_id === null ? undefined : row.company_id as CompanyId,
    types,
    secret: Uint8Array.from(row.secret),
    created_by,
    created_at_ms: whole(row.created_at_ms),
    last_delivered_at_ms: wholeOrUndefined(row.last_delivered_at_ms),
    last_failed_at_ms: wholeOrUndefined(row.last_failed_at_ms),
    last_failure: row.last_failure ?? undefined,
    gone_at_ms: wholeOrUndefined(row.gone_at_ms),
  };
}
