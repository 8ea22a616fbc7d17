import type { Answer, Command } from "../src/domain/company/command.ts";
import type { CompanyId } from "../src/domain/types.ts";
import { unavailable } from "./mailbox.ts";
import { CompanyActor } from "./company_actor.ts";
import type { ActorDependencies, ActorLimits } from "../src/ports.ts";
import { costOf } from "./command_cost.ts";

/**
 * Who is awake: at most one actor a company in this process. A company is woken by the first command for it,
 * and put to rest when nobody has asked it for a while, or when too many are awake.
 */
export class ActorSystem {
  readonly #world: ActorDependencies;
  readonly #limits: ActorSystemLimits;
  /** In the order they were last asked: the first has been idle longest. */
  readonly #awake = new Map<CompanyId, CompanyActor>();
  /** Commands whose companies wait for a place to wake up in; the first `#passed` of them have theirs. */
  #line: (() => void)[] = [];
  #passed = 0;
  #waking = 0;
  #asked_weight = 0;
  #stopping = false;

  constructor(world: ActorDependencies, limits: ActorSystemLimits) {
    this.#world = world;
    this.#limits = limits;
  }

  get active(): number {
    return this.#awake.size;
  }

  /** What was asked of all companies and is not answered yet, by weight. */
  get cost_in_flight(): number {
    return this.#asked_weight;
  }

  /** Asks a company, waking it if need be. Never rejects: past the bound it answers `unavailable` at once. */
  execute(company: CompanyId, command: Command): Promise<Answer> {
    if (this.#stopping) return Promise.resolve(unavailable("stopping"));
    const weight = costOf(command);
    const full = this.#asked_weight + weight > this.#limits.cost_in_flight_max;
    // One command alone may be heavier than the bound: it is taken when nothing else is under way.
    if (full && this.#asked_weight > 0) return Promise.resolve(unavailable("overloaded"));
    this.#asked_weight += weight;
    const actor = this.#awake.get(company);
    const answer = actor === undefined ? this.#wake(company, command) : this.#askAwake(actor, command);
    void answer.then(() => this.#asked_weight -= weight);
    return answer;
  }

  /**
   * Puts to rest whoever has not been asked for `idle_ms`, and the longest idle past `awake_max`, and past what all
   * may hold in memory together. To be called every minute or so.
   */
  async passivateIdle(): Promise<void> {
    const idle_since_ms = this.#world.clock.now_ms() - this.#limits.idle_ms;
    let held = 0;
    for (const actor of this.#awake.values()) held += actor.items_in_memory;
    const resting: Promise<void>[] = [];
    for (const actor of this.#awake.values()) {
      const tooMany = this.#awake.size - resting.length > this.#limits.active_max;
      const tooMuch = held > this.#limits.total_items_in_memory_max;
      if (!tooMany && !tooMuch && actor.last_command_at_ms > idle_since_ms) break;
      // It cannot rest now; others that can may have to.
      if (!actor.is_idle) continue;
      held -= actor.items_in_memory;
      resting.push(actor.passivate());
    }
    await Promise.all(resting);
  }

  /** Takes no more commands, and puts every actor to rest once it has answered what it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    while (this.#awake.size > 0) {
      await Promise.all([...this.#awake.values()].map((actor) => actor.drain()));
    }
  }

  #askAwake(actor: CompanyActor, command: Command): Promise<Answer> {
    this.#awake.delete(actor.company);
    this.#awake.set(actor.company, actor);
    return actor.execute(command);
  }

  async #wake(company: CompanyId, command: Command): Promise<Answer> {
    if (this.#waking >= this.#limits.activating_max) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#line.push(resolve);
      await promise;
    }
    if (this.#stopping) return this.#passOn(), unavailable("stopping");
    // Whoever waited in line may find the company awake, and leaves the place to whoever is next.
    const awake = this.#awake.get(company);
    if (awake === undefined) return await this.#start(company).execute(command);
    this.#passOn();
    return await this.#askAwake(awake, command);
  }

  /** A place to wake up in is free: whoever waits longest takes it. */
  #passOn(): void {
    const next = this.#line[this.#passed++];
    // Half of the line at a time: to take the first off a long one moves all the others.
    if (this.#passed * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#passed);
      this.#passed = 0;
    }
    next?.();
  }

  /** Puts the longest idle to rest when one more would be too many. */
  #makeRoom(): void {
    let excess = this.#awake.size + 1 - this.#limits.active_max;
    for (const actor of this.#awake.values()) {
      if (excess-- <= 0) return;
      void actor.passivate();
    }
  }

  #start(company: CompanyId): CompanyActor {
    this.#makeRoom();
    this.#waking++;
    const actor = new CompanyActor(company, this.#world, this.#limits, (ended) => {
      if (this.#awake.get(company) === ended) this.#awake.delete(company);
    });
    this.#awake.set(company, actor);
    void actor.activated.then(() => {
      this.#waking--;
      this.#passOn();
    });
    return actor;
  }
}

export interface ActorSystemLimits extends ActorLimits {
  /** Companies awake at once; past it the longest idle are put to rest, and those that are busy stay. */
  readonly active_max: number;
  /** Companies being woken at once; the store takes many of them over in one go. */
  readonly activating_max: number;
  /** What may be under way in all companies together, by weight: asked, and not answered yet. */
  readonly cost_in_flight_max: number;
  /** People, their messages, usages and sends that all companies together may hold in memory. */
  readonly total_items_in_memory_max: number;
  /** How long a company stays awake without being asked. */
  readonly idle_ms: number;
}
