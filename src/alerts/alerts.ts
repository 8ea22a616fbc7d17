/**
 * Alerts: what a company's month has come to, told to those who asked for it, signed as Standard Webhooks says.
 *
 * T1. What is told is committed: it is found in the store's months, not on the way there. After any downtime it is
 *     found all the same, so nothing has to be remembered.
 * T2. Each endpoint is told of each thing a month comes to, once. A try whose answer was lost is repeated under the
 *     same id, by which a receiver knows it again.
 * T3. What cannot be delivered is tried again for three days, and shown with its endpoint. Then it is given up.
 * T4. Nothing here is in the way of metering: it runs every minute beside it, on connections of its own. Endpoints are
 *     told apart from each other, so that one that is slow or down holds up no other.
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
import { DAY_MS } from "../time/units.ts";

/** What it is made of. */
export interface AlertDependencies {
  readonly store: AlertStore;
  /** The service's clock, by which months end. */
  readonly clock: { now_ms(): number };
  /** The machine's, which receivers go by. */
  readonly system_clock: { now_ms(): number };
  /** Secret randomness. */
  randomBytes(length: number): Uint8Array;
  /**
   * Posts a message, and follows it nowhere else.
   *
   * @returns the status of the answer
   * @throws when there is none in time, or the signal aborts
   */
  post(url: string, message: Message, signal: AbortSignal): Promise<number>;
  /** Told of every delivery that is given up. */
  onAbandoned(delivery: Delivery, failure: string): void;
}

/** An endpoint as it is asked for. */
export interface NewEndpointRequest {
  readonly url: string;
  readonly company: CompanyId | undefined;
  readonly types: readonly AlertType[] | undefined;
  readonly created_by: string;
}

const ENDPOINTS_MAX = 100;
const SECRET_BYTES = 32;
const MONTHS_AT_ONCE = 1_000;
/** What is remembered as raised, so that it need not be compared with the store each minute. */
const RAISED_MAX = 200_000;
/** Tries at once to one endpoint. */
const TRIES_AT_ONCE = 5;
/** Whoever took a delivery has so long to settle it, before it is somebody else's. */
const TAKEN_FOR_MS = 60_000;
/** One run sends for so long at the most; what is left is due at the next. */
const RUN_MS_MAX = 45_000;
const MINUTE_MS = 60_000;
/** A month that is open began so long ago at the most: a month, and what a company may be behind with closing it. */
const OPEN_MS_MAX = 70 * DAY_MS;
/** A closing is dated when it is recorded, whatever month it is of; one of this long ago has been told of. */
const CLOSED_AGO_MS_MAX = 7 * DAY_MS;
/** What was recorded before a look can become visible after it. */
const LOOKED_AGAIN_MS = 10 * MINUTE_MS;
const KEPT_MS = 100 * DAY_MS;

/** Endpoints, and what they are told. */
export class Alerts {
  readonly #world: AlertDependencies;
  readonly #stopping = new AbortController();
  /** What the store has on its way, or had, to those that listened then: to raise it again would change nothing. */
  readonly #raised = new Set<string>();
  #raised_for = "";
  /** When months were last looked at for them, by the service's clock. */
  #looked_at_ms = -Infinity;
  #forgot_at_ms = -Infinity;
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  /** What came of all tries since the start. */
  readonly counters = { delivered: 0, failed: 0, abandoned: 0 };

  constructor(world: AlertDependencies) {
    this.#world = world;
  }

  /** Makes an endpoint, unless it is there already, or there are as many as there may be. */
  async create(
    { url, company, types, created_by }: NewEndpointRequest,
  ): Promise<Endpoint | "there_already" | "too_many"> {
    const endpoint: Endpoint = {
      id: `we_${this.#world.randomBytes(12).toHex()}`,
      url,
      company,
      types: types ?? ALERT_TYPES,
      secret: this.#world.randomBytes(SECRET_BYTES),
      created_at_ms: this.#world.clock.now_ms(),
      created_by,
      last_delivered_at_ms: undefined,
      last_failed_at_ms: undefined,
      last_failure: undefined,
      gone_at_ms: undefined,
    };
    const added = await this.#world.store.add(endpoint, ENDPOINTS_MAX);
    return added === "added" ? endpoint : added;
  }

  list(query: EndpointQuery): Promise<readonly Endpoint[]> {
    return this.#world.store.list(query);
  }

  remove(id: string): Promise<boolean> {
    return this.#world.store.remove(id);
  }

