/**
 * Companies on several nodes. Each company is active on the node that serves its shard; commands that arrive elsewhere
 * go there over the bus.
 *
 * - CLUSTER-1. A node executes only commands of shards that it serves. Others are answered `unavailable`.
 * - CLUSTER-2. A shard has drained when its commands are answered and its actors have ended.
 * - CLUSTER-3. The epoch of a company fences a node that writes although its lease has ended.
 * - CLUSTER-4. A node activates a company only while no other can serve it, also when its rows have been read (ACTOR-11).
 *   So no node answers from memory what another has changed.
 */

import type { Answer } from "../../src/domain/company/command.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import type { ZoneData } from "../../src/domain/zone_data.ts";
import type { OwnedCompanies } from "../../src/ports/companies.ts";
import type { LeaseStore, NodeId, NodeStatus, Placement } from "../../src/ports/placement.ts";
import type { Clock, GuardedClock, Timers } from "../../src/ports/runtime.ts";
import type { ActorSystem } from "../actor_system.ts";
import { unavailable } from "../mailbox.ts";
import type { CheckedBus } from "./checked_bus.ts";
import { decodeCommands, encodeAnswers, type NumberedAnswer, type RoutedCommand } from "./codec.ts";
import { LeaseKeeper } from "./lease_keeper.ts";
import { commandsOf, inHalves, Outbox } from "./outbox.ts";
import { KnownShards, SHARDS } from "./shards.ts";

/** What a {@link ClusteredPlacement} depends on. */
export interface ClusteredDependencies {
  readonly system: ActorSystem;
  readonly leases: LeaseStore;
  readonly bus: CheckedBus;
  readonly timers: Timers;
  /** Time that passes at the pace of Postgres's clock, also while the machine sleeps. */
  readonly lease_clock: Clock;
  /** The clock that closes days. */
  readonly clock: Pick<GuardedClock, "is_certain">;
  readonly zone_data: ZoneData;
  /** This node's name for people. */
  readonly name: string;
  /** The cost of the commands on their way to other nodes. */
  readonly cost_in_flight_max: number;
  newNodeId(): NodeId;
  /** Subscribes to what else comes to a node id. It is disposed of when the node has another id. */
  listen?(node: NodeId): readonly Disposable[];
  /** Runs a function in a later turn of the event loop. */
  defer(run: () => void): void;
  /** Called when shards were gained, lost or drained. */
  onEvent(type: "gained" | "lost" | "drained", shards: readonly number[]): void;
  report(error: unknown): void;
}

/** The shard whose node does the work that belongs to no company. */
const LEADING_SHARD = 0;
const LEASES_CHANGED = "leases.changed";
const NOTHING = new Uint8Array();

/** Executes commands on whichever node serves their company. */
export class ClusteredPlacement implements Placement {
  readonly companies: OwnedCompanies;
  readonly #dependencies: ClusteredDependencies;
  readonly #keeper: LeaseKeeper;
  readonly #outbox: Outbox;
  readonly #known = new KnownShards();
  /** Commands of each shard that this node executes now. */
  readonly #running = new Array<number>(SHARDS).fill(0);
  /** Resolves when the last running command of a draining shard is answered. */
  readonly #idle = new Map<number, () => void>();
  #listening: readonly Disposable[] = [];
  readonly #hints: Disposable;

