/**
 * Keeps the lease of this node: registers it, renews the lease each second, claims shards, and gives them up.
 *
 * - KEEPER-1. A lease counts from before its renewal was asked for, and ends {@link MARGIN_MS} early. So this node
 *   stops serving before Postgres lets another one start.
 * - KEEPER-2. A node whose lease has ended discards its actors and registers under a new id. It has no shard then.
 * - KEEPER-3. A shard is released only after its actors have drained. Until then no other node can claim it.
 * - KEEPER-4. The renewal's answer decides what this node serves; a hint from another node only makes it renew sooner.
 * - KEEPER-5. A node that cannot reach itself over the bus for `UNREACHABLE_AFTER_MS` calls itself `unreachable`,
 *   and `reachable` again after `RECOVERING_MS`. So does one that has not reached itself since its start.
 * - KEEPER-6. Each renewal says whether this node's clock is certain. If it is not, and another node's is, this node gives
 *   its shards up, drained: it serves them meanwhile.
 * - KEEPER-7. A node whose lease has ended takes its share only, as of the nodes that it knew, for {@link RETURNING_MS}.
 *   After an outage of Postgres they come back one after another: the first one must not take all shards and hand them on.
 */

import type { LeaseStore, LeaseView, NodeId, NodeState } from "../../src/ports/placement.ts";
import type { Clock, Timers } from "../../src/ports/runtime.ts";
import { countSharing, EMPTY_VIEW, planFor } from "./leases.ts";
import { Reachability, type ReachabilityDependencies } from "./reachability.ts";

/** How long a lease lasts after a renewal, by Postgres's clock. */
export const LEASE_MS = 5_000;
/** How much earlier a node stops serving: two machines' seconds differ in length, and a process may be slow to notice. */
export const MARGIN_MS = 500;
const RENEWAL_INTERVAL_MS = 1_000;
/** The pause between two renewals when there is something to claim or to release. */
const HURRY_MS = 10;
/** How long a node that registers again leaves shards for the others. All have tried again within a renewal's interval. */
export const RETURNING_MS = 1_500;
/** Shards that drain at once. */
const DRAINING_AT_ONCE = 16;

/** A change of what this node serves. */
export interface LeaseEvent {
  /** `lost`: the lease ended before the shards were drained. */
  readonly type: "gained" | "lost" | "drained";
  readonly shards: readonly number[];
}

/** What a {@link LeaseKeeper} depends on. */
export interface LeaseKeeperDependencies extends ReachabilityDependencies {
  readonly store: LeaseStore;
  /** Time that passes at the pace of Postgres's clock, also while the machine sleeps. */
  readonly clock: Clock;
  readonly timers: Timers;
  /** The node's name for people. */
  readonly name: string;
  newNodeId(): NodeId;
  /** Called with each new id, before the node is registered: others reach it under this id. */
  onNode(node: NodeId): void;
  /** Whether the sources of time of this node agree. */
  isClockCertain(): boolean;
  /** Resolves when no command of the shard runs and none of its companies is active. Never rejects. */
  drain(shard: number): Promise<void>;
  /** Ends all actors without writing. */
  discardAll(): void;
  /** Makes the other nodes renew at once. */
  notifyOthers(): void;
  onEvent(event: LeaseEvent): void;
  report(error: unknown): void;
}

/** The lease of this node. */
export class LeaseKeeper {
  readonly #dependencies: LeaseKeeperDependencies;
  readonly #reachability: Reachability;
  #node: NodeId | undefined;
  #view: LeaseView = EMPTY_VIEW;
  #valid_until_ms = -Infinity;
  readonly #serving = new Set<number>();
  readonly #draining = new Set<number>();
  readonly #drained = new Set<number>();
  /** Shards to claim with the next renewal. */
  #claims: readonly number[] = [];
  /** How many nodes shared the shards when this node's lease ended; 0 when it leaves shards for them no longer. */
  #expected = 0;
  /** When it no longer does. */
  #expected_until_ms = -Infinity;
  #stopping = false;
  /** A stopping node does not leave before. */
  #leaves_from_ms = -Infinity;
  #wake = new AbortController();
  #running: Promise<void> | undefined;
  #failed = false;

