/**
 * The company actor: the one owner of a company. It holds the open contact-days and the balance in memory, and
 * writes each change to the store before it answers. How changes are written is up to the journal; which actors are
 * active is up to the actor system.
 *
 * - ACTOR-1. Commands are decided one at a time, in the order they arrive.
 * - ACTOR-2. Each command is decided on a state in which every day that is over is closed. While the time is uncertain no
 *   day is closed, and a report whose time seems to be of the future is not refused but `unavailable`. So is a report
 *   without its own time while nothing confirms ours.
 * - ACTOR-3. Output gate: no answer and no balance leaves before every change it depends on is committed.
 * - ACTOR-4. A write that is fenced, fails or has an unknown outcome ends the actor. Its speculative state is
 *   discarded and never used again; waiting callers get `unavailable` and retry.
 * - ACTOR-5. The mailbox is bounded by cost. Past the bound a command is rejected at once, and changes nothing.
 * - ACTOR-6. Reads from the store fetch only rows that are not in memory, a thousand of each kind at a time.
 * - ACTOR-7. Balances are published in order of their version.
 * - ACTOR-8. A command that has nothing to store causes no write. Its answer still waits for earlier changes (ACTOR-3).
 * - ACTOR-9. Each command that stores something raises the version by one. Balances of one version have equal amounts.
 * - ACTOR-10. A commit has the traces of the callers whose commands it stores, and of no others.
 * - ACTOR-11. A company whose lease has ended when its rows are read is given up. Another node may have activated it
 *   before, with an epoch that is now older: it would answer from memory what this actor then changes.
 */

import type { CompanyId } from "../src/domain/types.ts";
import { addLoaded, evictLoaded, stateFrom } from "../src/domain/company/activation.ts";
import { balanceOf } from "../src/domain/company/balance.ts";
import { changeOf, type CommitOutcome } from "../src/domain/company/change.ts";
import type { Answer, Command, Unavailable } from "../src/domain/company/command.ts";
import { collectMissing, MissingRows } from "../src/domain/company/missing_rows.ts";
import { type CompanyState, itemsIn } from "../src/domain/company/state.ts";
import type { ActorDependencies, ActorLimits } from "../src/ports/companies.ts";
import {
  Mailbox,
  type QueuedCommand,
  rejectAll,
  resolveAll,
  tracesOf,
  type Turn,
  unavailable,
} from "./mailbox.ts";
import { decideTurn, lastMessageEvents } from "./turn.ts";

/** Decides the commands of one company; see the invariants above. */
export class CompanyActor {
  readonly company: CompanyId;
  readonly #dependencies: ActorDependencies;
  readonly #limits: ActorLimits;
  /** Called once, when the actor has ended and must be removed. */
  readonly #onEnd: (actor: CompanyActor) => void;
  /** Called when the number of items in memory has changed, with the difference. */
  readonly #onItems: (change: number) => void;
  readonly #mailbox: Mailbox;
  /** The speculative state; undefined before activation and after the end. */
  #state: CompanyState | undefined;
  /** The rows that the next turn lacks. Most turns lack none, so the object is reused while it stays empty. */
  #missing = new MissingRows();
  /** Turns whose changes are with the journal, oldest first. */
  readonly #uncommitted: Turn[] = [];
  /** No turn is taken: the actor activates, reads the store or evicts. */
  #paused = true;
  /** Why the actor has ended; undefined while it lives. */
  #end_reason: Unavailable["reason"] | undefined;
  #scheduled = false;
  /** The items in memory that `#onItems` was called with. */
  #counted_items = 0;
  /** Resolves once what is in memory is evicted; undefined unless {@link freeMemory} was called while busy. */
  #eviction: PromiseWithResolvers<void> | undefined;
  #last_command_at_ms: number;
  /** Resolves when activation has succeeded or failed. Never rejects. */
  readonly activated: Promise<void>;

  constructor(
    company: CompanyId,
    dependencies: ActorDependencies,
    limits: ActorLimits,
    onEnd: (actor: CompanyActor) => void,
    onItems: (change: number) => void = () => {},
  ) {
    this.company = company;
    this.#dependencies = dependencies;
    this.#limits = limits;
    this.#onEnd = onEnd;
    this.#onItems = onItems;
    this.#mailbox = new Mailbox(limits.queued_cost_max);
    this.#last_command_at_ms = dependencies.clock.now_ms();
    this.activated = this.#activate();
  }

  /** Items (events, usages, recipients) in the commands that wait for a decision. */
  get queued_cost(): number {
    return this.#mailbox.cost;
  }

  /** People, their messages, usages and sends in memory. */
  get items_in_memory(): number {
    return this.#state === undefined ? 0 : itemsIn(this.#state);
  }

