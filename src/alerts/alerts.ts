/**
 * Alerts: what a company's month has come to, told to those who asked for it, signed as Standard Webhooks says.
 *
 * T1. What is told is committed: it is found in the store's months, not on the way there. After any downtime it is
 *     found all the same, so nothing has to be remembered.
 * T2. Each endpoint is told once of each thing a month comes to. A try whose answer was lost is repeated under the
 *     same id, by which a receiver knows it again.
 * T3. What cannot be delivered is tried again for three days, and shown with its endpoint. Then it is given up.
 * T4. Nothing here is in the way of metering: it runs every minute beside it. A receiver that fails is left alone for
 *     a minute, so that it holds up no other.
 */

import { type Alert, ALERT_TYPES, alertOf, type AlertType, NEARLY_USED_PERCENT } from "../domain/alerts.ts";
import { monthOf } from "../domain/calendar.ts";
import type { CompanyId, LocalDate } from "../domain/names.ts";
import type { AlertStore, Attempt, CompanyMonth, Delivery, Endpoint, EndpointQuery } from "./kept.ts";
import { type Message, messageOf } from "./message.ts";
import { nextAttemptAt } from "./retries.ts";

/** What it is made of. */
export interface AlertWorld {
  readonly store: AlertStore;
  /** The service's clock, by which months end. */
  readonly clock: { now_ms(): number };
  /** The machine's, which receivers go by. */
  readonly machine: { now_ms(): number };
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
  onGivenUp(delivery: Delivery, failure: string): void;
}

/** An endpoint as it is asked for. */
export interface AskedEndpoint {
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
const DELIVERIES_AT_ONCE = 20;
/** Whoever took a delivery has so long to settle it, before it is somebody else's. */
const TAKEN_FOR_MS = 60_000;
/** One run sends for so long at the most; what is left is due at the next. */
const RUN_MS_MAX = 45_000;
/** Less than a minute: the next run finds it due. */
const PAUSED_MS = 50_000;
const DAY_MS = 86_400_000;
/** A month that can still come to something began so long ago at the most: a month, and the days a clock may be behind. */
const MONTHS_LOOKED_AT_MS = 40 * DAY_MS;
/** Months are looked at every minute, and a closing is dated when it is recorded: this is far more than is needed. */
const CLOSED_AGO_MS_MAX = 7 * DAY_MS;
const KEPT_MS = 100 * DAY_MS;

/** Endpoints, and what they are told. */
export class Alerts {
  readonly #world: AlertWorld;
  readonly #stopping = new AbortController();
  /** What the store has on its way, or had, to those that listened then: to raise it again would change nothing. */
  readonly #raised = new Set<string>();
  #raised_for = "";
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  /** What came of all tries since the start. */
  readonly counters = { delivered: 0, failed: 0, given_up: 0 };

  constructor(world: AlertWorld) {
    this.#world = world;
  }

  /** Makes an endpoint. @returns undefined when there are as many as there may be */
  async make({ url, company, types, created_by }: AskedEndpoint): Promise<Endpoint | undefined> {
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
    return await this.#world.store.add(endpoint, ENDPOINTS_MAX) ? endpoint : undefined;
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
  run(): Promise<void> {
    if (this.#running === undefined) {
      return this.#running = this.#run().finally(() => this.#running = undefined);
    }
    return this.#following ??= this.#running.catch(() => {}).then(() => {
      this.#following = undefined;
      return this.run();
    });
  }

  /** Breaks off what is being told, which stays due, and tells nothing more. Never throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([this.#running, this.#following]);
  }

  async #run(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.#raise();
    await this.#deliver();
    await this.#world.store.forget(this.#world.clock.now_ms() - KEPT_MS);
  }

  async #raise(): Promise<void> {
    const { store, clock, machine } = this.#world;
    const endpoints = await store.list({ before: undefined, limit: ENDPOINTS_MAX });
    const listening = endpoints.filter(({ gone_at_ms }) => gone_at_ms === undefined).map(({ id }) => id)
      .join();
    // Whoever is new may have to hear of what the others were told.
    if (listening !== this.#raised_for || this.#raised.size > RAISED_MAX) this.#raised.clear();
    this.#raised_for = listening;
    if (listening === "") return;
    const raised_at_ms = clock.now_ms();
    const come_to = {
      from: monthOf(dateOf(raised_at_ms - MONTHS_LOOKED_AT_MS)),
      used_percent: NEARLY_USED_PERCENT,
      closed_since_ms: raised_at_ms - CLOSED_AGO_MS_MAX,
    };
    let after: { company: string; month: string } | undefined;
    do {
      const months = await store.monthsToTell({ ...come_to, after, limit: MONTHS_AT_ONCE });
      const fresh = months.flatMap(alertIn).filter((alert) => !this.#raised.has(keyOf(alert)));
      if (fresh.length > 0) await store.raise(fresh, { raised_at_ms, due_at_ms: machine.now_ms() });
      for (const alert of fresh) this.#raised.add(keyOf(alert));
      const last = months.at(-1);
      after = months.length < MONTHS_AT_ONCE || last === undefined
        ? undefined
        : { company: last.company, month: last.period.month };
    } while (after !== undefined);
  }

  async #deliver(): Promise<void> {
    const { store, machine } = this.#world;
    const until_ms = machine.now_ms() + RUN_MS_MAX;
    for (let now_ms = machine.now_ms(); now_ms < until_ms; now_ms = machine.now_ms()) {
      if (this.#stopping.signal.aborted) return;
      const due = await store.take(now_ms, now_ms + TAKEN_FOR_MS, DELIVERIES_AT_ONCE);
      if (due.length === 0) return;
      await Promise.all(due.map((delivery) => this.#tell(delivery)));
    }
  }

  async #tell(delivery: Delivery): Promise<void> {
    const { store, machine, onGivenUp } = this.#world;
    const attempt = await this.#attempt(delivery);
    // Whether it arrived is not known: it is tried again, under the same id.
    if (this.#stopping.signal.aborted) return;
    await store.settle(delivery, attempt, machine.now_ms());
    if (attempt.type === "delivered") return void this.counters.delivered++;
    this.counters.failed++;
    if (attempt.type === "failed" && attempt.next_attempt_at_ms !== undefined) return;
    this.counters.given_up++;
    onGivenUp(delivery, attempt.type === "gone" ? "its receiver is gone (410)" : attempt.failure);
  }

  async #attempt(delivery: Delivery): Promise<Attempt> {
    const { machine, post } = this.#world;
    let failure: string;
    try {
      const status = await post(
        delivery.endpoint.url,
        messageOf(delivery, machine.now_ms()),
        this.#stopping.signal,
      );
      if (status >= 200 && status < 300) return { type: "delivered" };
      if (status === 410) return { type: "gone" };
      failure = `it answered ${status}`;
    } catch (error) {
      failure = (error as Error).name === "TimeoutError"
        ? "it did not answer in time"
        : "it cannot be reached";
    }
    const now_ms = machine.now_ms();
    const next_attempt_at_ms = nextAttemptAt(delivery.attempts, now_ms);
    return { type: "failed", failure, next_attempt_at_ms, paused_until_ms: now_ms + PAUSED_MS };
  }
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
