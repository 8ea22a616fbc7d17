import type { ActorSystem } from "../../../actors/actor_system.ts";
import { CheckedBus } from "../../../actors/placement/checked_bus.ts";
import { ClusteredPlacement } from "../../../actors/placement/clustered.ts";
import { KnownShards } from "../../../actors/placement/shards.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { ZoneData } from "../../../src/domain/zone_data.ts";
import type { NodeId } from "../../../src/ports/placement.ts";
import type { GuardedClock, Timers } from "../../../src/ports/runtime.ts";
import { LeaseClock } from "../../../src/time/lease_clock.ts";
import { MemoryLeases } from "../../../tests/support/cluster/memory_leases.ts";
import type { SeededRandom } from "../../../tests/support/seeded_random.ts";
import type { DatabaseClient } from "../database.ts";
import type { EventLoop } from "../event_loop.ts";
import type { ClusterPlan } from "./fault_profile.ts";
import { leaseStatements } from "./lease_statements.ts";
import { SimulatedNats } from "./nats.ts";

/** A process that takes part in a cluster. */
export interface ClusterMember extends DatabaseClient {
  /** The offset of its wall clock. */
  readonly clock_ahead_ms: number;
  /** Whether a write that it has sent is not answered. */
  readonly is_writing: boolean;
}

/** What a process gives to be placed. */
export interface PlacedParts {
  readonly system: ActorSystem;
  readonly zone_data: ZoneData;
  readonly cost_in_flight_max: number;
  readonly clock: Pick<GuardedClock, "is_certain">;
  report(error: unknown): void;
}

/** How late timers fire. They never fire early. */
const TIMER_LATE_MS_MAX = 400;

/** What the nodes of a run share: the stored leases, and NATS. */
export class SimulatedCluster {
  readonly leases: MemoryLeases;
  readonly nats: SimulatedNats;
  readonly #event_loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #paces: readonly number[];
  readonly #known = new KnownShards();
  #placed = 0;

  constructor(event_loop: EventLoop, random: SeededRandom, { fault_profile, paces }: ClusterPlan) {
    this.#event_loop = event_loop;
    this.#random = random;
    this.#paces = paces;
    this.leases = new MemoryLeases(() => event_loop.lease_now_ms);
    this.nats = new SimulatedNats(event_loop, random, fault_profile);
  }

  /** Returns the node that has a company, unless its lease has ended. */
  ownerOf(company: CompanyId): NodeId | undefined {
    return this.leases.ownerOf(this.#known.of(company));
  }

  /** Places the companies of a process's actor system, as the service does. */
  place(member: ClusterMember, parts: PlacedParts): ClusteredPlacement {
    const { name } = member;
    const { trace } = this.#event_loop;
    const pace = this.#paces[this.#placed++ % this.#paces.length]!;
    if (pace !== 1) trace.countFault("clocks of another pace");
    const now_ms = () => this.#event_loop.lease_now_ms * pace;
    let ids = 0;
    const timers = this.#timersOf(member, pace);
    return new ClusteredPlacement({
      ...parts,
      name,
      leases: leaseStatements(
        member,
        this.leases,
        this.#event_loop,
        this.#random,
        () => this.nats.fault_profile,
      ),
      bus: new CheckedBus({ bus: this.nats.open(member), timers, id: name }),
      timers,
      lease_clock: new LeaseClock({
        wall_ms: () => now_ms() + member.clock_ahead_ms,
        monotonic_ms: now_ms,
      }),
      newNodeId: () => `${name}-${++ids}`,
      defer: (run) =>
        this.#event_loop.schedule({ description: `${name} sends commands or answers`, owner: member }, run),
      onEvent: (type) => {
        if (type !== "lost") return void trace.countFault(`shards ${type}`);
        trace.countFault("lease ended");
        if (member.is_writing) trace.countFault("lease ended in a write");
      },
    });
  }

  #timersOf(owner: ClusterMember, pace: number): Timers {
    const event_loop = this.#event_loop;
    return {
      sleep: (duration_ms, signal) => {
        if (signal?.aborted) return Promise.resolve();
        const { promise, resolve } = Promise.withResolvers<void>();
        const after_ms = Math.ceil(duration_ms / pace) + this.#random.between(0, TIMER_LATE_MS_MAX);
        const description = `${owner.name} has slept`;
        const timer = event_loop.schedule({ description, owner, background: true, after_ms }, resolve);
        signal?.addEventListener("abort", () => {
          event_loop.cancel(timer);
          resolve();
        });
        return promise;
      },
    };
  }
}
