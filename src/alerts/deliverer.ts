import type { Message } from "./message.ts";
import { messageOf } from "./message.ts";
import { nextAttemptAt } from "./retries.ts";
import type { AlertStore, Attempt, AttemptOutcome, Delivery, Shards } from "./store.ts";
import { MINUTE_MS } from "../time/units.ts";

/** What a {@link Deliverer} depends on. */
export interface DelivererDependencies {
  readonly store: Pick<AlertStore, "claimDue" | "recordAttempt">;
  /** The machine's clock, for retries and signatures. */
  readonly system_clock: { now_ms(): number };
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

/** Concurrent attempts to one endpoint. */
const ATTEMPTS_AT_ONCE = 5;
/** A claimed delivery is due again for any process after this time. */
const CLAIM_MS = MINUTE_MS;
/** One run delivers for this long at most; the rest stays due. */
const RUN_MS_MAX = 45_000;

/** Attempts the due deliveries of endpoints, and records the outcomes. */
export class Deliverer {
  readonly #dependencies: DelivererDependencies;
  readonly #stopping: AbortSignal;
  /** Totals since the start. `failed` counts attempts, `abandoned` deliveries. */
  readonly counters = { delivered: 0, failed: 0, abandoned: 0 };

  /** @param stopping aborts running attempts, whose deliveries stay due */
  constructor(dependencies: DelivererDependencies, stopping: AbortSignal) {
    this.#dependencies = dependencies;
    this.#stopping = stopping;
  }

  /**
   * Attempts the due deliveries of an endpoint, in batches. Stops after a batch with a failure: the rest stays due.
   *
   * @param shards the companies whose alerts are delivered
   */
  async deliverDue(endpoint_id: string, shards?: Shards): Promise<void> {
    const { store, system_clock } = this.#dependencies;
    const until_ms = system_clock.now_ms() + RUN_MS_MAX;
    let now_ms: number;
    while ((now_ms = system_clock.now_ms()) < until_ms && !this.#stopping.aborted) {
      const due = await store.claimDue(endpoint_id, now_ms, now_ms + CLAIM_MS, ATTEMPTS_AT_ONCE, shards);
      const attempts = await Promise.allSettled(due.map((delivery) => this.#deliver(delivery)));
      const outcomes = await Promise.all(attempts.map(outcomeOf));
      if (due.length === 0 || !outcomes.every((is_delivered) => is_delivered)) return;
    }
  }

  /** Attempts a delivery. @returns whether it succeeded */
  async #deliver(delivery: Delivery): Promise<boolean> {
    const { store, onAbandoned } = this.#dependencies;
    const attempt = await this.#attempt(delivery);
    // The attempt may have been aborted, with an unknown outcome: the delivery stays due, under the same id.
    if (this.#stopping.aborted) return false;
    const outcome = this.#outcomeOf(delivery, attempt);
    await store.recordAttempt(delivery, attempt, outcome);
    if (outcome.type === "delivered") {
      this.counters.delivered++;
      return true;
    }
    this.counters.failed++;
    if (outcome.type === "failed" && outcome.next_attempt_at_ms !== undefined) return false;
    // The failure of a test is its result: no alert is lost.
    if (outcome.type === "failed" && delivery.content.type === "endpoint.test") return false;
    this.counters.abandoned++;
    onAbandoned(delivery, outcome.type === "gone" ? "receiver is gone (410)" : outcome.failure);
    return false;
  }

  async #attempt(delivery: Delivery): Promise<Attempt> {
    const { system_clock, post } = this.#dependencies;
    const at_ms = system_clock.now_ms();
    const message = messageOf(delivery, at_ms);
    const ended = () => ({ at_ms, duration_ms: Math.max(0, system_clock.now_ms() - at_ms) });
    try {
      const status = await post(delivery.endpoint.url, message, this.#stopping);
      const is_success = status >= 200 && status < 300;
      return { ...ended(), status, failure: is_success ? undefined : `response status ${status}` };
    } catch (error) {
      const timed_out = (error as Error).name === "TimeoutError";
      return {
        ...ended(),
        status: undefined,
        failure: timed_out ? "no response in time" : "connection failed",
      };
    }
  }

  #outcomeOf({ content, failures }: Delivery, { status, failure }: Attempt): AttemptOutcome {
    if (failure === undefined) return { type: "delivered" };
    if (status === 410) return { type: "gone" };
    // A test is attempted once: its sender waits for the outcome.
    const next_attempt_at_ms = content.type === "endpoint.test"
      ? undefined
      : nextAttemptAt(failures + 1, this.#dependencies.system_clock.now_ms());
    return { type: "failed", failure, next_attempt_at_ms };
  }
}

/** Returns the value of a settled promise. @throws its rejection */
export function outcomeOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}
