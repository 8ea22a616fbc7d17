import type { Answer, Command } from "../src/domain/company/command.ts";
import type { CompanyId } from "../src/domain/names.ts";
import type { ActorLimits, World } from "./company_actor.ts";
import { CompanyActor, unavailable } from "./company_actor.ts";

/**
 * Who is awake: at most one actor a company in this process. A company is woken by the first command for it,
 * and put to rest when nobody has asked it for a while, or when too many are awake.
 */
export class Roster {
  readonly #world: World;
  readonly #limits: RosterLimits;
  /** In the order they were last asked: the first has waited longest. */
  readonly #awake = new Map<CompanyId, CompanyActor>();
  /** Companies whose commands wait for a place to wake up in. */
  readonly #line: (() => void)[] = [];
  #waking = 0;
  #stopping = false;

  constructor(world: World, limits: RosterLimits) {
    this.#world = world;
    this.#limits = limits;
  }

  get awake(): number {
    return this.#awake.size;
  }

  /** Asks a company, waking it if need be. Never rejects. */
  ask(company: CompanyId, command: Command): Promise<Answer> {
    if (this.#stopping) return Promise.resolve(unavailable("stopping"));
    const actor = this.#awake.get(company);
    if (actor !== undefined) return actor.ask(command);
    return this.#wake(company, command);
  }

  /** Puts to rest whoever has not been asked for `idle_ms`, and the longest idle past `awake_max`. */
  async rest(): Promise<void> {
    const now_ms = this.#world.clock.now_ms();
    const by_rest = [...this.#awake.values()].sort((a, b) => a.last_asked_ms - b.last_asked_ms);
    const excess = this.#awake.size - this.#limits.awake_max;
    const resting = by_rest.filter((actor, i) =>
      i < excess || now_ms - actor.last_asked_ms >= this.#limits.idle_ms
    );
    await Promise.all(resting.map((actor) => actor.passivate()));
  }

  /** Takes no more commands, and puts every actor to rest once it has answered what it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    while (this.#awake.size > 0) {
      await Promise.all([...this.#awake.values()].map((actor) => actor.drain()));
    }
  }

  async #wake(company: CompanyId, command: Command): Promise<Answer> {
    if (this.#waking >= this.#limits.waking_max) {
      if (this.#line.length >= this.#limits.line_max) return unavailable("overloaded");
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#line.push(resolve);
      await promise;
    }
    if (this.#stopping) return this.#passOn(), unavailable("stopping");
    // Whoever waited in line may find the company awake, and leaves the place to whoever is next.
    const awake = this.#awake.get(company);
    if (awake === undefined) return await this.#start(company).ask(command);
    this.#passOn();
    return await awake.ask(command);
  }

  /** A place to wake up in is free: whoever waits longest takes it. */
  #passOn(): void {
    this.#line.shift()?.();
  }

  #start(company: CompanyId): CompanyActor {
    if (this.#awake.size >= this.#limits.awake_max) void this.rest();
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

export interface RosterLimits extends ActorLimits {
  /** Companies awake at once; past it the longest idle are put to rest. */
  readonly awake_max: number;
  /** Companies being woken at once; the store takes many of them over in one go. */
  readonly waking_max: number;
  /** Commands that may wait for a company to be woken. */
  readonly line_max: number;
  /** How long a company stays awake without being asked. */
  readonly idle_ms: number;
}
