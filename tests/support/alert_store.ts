import type {
  AlertStore,
  CompanyMonth,
  Delivery,
  Endpoint,
  EndpointQuery,
  MonthQuery,
} from "../../src/alerts/store.ts";
import type { Alert } from "../../src/domain/alerts.ts";
import type { CompanyId } from "../../src/domain/types.ts";

/** A stored delivery. */
interface DeliveryRow {
  readonly alert: Alert;
  readonly endpoint_id: string;
  readonly raised_at_ms: number;
  failures: number;
  next_attempt_at_ms: number | undefined;
}

/** Endpoints and deliveries in memory. A test sets the months, open or closed. */
export class MemoryAlertStore implements AlertStore {
  readonly endpoints = new Map<string, Endpoint>();
  readonly deliveries = new Map<string, DeliveryRow>();
  months: (CompanyMonth & { readonly closed_at_ms?: number })[] = [];

  add(endpoint: Endpoint, endpoints_max: number): Promise<"added" | "already_exists" | "too_many"> {
    const { id, url, company } = endpoint;
    const exists = [...this.endpoints.values()].some((other) =>
      other.url === url && other.company === company && other.gone_at_ms === undefined
    );
    if (exists) return Promise.resolve("already_exists");
    if (this.endpoints.size >= endpoints_max) return Promise.resolve("too_many");
    this.endpoints.set(id, endpoint);
    return Promise.resolve("added");
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

  monthsToReport({ from, used_percent, closed_since_ms, after, limit }: MonthQuery): Promise<CompanyMonth[]> {
    const place = ({ company, month }: { company: string; month: string }) => `${company} ${month}`;
    const past = after === undefined ? "" : place(after);
    const due = this.months.filter(({ company, period, closed_at_ms }) => {
      const { month, granted, consumed, closed } = period;
      const is_due = closed
        ? closed_at_ms !== undefined && closed_at_ms >= closed_since_ms
        : month >= from && granted > 0 && consumed * 100 >= granted * used_percent;
      return is_due && place({ company, month }) > past && this.#endpointsFor(company).length > 0;
    });
    const placed = due.map(({ company, period }) => ({
      company,
      period,
      at: place({ company, month: period.month }),
    }));
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
      for (const { id, types, created_at_ms } of this.#endpointsFor(company)) {
        const keyOf = (alert_type: string) => [company, month, alert_type, granted, id].join(" ");
        if (!types.includes(type) || this.deliveries.has(keyOf(type))) continue;
        if (type === "month.closed" && !((closed_at_ms ?? 0) >= created_at_ms)) continue;
        if (type === "package.nearly_used" && this.deliveries.has(keyOf("package.used_up"))) continue;
        const next_attempt_at_ms = due_at_ms;
        this.deliveries.set(keyOf(type), {
          alert,
          endpoint_id: id,
          raised_at_ms,
          failures: 0,
          next_attempt_at_ms,
        });
      }
    }
    return Promise.resolve();
  }

  claimDue(endpoint_id: string, now_ms: number, until_ms: number, limit: number): Promise<Delivery[]> {
    const endpoint = this.endpoints.get(endpoint_id);
    if (endpoint === undefined || endpoint.gone_at_ms !== undefined) return Promise.resolve([]);
    const due = [...this.deliveries.values()].filter((row) =>
      row.endpoint_id === endpoint_id && row.next_attempt_at_ms !== undefined &&
      row.next_attempt_at_ms <= now_ms
    ).sort((a, b) => a.next_attempt_at_ms! - b.next_attempt_at_ms!).slice(0, limit);
    return Promise.resolve(due.map((row) => {
      row.next_attempt_at_ms = until_ms;
      const { alert, raised_at_ms, failures } = row;
      return { alert, endpoint, raised_at_ms, failures };
    }));
  }

  recordAttempt(
    ...[{ alert, endpoint }, attempt, at_ms]: Parameters<AlertStore["recordAttempt"]>
  ): Promise<void> {
    const { company, type, period: { month, granted } } = alert;
    const row = this.deliveries.get([company, month, type, granted, endpoint.id].join(" "));
    const previous = this.endpoints.get(endpoint.id);
    if (row === undefined || previous === undefined) return Promise.resolve();
    const update = (more: Partial<Endpoint>) =>
      void this.endpoints.set(endpoint.id, { ...previous, ...more });
    switch (attempt.type) {
      case "delivered":
        row.next_attempt_at_ms = undefined;
        update({ last_delivered_at_ms: at_ms });
        break;
      case "failed":
        row.failures++;
        row.next_attempt_at_ms = attempt.next_attempt_at_ms;
        update({ last_failed_at_ms: at_ms, last_failure: attempt.failure });
        break;
      case "gone":
        for (const other of this.deliveries.values()) {
          if (other.endpoint_id === endpoint.id) other.next_attempt_at_ms = undefined;
        }
        update({
          last_failed_at_ms: at_ms,
          last_failure: "response status 410",
          gone_at_ms: previous.gone_at_ms ?? at_ms,
        });
    }
    return Promise.resolve();
  }

  forgetClosings(company: CompanyId): Promise<void> {
    for (const [key, { alert }] of this.deliveries) {
      const { type, period: { month } } = alert;
      const is_open = this.months.some((row) =>
        row.company === company && row.period.month === month && !row.period.closed
      );
      if (alert.company === company && type === "month.closed" && is_open) this.deliveries.delete(key);
    }
    return Promise.resolve();
  }

  deleteOld(before_ms: number): Promise<void> {
    for (const [key, { raised_at_ms, next_attempt_at_ms, endpoint_id }] of this.deliveries) {
      const is_past = raised_at_ms < before_ms && next_attempt_at_ms === undefined;
      if (is_past || !this.endpoints.has(endpoint_id)) this.deliveries.delete(key);
    }
    return Promise.resolve();
  }

  #endpointsFor(company: string): Endpoint[] {
    return [...this.endpoints.values()].filter((endpoint) =>
      endpoint.gone_at_ms === undefined && (endpoint.company === undefined || endpoint.company === company)
    );
  }
}
