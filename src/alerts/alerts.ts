/**
 * Alerts: webhooks about a company's month, signed according to Standard Webhooks.
 *
 * - ALERT-1. Alerts are derived from committed rows only: from the stored months, never from changes in memory. After
 *   any downtime they are still found.
 * - ALERT-2. Each endpoint gets each alert of a month once. An attempt whose answer was lost is repeated under the same
 *   id, by which the receiver recognizes it.
 * - ALERT-3. A failed delivery is attempted again for three days, and shown with its endpoint. Then it is abandoned.
 * - ALERT-4. Alerts never delay metering: they run every minute on connections of their own. Endpoints are independent:
 *   one that is slow or down delays no other.
 */

import { type Alert, ALERT_TYPES, alertOf, type AlertType, NEARLY_USED_PERCENT } from "../domain/alerts.ts";
import { monthOf } from "../domain/calendar.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import type {
  AlertStore,
  Attempt,
  CompanyMonth,
  Delivery,
  Endpoint,
  EndpointQuery,
  MonthQuery,
} from "./store.ts";
import { type Message, messageOf } from "./message.ts";
import { nextAttemptAt } from "./retries.ts";
import { DAY_MS, MINUTE_MS } from "../time/units.ts";

/** What {@link Alerts} depends on. */
export interface AlertDependencies {
  readonly store: AlertStore;
  /** The service's clock, which decides when months end. */
  readonly clock: { now_ms(): number };
  /** The machine's clock, for retries and signatures. */
  readonly system_clock: { now_ms(): number };
  /** Cryptographically secure random bytes. */
  randomBytes(length: number): Uint8Array;
  /**
   * Posts a message. Follows no redirect.
   *
   * @returns the status of the response
   * @throws when there is no response in time, or the signal aborts
   */
  post(url: string, message: Message, signal: AbortSignal): Promise<number>;
  /** Called for each delivery that is abandoned. */
  onAbandoned(delivery: Delivery, failure: string): void;
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
const MONTHS_AT_ONCE = 1_000;
/** Raised alerts that are remembered, so that they are not raised again every minute. Past it, all are forgotten. */
const RAISED_MAX = 200_000;
/** Concurrent attempts to one endpoint. */
const ATTEMPTS_AT_ONCE = 5;
/** A claimed delivery is due again for any process after this time. */
const CLAIM_MS = 60_000;
/** One run delivers for this long at most; the rest stays due. */
const RUN_MS_MAX = 45_000;
/** Open months are scanned until this long after their start: a month, and the longest delay of its closing. */
const OPEN_MS_MAX = 70 * DAY_MS;
/** Months closed longer ago are not scanned: their alerts have been raised already. */
const CLOSED_AGO_MS_MAX = 7 * DAY_MS;
/** A row recorded before a scan can be committed after it: scans overlap by this. */
const SCAN_OVERLAP_MS = 10 * MINUTE_MS;
const DELIVERY_RETENTION_MS = 100 * DAY_MS;

/** Manages webhook endpoints, raises alerts and delivers them. */
export class Alerts {
  readonly #dependencies: AlertDependencies;
  readonly #stopping = new AbortController();
  /** Keys of the alerts that were raised for `#raised_for`: raising them again would change nothing. */
  readonly #raised = new Set<string>();
  /** The ids of the live endpoints at the last scan, joined. */
  #raised_for = "";
  /** Start of the last complete scan of months for these endpoints, by the service's clock. */
  #scanned_at_ms = -Infinity;
  #cleaned_up_at_ms = -Infinity;
  #running: Promise<void> | undefined;
  #next_run: Promise<void> | undefined;
  /** Totals since the start. `failed` counts attempts, `abandoned` deliveries. */
  readonly counters = { delivered: 0, failed: 0, abandoned: 0 };

  constructor(dependencies: AlertDependencies) {
    this.#dependencies = dependencies;
  }

