import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Trace } from "./trace.ts";

/** An event that waits to be run. */
interface PendingEvent {
  readonly number: number;
  readonly description: string;
  /** A crash of the owner drops the event, unless it was sent. */
  readonly owner: EventOwner | undefined;
  /** Whether the event has left its owner. After a crash it survives by chance. */
  readonly sent: boolean;
  readonly background: boolean;
  readonly ends_fault: boolean;
  ready_ms: number;
  readonly run: () => void;
}

/** A process that can crash. */
export interface EventOwner {
  readonly name: string;
  /** Whether it is suspended, as by SIGSTOP: its events wait, except those that it has sent. */
  readonly is_paused?: boolean;
}

/** The description and timing of an event to schedule. */
export interface PlannedEvent {
  readonly description: string;
  readonly owner?: EventOwner | undefined;
  readonly sent?: boolean;
  /** The shortest delay, in true time. */
  readonly after_ms?: number;
  /** Whether it belongs to what never ends, such as the renewal of leases: no run waits for it. */
  readonly background?: boolean;
  /** Whether a fault lasts until it runs, also after no more faults begin. */
  readonly ends_fault?: boolean;
}

/** Microtask turns without a new event after which every process is waiting. */
const IDLE_TURNS = 48;

/**
 * True time and all pending events outside the processes: statements, replies, timers and requests. Each step picks
 * one event with the seeded random, runs it, and then lets every process continue until it waits again.
 */
export class EventLoop {
  readonly trace: Trace;
  readonly #random: SeededRandom;
  /** The probability that a step picks any ready event instead of the oldest. */
  readonly #disorder: number;
  #now_ms: number;
  #pending: PendingEvent[] = [];
  #scheduled = 0;
  #skipped_ms = 0;

  constructor(trace: Trace, random: SeededRandom, starts_at_ms: number, disorder: number) {
    this.trace = trace;
    this.#random = random;
    this.#now_ms = starts_at_ms;
    this.#disorder = disorder;
  }

  /** The true time. Processes see their own clocks only. */
  get now_ms(): number {
    return this.#now_ms;
  }

  /** The time by which leases end: true time without the time that was skipped. */
  get lease_now_ms(): number {
    return this.#now_ms - this.#skipped_ms;
  }

  /** When the next event is ready that is not in the background; undefined: there is none. */
  get next_in_foreground_ms(): number | undefined {
    const pending = this.#pending.filter(({ background }) => !background);
    return pending.length === 0 ? undefined : Math.min(...pending.map(({ ready_ms }) => ready_ms));
  }

  /** Whether a fault lasts. */
  get has_fault(): boolean {
    return this.#pending.some(({ ends_fault }) => ends_fault);
  }

  /** When the next event is ready; undefined: there is none. */
  get next_ms(): number | undefined {
    const pending = this.#pending.filter((event) => !isHeld(event));
    return pending.length === 0 ? undefined : Math.min(...pending.map(({ ready_ms }) => ready_ms));
  }

  /** Returns seeded bytes: not secret, the same in every run, different at each call. */
  randomBytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.between(0, 255));
  }

  /** Schedules an event, which runs once. @returns its number, for {@link cancel} */
  schedule(event: PlannedEvent, run: () => void): number {
    const { description, owner, sent = false, background = false, ends_fault = false, after_ms = 0 } = event;
    const ready_ms = this.#now_ms + after_ms;
    const number = ++this.#scheduled;
    this.#pending.push({ number, description, owner, sent, background, ends_fault, ready_ms, run });
    return number;
  }

  /** Drops an event that has not run. */
  cancel(number: number): void {
    this.#pending = this.#pending.filter((event) => event.number !== number);
  }

  /**
   * Runs one ready event.
   *
   * @returns false when no event is ready
   */
  async step(): Promise<boolean> {
    const ready = this.#pending.filter((event) => event.ready_ms <= this.#now_ms && !isHeld(event));
    if (ready.length === 0) return false;
    const picked = this.#random.chance(this.#disorder) ? this.#random.between(0, ready.length - 1) : 0;
    const next = ready[picked]!;
    if (picked > 0) this.trace.countFault("out of order");
    this.#pending.splice(this.#pending.indexOf(next), 1);
    this.trace.recordStep(next.number, next.description);
    next.run();
    await this.flushMicrotasks();
    return true;
  }

  /** Advances true time without running any event. */
  advance(duration_ms: number): void {
    this.#now_ms += duration_ms;
  }

  /** Advances true time in which nothing happens but what never ends: leases are as old as before. */
  skip(duration_ms: number): void {
    this.#now_ms += duration_ms;
    this.#skipped_ms += duration_ms;
    for (const event of this.#pending) if (event.background) event.ready_ms += duration_ms;
  }

  /**
   * Advances true time to the next event.
   *
   * @returns false when no event is pending
   */
  advanceToNext(): boolean {
    const next_ms = this.next_ms;
    if (next_ms === undefined) return false;
    this.#now_ms = Math.max(this.#now_ms, next_ms);
    return true;
  }

  /** Drops the events of a crashed process. Sent events survive with probability 0.5. */
  dropEventsOf(owner: EventOwner): void {
    const is_writing = this.#pending.some((event) => event.owner === owner && event.sent);
    if (is_writing) this.trace.countFault("crash with a write under way");
    this.#pending = this.#pending.filter((event) =>
      event.owner !== owner ||
      (event.sent && this.#random.chance(0.5) && this.trace.countFault("written after a crash"))
    );
  }

  /** Lets every process continue until it waits for an event. */
  async flushMicrotasks(): Promise<void> {
    let idle_turns = 0;
    let scheduled = this.#scheduled;
    while (idle_turns < IDLE_TURNS) {
      await undefined;
      idle_turns = scheduled === this.#scheduled ? idle_turns + 1 : 0;
      scheduled = this.#scheduled;
    }
  }
}

function isHeld({ owner, sent }: PendingEvent): boolean {
  return owner?.is_paused === true && !sent;
}
