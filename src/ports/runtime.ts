/** Time, delays and traces. */

import type { Unavailable } from "../domain/company/command.ts";

/** The current time: the test clock's or the machine's. */
export interface Clock {
  now_ms(): number;
}

/** A clock that knows when it may be wrong. */
export interface GuardedClock extends Clock {
  /** Whether the sources of time agree. While they do not, no day is closed: it could not be opened again. */
  readonly is_certain: boolean;
  /** Whether a second source confirms the time that is read. While none does, it dates no report and no claim of a number. */
  readonly is_confirmed: boolean;
}

/** Delays. */
export interface Timers {
  /** Resolves after a duration, or at once when the signal aborts. Never rejects. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>;
}

/** The place of a request in its trace. Only `src/observability/tracing.ts` knows what it is. */
export type Trace = object;

/** The test clock, which integrators move forward. */
export interface MovableClock {
  now_ms(): number;
  /** Moves the clock to `target` of the current time, and closes the days that are due then. */
  advance(target: (now_ms: number) => number): Promise<"advanced" | "clock_backwards" | Unavailable>;
}

/** Checks whether requests can be served. */
export interface Health {
  ready(): Promise<Readiness>;
}

/** The outcome of a readiness check. */
export interface Readiness {
  readonly ready: boolean;
  /** Each check with its result in a few words. */
  readonly checks: Readonly<Record<string, string | undefined>>;
}
