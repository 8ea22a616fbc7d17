/**
 * Alerts: what a company must know about its package, months and days. They are listed, sent to open streams, and posted
 * to webhook endpoints, signed according to Standard Webhooks.
 *
 * - ALERT-1. Alerts are derived from committed rows only: from stored months, days and quarantined events, never from
 *   changes in memory. After any downtime they are still found.
 * - ALERT-2. Each endpoint gets each alert once. An attempt whose answer was lost is repeated under the same id, by which
 *   the receiver recognizes it.
 * - ALERT-3. A failed delivery is attempted again for three days, and shown with its endpoint. Then it is abandoned.
 * - ALERT-4. Alerts never delay metering: they run every minute on connections of their own. Endpoints are independent:
 *   one that is slow or down delays no other.
 * - ALERT-5. The store decides what is news, in the statement that adds it: processes that find the same raise it once.
 * - ALERT-6. Each process finds and delivers the alerts of its own shards of companies. A shard that it gets is scanned from
 *   where no other process can have stopped.
 */

import { ALERT_TYPES, type AlertThresholds, type AlertType, DEFAULT_THRESHOLDS } from "../domain/alerts.ts";
import type { CompanyId } from "../domain/types.ts";
import { DAY_MS, MINUTE_MS } from "../time/units.ts";
import { Deliverer, type DelivererDependencies, outcomeOf } from "./deliverer.ts";
import { AlertFinder, type AlertFinderDependencies } from "./finder.ts";
import type {
  AlertQuery,
  DeliveryQuery,
  Endpoint,
  EndpointQuery,
  ListedDelivery,
  RaisedAlert,
  StoredThresholds,
} from "./store.ts";

/** The open streams that get alerts. */
export interface AlertStreams {
  /** The companies with open streams. */
  watchedCompanies(): readonly CompanyId[];
  /** Sends an alert to the open streams of its company that did not get it. */
  publishAlert(company: CompanyId, alert: RaisedAlert): void;
}

/** What {@link Alerts} depends on. */
export interface AlertDependencies extends AlertFinderDependencies, Omit<DelivererDependencies, "store"> {
  readonly streams: AlertStreams;
  /** Reports the failure of a delivery that a request has started. */
  report(error: unknown): void;
  /** Cryptographically secure random bytes. */
  randomBytes(length: number): Uint8Array;
}

/** The properties of an endpoint to create. */
export interface NewEndpointRequest {
  readonly url: string;
  readonly company: CompanyId | undefined;
  readonly types: readonly AlertType[] | undefined;
  readonly created_by: string;
}

const ENDPOINTS_MAX = 100;
const SECRET_BYTES = 32;
const RETENTION_MS = 100 * DAY_MS;
/** Alerts that were raised within this time are sent to open streams, so that a late commit is not missed. */
const PUBLISHED_MS = 15 * MINUTE_MS;

/** Manages webhook endpoints and thresholds, raises alerts and delivers them. */
export class Alerts {
  readonly #dependencies: AlertDependencies;
  readonly #stopping = new AbortController();
  readonly #finder: AlertFinder;
  readonly #deliverer: Deliverer;
  #cleaned_up_at_ms = -Infinity;
  /** Deliveries that a request has started. */
  readonly #requested = new Set<Promise<void>>();
  #running: Promise<void> | undefined;
  #next_run: Promise<void> | undefined;

  constructor(dependencies: AlertDependencies) {
    this.#dependencies = dependencies;
    this.#finder = new AlertFinder(dependencies);
    this.#deliverer = new Deliverer(dependencies, this.#stopping.signal);
  }

  /** Totals since the start. `failed` counts attempts, `abandoned` deliveries. */
  get counters(): Deliverer["counters"] {
    return this.#deliverer.counters;
  }

  /** Creates an endpoint, unless it exists already or there are too many. */
  async create(
    { url, company, types, created_by }: NewEndpointRequest,
  ): Promise<Endpoint | "already_exists" | "too_many"> {
    const endpoint: Endpoint = {
      id: `we_${this.#randomHex(12)}`,
      url,
      company,
      types: types ?? ALERT_TYPES,
      secret: this.#dependencies.randomBytes(SECRET_BYTES),
      created_at_ms: this.#dependencies.clock.now_ms(),
      created_by,
      last_delivered_at_ms: undefined,
      last_failed_at_ms: undefined,
      last_failure: undefined,
      gone_at_ms: undefined,
    };
    const added = await this.#dependencies.store.add(endpoint, ENDPOINTS_MAX);
    return added === "added" ? endpoint : added;
  }

  list(query: EndpointQuery): Promise<readonly Endpoint[]> {
    return this.#dependencies.store.list(query);
  }

  find(id: string): Promise<Endpoint | undefined> {
    return this.#dependencies.store.find(id);
  }

  remove(id: string): Promise<boolean> {
    return this.#dependencies.store.remove(id);
  }

  deliveries(query: DeliveryQuery): Promise<readonly ListedDelivery[]> {
    return this.#dependencies.store.deliveries(query);
  }

