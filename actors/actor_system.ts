import type { Answer, Command } from "../src/domain/company/command.ts";
import type { CompanyId } from "../src/domain/types.ts";
import { unavailable } from "./mailbox.ts";
import { CompanyActor } from "./company_actor.ts";
import type { ActorDependencies, ActorLimits } from "../src/ports/companies.ts";
import { costOf } from "./command_cost.ts";

/** The bounds of an actor system. */
export interface ActorSystemLimits extends ActorLimits {
  /** Active companies. Past it the longest idle are passivated; busy ones stay. */
  readonly active_max: number;
  /** Companies in activation at once; the store activates many in one statement. */
  readonly activating_max: number;
  /** Cost of the commands of all companies that are not answered yet. */
  readonly cost_in_flight_max: number;
  /** People, their messages, usages and sends in memory, of all companies together. */
  readonly total_items_in_memory_max: number;
  /** How long a company stays active without a command. */
  readonly idle_ms: number;
}

/** The stored epoch and version of a company. */
export interface StoredHead {
  readonly epoch: number;
  readonly version: number;
}

/** The part of `total_items_in_memory_max` that stays in memory when it is exceeded. */
const SHRINK_TO = 0.9;
/** The part of the items in memory that stays under memory pressure. */
const RELIEVE_TO = 0.5;
/**
 * The part of `total_items_in_memory_max` that is freed at once: the times of last messages are written first, and these
 * writes take memory themselves.
 */
const FREED_AT_ONCE = 0.1;

/** What an actor system depends on. */
export interface ActorSystemDependencies extends ActorDependencies {
  /**
   * Returns undefined while the store is known to have what actors have in memory. After a lost connection it compares
   * again, and rejects when the store cannot be reached.
   */
  readonly confirmStore?: () => Promise<void> | undefined;
}

/**
 * The active companies of this process: at most one actor each. The first command for a company activates it. It is
 * passivated when no command came for a while, or when too many are active.
 */
export class ActorSystem {
  readonly #dependencies: ActorSystemDependencies;
  readonly #limits: ActorSystemLimits;
  /** In the order of their last commands: the first is idle longest. */
  readonly #active = new Map<CompanyId, CompanyActor>();
  /** Commands that wait for an activation slot, oldest first; the first `#queue_head` of them have theirs. */
  #queue: (() => void)[] = [];
  #queue_head = 0;
  #activating = 0;
  #cost_in_flight = 0;
  #items_in_memory = 0;
  #shrinking = false;
  #stopping = false;

  constructor(dependencies: ActorSystemDependencies, limits: ActorSystemLimits) {
    this.#dependencies = dependencies;
    this.#limits = limits;
  }

  /** Number of active companies. */
  get active(): number {
    return this.#active.size;
  }

  /** Cost of the commands of all companies that are not answered yet. */
  get cost_in_flight(): number {
    return this.#cost_in_flight;
  }

  /** People, their messages, usages and sends in memory, of all companies together. */
  get items_in_memory(): number {
    return this.#items_in_memory;
  }

