import {
  type AlertStore,
  type Attempt,
  type AttemptOutcome,
  ATTEMPTS_KEPT,
  type Delivery,
  type DeliveryQuery,
  type ListedDelivery,
} from "../alerts/store.ts";
import { joinConditions } from "./conditions.ts";
import type { Pool } from "./connection.ts";
import { isOneOf, shardOfId } from "./shards.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrUndefined } from "./values.ts";

const CLAIM_DUE = `
  with due as (
    select endpoint_id, id from alert_deliveries
    where endpoint_id = $1 and next_attempt_at <= $2 and ${isOneOf(shardOfId("company_id"), "$5")}
    order by next_attempt_at, raised_at limit $4 for update skip locked
  )
  update alert_deliveries d set next_attempt_at = $3
  from due join webhook_endpoints e on e.id = due.endpoint_id and e.gone_at is null
  where d.endpoint_id = due.endpoint_id and d.id = due.id
  returning d.id as delivery_id, d.type, d.data, d.failures, ${epochMs("d.raised_at")} as raised_at_ms,
    e.id, e.url, e.secret`;

/** SQL for the attempts with one more, $3. */
const WITH_ATTEMPT =
  `(case when jsonb_array_length(attempts) >= ${ATTEMPTS_KEPT} then attempts - 0 else attempts end) || $3::jsonb`;

const RECORD_DELIVERED = `
  with settled as (
    update alert_deliveries set next_attempt_at = null, delivered_at = $4, attempts = ${WITH_ATTEMPT}
    where endpoint_id = $1 and id = $2
  )
  update webhook_endpoints set last_delivered_at = $4 where id = $1`;

const RECORD_FAILED = `
  with settled as (
    update alert_deliveries set failures = failures + 1, next_attempt_at = $5, attempts = ${WITH_ATTEMPT}
    where endpoint_id = $1 and id = $2
  )
  update webhook_endpoints set last_failed_at = $4, last_failure = $6 where id = $1`;

const RECORD_GONE = `
  with settled as (
    update alert_deliveries set next_attempt_at = null,
      attempts = case when id = $2 then ${WITH_ATTEMPT} else attempts end
    where endpoint_id = $1 and (next_attempt_at is not null or id = $2)
  )
  update webhook_endpoints set last_failed_at = $4, last_failure = 'response status 410', gone_at = coalesce(gone_at, $4)
  where id = $1`;

const LISTED = `id, type, data, attempts, ${
  ["raised_at", "delivered_at", "next_attempt_at"]
    .map((column) => `${epochMs(column)} as ${column}_ms`).join(", ")
}`;

const IS_LIVE = "exists (select from webhook_endpoints e where e.id = $1 and e.gone_at is null)";

const ADD_TEST = `
  insert into alert_deliveries (endpoint_id, id, company_id, topic, level, type, data, raised_at, next_attempt_at)
  select $1, $2, '', 'test ' || $2, 0, 'endpoint.test', $3, $4, $5 where ${IS_LIVE}
  returning ${LISTED}`;

const RESEND = `
  update alert_deliveries set failures = 0, next_attempt_at = $3 where endpoint_id = $1 and id = $2 and ${IS_LIVE}
  returning ${LISTED}`;

/** The type and data of an alert, as they are stored. */
export type ContentRow = Delivery["content"];

type DeliveryRow = ContentRow & {
  readonly delivery_id: string;
  readonly failures: number;
  readonly raised_at_ms: bigint;
  readonly id: string;
  readonly url: string;
  readonly secret: Uint8Array;
};

type ListedRow = ContentRow & {
  readonly id: string;
  readonly attempts: readonly { at_ms: number; duration_ms: number; status?: number; failure?: string }[];
  readonly raised_at_ms: bigint;
  readonly delivered_at_ms: bigint | null;
  readonly next_attempt_at_ms: bigint | null;
};