  /** Adds the delivery of a test to an endpoint, and attempts it without waiting for the outcome. */
  async sendTest(endpoint_id: string): Promise<ListedDelivery | undefined> {
    const { store, clock, system_clock } = this.#dependencies;
    const at = { raised_at_ms: clock.now_ms(), due_at_ms: system_clock.now_ms() };
    const added = await store.addTest(endpoint_id, `msg_${this.#randomHex(16)}`, at);
    if (added !== undefined) this.#deliverNow(endpoint_id);
    return added;
  }

  /** Makes a delivery due, whether it was delivered, abandoned or waits, and attempts it without waiting for the outcome. */
  async resend(endpoint_id: string, id: string): Promise<ListedDelivery | undefined> {
    const { store, system_clock } = this.#dependencies;
    const resent = await store.resend(endpoint_id, id, system_clock.now_ms());
    if (resent !== undefined) this.#deliverNow(endpoint_id);
    return resent;
  }

  /** Returns the thresholds that a company's alerts have: its own, or the default ones. */
  async thresholdsOf(company: CompanyId): Promise<AlertThresholds & Partial<StoredThresholds>> {
    return await this.#dependencies.store.thresholdsOf(company) ?? DEFAULT_THRESHOLDS;
  }

  /** Sets a company's own thresholds. They apply from the next check on. */
  async setThresholds(
    company: CompanyId,
    thresholds: AlertThresholds,
    set_by: string,
  ): Promise<StoredThresholds> {
    const { store, clock } = this.#dependencies;
    const stored = { ...thresholds, set_at_ms: clock.now_ms(), set_by };
    await store.setThresholds(company, stored);
    return stored;
  }

  alertsOf(query: AlertQuery): Promise<readonly RaisedAlert[]> {
    return this.#dependencies.store.alertsOf(query);
  }

  /**
   * Forgets the alerts `month.closed` and `day.closed` of a company's months and days that are open again, so that they
   * are raised when those close.
   *
   * @throws when the store cannot be reached
   */
  async forgetClosings(company: CompanyId): Promise<void> {
    await this.#dependencies.store.forgetClosings(company);
  }

  /**
   * Raises new alerts and delivers the due deliveries. Runs never overlap: a call during a run starts another run after
   * it, for changes that the running one may have missed. Concurrent calls share that next run.
   *
   * @throws when the store cannot be reached; deliveries stay due
   */
  raiseAndDeliver(): Promise<void> {
    if (this.#running === undefined) {
      return this.#running = this.#run().finally(() => this.#running = undefined);
    }
    return this.#next_run ??= this.#running.catch(() => {}).then(() => {
      this.#next_run = undefined;
      return this.raiseAndDeliver();
    });
  }

  /** Aborts running deliveries, which stay due, and starts no more. Never throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([this.#running, this.#next_run, ...this.#requested]);
  }

  /** Attempts the due deliveries of an endpoint, of all companies: a request waits for one of them. What it cannot deliver stays due for the next run. */
  #deliverNow(endpoint_id: string): void {
    const delivering = this.#deliverer.deliverDue(endpoint_id).catch(this.#dependencies.report)
      .finally(() => this.#requested.delete(delivering));
    this.#requested.add(delivering);
  }

  async #run(): Promise<void> {
    const { store, work: { shards, leads } } = this.#dependencies;
    const endpoints = await store.list({ before: undefined, limit: ENDPOINTS_MAX });
    const live_ids = endpoints.filter(({ gone_at_ms }) => gone_at_ms === undefined).map(({ id }) => id);
    // Due deliveries are attempted also when raising fails, and to each endpoint whether or not others fail.
    const raising = this.#finder.run(live_ids, this.#stopping.signal);
    await raising.catch(() => {});
    const deliveries = await Promise.allSettled([
      this.#publish(),
      ...shards?.length === 0 ? [] : live_ids.map((id) => this.#deliverer.deliverDue(id, shards)),
    ]);
    await Promise.all([raising, leads && this.#cleanUp(), ...deliveries.map(outcomeOf)]);
  }

  /** Sends the newest alerts to open streams, also those that another process raised. */
  async #publish(): Promise<void> {
    const { store, clock, streams } = this.#dependencies;
    const companies = streams.watchedCompanies();
    if (companies.length === 0) return;
    for (const alert of await store.alertsSince(companies, clock.now_ms() - PUBLISHED_MS)) {
      if (alert.data.company !== null) streams.publishAlert(alert.data.company, alert);
    }
  }

  /** Deletes old alerts and deliveries, once a day. */
  async #cleanUp(): Promise<void> {
    const { store, clock, system_clock } = this.#dependencies;
    if (system_clock.now_ms() < this.#cleaned_up_at_ms + DAY_MS || this.#stopping.signal.aborted) return;
    await store.deleteOld(clock.now_ms() - RETENTION_MS);
    this.#cleaned_up_at_ms = system_clock.now_ms();
  }

  #randomHex(bytes: number): string {
    return this.#dependencies.randomBytes(bytes).toHex();
  }
}
