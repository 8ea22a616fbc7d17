/**
 * The journal: takes the changes of all companies and writes them, many in one statement, in the order each
 * company made them. It knows no SQL: a lane gives its statements to a {@link Writer}.
 *
 * - J1 A lane has one statement in flight. What comes meanwhile, of all companies, gathers and is the next, once
 *   whatever the process is busy with has had its turn ({@link JournalOptions.batchReady}): no timer, and statements
 *   grow under load by themselves.
 * - J2 A company stands at most once in a statement: changes of it that follow each other are merged.
 * - J3 `commit` never rejects, and it settles when the writer has said what became of the change.
 * - J4 A change that does not follow the one accepted before it, of the same company and epoch, is fenced at
 *   once: its compare-and-set could not hold.
 * - J5 Epochs only rise. A change of a newer one fences what waits of older ones, and an older one that comes
 *   after it is fenced; neither is written.
 * - J6 What waits behind a change of its own epoch that was not committed shares its outcome, and is not
 *   written: it was decided on a state that may never have been.
 * - J7 A statement is bounded. What does not fit waits for the next, and a company with more than fits goes to
 *   the end of the line, so that nobody starves behind it. A single change is never split.
 * - J8 Once closed, nothing more is accepted: `unknown`. What was accepted is still written.
 */

import type { Change, CommitOutcome } from "../domain/company/change.ts";
import { mergeChanges } from "../domain/company/change.ts";
import type { CompanyId } from "../domain/types.ts";

/** Writes changes to one shard of the store, at most one call at a time. */
export interface Writer {
  /**
   * Writes all of a change or nothing of it, for each by itself.
   *
   * @param changes of different companies
   * @returns the companies that stood at `(epoch, from_version)`: only their changes were written
   * @throws when it cannot be known whether they were written
   */
  write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>>;
}

/** How much one statement takes, and what it waits for. */
export interface JournalOptions {
  /** Companies at most. Default 2,000. */
  readonly companies_max?: number;
  /** Events at most, unless a single change has more. Default 20,000. */
  readonly events_max?: number;
  /**
   * Asked before each statement: resolves when it is time to take what has gathered. It never rejects. Default: the
   * end of the breath, so that whoever commits in the same one, or upon the last statement's outcome, is in it.
   */
  readonly batchReady?: () => Promise<void>;
}

/** What a journal has done since it was made. */
export interface JournalCounters {
  statements: number;
  /** Changes that went out in statements, as they were accepted. */
  changes: number;
  events: number;
  /** Changes answered `fenced`. */
  fenced: number;
  /** Changes answered `unknown`. */
  unknown: number;
  /** The most companies in one statement. */
  largest_companies: number;
  /** The most events in one statement. */
  largest_events: number;
}

const COMPANIES_MAX = 2_000;
const EVENTS_MAX = 20_000;

const COMMITTED: CommitOutcome = { type: "committed" };
const FENCED: CommitOutcome = { type: "fenced" };

/** Writes changes through one lane a shard. */
export class GroupCommitJournal {
  /** For metrics; read it, do not write it. */
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
  #closed = false;

  /**
   * @param lanes one writer for each shard of the store, in an order that is the same on every node. They stay
   * the caller's, to be closed after the journal.
   * @throws {RangeError} without any
   */
  constructor(lanes: readonly Writer[], options: JournalOptions = {}) {
    if (lanes.length === 0) throw new RangeError("a journal needs at least one writer");
    this.#lanes = lanes.map((writer) => new Lane(writer, options, this.counters));
  }

  /**
   * Writes a change. It is durable when the promise says `committed`, and not before.
   *
   * @returns never rejects; after `fenced` and `unknown` the owner must throw the company's state away
   */
  commit(change: Change): Promise<CommitOutcome> {
    if (this.#closed) {
      this.counters.unknown++;
      return Promise.resolve({ type: "unknown", error: new Error("the journal is closed") });
    }
    return this.#lanes[laneOf(change.company, this.#lanes.length)]!.commit(change);
  }

  /** Resolves when everything accepted so far is settled. */
  async flushed(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.flushed()));
  }

  /** Accepts nothing more, and resolves when everything accepted is settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flushed();
  }
}

/** The lane of a company: the same for the same number of lanes, always and everywhere (FNV-1a). */
export function laneOf(company: CompanyId, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; lanes > 1 && i < company.length; i++) {
    hash = Math.imul(hash ^ company.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

/** The end of what runs now, and of whatever was waiting to run upon the same. */
const endOfBreath = () => Promise.resolve();

/** A change that was accepted, and whoever waits for it. */
interface Accepted {
  readonly change: Change;
  readonly outcome: Promise<CommitOutcome>;
  readonly settle: (outcome: CommitOutcome) => void;
}

class Lane {
  readonly #writer: Writer;
  readonly #companies_max: number;
  readonly #events_max: number;
  readonly #gathered: () => Promise<void>;
  readonly #counters: JournalCounters;
  /** By company, whoever has waited longest first; none is empty. */
  readonly #waiting = new Map<CompanyId, Accepted[]>();
  /** What stands in the statement in flight. */
  #writing = new Map<CompanyId, readonly Accepted[]>();
  #running = false;

  constructor(writer: Writer, options: JournalOptions, counters: JournalCounters) {
    this.#writer = writer;
    this.#companies_max = options.companies_max ?? COMPANIES_MAX;
    this.#events_max = options.events_max ?? EVENTS_MAX;
    this.#gathered = options.batchReady ?? endOfBreath;
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
      await this.#gathered();
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
    const changes = [...batch.values()].map((accepted) => mergedInPairs(accepted.map((a) => a.change)));
    this.#count(batch, changes);
    try {
      const held = await this.#writer.write(changes);
      for (const [company, accepted] of batch) {
        if (held.has(company)) this.#settle(accepted, COMMITTED);
        else this.#giveUp(company, accepted, FENCED);
      }
    } catch (error) {
      for (const [company, accepted] of batch) this.#giveUp(company, accepted, { type: "unknown", error });
    }
  }

  #giveUp(company: CompanyId, accepted: readonly Accepted[], outcome: CommitOutcome): void {
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

/** Merging copies the events, so halves are merged rather than one after the other to an ever longer list. */
function mergedInPairs(changes: readonly Change[]): Change {
  if (changes.length === 1) return changes[0]!;
  const half = changes.length >> 1;
  return mergeChanges(mergedInPairs(changes.slice(0, half)), mergedInPairs(changes.slice(half)));
}
