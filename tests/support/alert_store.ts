import { alertIdOf, deliveryIdOf } from "../../src/alerts/ids.ts";
import {
  type AlertQuery,
  type AlertStore,
  type BusyDay,
  type CompanyPage,
  type Delivery,
  type DeliveryQuery,
  type Endpoint,
  type EndpointQuery,
  type Findings,
  type ListedDelivery,
  type MonthQuery,
  type QuarantinedDay,
  type RaisedAlert,
  type Shards,
  type StoredThresholds,
} from "../../src/alerts/store.ts";
import {
  type Alert,
  type AlertContent,
  type AlertMonth,
  alertOfMonth,
  DEFAULT_THRESHOLDS,
} from "../../src/domain/alerts.ts";
import type { DayCheck, UncheckedDays } from "../../src/domain/closed_day_alerts.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { afterPosition, type Instants, MemoryDeliveries, newestFirst } from "./alert_deliveries.ts";
import { isOneOf } from "./shards.ts";

/** A stored alert. Those of no company are stored under null. */
interface AlertRow {
  readonly alert: Alert;
  readonly raised: RaisedAlert;
}

/** Endpoints, alerts and deliveries in memory. A test sets the months, days and quarantined events. */
export class MemoryAlertStore implements AlertStore {
  readonly endpoints = new Map<string, Endpoint>();
  readonly thresholds = new Map<CompanyId, StoredThresholds>();
  readonly alerts: AlertRow[] = [];
  readonly checks = new Map<CompanyId, DayCheck>();
  readonly #deliveries = new MemoryDeliveries(this.endpoints);
  /** The months, open or closed. */
  months:
    (Omit<AlertMonth, "thresholds" | "closed_at_ms"> & { readonly closed_at_ms?: number | undefined })[] = [];
  /** Each company's days, checked or not. */
  days: Omit<UncheckedDays, "thresholds">[] = [];
  busy: BusyDay[] = [];
  /** How often companies were reopened. */
  reopenings = 0;
  quarantined: (QuarantinedDay & { readonly received_at_ms: number })[] = [];

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

  find(id: string): Promise<Endpoint | undefined> {
    return Promise.resolve(this.endpoints.get(id));
  }

  remove(id: string): Promise<boolean> {
    this.#deliveries.rows = this.#deliveries.rows.filter(({ endpoint_id }) => endpoint_id !== id);
    return Promise.resolve(this.endpoints.delete(id));
  }

  thresholdsOf(company: CompanyId): Promise<StoredThresholds | undefined> {
    return Promise.resolve(this.thresholds.get(company));
  }

  setThresholds(company: CompanyId, thresholds: StoredThresholds): Promise<void> {
    this.thresholds.set(company, thresholds);
    return Promise.resolve();
  }

  monthsToReport({ from, closed_since_ms, after, limit, shards }: MonthQuery): Promise<AlertMonth[]> {
    const place = ({ company, month }: { company: string; month: string }) => `${company} ${month}`;
    const placeOf = ({ company, period: { month } }: AlertMonth) => place({ company, month });
    const past = after === undefined ? "" : place(after);
    const due = this.months.map((month) => {
      const thresholds = this.#thresholdsOrDefault(month.company);
      return { ...month, closed_at_ms: month.closed_at_ms, thresholds };
    }).filter((month) => {
      const { period, closed_at_ms } = month;
      const is_due = period.closed
        ? closed_at_ms !== undefined && closed_at_ms >= closed_since_ms
        : period.month >= from && alertOfMonth(month) !== undefined;
      return is_due && placeOf(month) > past && isOneOf(shards, month.company);
    });
    return Promise.resolve(due.sort((a, b) => placeOf(a) < placeOf(b) ? -1 : 1).slice(0, limit));
  }