  get last_command_at_ms(): number {
    return this.#last_command_at_ms;
  }

  /** No command waits, no change is with the journal, and the store is not being read. */
  get is_idle(): boolean {
    return this.#mailbox.is_empty && this.#uncommitted.length === 0 && !this.#paused;
  }

  /** The epoch and the committed version of an idle actor; undefined while it is busy. */
  get head(): { readonly epoch: number; readonly version: number } | undefined {
    return this.is_idle ? this.#state : undefined;
  }

  get has_ended(): boolean {
    return this.#end_reason !== undefined;
  }

  /** Executes a command. Never rejects: answers `unavailable` instead, for example after the end. */
  execute(command: Command): Promise<Answer> {
    if (this.#end_reason !== undefined) return Promise.resolve(unavailable(this.#end_reason));
    const answer = this.#mailbox.add(command, this.#dependencies.currentTrace?.());
    if (answer === undefined) return Promise.resolve(unavailable("overloaded"));
    this.#schedule();
    return answer;
  }

  /**
   * Writes the time of each contact's last message if it is newer than the stored one, evicts, and ends the actor.
   * Does nothing while the actor is busy. A command that arrives during the write keeps the actor active.
   */
  async passivate(): Promise<void> {
    if (this.has_ended || !this.is_idle) return;
    if (await this.#evict() && this.#mailbox.is_empty) this.#end("stopping"); // No caller waits: the reason is not seen.
    else this.#schedule();
  }

  /** Passivates the actor. A busy one evicts before its next turn and stays active. Never rejects. */
  async freeMemory(): Promise<void> {
    if (this.has_ended) return;
    if (this.is_idle) return await this.passivate();
    this.#eviction ??= Promise.withResolvers();
    this.#schedule();
    await this.#eviction.promise;
  }

  /** Ends the actor without writing. Waiting commands are answered `unavailable`. */
  discard(): void {
    this.#end("store_unreachable");
  }

  /** Resolves when every accepted command is answered and the actor has ended. */
  async drain(): Promise<void> {
    await this.activated;
    while (!this.has_ended) {
      await this.passivate();
      if (!this.has_ended) await this.#dependencies.timers.sleep(DRAIN_POLL_MS);
    }
  }

  async #activate(): Promise<void> {
    try {
      const { clock, store, mayActivate } = this.#dependencies;
      const activation = await store.activate(this.company, clock.now_ms());
      if (this.has_ended) return;
      if (mayActivate?.(this.company) === false) return this.#end("taken_over");
      if (activation === undefined) {
        this.#mailbox.clear({ type: "company_not_found" });
        return this.#end("stopping");
      }
      const { rates, zone_data } = this.#dependencies;
      this.#state = stateFrom(activation, rates.current(), zone_data);
      this.#paused = false;
      this.#takeTurn();
    } catch (error) {
      this.#fail("store_unreachable", error);
    }
  }

  /** Schedules one turn, in a microtask. It takes every command that waits by then. */
  #schedule(): void {
    if (this.#scheduled || this.#paused) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#takeTurn();
    });
  }

  #takeTurn(): void {
    if (this.#paused || this.has_ended) return;
    if (this.#mailbox.is_empty && this.#eviction === undefined) return;
    // `#settle` schedules a turn after the next commit.
    if (this.#uncommitted.length >= this.#limits.uncommitted_turns_max) return;
    if (this.#eviction !== undefined || this.items_in_memory > this.#limits.items_in_memory_max) {
      if (this.#uncommitted.length === 0) void this.#evict().then(() => this.#schedule());
      return;
    }
    const taken = this.#mailbox.takeAll();
    const now_ms = this.#dependencies.clock.now_ms();
    this.#last_command_at_ms = now_ms;
    let missing: MissingRows | undefined;
    try {
      missing = this.#missingFor(taken, now_ms);
    } catch (error) {
      return this.#failTurn(taken, error);
    }
    if (missing === undefined) return this.#decide(taken, now_ms);
    this.#paused = true;
    void this.#load(missing, taken, now_ms);
  }

  #missingFor(taken: readonly QueuedCommand[], now_ms: number): MissingRows | undefined {
    const missing = this.#missing;
    for (const { command } of taken) collectMissing(this.#state!, command, missing, now_ms);
    if (missing.is_empty) return undefined;
    this.#missing = new MissingRows();
    return missing;
  }

  async #load(missing: MissingRows, taken: readonly QueuedCommand[], now_ms: number): Promise<void> {
    const state = this.#state!;
    try {
      for (const part of missing.parts(ROWS_AT_ONCE)) {
        const loaded = await this.#dependencies.store.load(this.company, part.loadRequest(state.keyring));
        // A write may have failed while the store was read: then this state is discarded.
        if (this.#end_reason !== undefined) return rejectAll(taken, this.#end_reason);
        addLoaded(state, part, loaded);
      }
      this.#paused = false;
      this.#decide(taken, now_ms);
      this.#schedule();
    } catch (error) {
      rejectAll(taken, "store_unreachable");
      this.#fail("store_unreachable", error);
    }
  }

  /**
   * Decides the commands of a turn and submits its change.
   *
   * @param now_ms the time that `#missingFor` used: at a later time a command could need rows that were not loaded
   */
  #decide(taken: readonly QueuedCommand[], now_ms: number): void {
    this.#mailbox.releaseCost(taken);
    try {
      const state = this.#state!;
      const turn = decideTurn(state, taken, this.#dependencies, now_ms);
      state.keyring.forget();
      this.#countItems();
      this.#submit(turn, now_ms);
    } catch (error) {
      this.#failTurn(taken, error);
    }
  }

  /** Ends the actor, and no other: a bug, or another node's command with other fields, threw in a turn. */
  #failTurn(taken: readonly QueuedCommand[], error: unknown): void {
    rejectAll(taken, "failed");
    this.#fail("failed", error);
  }

  #submit(turn: Turn, now_ms: number): void {
    if (turn.events.length === 0) {
      // Nothing to write, but the answers may depend on a change that is not committed yet (ACTOR-3).
      const last = this.#uncommitted.at(-1);
      if (last === undefined) resolveAll(turn);
      else last.answers.push(...turn.answers);
      return;
    }
    const state = this.#state!;
    if (this.#dependencies.feed.isWatched(this.company)) turn.balance = balanceOf(state, now_ms);
    this.#uncommitted.push(turn);
    const change = changeOf(state, turn.events, now_ms, turn.from_version);
    const { journal, currentTrace } = this.#dependencies;
    const traces = currentTrace === undefined ? undefined : tracesOf(turn);
    void journal.commit(change, traces).then((outcome) => this.#settle(outcome));
  }

  /** Settles the oldest turn: the journal settles a company's changes in the order they were passed to it. */
  #settle(outcome: CommitOutcome): void {
    if (this.has_ended) return;
    if (outcome.type !== "committed") {
      const error = outcome.type === "unknown" ? outcome.error : undefined;
      // A change that Postgres rejected for its content is answered `fenced` too.
      return this.#fail(outcome.type === "fenced" ? "taken_over" : "store_unreachable", error);
    }
    const turn = this.#uncommitted.shift()!;
    if (turn.balance !== undefined) this.#dependencies.feed.publish(turn.balance);
    resolveAll(turn);
    this.#schedule();
  }

  /**
   * Stores newer times of last messages, then evicts people, usages and sends. Commands load them again.
   *
   * @returns false when the write failed and the actor ended
   */
  async #evict(): Promise<boolean> {
    const state = this.#state!;
    this.#paused = true;
    const now_ms = this.#dependencies.clock.now_ms();
    const events = lastMessageEvents(state, now_ms);
    if (events.length > 0) {
      state.version++;
      const outcome = await this.#dependencies.journal.commit(changeOf(state, events, now_ms));
      if (outcome.type !== "committed") {
        this.#fail(outcome.type === "fenced" ? "taken_over" : "store_unreachable", undefined);
        return false;
      }
    }
    // The actor may have been discarded during the write.
    if (this.has_ended) return false;
    evictLoaded(state);
    this.#countItems();
    this.#resolveEviction();
    this.#paused = false;
    return true;
  }

  #countItems(): void {
    const items = this.items_in_memory;
    const change = items - this.#counted_items;
    this.#counted_items = items;
    if (change !== 0) this.#onItems(change);
  }

  #resolveEviction(): void {
    this.#eviction?.resolve();
    this.#eviction = undefined;
  }

  #fail(reason: Unavailable["reason"], error: unknown): void {
    if (error !== undefined && !this.has_ended) this.#dependencies.report(this.company, error);
    this.#end(reason);
  }

  #end(reason: Unavailable["reason"]): void {
    if (this.has_ended) return;
    this.#end_reason = reason;
    this.#state = undefined;
    this.#countItems();
    this.#resolveEviction();
    for (const turn of this.#uncommitted) rejectAll(turn.answers, reason);
    this.#uncommitted.length = 0;
    this.#mailbox.clear(unavailable(reason));
    this.#onEnd(this);
  }
}

/**
 * Rows of each kind that are loaded at once. Others run while the store is read; hashing the keys of a thousand contacts
 * takes about 10 ms.
 */
const ROWS_AT_ONCE = 1_000;
/** How often a draining actor checks whether it may end. */
const DRAIN_POLL_MS = 5;
