import type { AlertStore, CompanyMonth, Delivery, Endpoint, EndpointQuery } from "../../src/alerts/kept.ts";
import type { Alert } from "../../src/domain/alerts.ts";

/** A delivery as it stands. */
interface Kept {
  readonly alert: Alert;
  readonly endpoint_id: string;
  readonly raised_at_ms: number;
  attempts: number;
  next_attempt_at_ms: number | undefined;
}

/** Endpoints and deliveries in memory; a test puts months there, closed or as they go on. */
export class MemoryAlertStore implements AlertStore {
  readonly endpoints = new Map<string, Endpoint>();
  readonly deliveries = new Map<string, Kept>();
  readonly #paused = new Map<string, number>();
  months: (CompanyMonth & { readonly closed_at_ms?: number })[] = [];

  add(endpoint: Endpoint, endpoints_max: number): Promise<boolean> {
    const room = this.endpoints.size < endpoints_max;
    if (room) this.endpoints.set(endpoint.id, endpoint);
    return Promise.resolve(room);
  }

  list({ before, limit }: EndpointQuery): Promise<Endpoint[]> {
    const newest = [...this.endpoints.values()].sort((a, b) =>
      b.created_at_ms - a.created_at_ms || (a.id < b.id ? 1 : -1)
    );
    const from = before === undefined ? 0 : newest.findIndex(({ id }) => id === before.id) + 1;
    return Promise.resolve(newest.slice(from, from + limit));
  }

  remove(id: string): Promise<boolean> {
    for (const [key, { endpoint_id }] of this.deliveries) if (endpoint_id === id) this.deliveries.delete(key);
    return Promise.resolve(this.endpoints.delete(id));
  }

  monthsToTell(
    { from, used_percent, closed_since_ms, after, limit }: Parameters<AlertStore["monthsToTell"]>[0],
  ): Promise<CompanyMonth[]> {
    const place = ({ company, month }: { company: string; month: string }) => `${company} ${month}`;
    const past = after === undefined ? "" : place(after);
    const told = this.months.filter(({ company, period, closed_at_ms }) => {
      const { month, granted, consumed, closed } = period;
      const has_come_to = closed
        ? closed_at_ms !== undefined && closed_at_ms >= closed_since_ms
        : granted > 0 && consumed * 100 >= granted * used_percent;
      return has_come_to && month >= from && place({ company, month }) > past &&
        this.#listeners(company).length > 0;
    });
    const placed = told.map((month) => ({ ...month, at: place({ ...month, month: month.period.month }) }));
    return Promise.resolve(placed.sort((a, b) => a.at < b.at ? -1 : 1).slice(0, limit));
  }

  raise(
    alerts: readonly Alert[],
    { raised_at_ms, due_at_ms }: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<void> {
    for (const alert of alerts) {
      const { company, type, period: { month, granted } } = alert;
      const closed_at_ms = this.months.find((at) => at.company === company && at.period.month === month)
        ?.closed_at_ms;
      for (const { id, types, created_at_ms } of this.#listeners(company)) {
        const key = [company, month, type, granted, id].join(" ");
        if (!types.includes(type) || this.deliveries.has(key)) continue;
        if (type === "month.closed" && !((closed_at_ms ?? 0) >= created_at_ms)) continue;
        this.deliveries.set(key, {
          alert,
          endpoint_id: id,
          raised_at_ms,
          attempts: 0,
          next_attempt_at_ms: due_at_ms,
        });
      }
    }
    return Promise.resolve();
  }

  take(now_ms: number, until_ms: number, limit: number): Promise<Delivery[]> {
    const due = [...this.deliveries.values()].filter(({ next_attempt_at_ms: at_ms, endpoint_id }) =>
      at_ms !== undefined && at_ms <= now_ms && (this.#paused.get(endpoint_id) ?? 0) <= now_ms
    ).sort((a, b) => a.next_attempt_at_ms! - b.next_attempt_at_ms!).slice(0, limit);
    return Promise.resolve(due.map((kept) => {
      kept.attempts++;
      kept.next_attempt_at_ms = until_ms;
      const { alert, endpoint_id, raised_at_ms, attempts } = kept;
      return { alert, endpoint: this.endpoints.get(endpoint_id)!, raised_at_ms, attempts };
    }));
  }

  settle(...[{ alert, endpoint }, attempt, at_ms]: Parameters<AlertStore["settle"]>): Promise<void> {
    const { company, type, period: { month, granted } } = alert;
    const kept = this.deliveries.get([company, month, type, granted, endpoint.id].join(" "));
    if (kept !== undefined) {
      kept.next_attempt_at_ms = attempt.type === "failed" ? attempt.next_attempt_at_ms : undefined;
    }
    this.#paused.set(endpoint.id, attempt.type === "failed" ? attempt.paused_until_ms : 0);
    const was = this.endpoints.get(endpoint.id);
    if (was !== undefined) {
      const told = attempt.type === "delivered"
        ? { last_delivered_at_ms: at_ms }
        : attempt.type === "failed"
        ? { last_failed_at_ms: at_ms, last_failure: attempt.failure }
        : { last_failed_at_ms: at_ms, last_failure: "it answered 410", gone_at_ms: was.gone_at_ms ?? at_ms };
      this.endpoints.set(endpoint.id, { ...was, ...told });
    }
    return Promise.resolve();
  }

  forget(before_ms: number): Promise<void> {
    for (const [key, { raised_at_ms, next_attempt_at_ms }] of this.deliveries) {
      if (raised_at_ms < before_ms && next_attempt_at_ms === undefined) this.deliveries.delete(key);
    }
    return Promise.resolve();
  }

  #listeners(company: string): Endpoint[] {
    return [...this.endpoints.values()].filter((endpoint) =>
      endpoint.gone_at_ms === undefined && (endpoint.company === undefined || endpoint.company === company)
    );
  }
}
