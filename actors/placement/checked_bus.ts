/**
 * A bus whose subscriptions are checked. A server can forget a subscription, and neither side says so.
 *
 * - CHECK-1. A check sends a message to each subject that this process subscribes to. Only this process answers it.
 * - CHECK-2. A subject that answers two checks in a row neither in time nor late is lost: it is subscribed to again, and
 *   so are the replies to requests. One to which nobody subscribes, as the server says, is lost at once.
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
  /** The subjects that were lost, and have not answered since. */
  readonly #lost = new Set<string>();
  #last = new Check();

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
        this.#lost.delete(subject);
        subscription[Symbol.dispose]();
      },
    };
  }

  /**
   * Checks every subscription, and subscribes again to those that are lost. Never rejects.
   *
   * @returns the subjects that did not answer in time; one that was only slow is not lost
   */
  async check(): Promise<ReadonlySet<string>> {
    const { bus, timers, onRecovered } = this.#dependencies;
    const subjects = [...this.#subjects];
    const done = new AbortController();
    const deadline = timers.sleep(DEADLINE_MS, done.signal);
    using before = this.#last;
    const check = this.#last = new Check();
    const outcomes = Promise.all(subjects.map((subject) => check.ask(bus, subject, this.#check)));
    await Promise.race([outcomes, deadline]);
    done.abort();
    const silent = new Set<string>();
    const recovered: string[] = [];
    for (const subject of subjects) {
      // Its owner may have ended the subscription meanwhile.
      if (!this.#subjects.has(subject)) continue;
      if (check.outcomes.get(subject) === "answered") {
        if (this.#lost.delete(subject)) recovered.push(subject);
        continue;
      }
      silent.add(subject);
      if (check.outcomes.get(subject) !== "refused" && before.outcomes.get(subject) !== "silent") continue;
      this.#lost.add(subject);
      bus.resubscribe(subject);
    }
    if (recovered.length > 0) onRecovered?.(recovered);
    return silent;
  }
}

/** The messages of one check. They stay open until the next check ends: a late answer is one too. */
class Check implements Disposable {
  /** `refused`: nobody subscribes to the subject, or there is no connection. */
  readonly outcomes = new Map<string, "silent" | "answered" | "refused">();
  readonly #requests = new DisposableStack();

  /** Sends the message of a subject. Resolves with the outcome, never while there is none. */
  async ask(bus: Bus, subject: string, message: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    this.outcomes.set(subject, "silent");
    try {
      this.#requests.use(bus.request(subject, message, resolve));
      this.outcomes.set(subject, await promise === undefined ? "refused" : "answered");
    } catch {
      // The connection is closed.
      this.outcomes.set(subject, "refused");
    }
  }

  [Symbol.dispose](): void {
    this.#requests.dispose();
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
