/**
 * A bus whose subscriptions are checked. A server can forget a subscription, and neither side says so.
 *
 * - CHECK-1. A check sends a message to each subject that this process subscribes to. Only this process answers it.
 * - CHECK-2. A subject whose check is not answered in time is subscribed to again, and so are the replies to requests.
 * - CHECK-3. When a subject answers again, its owner reads again what it has missed.
 */

import type { Bus } from "../../src/ports/placement.ts";
import type { Timers } from "../../src/ports/runtime.ts";

/** What a {@link CheckedBus} depends on. */
export interface CheckedBusDependencies {
  readonly bus: Bus;
  readonly timers: Timers;
  /** The id of this process among those that share subjects. */
  readonly id: string;
  /** Called with the subjects that were lost and answer again: what was published meanwhile did not arrive. */
  onRecovered?(subjects: readonly string[]): void;
}

/** How long this process waits for its own answer. */
const DEADLINE_MS = 1_000;
/** The first byte of a check. No other message begins with it. */
const MARK = 0;
const NOTHING = new Uint8Array();

/** Passes messages, and checks its subscriptions. */
export class CheckedBus implements Bus {
  readonly #dependencies: CheckedBusDependencies;
  readonly #check: Uint8Array;
  readonly #subjects = new Set<string>();
  #lost: ReadonlySet<string> = new Set();

  constructor(dependencies: CheckedBusDependencies) {
    this.#dependencies = dependencies;
    this.#check = new Uint8Array([MARK, ...new TextEncoder().encode(dependencies.id)]);
  }

  publish(subject: string, message: Uint8Array): void {
    this.#dependencies.bus.publish(subject, message);
  }

  request(...request: Parameters<Bus["request"]>): Disposable {
    return this.#dependencies.bus.request(...request);
  }

  resubscribe(subject: string): void {
    this.#dependencies.bus.resubscribe(subject);
  }

  /** Receives the messages of a subject that this process does not subscribe to yet, until disposed. */
  subscribe(subject: string, onMessage: Parameters<Bus["subscribe"]>[1]): Disposable {
    this.#subjects.add(subject);
    const subscription = this.#dependencies.bus.subscribe(subject, (message, reply) => {
      if (message[0] !== MARK) return onMessage(message, reply);
      if (isEqual(message, this.#check)) reply(NOTHING);
    });
    return {
      [Symbol.dispose]: () => {
        this.#subjects.delete(subject);
        subscription[Symbol.dispose]();
      },
    };
  }

  /** Checks every subscription, and subscribes again to those that do not answer. Never rejects. @returns their subjects */
  async check(): Promise<ReadonlySet<string>> {
    const { bus, timers, onRecovered } = this.#dependencies;
    const done = new AbortController();
    const deadline = timers.sleep(DEADLINE_MS, done.signal);
    const lost = new Set<string>();
    const recovered: string[] = [];
    await Promise.all([...this.#subjects].map(async (subject) => {
      const is_answered = await this.#isAnswered(subject, deadline);
      // Its owner may have ended the subscription meanwhile.
      if (!this.#subjects.has(subject)) return;
      if (!is_answered) lost.add(subject);
      else if (this.#lost.has(subject)) recovered.push(subject);
    }));
    done.abort();
    for (const subject of lost) bus.resubscribe(subject);
    this.#lost = lost;
    if (recovered.length > 0) onRecovered?.(recovered);
    return lost;
  }

  async #isAnswered(subject: string, deadline: Promise<void>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    try {
      using _ = this.#dependencies.bus.request(
        subject,
        this.#check,
        (reply) => resolve(reply !== undefined),
      );
      void deadline.then(() => resolve(false));
      return await promise;
    } catch {
      // The connection is closed.
      return false;
    }
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