  /** Creates an endpoint, unless it exists already or there are too many. */
  async create(
    { url, company, types, created_by }: NewEndpointRequest,
  ): Promise<Endpoint | "already_exists" | "too_many"> {
    const endpoint: Endpoint = {
      id: `we_${this.#dependencies.randomBytes(12).toHex()}`,
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

  remove(id: string): Promise<boolean> {
    return this.#dependencies.store.remove(id);
  }

  /**
   * Forgets the alerts `month.closed` of a company's months that are open again, so that they are raised when those
   * months close.
   *
   * @throws when the store cannot be reached
   */
  async forgetClosings(company: CompanyId): Promise<void> {
    await this.#dependencies.store.forgetClosings(company);
    this.#raised.clear();
    this.#scanned_at_ms = -Infinity;
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
    await Promise.allSettled([this.#running, this.#next_run]);
  }

  async #run(): Promise<void> {
    const { store } = this.#dependencies;
    const endpoints = await store.list({ before: undefined, limit: ENDPOINTS_MAX });
    const live_ids = endpoints.filter(({ gone_at_ms }) => gone_at_ms === undefined).map(({ id }) => id);
    // Due deliveries are attempted also when raising fails, and to each endpoint whether or not others fail.
    const raising = this.#raise(live_ids);
    await raising.catch(() => {});
    const deliveries = await Promise.allSettled(live_ids.map((id) => this.#deliverDue(id)));
    await Promise.all([raising, this.#cleanUp(), ...deliveries.map(outcomeOf)]);
  }

  async #raise(live_ids: readonly string[]): Promise<void> {
    const { store, clock, system_clock } = this.#dependencies;
    const raised_at_ms = clock.now_ms();
    const endpoint_ids = live_ids.join();
    // A new endpoint may need alerts that the other endpoints got already.
    if (endpoint_ids !== this.#raised_for || this.#raised.size > RAISED_MAX) {
      this.#raised.clear();
      this.#scanned_at_ms = -Infinity;
    }
    this.#raised_for = endpoint_ids;
    if (endpoint_ids === "") return;
    const query = {
      from: monthOf(dateOf(raised_at_ms - OPEN_MS_MAX)),
      used_percent: NEARLY_USED_PERCENT,
      closed_since_ms: Math.max(this.#scanned_at_ms - SCAN_OVERLAP_MS, raised_at_ms - CLOSED_AGO_MS_MAX),
    };
    let after: MonthQuery["after"];
    do {
      if (this.#stopping.signal.aborted) return;
      const months = await store.monthsToReport({ ...query, after, limit: MONTHS_AT_ONCE });
      const fresh = months.flatMap(alertsOf).filter((alert) => !this.#raised.has(keyOf(alert)));
      if (fresh.length > 0) await store.raise(fresh, { raised_at_ms, due_at_ms: system_clock.now_ms() });
      for (const alert of fresh) this.#raised.add(keyOf(alert));
      const last = months.at(-1);
      after = months.length < MONTHS_AT_ONCE || last === undefined
        ? undefined
        : { company: last.company, month: last.period.month };
    } while (after !== undefined);
    this.#scanned_at_ms = raised_at_ms;
  }

  /** Attempts the due deliveries of an endpoint, in batches. Stops after a batch with a failure: the rest stays due. */
  async #deliverDue(endpoint_id: string): Promise<void> {
    const { store, system_clock } = this.#dependencies;
    const until_ms = system_clock.now_ms() + RUN_MS_MAX;
    let now_ms: number;
    while ((now_ms = system_clock.now_ms()) < until_ms && !this.#stopping.signal.aborted) {
      const due = await store.claimDue(endpoint_id, now_ms, now_ms + CLAIM_MS, ATTEMPTS_AT_ONCE);
      const attempts = await Promise.allSettled(due.map((delivery) => this.#deliver(delivery)));
      const outcomes = await Promise.all(attempts.map(outcomeOf));
      if (due.length === 0 || !outcomes.every((is_delivered) => is_delivered)) return;
    }
  }

  /** Attempts a delivery. @returns whether it succeeded */
  async #deliver(delivery: Delivery): Promise<boolean> {
    const { store, system_clock, onAbandoned } = this.#dependencies;
    const attempt = await this.#attempt(delivery);
    // The attempt may have been aborted, with an unknown outcome: the delivery stays due, under the same id.
    if (this.#stopping.signal.aborted) return false;
    await store.recordAttempt(delivery, attempt, system_clock.now_ms());
    if (attempt.type === "delivered") {
      this.counters.delivered++;
      return true;
    }
    this.counters.failed++;
    if (attempt.type === "failed" && attempt.next_attempt_at_ms !== undefined) return false;
    this.counters.abandoned++;
    onAbandoned(delivery, attempt.type === "gone" ? "receiver is gone (410)" : attempt.failure);
    return false;
  }

  async #attempt(delivery: Delivery): Promise<Attempt> {
    const { system_clock, post } = this.#dependencies;
    const message = messageOf(delivery, system_clock.now_ms());
    let failure: string;
    try {
      const status = await post(delivery.endpoint.url, message, this.#stopping.signal);
      if (status >= 200 && status < 300) return { type: "delivered" };
      if (status === 410) return { type: "gone" };
      failure = `response status ${status}`;
    } catch (error) {
      const timed_out = (error as Error).name === "TimeoutError";
      failure = timed_out ? "no response in time" : "connection failed";
    }
    return {
      type: "failed",
      failure,
      next_attempt_at_ms: nextAttemptAt(delivery.failures + 1, system_clock.now_ms()),
    };
  }

  /** Deletes old deliveries, once a day. */
  async #cleanUp(): Promise<void> {
    const { store, clock, system_clock } = this.#dependencies;
    if (system_clock.now_ms() < this.#cleaned_up_at_ms + DAY_MS || this.#stopping.signal.aborted) return;
    await store.deleteOld(clock.now_ms() - DELIVERY_RETENTION_MS);
    this.#cleaned_up_at_ms = system_clock.now_ms();
  }
}

/** Returns the value of a settled promise. @throws its rejection */
function outcomeOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Returns the alert that a month is due, if any. */
function alertsOf({ company, period }: CompanyMonth): Alert[] {
  const type = alertOf(period);
  return type === undefined ? [] : [{ company, type, period }];
}

/** Returns the key of an alert: equal alerts are raised once. */
function keyOf({ company, type, period: { month, granted } }: Alert): string {
  return `${company} ${month} ${type} ${granted}`;
}

/** Returns the UTC date of an instant. The date of a company can differ by a day, which the scan's limits allow for. */
function dateOf(at_ms: number): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString().slice(0, 10) as LocalDate;
}