  /**
   * Finds what there is to tell, and tells what is due. One run at a time: what a run that goes on may have missed,
   * the one that follows it finds.
   *
   * @throws when the store cannot be reached; what is due stays due
   */
  raiseAndDeliver(): Promise<void> {
    if (this.#running === undefined) {
      return this.#running = this.#run().finally(() => this.#running = undefined);
    }
    return this.#following ??= this.#running.catch(() => {}).then(() => {
      this.#following = undefined;
      return this.raiseAndDeliver();
    });
  }

  /** Breaks off what is being told, which stays due, and tells nothing more. Never throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([this.#running, this.#following]);
  }

  async #run(): Promise<void> {
    const { store } = this.#world;
    const endpoints = await store.list({ before: undefined, limit: ENDPOINTS_MAX });
    const live = endpoints.filter(({ gone_at_ms }) => gone_at_ms === undefined).map(({ id }) => id);
    // What is due is told also when nothing new can be found, and to each endpoint whatever becomes of the others.
    const raised = this.#raise(live);
    await raised.catch(() => {});
    const told = await Promise.allSettled(live.map((id) => this.#tellAll(id)));
    await Promise.all([raised, this.#forget(), ...told.map(outcomeOf)]);
  }

  async #raise(live: readonly string[]): Promise<void> {
    const { store, clock, system_clock } = this.#world;
    const raised_at_ms = clock.now_ms();
    const listening = live.join();
    // Whoever is new may have to hear of what the others were told.
    if (listening !== this.#raised_for || this.#raised.size > RAISED_MAX) {
      this.#raised.clear();
      this.#looked_at_ms = -Infinity;
    }
    this.#raised_for = listening;
    if (listening === "") return;
    const come_to = {
      from: monthOf(dateOf(raised_at_ms - OPEN_MS_MAX)),
      used_percent: NEARLY_USED_PERCENT,
      closed_since_ms: Math.max(this.#looked_at_ms - LOOKED_AGAIN_MS, raised_at_ms - CLOSED_AGO_MS_MAX),
    };
    let after: MonthQuery["after"];
    do {
      if (this.#stopping.signal.aborted) return;
      const months = await store.monthsToReport({ ...come_to, after, limit: MONTHS_AT_ONCE });
      const fresh = months.flatMap(alertIn).filter((alert) => !this.#raised.has(keyOf(alert)));
      if (fresh.length > 0) await store.raise(fresh, { raised_at_ms, due_at_ms: system_clock.now_ms() });
      for (const alert of fresh) this.#raised.add(keyOf(alert));
      const last = months.at(-1);
      after = months.length < MONTHS_AT_ONCE || last === undefined
        ? undefined
        : { company: last.company, month: last.period.month };
    } while (after !== undefined);
    this.#looked_at_ms = raised_at_ms;
  }

  /** Tells an endpoint what is due, until a try fails: the rest stays due. */
  async #tellAll(endpoint_id: string): Promise<void> {
    const { store, system_clock } = this.#world;
    const until_ms = system_clock.now_ms() + RUN_MS_MAX;
    let now_ms: number;
    while ((now_ms = system_clock.now_ms()) < until_ms && !this.#stopping.signal.aborted) {
      const due = await store.claimDue(endpoint_id, now_ms, now_ms + TAKEN_FOR_MS, TRIES_AT_ONCE);
      const tries = await Promise.allSettled(due.map((delivery) => this.#tell(delivery)));
      const outcomes = await Promise.all(tries.map(outcomeOf));
      if (due.length === 0 || !outcomes.every((is_delivered) => is_delivered)) return;
    }
  }

  /** @returns whether it was delivered */
  async #tell(delivery: Delivery): Promise<boolean> {
    const { store, system_clock, onAbandoned } = this.#world;
    const attempt = await this.#attempt(delivery);
    // Whether it arrived is not known: it is tried again, under the same id.
    if (this.#stopping.signal.aborted) return false;
    await store.recordAttempt(delivery, attempt, system_clock.now_ms());
    if (attempt.type === "delivered") {
      this.counters.delivered++;
      return true;
    }
    this.counters.failed++;
    if (attempt.type === "failed" && attempt.next_attempt_at_ms !== undefined) return false;
    this.counters.abandoned++;
    onAbandoned(delivery, attempt.type === "gone" ? "its receiver is gone (410)" : attempt.failure);
    return false;
  }

  async #attempt(delivery: Delivery): Promise<Attempt> {
    const { system_clock, post } = this.#world;
    const message = messageOf(delivery, system_clock.now_ms());
    let failure: string;
    try {
      const status = await post(delivery.endpoint.url, message, this.#stopping.signal);
      if (status >= 200 && status < 300) return { type: "delivered" };
      if (status === 410) return { type: "gone" };
      failure = `it answered ${status}`;
    } catch (error) {
      const is_late = (error as Error).name === "TimeoutError";
      failure = is_late ? "it did not answer in time" : "it cannot be reached";
    }
    return {
      type: "failed",
      failure,
      next_attempt_at_ms: nextAttemptAt(delivery.failures + 1, system_clock.now_ms()),
    };
  }

  /** Once a day. */
  async #forget(): Promise<void> {
    const { store, clock, system_clock } = this.#world;
    if (system_clock.now_ms() < this.#forgot_at_ms + DAY_MS || this.#stopping.signal.aborted) return;
    await store.deleteOld(clock.now_ms() - KEPT_MS);
    this.#forgot_at_ms = system_clock.now_ms();
  }
}

/** What was waited for with others, whatever became of them. @throws what it failed by */
function outcomeOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

function alertIn({ company, period }: CompanyMonth): Alert[] {
  const type = alertOf(period);
  return type === undefined ? [] : [{ company, type, period }];
}

/** The same for what is told once. */
function keyOf({ company, type, period: { month, granted } }: Alert): string {
  return `${company} ${month} ${type} ${granted}`;
}

/** In Greenwich: which day exactly does not matter where it is used. */
function dateOf(at_ms: number): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString().slice(0, 10) as LocalDate;
}
