import type { Activation, Loaded, Missing } from "./domain/company/activation.ts";
import type { Balance } from "./domain/company/balance.ts";
import type { Change, CommitOutcome } from "./domain/company/change.ts";
import type { CompanyId } from "./domain/types.ts";
import type { RateHistory } from "./domain/rates.ts";

/** What actors and the sweep know of the world. Nothing else is reached for, so that all of it can be simulated. */

/** The time of day: the test clock, or the machine's. */
export interface Clock {
  now_ms(): number;
}

/** Waiting. */
export interface Timers {
  /** Resolves after so long. Ends early, without an error, when the signal aborts. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>;
}

/** Writes changes. A change is durable when its promise says `committed`, and not before. Never rejects. */
export interface Journal {
  commit(change: Change): Promise<CommitOutcome>;
}

/** Reads what an actor needs. Rejects when the store cannot be reached. */
export interface CompanyStore {
  /**
   * Takes a company over: raises its epoch, which shuts every other owner out, and reads it.
   *
   * @returns undefined when there is no such company
   */
  activate(company: CompanyId): Promise<Activation | undefined>;
  /** Reads contacts with all their facts, usages and sends. */
  load(company: CompanyId, missing: Missing): Promise<Loaded>;
  /** Companies whose day has ended by an instant, the longest due first. */
  dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]>;
}

/** Hears every committed balance of a company, in order of version. Must not block. */
export interface Feed {
  /** Whether anybody watches: a balance nobody would see is not worked out. */
  isWatched(company: CompanyId): boolean;
  publish(balance: Balance): void;
}

/** The general rate card, kept up to date by whoever changes it. */
export interface RateBoard {
  current(): RateHistory;
}

/** What an actor needs of the world. */
export interface World {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly store: CompanyStore;
  readonly journal: Journal;
  readonly feed: Feed;
  readonly rates: RateBoard;
  /** Hears what went wrong, for the log. */
  report(company: CompanyId, error: unknown): void;
}

/** The bounds of one actor. */
export interface ActorLimits {
  /** What may wait for a decision of one company, by weight. */
  readonly waiting_weight_max: number;
  /** Turns that may be on their way to the store. */
  readonly uncommitted_turns_max: number;
  /** People, their messages, usages and sends that one company may hold in memory. */
  readonly held_max: number;
}