  /** Executes a command, and activates its company if need be. Never rejects: past the bound it answers `unavailable`. */
  execute(company: CompanyId, command: Command): Promise<Answer> {
    if (this.#stopping) return Promise.resolve(unavailable("stopping"));
    const cost = costOf(command);
    const full = this.#cost_in_flight + cost > this.#limits.cost_in_flight_max;
    // A single command may cost more than the bound: it is accepted when nothing else is in flight.
    if (full && this.#cost_in_flight > 0) return Promise.resolve(unavailable("overloaded"));
    this.#cost_in_flight += cost;
    const answer = this.#executeConfirmed(company, command);
    void answer.then(() => this.#cost_in_flight -= cost);
    return answer;
  }

  /**
   * Executes a command on a company whose rows are read for it: an actor that is active ends first, once it is idle.
   * Never rejects.
   */
  async executeAfterRead(company: CompanyId, command: Command): Promise<Answer> {
    await this.#active.get(company)?.drain();
    return await this.execute(company, command);
  }

  /**
   * Passivates actors that had no command for `idle_ms`, and past `active_max` the longest idle too. Call it every minute
   * or so. Items past `total_items_in_memory_max` do not wait for it.
   */
  async passivateIdle(): Promise<void> {
    const idle_since_ms = this.#dependencies.clock.now_ms() - this.#limits.idle_ms;
    const passivations: Promise<void>[] = [];
    for (const actor of this.#active.values()) {
      const too_many = this.#active.size - passivations.length > this.#limits.active_max;
      if (!too_many && actor.last_command_at_ms > idle_since_ms) break;
      // A busy actor cannot be passivated: try the next.
      if (!actor.is_idle) continue;
      passivations.push(actor.passivate());
    }
    await Promise.all(passivations);
  }

  /** Frees half of the items in memory, those of companies idle longest first. Call it when memory runs short. */
  relieve(): Promise<void> {
    return this.#shrink(this.#items_in_memory * RELIEVE_TO);
  }

  /**
   * Ends every actor without writing: memory may have what the store lacks. Waiting commands are answered `unavailable`;
   * the next command of a company reads it from the store.
   */
  discardAll(): void {
    for (const actor of [...this.#active.values()]) actor.discard();
  }

  /** Ends the actors of some companies once they have answered their commands. Commands that arrive later activate again. */
  async drain(isOf: (company: CompanyId) => boolean): Promise<void> {
    const actors = [...this.#active.values()].filter(({ company }) => isOf(company));
    await Promise.all(actors.map((actor) => actor.drain()));
  }

  /**
   * Compares idle actors with the epochs and versions in the store. Discards those whose company another process has
   * taken over.
   *
   * @returns the companies of which memory has commits that the store lacks
   * @throws when the store cannot be reached
   */
  async compareWithStore(
    readHeads: (companies: readonly CompanyId[]) => Promise<ReadonlyMap<CompanyId, StoredHead>>,
  ): Promise<CompanyId[]> {
    const idle: { readonly actor: CompanyActor; readonly epoch: number; readonly version: number }[] = [];
    for (const actor of this.#active.values()) {
      const head = actor.head;
      if (head !== undefined) idle.push({ actor, epoch: head.epoch, version: head.version });
    }
    if (idle.length === 0) return [];
    const stored = await readHeads(idle.map(({ actor }) => actor.company));
    // An actor that had a command meanwhile is compared the next time.
    const same = idle.filter(({ actor, version }) => actor.head?.version === version);
    for (const { actor, epoch } of same) {
      if ((stored.get(actor.company)?.epoch ?? epoch) > epoch) actor.discard();
    }
    return same.filter(({ actor, epoch, version }) => {
      const head = stored.get(actor.company);
      return !actor.has_ended && (head?.epoch !== epoch || head.version !== version);
    }).map(({ actor }) => actor.company);
  }

  /** Accepts no more commands, answers those it has, and passivates every actor. */
  async stop(): Promise<void> {
    this.#stopping = true;
    while (this.#active.size > 0) {
      await Promise.all([...this.#active.values()].map((actor) => actor.drain()));
    }
  }

  #executeConfirmed(company: CompanyId, command: Command): Promise<Answer> {
    const confirming = this.#dependencies.confirmStore?.();
    if (confirming === undefined) return this.#route(company, command);
    return confirming.then(() => this.#route(company, command), () => unavailable("store_unreachable"));
  }

  #route(company: CompanyId, command: Command): Promise<Answer> {
    const actor = this.#active.get(company);
    return actor === undefined ? this.#activate(company, command) : this.#executeActive(actor, command);
  }

  #executeActive(actor: CompanyActor, command: Command): Promise<Answer> {
    this.#active.delete(actor.company);
    this.#active.set(actor.company, actor);
    return actor.execute(command);
  }

  async #activate(company: CompanyId, command: Command): Promise<Answer> {
    if (this.#activating >= this.#limits.activating_max) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#queue.push(resolve);
      await promise;
    }
    if (this.#stopping) return this.#admitNext(), unavailable("stopping");
    // Another command may have activated the company meanwhile: then the slot goes to the next in the queue.
    const active = this.#active.get(company);
    if (active === undefined) {
      const may_activate = this.#dependencies.mayActivate?.(company) ?? true;
      if (may_activate) return await this.#start(company).execute(command);
      this.#admitNext();
      return unavailable("taken_over");
    }
    this.#admitNext();
    return await this.#executeActive(active, command);
  }

  /** Gives a free activation slot to the command that waits longest. */
  #admitNext(): void {
    const next = this.#queue[this.#queue_head++];
    // Trimmed by half of the queue at a time: `shift` moves every element of a long array.
    if (this.#queue_head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#queue_head);
      this.#queue_head = 0;
    }
    next?.();
  }

  #countItems(change: number): void {
    this.#items_in_memory += change;
    const { total_items_in_memory_max } = this.#limits;
    if (this.#items_in_memory <= total_items_in_memory_max || this.#shrinking) return;
    void this.#shrink(total_items_in_memory_max * SHRINK_TO);
  }

  /** Passivates companies, idle longest first, until at most `target` items are in memory. Busy ones evict. */
  async #shrink(target: number): Promise<void> {
    if (this.#shrinking) return;
    this.#shrinking = true;
    // The actor that counts its items is in the middle of its turn.
    await Promise.resolve();
    const at_once = this.#limits.total_items_in_memory_max * FREED_AT_ONCE;
    let freeing: Promise<void>[] = [];
    let items = 0;
    for (const actor of [...this.#active.values()]) {
      if (this.#items_in_memory - items <= target) break;
      if (actor.items_in_memory === 0) continue;
      items += actor.items_in_memory;
      freeing.push(actor.freeMemory());
      if (items < at_once) continue;
      await Promise.all(freeing);
      [freeing, items] = [[], 0];
    }
    await Promise.all(freeing);
    this.#shrinking = false;
  }

  /** Passivates the longest idle when one more actor would be too many. */
  #makeRoom(): void {
    let excess = this.#active.size + 1 - this.#limits.active_max;
    for (const actor of this.#active.values()) {
      if (excess-- <= 0) return;
      void actor.passivate();
    }
  }

  #start(company: CompanyId): CompanyActor {
    this.#makeRoom();
    this.#activating++;
    const actor = new CompanyActor(company, this.#dependencies, this.#limits, (ended) => {
      if (this.#active.get(company) === ended) this.#active.delete(company);
    }, (change) => this.#countItems(change));
    this.#active.set(company, actor);
    void actor.activated.then(() => {
      this.#activating--;
      this.#admitNext();
    });
    return actor;
  }
}
