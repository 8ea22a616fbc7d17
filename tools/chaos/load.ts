/** Clients under a fault: they deliver over several connections, try again what was refused, and note every answer. */

import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";
import { sleep } from "../../src/time/sleep.ts";

const SENDERS = 12;
/** Between two deliveries of one sender, at most: the machine is also to do what is being tested. */
const PAUSE_MS_MAX = 40;
const RETRY_MS_MAX = 200;
/** Longer than any fault: a client that waits so long for a word has been forgotten. */
const ANSWER_WITHIN_MS = 20_000;

/** What came of the deliveries of a round, each answer counted. */
export interface Answers {
  waitForDurable: number;
  unavailable: number;
  /** The connection was refused, cut, or closed without a word. */
  none: number;
}

/** Deliveries of one round on their way. */
export class Load {
  readonly deliveries: Delivery[] = [];
  readonly answers: Answers = { waitForDurable: 0, unavailable: 0, none: 0 };
  /** Answers that no fault excuses. */
  readonly violations: string[] = [];
  readonly #source: Deliveries;
  readonly #dice: SeededRandom;
  /** Where the service is listening at the moment: any of them will do, and while there is none, clients wait. */
  readonly #doors: () => readonly string[];
  readonly #waiting: Delivery[] = [];
  #stopped = false;
  readonly #senders: Promise<unknown>[];

  constructor(deliveries: Deliveries, dice: SeededRandom, doors: () => readonly string[]) {
    this.#source = deliveries;
    this.#dice = dice;
    this.#doors = doors;
    this.#senders = Array.from({ length: SENDERS }, () => this.#send());
  }

  /** As many senders again: for when those there are may all be waiting for a door that does not open. */
  addSenders(): void {
    this.#senders.push(...Array.from({ length: SENDERS }, () => this.#send()));
  }

  /** Resolves when so many more were answered 200. */
  async durable(more: number, within_ms: number): Promise<void> {
    const enough = this.answers.waitForDurable + more;
    const until_ms = performance.now() + within_ms;
    while (this.answers.waitForDurable < enough) {
      if (performance.now() > until_ms) {
        throw new Error(`no ${more} deliveries were answered 200 within ${within_ms / 1000} s`);
      }
      await sleep(5);
    }
  }

  /** Nothing new is sent; what is under way is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#senders);
  }

  /** Sends some more to one door, whoever may be behind it, beside what is sent in any case. */
  sendTo(door: string, count: number): void {
    for (let i = 0; i < count; i++) this.#senders.push(this.deliver(this.#make(), door));
  }

  /**
   * Sends one delivery, and notes what is answered.
   *
   * @returns the status; 0 for no answer
   */
  async deliver(delivery: Delivery, door = this.#dice.pick(this.#doors())): Promise<number> {
    const { status, body } = await post(door, delivery);
    if (status === 200) {
      this.answers.waitForDurable++;
      delivery.answer ??= body;
    } else if (status === 503) this.answers.unavailable++;
    else if (status === 0) this.answers.none++;
    else if (status === FORGOTTEN) {
      this.violations.push(
        `${delivery.name} was neither answered nor cut off within ${ANSWER_WITHIN_MS / 1000} s`,
      );
    } else this.violations.push(`${delivery.name} was answered ${status}: ${body}`);
    return status;
  }

  async #send(): Promise<void> {
    while (!this.#stopped) {
      if (this.#doors().length === 0) {
        await sleep(5);
        continue;
      }
      const delivery = this.#waiting.shift() ?? this.#make();
      const status = await this.deliver(delivery);
      await sleep(this.#dice.fraction() * PAUSE_MS_MAX);
      // Half are tried again soon, as Meta does; the others are left for after the fault.
      if (status !== 200) {
        await sleep(this.#dice.fraction() * RETRY_MS_MAX);
        if (this.#dice.chance(0.5)) this.#waiting.push(delivery);
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

/** Stands for a status where there was no word at all, for longer than any fault takes. */
const FORGOTTEN = -1;

/** Sends one delivery. */
export async function post(door: string, delivery: Delivery): Promise<{ status: number; body: string }> {
  const { path, headers, body } = delivery;
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const response = await fetch(`${door}${path}`, { method: "POST", headers, body, signal });
    return { status: response.status, body: await response.text() };
  } catch {
    return { status: signal.aborted ? FORGOTTEN : 0, body: "" };
  }
}
