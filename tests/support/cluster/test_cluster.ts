import assert from "node:assert/strict";
import { CheckedBus } from "../../../actors/placement/checked_bus.ts";
import { ClusteredPlacement } from "../../../actors/placement/clustered.ts";
import { SHARDS } from "../../../actors/placement/shards.ts";
import type { ActorSystem } from "../../../actors/actor_system.ts";
import type { Answer, Command } from "../../../src/domain/company/command.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { RUNTIME_ZONE_DATA } from "../../../src/domain/zone_data.ts";
import type { LeaseStore } from "../../../src/ports/placement.ts";
import type { Timers } from "../../../src/ports/runtime.ts";
import { TestActors } from "../actors.ts";
import { MemoryStore } from "../memory_store/store.ts";
import { ManualTime } from "./manual_time.ts";
import { MemoryBus } from "./memory_bus.ts";
import { MemoryLeases } from "./memory_leases.ts";

/** A node of a {@link TestCluster}. */
export interface TestNode {
  readonly name: string;
  readonly actors: TestActors;
  readonly system: ActorSystem;
  readonly placement: ClusteredPlacement;
  readonly events: string[];
  readonly errors: unknown[];
  readonly bus: CheckedBus;
  /** Whether its sources of time agree. */
  readonly clock: { is_certain: boolean };
}

/** Nodes on one memory store and one bus, in time that a test advances. */
export class TestCluster {
  readonly time = new ManualTime();
  readonly bus = new MemoryBus();
  readonly store = new MemoryStore();
  readonly leases = new MemoryLeases(() => this.time.now_ms());
  readonly nodes: TestNode[] = [];
  /** Nodes that cannot reach the stored leases, and nodes that do not run. */
  readonly #cut_from_leases = new Set<string>();
  readonly #frozen = new Map<string, PromiseWithResolvers<void>>();
  #ids = 0;

  /** Creates companies. */
  async create(companies: readonly CompanyId[]): Promise<void> {
    const actors = new TestActors({}, this.store);
    for (const company of companies) await actors.create(company);
  }

  /**
   * Starts a node.
   *
   * @param pace how fast its clock runs: 1 is right
   * @param is_certain whether its sources of time agree
   */
  async start(name: string, pace = 1, is_certain = true): Promise<TestNode> {
    const actors = new TestActors({}, this.store);
    const events: string[] = [];
    const errors: unknown[] = [];
    let placement: ClusteredPlacement | undefined = undefined;
    const mayActivate = (company: CompanyId): boolean => placement!.holds(company);
    const system = actors.createSystem({ mayActivate });
    const timers: Timers = { sleep: (ms, signal) => this.#sleep(name, ms / pace, signal) };
    const bus = new CheckedBus({ bus: this.bus.of(name), timers, id: name });
    const clock = { is_certain };
    placement = new ClusteredPlacement({
      system,
      leases: this.#leasesOf(name),
      bus,
      timers,
      clock,
      lease_clock: { now_ms: () => this.time.now_ms() * pace },
      zone_data: RUNTIME_ZONE_DATA,
      name,
      cost_in_flight_max: 1_000,
      newNodeId: () => `${name}-${++this.#ids}`,
      defer: (run) => queueMicrotask(run),
      onEvent: (type, shards) => events.push(`${type} ${shards.length}`),
      report: (error) => errors.push(error),
    });
    const node = { name, actors, system, placement, events, errors, bus, clock };
    this.nodes.push(node);
    await placement.start();
    return node;
  }

  /** Starts nodes and lets them settle. */
  async startAll(...names: string[]): Promise<TestNode[]> {
    for (const name of names) await this.start(name);
    await this.advance(3_000);
    return this.nodes.filter(({ name }) => names.includes(name));
  }

  /** Lets time pass, and checks at every step that no shard is served twice. */
  async advance(duration_ms: number): Promise<void> {
    await this.time.advance(duration_ms, () => this.assertOneOwner());
  }

  /** Fails if two nodes serve one shard. */
  assertOneOwner(): void {
    const served = this.#running.flatMap(({ placement }) => [...placement.shards]);
    assert.equal(
      new Set(served).size,
      served.length,
      `two nodes serve one shard at ${this.time.now_ms()} ms`,
    );
  }

  /** Fails unless every shard is served, and evenly. */
  assertSpread(nodes: readonly TestNode[]): void {
    const counts = nodes.map(({ placement }) => placement.shards.length);
    assert.equal(counts.reduce((a, b) => a + b, 0), SHARDS, `${counts}`);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
  }

  /** Stops a node as SIGSTOP does: its timers do not fire. It hears nothing either. */
  freeze(name: string): void {
    if (!this.#frozen.has(name)) this.#frozen.set(name, Promise.withResolvers());
    this.bus.cut(name);
  }

  /** Lets a frozen node run on. */
  thaw(name: string): void {
    this.bus.reconnect(name);
    this.#frozen.get(name)?.resolve();
    this.#frozen.delete(name);
  }

  /** Ends a node as SIGKILL does. */
  kill(name: string): void {
    this.freeze(name);
    this.nodes.splice(this.nodes.findIndex((node) => node.name === name), 1);
  }

  /** Makes the stored leases unreachable for a node. */
  cutFromLeases(name: string): void {
    this.#cut_from_leases.add(name);
  }

  /** Makes the stored leases reachable again. */
  reconnectToLeases(name: string): void {
    this.#cut_from_leases.delete(name);
  }

  /** Executes a command on a node, and lets time pass until it is answered. */
  async execute(node: TestNode, company: CompanyId, command: Command): Promise<Answer> {
    let answer: Answer | undefined;
    void node.placement.companies.execute(company, command).then((value) => answer = value);
    for (let waited_ms = 0; waited_ms <= 10_000; waited_ms += 100) {
      await this.advance(answer === undefined ? 100 : 0);
      if (answer !== undefined) return answer;
    }
    throw new Error("the command was not answered");
  }

  get #running(): readonly TestNode[] {
    return this.nodes.filter(({ name }) => !this.#frozen.has(name));
  }

  async #sleep(name: string, duration_ms: number, signal?: AbortSignal): Promise<void> {
    await this.time.sleep(duration_ms, signal);
    await this.#frozen.get(name)?.promise;
  }

  #leasesOf(name: string): LeaseStore {
    // deno-lint-ignore require-await
    const reach = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      if (this.#cut_from_leases.has(name)) throw new Error("the leases cannot be reached");
      return call();
    };
    return {
      register: (...of) => reach(() => this.leases.register(...of)),
      renew: (renewal) => reach(() => this.leases.renew(renewal)),
      leave: (node) => reach(() => this.leases.leave(node)),
    };
  }
}
