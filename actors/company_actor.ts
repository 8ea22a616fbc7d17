import type { CompanyId } from "../src/domain/types.ts";
import { addLoaded, evictLoaded, stateFrom } from "../src/domain/company/activation.ts";
import { balanceOf } from "../src/domain/company/balance.ts";
import type { CommitOutcome } from "../src/domain/company/change.ts";
import { changeOf, isStored } from "../src/domain/company/change.ts";
import type { Answer, Command, Unavailable } from "../src/domain/company/command.ts";
import { storeLastMessages } from "../src/domain/company/contact_facts.ts";
import { closeDueDays } from "../src/domain/company/day_close.ts";
import type { MissingRows } from "../src/domain/company/decide.ts";
import { collectMissing, decide, nothingMissing } from "../src/domain/company/decide.ts";
import type { CompanyEvent } from "../src/domain/company/event.ts";
import { evolve } from "../src/domain/company/evolve.ts";
import type { CompanyState } from "../src/domain/company/state.ts";
import { type QueuedCommand, rejectAll, resolveAll, type Turn, unavailable } from "./mailbox.ts";
import type { ActorDependencies, ActorLimits } from "../src/ports.ts";
import { costOf } from "./command_cost.ts";

/**
 * The one owner of a company: its open contact-days and its balance in memory, written through to the store
 * before anyone hears of a change. Its border: it decides and waits; how a change is written is the
 * journal's, who is awake is the roster's.
 *
 * A1. Commands are decided one at a time, in the order they came.
 * A2. Each command is decided on a state that has been brought up to now.
 * A3. Output gate: no answer and no balance leaves before everything it rests on is committed.
 * A4. A write that was fenced off, failed, or whose outcome is unknown ends the actor: its speculative state
 *     is thrown away, whoever waits is told to try again, and nothing of it is used afterwards.
 * A5. What waits is bounded: past the bound a command is refused at once, and changes nothing.
 * A6. The store is asked only for what memory does not hold.
 * A7. Balances are published in order of their version.
 * A8. A command that adds nothing to what is known and committed is answered without a write.
 * A9. Each command that changes anything makes a version of its own, so that two balances of one version are one
 *     balance, also when their commands were decided in one turn.
 */
export class CompanyActor {
  readonly company: CompanyId;
  readonly #world: ActorDependencies;
  readonly #limits: ActorLimits;
  /** Told once, when the actor has ended and must be forgotten. */
  readonly #onEnd: (actor: CompanyActor) => void;
  /** The speculative state; undefined before activation and after the end. */
  #state: CompanyState | undefined;
  #mailbox: QueuedCommand[] = [];
  /** What the next turn lacks is written down here: most turns lack nothing, and leave it as it is. */
  #no_needs: MissingRows = nothingMissing();
  #waiting_weight = 0;
  /** Turns whose changes are on their way to the store, oldest first. */
  readonly #uncommitted: Turn[] = [];
  /** The store is being read, or memory let go of: the mailbox waits. */
  #paused = true;
  #ended = false;
  #scheduled = false;
  #last_asked_ms: number;
  /** Resolves when the store has been asked for the company, whatever came of it. Never rejects. */
  readonly activated: Promise<void>;

  constructor(
    company: CompanyId,
    world: ActorDependencies,
    limits: ActorLimits,
    onEnd: (actor: CompanyActor) => void,
  ) {
    this.company = company;
    this.#world = world;
    this.#limits = limits;
    this.#onEnd = onEnd;
    this.#last_asked_ms = world.clock.now_ms();
    this.activated = this.#activate();
  }

  /** What waits for a decision, by weight. */
  get queued_cost(): number {
    return this.#waiting_weight;
  }

