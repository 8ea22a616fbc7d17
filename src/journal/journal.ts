/**
 * The journal: group commit. It writes the changes of all companies, many in one statement, in the order each company
 * made them. It knows no SQL: a lane passes its batches to a {@link Writer}.
 *
 * - JOURNAL-1. A lane has one statement in flight. Changes of all companies that arrive meanwhile queue up and form the
 *   next one, which starts after {@link JournalOptions.batchReady}. There is no timer: statements grow with the load.
 * - JOURNAL-2. A statement holds a company at most once: consecutive changes of it are merged.
 * - JOURNAL-3. `commit` never rejects. It settles when the writer has reported the outcome.
 * - JOURNAL-4. A change that does not follow the last accepted change of its company and epoch is fenced at once: its
 *   compare-and-set would fail.
 * - JOURNAL-5. Epochs only rise. A change of a newer epoch fences queued changes of older ones; a change of an older
 *   epoch that arrives later is fenced. Neither is written.
 * - JOURNAL-6. When a change is not committed, queued changes of the same company and epoch get the same outcome and
 *   are not written: they were decided on a state that may not exist.
 * - JOURNAL-7. A statement is bounded. Changes that do not fit wait for the next one. A company with more changes than
 *   fit goes to the end of the queue, so it starves no other. A single change is never split.
 * - JOURNAL-8. Once closed, the journal accepts nothing and answers `unknown`. Accepted changes are still written.
 */

import type { Change, CommitOutcome } from "../domain/company/change.ts";
import { mergeChanges } from "../domain/company/change.ts";
import type { CompanyId } from "../domain/types.ts";

/** Writes changes to one shard of the store, at most one call at a time. */
export interface Writer {
  /**
   * Writes each change completely or not at all, independently of the others.
   *
   * @param changes at most one a company
   * @returns the companies that were at `(epoch, from_version)`: only their changes were written
   * @throws when the outcome is unknown
   */
  write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>>;
}

/** The bounds of a statement, and when it starts. */
export interface JournalOptions {
  /** Companies in one statement. Default 2,000. */
  readonly companies_max?: number;
  /** Events in one statement, unless a single change has more. Default 20,000. */
  readonly events_max?: number;
  /**
   * Called before each statement; the queued changes are taken when it resolves. Must not reject. Default: the end of
   * the current microtask, so commits made in it, or on the outcome of the last statement, are included.
   */
  readonly batchReady?: () => Promise<void>;
  /** Returns the index of a company's lane, always the same. Default {@link laneOf}. */
  readonly laneOf?: ((company: CompanyId) => number) | undefined;
}

/** Totals since the journal was created. */
export interface JournalCounters {
  statements: number;
  /** Accepted changes that were sent in statements; merged ones count each. */
  changes: number;
  events: number;
  /** Changes answered `fenced`. */
  fenced: number;
  /** Changes answered `unknown`. */
  unknown: number;
  /** Companies in the largest statement. */
  largest_companies: number;
  /** Events in the largest statement. */
  largest_events: number;
}

const COMPANIES_MAX = 2_000;
const EVENTS_MAX = 20_000;

const COMMITTED: CommitOutcome = { type: "committed" };
const FENCED: CommitOutcome = { type: "fenced" };

/** Commits changes through one lane for each shard. */
export class GroupCommitJournal {
  /** For metrics. Read-only for callers. */
  readonly counters: JournalCounters = {
    statements: 0,
    changes: 0,
    events: 0,
    fenced: 0,
    unknown: 0,
    largest_companies: 0,
    largest_events: 0,
  };
  readonly #lanes: readonly Lane[];
  readonly #laneOf: (company: CompanyId) => number;
  #closed = false;

  /**
   * @param lanes one writer for each shard of the store, in the same order on every node. The caller closes them after
   * the journal.
   * @throws {RangeError} when there are none
   */
  constructor(lanes: readonly Writer[], options: JournalOptions = {}) {
    if (lanes.length === 0) throw new RangeError("a journal needs at least one writer");
    this.#lanes = lanes.map((writer) => new Lane(writer, options, this.counters));
    this.#laneOf = options.laneOf ?? ((company) => laneOf(company, lanes.length));
  }

  /**
   * Writes a change. It is durable once the promise resolves to `committed`.
   *
   * @returns the outcome; never rejects. After `fenced` and `unknown` the owner must discard the company's state
   */
  commit(change: Change): Promise<CommitOutcome> {
    if (this.#closed) {
      this.counters.unknown++;
      return Promise.resolve({ type: "unknown", error: new Error("the journal is closed") });
    }
    return this.#lanes[this.#laneOf(change.company)]!.commit(change);
  }

