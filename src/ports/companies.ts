/** What executes commands on companies, and what an actor depends on. */

import type { Activation, LoadedRows, LoadRequest } from "../domain/company/activation.ts";
import type { Balance } from "../domain/company/balance.ts";
import type { Change, CommitOutcome } from "../domain/company/change.ts";
import type { Answer, Command } from "../domain/company/command.ts";
import type { RateHistory } from "../domain/rates.ts";
import type { CompanyId } from "../domain/types.ts";
import type { ZoneData } from "../domain/zone_data.ts";
import type { GuardedClock, Timers, Trace } from "./runtime.ts";

/** Writes changes. A change is durable once its promise resolves to `committed`. Never rejects. */
export interface Journal {
  /** @param traces the traces of the commands that the change stores; absent where nothing is traced */
  commit(change: Change, traces?: readonly Trace[]): Promise<CommitOutcome>;
}

/** Reads the rows of companies. Rejects when the store cannot be reached. */
export interface CompanyStore {
  /**
   * Takes over a company: raises its epoch, which fences every other owner, and reads its snapshot.
   *
   * @param at_ms the time, so that a company whose closed days are ahead of it has the rows of both times
   * @returns undefined when there is no such company
   */
  activate(company: CompanyId, at_ms: number): Promise<Activation | undefined>;
  /** Reads contacts with all their facts, and usages and sends. */
  load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows>;
  /** Lists companies whose day ended by a time, longest due first. */
  dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]>;
}

/** Receives every committed balance of a company, in order of version. Must not block. */
export interface BalancePublisher {
  /** Returns whether a company has viewers: without any its balance is not computed. */
  isWatched(company: CompanyId): boolean;
  publish(balance: Balance): void;
}

/** The current rate card. */
export interface RateCardSource {
  current(): RateHistory;
}

/** What a company actor depends on. */
export interface ActorDependencies {
  readonly clock: GuardedClock;
  readonly timers: Timers;
  readonly store: CompanyStore;
  readonly journal: Journal;
  readonly feed: BalancePublisher;
  readonly rates: RateCardSource;
  /** Decides the local dates that have not begun. */
  readonly zone_data: ZoneData;
  /** The trace of the caller that runs now, undefined if it has none. Absent where nothing is traced. */
  readonly currentTrace?: (() => Trace | undefined) | undefined;
  /** Whether this process may activate a company now: a command, or its activation, may have waited. Absent: it always may. */
  readonly mayActivate?: (company: CompanyId) => boolean;
  /** Logs an error. */
  report(company: CompanyId, error: unknown): void;
}

/** The bounds of one actor. */
export interface ActorLimits {
  /** Cost of the commands that wait for a decision. */
  readonly queued_cost_max: number;
  /** Turns whose changes are not committed yet. */
  readonly uncommitted_turns_max: number;
  /** People, their messages, usages and sends in memory. */
  readonly items_in_memory_max: number;
}

/** Executes commands of companies, on whichever node they are active. Never rejects. */
export interface Companies {
  execute(company: CompanyId, command: Command): Promise<Answer>;
}

/** Executes commands also on companies whose rows are read for them. Never rejects. */
export interface OwnedCompanies extends Companies {
  /** Executes a command after the company's actor has ended, if it is active: its rows are read for the command. */
  executeAfterRead(company: CompanyId, command: Command): Promise<Answer>;
}
