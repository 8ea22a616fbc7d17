import type { Endpoint, EndpointQuery } from "../alerts/store.ts";
import type { AlertType } from "../domain/alerts.ts";
import type { CompanyId } from "../domain/types.ts";
import { joinConditions } from "./conditions.ts";
import type { Pool } from "./connection.ts";
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

/** Adds an endpoint, unless a live one has the same URL and company, or there are `endpoints_max`. */
export async function addEndpoint(
  pool: Pool,
  endpoint: Endpoint,
  endpoints_max: number,
): Promise<"added" | "already_exists" | "too_many"> {
  const { id, url, company, types, secret, created_at_ms, created_by } = endpoint;
  const values = [id, url, company, types, secret, instantText(created_at_ms), created_by, endpoints_max];
  const { rows } = await pool.query<{ is_added: boolean; already_exists: boolean }>(ADD, values);
  const { is_added, already_exists } = rows[0]!;
  return is_added ? "added" : already_exists ? "already_exists" : "too_many";
}

/** Lists endpoints, newest first. */
export async function listEndpoints(pool: Pool, { before, limit }: EndpointQuery): Promise<Endpoint[]> {
  const values: unknown[] = [limit];
  const where = joinConditions([
    ["true"],
    ["(created_at, id) < (?, ?)", before && instantText(before.created_at_ms), before?.id],
  ], values);
  const { rows } = await pool.query<EndpointRow>(
    `select ${ENDPOINT} from webhook_endpoints where ${where} order by created_at desc, id desc limit $1`,
    values,
  );
  return rows.map(toEndpoint);
}

/** Reads one endpoint. */
export async function findEndpoint(pool: Pool, id: string): Promise<Endpoint | undefined> {
  const { rows: [row] } = await pool.query<EndpointRow>(
    `select ${ENDPOINT} from webhook_endpoints where id = $1`,
    [id],
  );
  return row && toEndpoint(row);
}

/** Removes an endpoint and its deliveries. @returns false when there is no such endpoint */
export async function removeEndpoint(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(REMOVE, [id]);
  return rowCount === 1;
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
