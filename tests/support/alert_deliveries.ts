import {
  type AlertStore,
  type Attempt,
  ATTEMPTS_KEPT,
  type Delivery,
  type DeliveryQuery,
  type Endpoint,
  type ListedDelivery,
} from "../../src/alerts/store.ts";
import type { Alert } from "../../src/domain/alerts.ts";
import { isOneOf } from "./shards.ts";

/** A stored delivery; a test has no alert. */
export interface DeliveryRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly alert: Alert | undefined;
  readonly content: Delivery["content"];
  readonly raised_at_ms: number;
  failures: number;
  delivered_at_ms: number | undefined;
  next_attempt_at_ms: number | undefined;
  attempts: readonly Attempt[];
}

/** When an alert is raised, and when its deliveries are due. */
export type Instants = Parameters<AlertStore["raise"]>[1];

/** Deliveries in memory, with their attempts. */
export class MemoryDeliveries {
  rows: DeliveryRow[] = [];
  readonly #endpoints: Map<string, Endpoint>;

  constructor(endpoints: Map<string, Endpoint>) {
    this.#endpoints = endpoints;
  }

  /** Adds a delivery that is due. */
  add(delivery: Pick<DeliveryRow, "id" | "endpoint_id" | "alert" | "content">, at: Instants): DeliveryRow {
    const row = newDelivery(delivery, at);
    this.rows.push(row);
    return row;
  }

  claimDue(
    ...[endpoint_id, now_ms, until_ms, limit, shards]: Parameters<AlertStore["claimDue"]>
  ): Promise<Delivery[]> {
    const endpoint = this.#live(endpoint_id);
    if (endpoint === undefined) return Promise.resolve([]);
    const due = this.rows.filter((row) =>
      row.endpoint_id === endpoint_id && row.next_attempt_at_ms !== undefined &&
      row.next_attempt_at_ms <= now_ms && isOneOf(shards, row.alert?.data.company)
    ).sort((a, b) => a.next_attempt_at_ms! - b.next_attempt_at_ms! || a.raised_at_ms - b.raised_at_ms)
      .slice(0, limit);
    return Promise.resolve(due.map((row) => {
      row.next_attempt_at_ms = until_ms;
      const { id, content, raised_at_ms, failures } = row;
      const { id: endpoint_id, url, secret } = endpoint;
      return { id, content, endpoint: { id: endpoint_id, url, secret }, raised_at_ms, failures };
    }));
  }

  recordAttempt(...[delivery, attempt, outcome]: Parameters<AlertStore["recordAttempt"]>): Promise<void> {
    const row = this.#rowOf(delivery.endpoint.id, delivery.id);
    const previous = this.#endpoints.get(delivery.endpoint.id);
    if (row === undefined || previous === undefined) return Promise.resolve();
    row.attempts = [...row.attempts, attempt].slice(-ATTEMPTS_KEPT);
    const ended_at_ms = attempt.at_ms + attempt.duration_ms;
    const update = (more: Partial<Endpoint>) =>
      void this.#endpoints.set(previous.id, { ...previous, ...more });
    switch (outcome.type) {
      case "delivered":
        row.next_attempt_at_ms = undefined;
        row.delivered_at_ms = ended_at_ms;
        update({ last_delivered_at_ms: ended_at_ms });
        break;
      case "failed":
        row.failures++;
        row.next_attempt_at_ms = outcome.next_attempt_at_ms;
        update({ last_failed_at_ms: ended_at_ms, last_failure: outcome.failure });
        break;
      case "gone":
        for (const other of this.rows) {
          if (other.endpoint_id === previous.id) other.next_attempt_at_ms = undefined;
        }
        update({
          last_failed_at_ms: ended_at_ms,
          last_failure: "response status 410",
          gone_at_ms: previous.gone_at_ms ?? ended_at_ms,
        });
    }
    return Promise.resolve();
  }

  list({ endpoint_id, before, limit }: DeliveryQuery): Promise<ListedDelivery[]> {
    const newest = this.rows.filter((row) => row.endpoint_id === endpoint_id).sort(newestFirst);
    return Promise.resolve(afterPosition(newest, before, limit).map(toListed));
  }

  addTest(endpoint_id: string, id: string, at: Instants): Promise<ListedDelivery | undefined> {
    if (this.#live(endpoint_id) === undefined) return Promise.resolve(undefined);
    const content = { type: "endpoint.test", data: { endpoint: endpoint_id } } as const;
    return Promise.resolve(toListed(this.add({ id, endpoint_id, alert: undefined, content }, at)));
  }

  resend(endpoint_id: string, id: string, due_at_ms: number): Promise<ListedDelivery | undefined> {
    const row = this.#live(endpoint_id) && this.#rowOf(endpoint_id, id);
    if (row === undefined) return Promise.resolve(undefined);
    row.failures = 0;
    row.next_attempt_at_ms = due_at_ms;
    return Promise.resolve(toListed(row));
  }

  #live(endpoint_id: string): Endpoint | undefined {
    const endpoint = this.#endpoints.get(endpoint_id);
    return endpoint?.gone_at_ms === undefined ? endpoint : undefined;
  }

  #rowOf(endpoint_id: string, id: string): DeliveryRow | undefined {
    return this.rows.find((row) => row.endpoint_id === endpoint_id && row.id === id);
  }
}

function newDelivery(
  delivery: Pick<DeliveryRow, "id" | "endpoint_id" | "alert" | "content">,
  { raised_at_ms, due_at_ms }: Instants,
): DeliveryRow {
  return {
    ...delivery,
    raised_at_ms,
    failures: 0,
    delivered_at_ms: undefined,
    next_attempt_at_ms: due_at_ms,
    attempts: [],
  };
}

function toListed(row: DeliveryRow): ListedDelivery {
  const { id, content, raised_at_ms, delivered_at_ms, next_attempt_at_ms, attempts } = row;
  return { id, content, raised_at_ms, delivered_at_ms, next_attempt_at_ms, attempts };
}

/** Orders alerts and deliveries. */
export function newestFirst<Row extends { readonly raised_at_ms: number; readonly id: string }>(
  a: Row,
  b: Row,
): number {
  return b.raised_at_ms - a.raised_at_ms || (a.id < b.id ? 1 : -1);
}

/** Returns the page after a position. */
export function afterPosition<Row extends { readonly id: string }>(
  rows: readonly Row[],
  before: { readonly id: string } | undefined,
  limit: number,
): Row[] {
  const from = before === undefined ? 0 : rows.findIndex(({ id }) => id === before.id) + 1;
  return rows.slice(from, from + limit);
}