  constructor(dependencies: ClusteredDependencies) {
    this.#dependencies = dependencies;
    const { system, bus, leases, lease_clock, clock, timers, name, cost_in_flight_max } = dependencies;
    this.#outbox = new Outbox(dependencies, cost_in_flight_max);
    this.companies = {
      execute: (company, command) => this.#execute({ company, command, after_read: false }),
      executeAfterRead: (company, command) => this.#execute({ company, command, after_read: true }),
    };
    this.#keeper = new LeaseKeeper({
      store: leases,
      clock: lease_clock,
      timers,
      name,
      isClockCertain: () => clock.is_certain,
      newNodeId: () => dependencies.newNodeId(),
      onNode: (node) => this.#listen(node),
      isReachable: async (node) => !(await bus.check()).has(commandsOf(node)),
      drain: (shard) => this.#drain(shard),
      discardAll: () => system.discardAll(),
      notifyOthers: () => bus.publish(LEASES_CHANGED, NOTHING),
      onEvent: ({ type, shards }) => dependencies.onEvent(type, shards),
      report: dependencies.report,
    });
    this.#hints = bus.subscribe(LEASES_CHANGED, () => this.#keeper.wake());
  }

  /** Whether this node does the work that belongs to no company. */
  get leads(): boolean {
    return this.#keeper.serves(LEADING_SHARD);
  }

  get shards(): readonly number[] {
    return this.#keeper.shards;
  }

  get counters(): Placement["counters"] {
    return this.#outbox.counters;
  }

  nodes(): readonly NodeStatus[] {
    const { nodes, owners } = this.#keeper.view;
    return nodes.map(({ id, name, state, clock_is_certain }) => ({
      id,
      name,
      state,
      clock_is_certain,
      is_this: id === this.#keeper.node,
      shards: owners.flatMap((owner, shard) => owner === id ? [shard] : []),
    }));
  }

  owns(company: CompanyId): boolean {
    return this.#keeper.serves(this.#known.of(company));
  }

  /** Whether no other node can serve a company: this node serves it, or answers its last commands. */
  holds(company: CompanyId): boolean {
    return this.#keeper.holds(this.#known.of(company));
  }

  ownerOf(company: CompanyId): NodeId | undefined {
    return this.#keeper.view.owners[this.#known.of(company)];
  }

  /**
   * Registers this node and claims its shards.
   *
   * @throws {Error} when the store cannot be reached
   */
  start(): Promise<void> {
    return this.#keeper.start();
  }

  /** Drains this node's shards, one after another, and leaves. Until then it sends commands to their nodes. Never throws. */
  async stop(stay_ms = 0): Promise<void> {
    await this.#keeper.stop(stay_ms);
    this.#hints[Symbol.dispose]();
    this.#unlisten();
  }

  #execute(routed: RoutedCommand): Promise<Answer> {
    const { company } = routed;
    const shard = this.#known.of(company);
    if (this.#keeper.serves(shard)) return this.#executeHere(shard, routed);
    const owner = this.#keeper.view.owners[shard];
    if (owner === undefined || owner === this.#keeper.node) {
      return Promise.resolve(unavailable("owner_unreachable"));
    }
    return this.#outbox.send(owner, routed);
  }

  #executeHere(shard: number, { company, command, after_read }: RoutedCommand): Promise<Answer> {
    const { system } = this.#dependencies;
    this.#running[shard]!++;
    const answer = after_read ? system.executeAfterRead(company, command) : system.execute(company, command);
    void answer.then(() => {
      if (--this.#running[shard]! === 0) this.#idle.get(shard)?.();
    });
    return answer;
  }

  async #drain(shard: number): Promise<void> {
    if (this.#running[shard]! > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#idle.set(shard, resolve);
      await promise;
      this.#idle.delete(shard);
    }
    await this.#dependencies.system.drain((company) => this.#known.of(company) === shard);
  }

  /** Takes commands under a node id, and under no earlier one. */
  #listen(node: NodeId): void {
    const { bus } = this.#dependencies;
    this.#unlisten();
    this.#listening = [
      bus.subscribe(commandsOf(node), (message, reply) => this.#take(message, reply)),
      ...this.#dependencies.listen?.(node) ?? [],
    ];
  }

  #unlisten(): void {
    for (const subscription of this.#listening) subscription[Symbol.dispose]();
    this.#listening = [];
  }

  /** Executes the commands of another node, and sends each answer in the turn of the event loop in which it is there. */
  #take(message: Uint8Array, reply: (message: Uint8Array) => void): void {
    const { defer, report } = this.#dependencies;
    let commands: readonly RoutedCommand[];
    try {
      commands = decodeCommands(message);
    } catch (error) {
      return report(error);
    }
    let answers: NumberedAnswer[] = [];
    const send = () => {
      const ready = answers;
      answers = [];
      sendAnswers(ready, reply, report);
    };
    commands.forEach(async (routed, number) => {
      const answer = await this.#executeOwn(routed);
      if (answers.push([number, answer]) === 1) defer(send);
    });
  }

  #executeOwn(routed: RoutedCommand): Promise<Answer> {
    const shard = this.#known.of(routed.company);
    // The other node's view is older, or newer.
    if (!this.#keeper.serves(shard)) return Promise.resolve(unavailable("taken_over"));
    return this.#executeHere(shard, routed);
  }
}

/** Sends answers, in halves if they are larger than the bus takes together. */
function sendAnswers(
  answers: readonly NumberedAnswer[],
  reply: (message: Uint8Array) => void,
  report: (error: unknown) => void,
): void {
  try {
    reply(encodeAnswers(answers));
  } catch (error) {
    if (answers.length === 1) return report(error);
    for (const half of inHalves(answers)) sendAnswers(half, reply, report);
  }
}