/** Claims the due deliveries of an endpoint, oldest first. */
export async function claimDueDeliveries(
  pool: Pool,
  ...[endpoint_id, now_ms, until_ms, limit, shards]: Parameters<AlertStore["claimDue"]>
): Promise<Delivery[]> {
  const values = [endpoint_id, instantText(now_ms), instantText(until_ms), limit, shards];
  const { rows } = await pool.query<DeliveryRow>(CLAIM_DUE, values);
  return rows.map((row) => ({
    endpoint: { id: row.id, url: row.url, secret: Uint8Array.from(row.secret) },
    id: row.delivery_id,
    content: contentOf(row),
    raised_at_ms: safeInteger(row.raised_at_ms),
    failures: row.failures,
  }));
}

/** Records an attempt and its outcome. */
export async function recordAttempt(
  pool: Pool,
  { endpoint, id }: Delivery,
  attempt: Attempt,
  outcome: AttemptOutcome,
): Promise<void> {
  const ended_at = instantText(attempt.at_ms + attempt.duration_ms);
  const values = [endpoint.id, id, JSON.stringify([attempt]), ended_at];
  switch (outcome.type) {
    case "delivered":
      return void await pool.query(RECORD_DELIVERED, values);
    case "failed": {
      const { failure, next_attempt_at_ms: next_ms } = outcome;
      return void await pool.query(RECORD_FAILED, [
        ...values,
        next_ms === undefined ? null : instantText(next_ms),
        failure,
      ]);
    }
    case "gone":
      return void await pool.query(RECORD_GONE, values);
  }
}

/** Lists deliveries of an endpoint, newest first. */
export async function listDeliveries(
  pool: Pool,
  { endpoint_id, before, limit }: DeliveryQuery,
): Promise<ListedDelivery[]> {
  const values: unknown[] = [limit];
  const where = joinConditions([
    ["endpoint_id = ?", endpoint_id],
    ["(raised_at, id) < (?, ?)", before && instantText(before.at_ms), before?.id],
  ], values);
  const { rows } = await pool.query<ListedRow>(
    `select ${LISTED} from alert_deliveries where ${where} order by raised_at desc, id desc limit $1`,
    values,
  );
  return rows.map(toListed);
}

/** Adds the delivery of a test. @returns undefined when there is no such live endpoint */
export async function addTestDelivery(
  pool: Pool,
  ...[endpoint_id, id, { raised_at_ms, due_at_ms }]: Parameters<AlertStore["addTest"]>
): Promise<ListedDelivery | undefined> {
  const data = JSON.stringify({ endpoint: endpoint_id });
  const values = [endpoint_id, id, data, instantText(raised_at_ms), instantText(due_at_ms)];
  const { rows: [row] } = await pool.query<ListedRow>(ADD_TEST, values);
  return row && toListed(row);
}

/** Makes a delivery due. @returns undefined when a live endpoint has no such delivery */
export async function resendDelivery(
  pool: Pool,
  ...[endpoint_id, id, due_at_ms]: Parameters<AlertStore["resend"]>
): Promise<ListedDelivery | undefined> {
  const { rows: [row] } = await pool.query<ListedRow>(RESEND, [endpoint_id, id, instantText(due_at_ms)]);
  return row && toListed(row);
}

function toListed(row: ListedRow): ListedDelivery {
  const attempts = row.attempts.map(({ at_ms, duration_ms, status, failure }) => {
    return { at_ms, duration_ms, status, failure };
  });
  return {
    id: row.id,
    content: contentOf(row),
    raised_at_ms: safeInteger(row.raised_at_ms),
    delivered_at_ms: safeIntegerOrUndefined(row.delivered_at_ms),
    next_attempt_at_ms: safeIntegerOrUndefined(row.next_attempt_at_ms),
    attempts,
  };
}

function contentOf({ type, data }: ContentRow): Delivery["content"] {
  // The two belong together as they were stored.
  return { type, data } as Delivery["content"];
}
