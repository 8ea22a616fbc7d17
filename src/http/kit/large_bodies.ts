/**
 * Requests with large bodies take turns, so that those of one caller do not delay the requests of others.
 *
 * LARGE-1. One request with a large body is validated and handled at a time. The next one begins after a pause as long as
 *     the processor was busy since the last one began or paused: together they use at most half of it, and other requests
 *     run in between.
 * LARGE-2. A turn pauses between its steps once the processor was busy for {@link BUSY_MS_MAX}, for as long.
 * LARGE-3. The bodies that wait are limited, in total and for each caller, for they wait in memory.
 */

import process from "node:process";
import type { Caller } from "../middleware/authentication.ts";
import { sleep } from "../../time/sleep.ts";
import { Problem } from "./problems.ts";

/** A larger body takes turns. Validating a smaller one takes some milliseconds at most. */
const LARGE_BYTES = 16 * 1024;
/** Shorter pauses would take longer than asked for: timers count in milliseconds. */
const BUSY_MS_MAX = 4;
const WAITING_MAX = 64;
const WAITING_OF_CALLER_MAX = 8;

/** The turn of one request. Dispose of it when the request is answered. */
export interface BodyTurn extends Disposable {
  /** Lets other requests run, if the processor was busy for long since the turn began or last paused. */
  pause(): Promise<void>;
}

/** The turn of a request with a small body: it neither waits nor pauses. */
const NO_TURN: BodyTurn = { pause: () => Promise.resolve(), [Symbol.dispose]: () => {} };

/** The clocks of the turns. */
export interface TurnClocks {
  /** A monotonic clock. */
  readonly now_ms: () => number;
  /** The processor time of the process: it stands still while nothing runs, such as during a write to Postgres. */
  readonly busy_ms: () => number;
}

const CLOCKS: TurnClocks = {
  now_ms: () => performance.now(),
  busy_ms: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** Gives requests with large bodies their turns. */
export class LargeBodies {
  readonly #clocks: TurnClocks;
  readonly #sleep: (duration_ms: number) => Promise<void>;
  /** Ends with the turn of the last request that waits. */
  #last: Promise<void> = Promise.resolve();
  /** When the next turn may begin. */
  #next_ms = 0;
  #waiting = 0;
  readonly #waiting_by_caller = new Map<string, number>();

  constructor(clocks = CLOCKS, wait: (duration_ms: number) => Promise<void> = sleep) {
    this.#clocks = clocks;
    this.#sleep = wait;
  }

  /**
   * Waits for the turn of a request.
   *
   * @param bytes the length of its body
   * @returns the turn, or the problem when too many requests wait
   */
  async enter({ id }: Pick<Caller, "id">, bytes: number): Promise<BodyTurn | Problem> {
    if (bytes <= LARGE_BYTES) return NO_TURN;
    if ((this.#waiting_by_caller.get(id) ?? 0) >= WAITING_OF_CALLER_MAX) return tooManyOfCaller();
    if (this.#waiting >= WAITING_MAX) return tooMany();
    this.#count(id, 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const previous = this.#last;
    this.#last = promise;
    await previous;
    const wait_ms = this.#next_ms - this.#clocks.now_ms();
    if (wait_ms > 0) await this.#sleep(wait_ms);
    let busyTime_ms = this.#startTiming();
    return {
      pause: async () => {
        const busy_ms = busyTime_ms();
        if (busy_ms < BUSY_MS_MAX) return;
        await this.#sleep(busy_ms);
        busyTime_ms = this.#startTiming();
      },
      [Symbol.dispose]: () => {
        this.#next_ms = this.#clocks.now_ms() + busyTime_ms();
        this.#count(id, -1);
        resolve();
      },
    };
  }

  /**
   * Returns a function that tells how long the processor has been busy since: at most the time that has passed, however
   * many threads ran.
   */
  #startTiming(): () => number {
    const { now_ms, busy_ms } = this.#clocks;
    const started = { now_ms: now_ms(), busy_ms: busy_ms() };
    return () => Math.max(0, Math.min(now_ms() - started.now_ms, busy_ms() - started.busy_ms));
  }

  #count(caller: string, change: 1 | -1): void {
    this.#waiting += change;
    const of_caller = (this.#waiting_by_caller.get(caller) ?? 0) + change;
    if (of_caller === 0) this.#waiting_by_caller.delete(caller);
    else this.#waiting_by_caller.set(caller, of_caller);
  }
}

function tooMany(): Problem {
  const detail = "Too many large bodies at once: try again in 1 s.";
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "1" } });
}

/** 429: the caller has too many large bodies in progress. */
export function tooManyOfCaller(): Problem {
  const detail =
    `Your key has ${WAITING_OF_CALLER_MAX} large bodies in progress: wait for one response, or try again in 1 s.`;
  return new Problem(429, "too_many_large_bodies", detail, { headers: { "retry-after": "1" } });
}
