/** The load of a round: clients deliver over several connections, retry refused deliveries, and count every answer. */

import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Company, Deliveries, Delivery } from "./deliveries.ts";
import { sleep } from "../../src/time/sleep.ts";

const SENDERS = 12;
/** The longest pause between two deliveries of one sender: it leaves processor time to the service. */
const PAUSE_MS_MAX = 40;
const RETRY_MS_MAX = 200;
/** The fewest deliveries answered 200 before and after a fault. */
const DURABLE_BEFORE = 40;
const DURABLE_AFTER = 60;
const DURABLE_WITHIN_MS = 40_000;
/** The longest time from the deliveries before a fault to the fault. */
const FAULT_WITHIN_MS = 900;
/** Longer than any fault: a client that waits this long was never answered. */
const ANSWER_TIMEOUT_MS = 20_000;

/** The answers of a round, counted. */
export interface Answers {
  durable: number;
  unavailable: number;
  /** The connection was refused, cut, or closed without an answer. */
  none: number;
}

/** The load of one round. */
export class Load {
  readonly deliveries: Delivery[] = [];
  readonly answers: Answers = { durable: 0, unavailable: 0, none: 0 };
  /** The addresses that did not answer. */
  readonly unanswered = new Set<string>();
  /** Answers that no fault explains. */
  readonly violations: string[] = [];
  readonly #source: Deliveries;
  readonly #random: SeededRandom;
  /** Returns the current addresses of the service. Clients use any of them, and wait while there is none. */
  readonly #service_urls: () => readonly string[];
  readonly #pause_ms_max: number;
  readonly #waiting: Delivery[] = [];
  #stopped = false;
  readonly #senders: Promise<unknown>[];

  constructor(
    deliveries: Deliveries,
    random: SeededRandom,
    service_urls: () => readonly string[],
    pause_ms_max = PAUSE_MS_MAX,
  ) {
    this.#source = deliveries;
    this.#random = random;
    this.#service_urls = service_urls;
    this.#pause_ms_max = pause_ms_max;
    this.#senders = Array.from({ length: SENDERS }, () => this.#send());
  }

  /** The companies that receive the load. */
  get companies(): readonly Company[] {
    return this.#source.companies;
  }

  /** Doubles the senders, for when all current ones may wait for a stopped process. */
  addSenders(): void {
    this.#senders.push(...Array.from({ length: SENDERS }, () => this.#send()));
  }

  /**
   * Waits until `more` deliveries are answered 200.
   *
   * @throws {Error} when that takes longer than `within_ms`
   */
  async waitForDurable(more: number, within_ms: number): Promise<void> {
    const enough = this.answers.durable + more;
    const until_ms = performance.now() + within_ms;
    while (this.answers.durable < enough) {
      if (performance.now() > until_ms) {
        throw new Error(`no ${more} deliveries were answered 200 within ${within_ms / 1000} s`);
      }
      await sleep(5);
    }
  }

  /** Runs the fault of a round between deliveries that are answered 200. */
  async around<Result>(fault: () => Promise<Result>): Promise<Result> {
    await this.waitForDurable(DURABLE_BEFORE, DURABLE_WITHIN_MS);
    await sleep(this.#random.between(0, FAULT_WITHIN_MS));
    const result = await fault();
    await this.waitForDurable(DURABLE_AFTER, DURABLE_WITHIN_MS);
    return result;
  }

  /** Stops sending and waits for deliveries under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#senders);
  }

  /** Sends additional deliveries to one address. */
  sendTo(service_url: string, count: number): void {
    for (let i = 0; i < count; i++) this.#senders.push(this.deliver(this.#make(), service_url));
  }

  /**
   * Sends webhooks of new people over connections of its own, each until it is answered 200.
   *
   * @throws {Error} when that takes longer than `within_ms`
   */
  async flood(webhooks: number, people_each: number, senders: number, within_ms: number): Promise<void> {
    const until_ms = performance.now() + within_ms;
    let sent = 0;
    await Promise.all(Array.from({ length: senders }, async () => {
      while (sent++ < webhooks) {
        const delivery = this.#source.newPeople(people_each);
        this.deliveries.push(delivery);
        while (await this.deliver(delivery) !== 200) {
          if (performance.now() > until_ms) {
            throw new Error(`webhooks of new people were not answered 200 within ${within_ms / 1000} s`);
          }
          await sleep(this.#random.fraction() * RETRY_MS_MAX);
        }
      }
    }));
  }

  /**
   * Sends one delivery and counts its answer.
   *
   * @returns the status; 0 for no answer
   */
  async deliver(delivery: Delivery, service_url = this.#random.pick(this.#service_urls())): Promise<number> {
    const { status, body, retry_after } = await post(service_url, delivery);
    if (status === 200) {
      this.answers.durable++;
      delivery.answer ??= body;
    } else if (status === 503 && retry_after !== null) this.answers.unavailable++;
    else if (status === 0) {
      this.answers.none++;
      this.unanswered.add(service_url);
    } else if (status === TIMED_OUT) {
      this.violations.push(
        `${delivery.name} was neither answered nor cut off within ${ANSWER_TIMEOUT_MS / 1000} s`,
      );
    } else this.violations.push(`${delivery.name} was answered ${status}: ${body}`);
    return status;
  }

  async #send(): Promise<void> {
    while (!this.#stopped) {
      if (this.#service_urls().length === 0) {
        await sleep(5);
        continue;
      }
      const delivery = this.#waiting.shift() ?? this.#make();
      const status = await this.deliver(delivery);
      await sleep(this.#random.fraction() * this.#pause_ms_max);
      // Half are retried soon, as Meta does; the others are retried after the fault.
      if (status !== 200) {
        await sleep(this.#random.fraction() * RETRY_MS_MAX);
        if (this.#random.chance(0.5)) this.#waiting.push(delivery);
      }
    }
  }

  #make(): Delivery {
    const made = this.#source.next();
    this.deliveries.push(...made);
    this.#waiting.push(...made.slice(1));
    return made[0]!;
  }
}

/** The status of a delivery without an answer within the timeout. */
const TIMED_OUT = -1;

/** Sends one delivery. */
export async function post(
  service_url: string,
  delivery: Delivery,
): Promise<{ status: number; body: string; retry_after: string | null }> {
  const { path, headers, body } = delivery;
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(`${service_url}${path}`, { method: "POST", headers, body, signal });
    const retry_after = response.headers.get("retry-after");
    return { status: response.status, body: await response.text(), retry_after };
  } catch {
    return { status: signal.aborted ? TIMED_OUT : 0, body: "", retry_after: null };
  }
}