  /** Resolves when every change accepted so far is settled. */
  async flushed(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.flushed()));
  }

  /** Accepts no more changes, and resolves when every accepted one is settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flushed();
  }
}

/** Returns the lane of a company: an FNV-1a hash, equal on every node for an equal number of lanes. */
export function laneOf(company: CompanyId, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; lanes > 1 && i < company.length; i++) {
    hash = Math.imul(hash ^ company.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

/** Resolves at the end of the current microtask, after continuations that were queued before it. */
const endOfMicrotask = () => Promise.resolve();

/** An accepted change and the promise of its outcome. */
interface Accepted {
  readonly change: Change;
  readonly outcome: Promise<CommitOutcome>;
  readonly settle: (outcome: CommitOutcome) => void;
}

class Lane {
  readonly #writer: Writer;
  readonly #companies_max: number;
  readonly #events_max: number;
  readonly #batchReady: () => Promise<void>;
  readonly #counters: JournalCounters;
  /** Queued changes by company, longest waiting first; no list is empty. */
  readonly #waiting = new Map<CompanyId, Accepted[]>();
  /** The changes of the statement in flight. */
  #writing = new Map<CompanyId, readonly Accepted[]>();
  #running = false;

  constructor(writer: Writer, options: JournalOptions, counters: JournalCounters) {
    this.#writer = writer;
    this.#companies_max = options.companies_max ?? COMPANIES_MAX;
    this.#events_max = options.events_max ?? EVENTS_MAX;
    this.#batchReady = options.batchReady ?? endOfMicrotask;
    this.#counters = counters;
  }

  commit(change: Change): Promise<CommitOutcome> {
    const { company } = change;
    const waiting = this.#waiting.get(company);
    const last = (waiting ?? this.#writing.get(company))?.at(-1)?.change;
    const follows = last === undefined || change.epoch > last.epoch ||
      (change.epoch === last.epoch && change.from_version === last.version);
    if (!follows) {
      this.#counters.fenced++;
      return Promise.resolve(FENCED);
    }
    const { promise: outcome, resolve: settle } = Promise.withResolvers<CommitOutcome>();
    const accepted = { change, outcome, settle };
    if (waiting === undefined) this.#waiting.set(company, [accepted]);
    else if (change.epoch === last!.epoch) waiting.push(accepted);
    else {
      this.#waiting.set(company, [accepted]);
      this.#settle(waiting, FENCED);
    }
    if (!this.#running) this.#run();
    return outcome;
  }

  async flushed(): Promise<void> {
    const accepted = [...this.#writing.values(), ...this.#waiting.values()].flat();
    await Promise.all(accepted.map(({ outcome }) => outcome));
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.size > 0) {
      await this.#batchReady();
      this.#writing = this.#take();
      await this.#write(this.#writing);
      this.#writing = new Map();
    }
    this.#running = false;
  }

  #take(): Map<CompanyId, readonly Accepted[]> {
    const taken = new Map<CompanyId, readonly Accepted[]>();
    let events = 0;
    for (const [company, waiting] of this.#waiting) {
      if (taken.size === this.#companies_max) break;
      let count = 0;
      for (const { change } of waiting) {
        const is_first = taken.size === 0 && count === 0;
        if (!is_first && events + change.events.length > this.#events_max) break;
        events += change.events.length;
        count++;
      }
      if (count > 0) {
        this.#waiting.delete(company);
        taken.set(company, waiting.slice(0, count));
      }
      if (count < waiting.length) {
        if (count > 0) this.#waiting.set(company, waiting.slice(count));
        break;
      }
    }
    return taken;
  }

  async #write(batch: ReadonlyMap<CompanyId, readonly Accepted[]>): Promise<void> {
    const changes = [...batch.values()].map((accepted) => mergePairwise(accepted.map((a) => a.change)));
    this.#count(batch, changes);
    try {
      const written = await this.#writer.write(changes);
      for (const [company, accepted] of batch) {
        if (written.has(company)) this.#settle(accepted, COMMITTED);
        else this.#abandon(company, accepted, FENCED);
      }
    } catch (error) {
      for (const [company, accepted] of batch) this.#abandon(company, accepted, { type: "unknown", error });
    }
  }

  #abandon(company: CompanyId, accepted: readonly Accepted[], outcome: CommitOutcome): void {
    this.#settle(accepted, outcome);
    const behind = this.#waiting.get(company);
    if (behind === undefined || behind[0]!.change.epoch !== accepted[0]!.change.epoch) return;
    this.#waiting.delete(company);
    this.#settle(behind, outcome);
  }

  #settle(accepted: readonly Accepted[], outcome: CommitOutcome): void {
    if (outcome.type !== "committed") this.#counters[outcome.type] += accepted.length;
    for (const { settle } of accepted) settle(outcome);
  }

  #count(batch: ReadonlyMap<CompanyId, readonly Accepted[]>, changes: readonly Change[]): void {
    const counters = this.#counters;
    const events = changes.reduce((sum, change) => sum + change.events.length, 0);
    counters.statements++;
    for (const accepted of batch.values()) counters.changes += accepted.length;
    counters.events += events;
    counters.largest_companies = Math.max(counters.largest_companies, changes.length);
    counters.largest_events = Math.max(counters.largest_events, events);
  }
}

/** Merges halves recursively: a merge copies the events, so merging one by one would be quadratic. */
function mergePairwise(changes: readonly Change[]): Change {
  if (changes.length === 1) return changes[0]!;
  const half = changes.length >> 1;
  return mergeChanges(mergePairwise(changes.slice(0, half)), mergePairwise(changes.slice(half)));
}