  uncheckedDays(
    { closed_since_ms, after, limit, shards }: { readonly closed_since_ms: number } & CompanyPage,
  ): Promise<UncheckedDays[]> {
    const unchecked = this.days.map((days) => {
      const checked = this.checks.get(days.company)?.closed_through ?? "";
      const closed = days.closed.filter(({ local_date, closed_at_ms }) =>
        local_date > checked && closed_at_ms >= closed_since_ms
      );
      return { ...days, closed, checked, thresholds: this.#thresholdsOrDefault(days.company) };
    }).filter(({ company, closed_through, checked }) => closed_through > checked && isOneOf(shards, company));
    return Promise.resolve(pageOf(unchecked.map(({ checked: _, ...days }) => days), after, limit));
  }

  busyDays({ after, limit, shards }: CompanyPage): Promise<BusyDay[]> {
    const busy = this.busy.filter(({ company, date }) =>
      !this.#hasAlert(company, `spike ${date}`) && isOneOf(shards, company)
    );
    return Promise.resolve(pageOf(busy, after, limit));
  }

  countReopenings(): Promise<number> {
    return Promise.resolve(this.reopenings);
  }

  quarantinedDays(since_ms: number, shards?: Shards): Promise<QuarantinedDay[]> {
    return Promise.resolve(
      this.quarantined.filter(({ company, date, received_at_ms }) =>
        received_at_ms >= since_ms && !this.#hasAlert(company, `quarantine ${date}`) &&
        isOneOf(shards, company)
      ).map(({ received_at_ms: _, ...day }) => day),
    );
  }

  raise({ alerts, checks }: Findings, at: Instants): Promise<void> {
    const moved = checks.filter(({ company, closed_through }) =>
      (this.checks.get(company)?.closed_through ?? "") < closed_through
    );
    for (const check of moved) this.checks.set(check.company, check);
    for (const alert of [...moved.flatMap((check) => check.alerts), ...alerts]) this.#raise(alert, at);
    return Promise.resolve();
  }

  alertsOf({ company, types, since_ms, before, limit }: AlertQuery): Promise<RaisedAlert[]> {
    const newest = this.alerts.map(({ raised }) => raised).filter(({ data, type, raised_at_ms }) =>
      data.company === company && types.includes(type) && raised_at_ms >= since_ms
    ).sort(newestFirst);
    return Promise.resolve(afterPosition(newest, before, limit));
  }

  alertsSince(companies: readonly CompanyId[], since_ms: number): Promise<RaisedAlert[]> {
    return Promise.resolve(
      this.alerts.map(({ raised }) => raised).filter(({ data: { company }, raised_at_ms }) =>
        company !== null && companies.includes(company) && raised_at_ms >= since_ms
      ).sort(newestFirst).reverse(),
    );
  }

  claimDue(...query: Parameters<AlertStore["claimDue"]>): Promise<Delivery[]> {
    return this.#deliveries.claimDue(...query);
  }

  recordAttempt(...attempt: Parameters<AlertStore["recordAttempt"]>): Promise<void> {
    return this.#deliveries.recordAttempt(...attempt);
  }

  deliveries(query: DeliveryQuery): Promise<ListedDelivery[]> {
    return this.#deliveries.list(query);
  }

  addTest(...test: Parameters<AlertStore["addTest"]>): Promise<ListedDelivery | undefined> {
    return this.#deliveries.addTest(...test);
  }

  resend(...delivery: Parameters<AlertStore["resend"]>): Promise<ListedDelivery | undefined> {
    return this.#deliveries.resend(...delivery);
  }

  forgetClosings(company: CompanyId): Promise<void> {
    this.reopenings++;
    const open_months = this.months.filter((row) => row.company === company && !row.period.closed);
    const closings = new Set(open_months.map(({ period: { month } }) => `month ${month}`));
    const closed_through = this.days.find((days) => days.company === company)?.closed_through;
    const isForgotten = (alert: Alert | undefined) =>
      alert?.data.company === company && (closings.has(alert.topic) ||
        closed_through !== undefined && alert.type === "day.closed" && alert.data.date > closed_through);
    const kept = this.alerts.filter(({ alert }) => !isForgotten(alert));
    this.alerts.splice(0, this.alerts.length, ...kept);
    this.#deliveries.rows = this.#deliveries.rows.filter(({ alert }) => !isForgotten(alert));
    const check = this.checks.get(company);
    if (check !== undefined && closed_through !== undefined && check.closed_through > closed_through) {
      this.checks.set(company, { ...check, closed_through });
    }
    return Promise.resolve();
  }

  deleteOld(before_ms: number): Promise<void> {
    this.alerts.splice(
      0,
      this.alerts.length,
      ...this.alerts.filter(({ raised }) => raised.raised_at_ms >= before_ms),
    );
    this.#deliveries.rows = this.#deliveries.rows.filter((
      { raised_at_ms, next_attempt_at_ms, endpoint_id },
    ) => this.endpoints.has(endpoint_id) && (raised_at_ms >= before_ms || next_attempt_at_ms !== undefined));
    return Promise.resolve();
  }

  /** Stores an alert that is news, and adds its deliveries. */
  #raise(alert: Alert, at: Instants): void {
    const { type, data, level, happened_at_ms } = alert;
    const same = this.alerts.filter((row) => isSameTopic(row.alert, alert));
    if (!same.some((row) => row.alert.level >= level)) {
      const { raised_at_ms } = at;
      const raised = { ...contentOf(alert), id: alertIdOf(alert, raised_at_ms), raised_at_ms };
      this.alerts.push({ alert, raised });
    }
    const row = this.alerts.find((other) => isSameTopic(other.alert, alert) && other.alert.level === level);
    if (row === undefined) return;
    for (const { id: endpoint_id, company, types, created_at_ms, gone_at_ms } of this.endpoints.values()) {
      const is_meant = gone_at_ms === undefined && types.includes(type) &&
        (company === undefined || company === data.company) &&
        (happened_at_ms === undefined || happened_at_ms >= created_at_ms);
      const has_news = this.#deliveries.rows.some((other) =>
        other.endpoint_id === endpoint_id && other.alert !== undefined &&
        isSameTopic(other.alert, alert) && other.alert.level >= level
      );
      if (!is_meant || has_news) continue;
      const id = deliveryIdOf(endpoint_id, row.raised.id);
      const { raised_at_ms } = row.raised;
      this.#deliveries.add({ id, endpoint_id, alert, content: contentOf(row.alert) }, {
        ...at,
        raised_at_ms,
      });
    }
  }

  #hasAlert(company: CompanyId | undefined, topic: string): boolean {
    return this.alerts.some(({ alert }) => alert.data.company === (company ?? null) && alert.topic === topic);
  }

  #thresholdsOrDefault(company: CompanyId) {
    return this.thresholds.get(company) ?? DEFAULT_THRESHOLDS;
  }
}

function contentOf({ type, data }: Alert): AlertContent {
  return { type, data } as AlertContent;
}

function isSameTopic(a: Alert, b: Alert): boolean {
  return a.data.company === b.data.company && a.topic === b.topic;
}

function pageOf<Row extends { readonly company: CompanyId }>(
  rows: readonly Row[],
  after: CompanyId | undefined,
  limit: number,
): Row[] {
  return rows.filter(({ company }) => after === undefined || company > after)
    .sort((a, b) => a.company < b.company ? -1 : 1).slice(0, limit);
}