  constructor(dependencies: LeaseKeeperDependencies) {
    this.#dependencies = dependencies;
    this.#reachability = new Reachability(dependencies);
  }

  /** This node's id; undefined before it is registered. */
  get node(): NodeId | undefined {
    return this.#node;
  }

  /** The nodes and owners as of the last renewal. */
  get view(): LeaseView {
    return this.#view;
  }

  /** Whether the lease has not ended. */
  get is_valid(): boolean {
    return this.#dependencies.clock.now_ms() < this.#valid_until_ms;
  }

  /** The shards that this node serves. */
  get shards(): readonly number[] {
    return this.is_valid ? [...this.#serving] : [];
  }

  /** Whether this node serves a shard. */
  serves(shard: number): boolean {
    return this.#serving.has(shard) && this.is_valid;
  }

  /** Whether no other node can serve a shard: this node serves or drains it. */
  holds(shard: number): boolean {
    return (this.#serving.has(shard) || this.#draining.has(shard)) && this.is_valid;
  }

  /**
   * Registers this node, claims the shards that nobody has and that are to be its own, and then renews until {@link stop}.
   *
   * @throws {Error} when the store cannot be reached
   */
  async start(): Promise<void> {
    do await this.#renew(); while (this.#claims.length > 0);
    this.#running = this.#run();
  }

  /** Renews at once: another node has changed something. */
  wake(): void {
    this.#wake.abort();
  }

  /**
   * Drains every shard, releases each as it has drained, and removes the node. Never throws.
   *
   * @param stay_ms how long the node stays at least, without shards: until then it knows the owners of all
   */
  async stop(stay_ms = 0): Promise<void> {
    this.#leaves_from_ms = this.#dependencies.clock.now_ms() + stay_ms;
    this.#stopping = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { timers, clock, store, report } = this.#dependencies;
    while (!this.#stopping || this.#has_shards || this.#stay_ms > 0) {
      const is_in_hurry = this.#has_work && !this.#failed;
      const waits_ms = [this.#stay_ms, this.#expected_until_ms - clock.now_ms()].filter((ms) => ms > 0);
      const pause_ms = Math.min(RENEWAL_INTERVAL_MS, ...waits_ms);
      await timers.sleep(is_in_hurry ? HURRY_MS : pause_ms, this.#wake.signal);
      this.#wake = new AbortController();
      try {
        await this.#renew();
        this.#failed = false;
      } catch (error) {
        // An outage is reported once.
        if (!this.#failed) report(error);
        this.#failed = true;
        // Without the store nothing can be released.
        if (this.#stopping) return;
      }
    }
    if (this.#node !== undefined) await store.leave(this.#node).catch(report);
  }

  get #has_shards(): boolean {
    return this.#serving.size + this.#draining.size + this.#drained.size > 0;
  }

  get #stay_ms(): number {
    return this.#leaves_from_ms - this.#dependencies.clock.now_ms();
  }

  get #has_work(): boolean {
    return this.#claims.length + this.#drained.size > 0;
  }

  async #renew(): Promise<void> {
    const { store, clock, isClockCertain } = this.#dependencies;
    const node = this.#node ?? await this.#register();
    void this.#reachability.check(node);
    const asked_ms = clock.now_ms();
    const claim = this.#stopping ? [] : this.#claims;
    const release = [...this.#drained];
    const live = new Set(this.#view.nodes.map(({ id }) => id));
    const gone = new Set(this.#view.owners.filter((owner) => owner !== undefined && !live.has(owner)));
    const state: NodeState = this.#stopping ? "draining" : this.#reachability.state;
    const said = { state, clock_is_certain: isClockCertain() };
    const renewal = { node, ...said, lease_ms: LEASE_MS, claim, release, gone: [...gone] as NodeId[] };
    const answer = await this.#withinLease(store.renew(renewal));
    if (answer === "too_late" || answer === undefined) return this.#lapse();
    this.#valid_until_ms = asked_ms + LEASE_MS - MARGIN_MS;
    const nodes = answer.nodes.map((known) => known.id === node ? { ...known, ...said } : known);
    this.#apply(node, { nodes, owners: answer.owners }, release);
  }

  async #register(): Promise<NodeId> {
    const { store, clock, name, newNodeId, onNode } = this.#dependencies;
    const node = newNodeId();
    onNode(node);
    await store.register(node, name, LEASE_MS);
    this.#expected_until_ms = clock.now_ms() + RETURNING_MS;
    return this.#node = node;
  }

  /** Waits for a renewal, at most until the lease ends. */
  async #withinLease<Result>(renewing: Promise<Result>): Promise<Result | "too_late"> {
    if (!this.#has_shards) return await renewing;
    const { timers, clock } = this.#dependencies;
    const answered = new AbortController();
    const left_ms = Math.max(0, this.#valid_until_ms - clock.now_ms());
    const ending = timers.sleep(left_ms, answered.signal).then(() => "too_late" as const);
    try {
      return await Promise.race([renewing, ending]);
    } catch (error) {
      if (!this.is_valid) this.#lapse();
      throw error;
    } finally {
      answered.abort();
      // The loser of the race.
      renewing.catch(() => {});
    }
  }

  #apply(node: NodeId, view: LeaseView, released: readonly number[]): void {
    const { clock, onEvent, notifyOthers } = this.#dependencies;
    this.#view = view;
    if (clock.now_ms() >= this.#expected_until_ms) this.#expected = 0;
    for (const shard of released) this.#drained.delete(shard);
    this.#dropOthers(node);
    const gained: number[] = [];
    view.owners.forEach((owner, shard) => {
      if (owner !== node || this.#has(shard)) return;
      this.#serving.add(shard);
      gained.push(shard);
    });
    if (gained.length > 0) onEvent({ type: "gained", shards: gained });
    if (gained.length + released.length > 0) notifyOthers();
    const { claim, give_up } = planFor(node, view, this.#expected);
    this.#claims = claim;
    for (const shard of give_up) {
      if (this.#draining.size >= DRAINING_AT_ONCE) break;
      if (this.#serving.has(shard)) void this.#drain(node, shard);
    }
  }

  /** Stops serving shards that the stored leases give to another: after a failover they may be older than this node. */
  #dropOthers(node: NodeId): void {
    const lost = [...this.#serving].filter((shard) => this.#view.owners[shard] !== node);
    if (lost.length === 0) return;
    for (const shard of lost) this.#serving.delete(shard);
    this.#dependencies.discardAll();
    this.#dependencies.onEvent({ type: "lost", shards: lost });
  }

  #has(shard: number): boolean {
    return this.#serving.has(shard) || this.#draining.has(shard) || this.#drained.has(shard);
  }

  async #drain(node: NodeId, shard: number): Promise<void> {
    this.#serving.delete(shard);
    this.#draining.add(shard);
    await this.#dependencies.drain(shard);
    // The lease may have ended meanwhile.
    if (this.#node !== node || !this.#draining.delete(shard)) return;
    this.#drained.add(shard);
    this.#dependencies.onEvent({ type: "drained", shards: [shard] });
    this.wake();
  }

  #lapse(): void {
    const lost = [...this.#serving, ...this.#draining];
    this.#node = undefined;
    this.#valid_until_ms = -Infinity;
    this.#claims = [];
    // A view of a return that this end interrupts lacks those that have not come back.
    this.#expected = Math.max(this.#expected, countSharing(this.#view));
    for (const shards of [this.#serving, this.#draining, this.#drained]) shards.clear();
    this.#dependencies.discardAll();
    if (lost.length > 0) this.#dependencies.onEvent({ type: "lost", shards: lost });
    this.wake();
  }
}