  /** People, their messages, usages and sends held in memory. */
  get items_in_memory(): number {
    if (this.#state === undefined) return 0;
    const { people, messages_in_memory, usages, sends } = this.#state;
    return people.size + messages_in_memory + usages.size + sends.size;
  }

  get last_command_at_ms(): number {
    return this.#last_asked_ms;
  }

  /** Nothing waits and nothing is on its way to the store. */
  get is_idle(): boolean {
    return this.#mailbox.length === 0 && this.#uncommitted.length === 0 && !this.#paused;
  }

  get has_ended(): boolean {
    return this.#ended;
  }

  /** Asks the company. Never rejects: what cannot be answered is answered `unavailable`. */
  execute(command: Command): Promise<Answer> {
    const cost = costOf(command);
    if (this.#ended) return Promise.resolve(unavailable("taken_over"));
    const full = this.#waiting_weight + cost > this.#limits.queued_cost_max;
    // One command alone may be heavier than the bound: it is taken when nothing else waits.
    if (full && this.#waiting_weight > 0) return Promise.resolve(unavailable("overloaded"));
    this.#last_asked_ms = this.#world.clock.now_ms();
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#mailbox.push({ command, cost, resolve });
    this.#waiting_weight += cost;
    this.#schedule();
    return promise;
  }

  /**
   * Stores what memory is ahead of the store by, and ends: the company is awake no more. Does nothing while
   * the actor is busy; a command that comes meanwhile keeps it awake.
   */
  async passivate(): Promise<void> {
    if (this.#ended || !this.is_idle) return;
    if (await this.#letGo() && this.#mailbox.length === 0) this.#end("stopping");
    else this.#schedule();
  }

  /** Resolves when everything asked so far is answered and the actor has ended. */
  async drain(): Promise<void> {
    await this.activated;
    while (!this.#ended) {
      await this.passivate();
      if (!this.#ended) await this.#world.timers.sleep(DRAIN_LOOK_MS);
    }
  }

  async #activate(): Promise<void> {
    try {
      const activation = await this.#world.store.activate(this.company);
      if (activation === undefined) return this.#endUnknown();
      this.#state = stateFrom(activation, this.#world.rates.current());
      this.#paused = false;
      this.#takeTurn();
    } catch (error) {
      this.#fail("store_unreachable", error);
    }
  }

  /** One turn for everything that comes in one go. */
  #schedule(): void {
    if (this.#scheduled || this.#paused) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#takeTurn();
    });
  }

  #takeTurn(): void {
    if (this.#paused || this.#ended || this.#mailbox.length === 0) return;
    // Goes on when a commit comes back.
    if (this.#uncommitted.length >= this.#limits.uncommitted_turns_max) return;
    if (this.items_in_memory > this.#limits.items_in_memory_max) {
      if (this.#uncommitted.length === 0) void this.#letGo().then(() => this.#schedule());
      return;
    }
    const taken = this.#mailbox;
    this.#mailbox = [];
    const now_ms = this.#world.clock.now_ms();
    const needs = this.#needsOf(taken, now_ms);
    if (needs === undefined) return this.#decide(taken, now_ms);
    this.#paused = true;
    void this.#load(needs, taken, now_ms);
  }

  #needsOf(taken: readonly QueuedCommand[], now_ms: number): MissingRows | undefined {
    const needs = this.#no_needs;
    for (const { command } of taken) collectMissing(this.#state!, command, needs, now_ms);
    if (needs.identifiers.size + needs.usage_ids.size + needs.sends.size === 0) return undefined;
    this.#no_needs = nothingMissing();
    return needs;
  }

  async #load(needs: MissingRows, taken: readonly QueuedCommand[], now_ms: number): Promise<void> {
    const state = this.#state!;
    try {
      const loaded = await this.#world.store.load(this.company, {
        contacts: [...needs.identifiers].map((identifier) => state.keyring.contact(identifier)),
        usage_ids: [...needs.usage_ids],
        sends: [...needs.sends],
      });
      // A write may have failed while the store was read: then this state is no more.
      if (this.#ended) return rejectAll(taken, "taken_over");
      addLoaded(state, needs.identifiers, loaded);
      this.#paused = false;
      this.#decide(taken, now_ms);
      this.#schedule();
    } catch (error) {
      rejectAll(taken, "store_unreachable");
      this.#fail("store_unreachable", error);
    }
  }

  /** @param now_ms by which it was found what the turn needs: by a later one it might need what was not loaded */
  #decide(taken: readonly QueuedCommand[], now_ms: number): void {
    const state = this.#state!;
    const turn: Turn = { from_version: state.version, events: [], answers: [], balance: undefined };
    let version = state.version;
    const emit = (event: CompanyEvent) => {
      evolve(state, event);
      if (!isStored(event)) return;
      state.version = version + 1;
      turn.events.push(event);
    };
    const general = this.#world.rates.current();
    if (state.rates.rate_card !== general) {
      state.rates = { rate_card: general, overrides: state.rates.overrides };
    }
    try {
      for (const { command, cost, resolve } of taken) {
        this.#waiting_weight -= cost;
        version = state.version;
        closeDueDays(state, emit, now_ms);
        const answer = decide(state, emit, command, now_ms);
        turn.answers.push({ answer, resolve });
      }
    } catch (error) {
      // A bug: what was half decided must not be seen by anyone.
      rejectAll(taken, "failed");
      return this.#fail("failed", error);
    }
    this.#submit(turn, now_ms);
  }

  #submit(turn: Turn, now_ms: number): void {
    if (turn.events.length === 0) {
      // Nothing to write; but what was seen may rest on a write that is still on its way (A3).
      const last = this.#uncommitted.at(-1);
      if (last === undefined) resolveAll(turn);
      else last.answers.push(...turn.answers);
      return;
    }
    const state = this.#state!;
    if (this.#world.feed.isWatched(this.company)) turn.balance = balanceOf(state, now_ms);
    this.#uncommitted.push(turn);
    const change = changeOf(state, turn.events, now_ms, turn.from_version);
    void this.#world.journal.commit(change).then((outcome) => this.#settle(outcome));
  }

  /** The journal answers in the order it was given changes, so the oldest turn is the one. */
  #settle(outcome: CommitOutcome): void {
    if (this.#ended) return;
    if (outcome.type !== "committed") {
      const error = outcome.type === "unknown" ? outcome.error : undefined;
      return this.#fail(outcome.type === "fenced" ? "taken_over" : "store_unreachable", error);
    }
    const turn = this.#uncommitted.shift()!;
    if (turn.balance !== undefined) this.#world.feed.publish(turn.balance);
    resolveAll(turn);
    this.#schedule();
  }

  /**
   * Forgets people, usages and sends, which the store has; they come back when they are asked for.
   *
   * @returns false when the actor ended over it
   */
  async #letGo(): Promise<boolean> {
    const state = this.#state!;
    this.#paused = true;
    const events: CompanyEvent[] = [];
    const now_ms = this.#world.clock.now_ms();
    storeLastMessages(state, (event) => {
      evolve(state, event);
      if (isStored(event)) events.push(event);
    }, now_ms);
    if (events.length > 0) {
      state.version++;
      const change = changeOf(state, events, now_ms);
      const outcome = await this.#world.journal.commit(change);
      if (outcome.type !== "committed") {
        this.#fail(outcome.type === "fenced" ? "taken_over" : "store_unreachable", undefined);
        return false;
      }
    }
    evictLoaded(state);
    this.#paused = false;
    return true;
  }

  #endUnknown(): void {
    for (const { resolve } of this.#mailbox) resolve({ type: "no_company" });
    this.#mailbox = [];
    this.#end("stopping");
  }

  #fail(reason: Unavailable["reason"], error: unknown): void {
    if (this.#ended) return;
    if (error !== undefined) this.#world.report(this.company, error);
    this.#end(reason);
  }

  #end(reason: Unavailable["reason"]): void {
    this.#ended = true;
    this.#state = undefined;
    for (const turn of this.#uncommitted) rejectAll(turn.answers, reason);
    rejectAll(this.#mailbox, reason);
    this.#uncommitted.length = 0;
    this.#mailbox = [];
    this.#waiting_weight = 0;
    this.#onEnd(this);
  }
}

/** How often a stopping actor looks whether it may end. */
const DRAIN_LOOK_MS = 5;
