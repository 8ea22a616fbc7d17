import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Trace } from "./trace.ts";

/** Something outside of every process that is under way: what it does next is done when its turn comes. */
interface UnderWay {
  readonly number: number;
  readonly what: string;
  /** Whose it is: it ends with a crash of it, unless it was sent already. */
  readonly owner: EventOwner | undefined;
  /** It was sent: after a crash of its owner it goes on or is gone, as chance has it. */
  readonly sent: boolean;
  readonly ready_ms: number;
  readonly run: () => void;
}

/** A process that can die. */
export interface EventOwner {
  readonly name: string;
}

/** What is said of something that is put under way. */
export interface PlannedEvent {
  readonly description: string;
  readonly owner?: EventOwner | undefined;
  readonly sent?: boolean;
  /** How long it takes at least, by the true time. */
  readonly after_ms?: number;
}

/** Promises are let go on until so many turns of the microtask queue brought nothing new. */
const STILL_TURNS = 48;

/**
 * Time, and everything that is under way outside of the processes: statements, replies, timers, requests. Nothing of
 * it happens by itself. One thing at a time is picked, by chance that comes out the same for the same seed, done, and
 * then every process goes on until it waits for the outside again.
 */
export class EventLoop {
  readonly trace: Trace;
  readonly #dice: SeededRandom;
  /** How often the oldest is not the next: 0 is in order, 1 in any. */
  readonly #disorder: number;
  #now_ms: number;
  #under_way: UnderWay[] = [];
  #made = 0;

  constructor(trace: Trace, dice: SeededRandom, begins_ms: number, disorder: number) {
    this.trace = trace;
    this.#dice = dice;
    this.#now_ms = begins_ms;
    this.#disorder = disorder;
  }

  /** The true time. No process knows it: each has a clock of its own. */
  get now_ms(): number {
    return this.#now_ms;
  }

  /** Not secret, but the same in every run, and never the same twice. */
  randomBytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#dice.between(0, 255));
  }

  /** Puts something under way, to be done once when it is picked. */
  schedule(undertaking: PlannedEvent, run: () => void): void {
    const { description, owner, sent = false, after_ms = 0 } = undertaking;
    const ready_ms = this.#now_ms + after_ms;
    this.#under_way.push({ number: ++this.#made, what: description, owner, sent, ready_ms, run });
  }

  /**
   * Does one thing that is ready.
   *
   * @returns false when nothing is
   */
  async step(): Promise<boolean> {
    const ready = this.#under_way.filter(({ ready_ms }) => ready_ms <= this.#now_ms);
    if (ready.length === 0) return false;
    const picked = this.#dice.chance(this.#disorder) ? this.#dice.between(0, ready.length - 1) : 0;
    const next = ready[picked]!;
    if (picked > 0) this.trace.countFault("out of order");
    this.#under_way.splice(this.#under_way.indexOf(next), 1);
    this.trace.recordStep(next.number, next.what);
    next.run();
    await this.flushMicrotasks();
    return true;
  }

  /** Lets time pass. What becomes ready meanwhile is not done by that. */
  advance(duration_ms: number): void {
    this.#now_ms += duration_ms;
  }

  /** Lets time pass until something is ready. @returns false when nothing is under way at all */
  advanceToNext(): boolean {
    if (this.#under_way.length === 0) return false;
    const next_ms = Math.min(...this.#under_way.map(({ ready_ms }) => ready_ms));
    this.#now_ms = Math.max(this.#now_ms, next_ms);
    return true;
  }

  /** A process is gone: of what it had under way only what was sent may still happen. */
  dropEventsOf(owner: EventOwner): void {
    const is_writing = this.#under_way.some((one) => one.owner === owner && one.sent);
    if (is_writing) this.trace.countFault("crash with a write under way");
    this.#under_way = this.#under_way.filter((one) =>
      one.owner !== owner ||
      (one.sent && this.#dice.chance(0.5) && this.trace.countFault("written after a crash"))
    );
  }

  /** Lets every process go on until it waits for the outside. */
  async flushMicrotasks(): Promise<void> {
    let quiet = 0;
    let made = this.#made;
    while (quiet < STILL_TURNS) {
      await undefined;
      quiet = made === this.#made ? quiet + 1 : 0;
      made = this.#made;
    }
  }
}
