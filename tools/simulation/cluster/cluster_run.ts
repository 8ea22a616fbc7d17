import type { CompanyId } from "../../../src/domain/types.ts";
import type { SeededRandom } from "../../../tests/support/seeded_random.ts";
import type { NodeAction } from "../actions.ts";
import type { EventLoop } from "../event_loop.ts";
import type { ReportViolation } from "../oracle/account.ts";
import { FOUND_WITHIN_MS, lostCompanies, type Owners } from "../oracle/owners.ts";
import type { Process } from "../process.ts";
import { SimulatedCluster } from "./cluster.ts";
import { type ClusterPlan, NO_CLUSTER_FAULTS } from "./fault_profile.ts";
import { NodeFaults } from "./node_faults.ts";

/** What a {@link ClusterRun} depends on. */
export interface ClusterRunDependencies {
  readonly event_loop: EventLoop;
  readonly random: SeededRandom;
  readonly plan: ClusterPlan;
  readonly owners: Owners;
  /** The processes that serve or start now. */
  readonly processes: readonly Process[];
  /** The companies that exist now. */
  companies(): readonly CompanyId[];
  reportViolation: ReportViolation;
}

/** How long the nodes run on when a long time passes. The rest of it is skipped. */
const LIVE_MS_MAX = 10_000;
/** When a node has noticed that it does not reach itself. */
const NOTICED_AFTER_MS = 3_000;
/** How likely a time passes in which no node runs. */
const ALL_PAUSED = 0.3;
/** More steps than this in one piece mean an endless loop: each node takes some at every second. */
const STEPS_MAX = 20_000;

/** Plays the time of a cluster, whose nodes never rest. */
export class ClusterRun {
  readonly cluster: SimulatedCluster;
  readonly #dependencies: ClusterRunDependencies;
  readonly #faults: NodeFaults;
  /** Every process that was started, and may run on although another has taken its place. */
  readonly #started: Process[] = [];
  /** When a node was started or ended, or the faults ended, by the time of leases. */
  #changed_ms = 0;
  #members = "";

  constructor(dependencies: ClusterRunDependencies) {
    this.#dependencies = dependencies;
    const { event_loop, random, plan } = dependencies;
    this.cluster = new SimulatedCluster(event_loop, random, { ...plan, fault_profile: NO_CLUSTER_FAULTS });
    this.#faults = new NodeFaults(event_loop, this.cluster, plan.fault_profile, () => this.#alive);
  }

  /** Notes that a process was started. */
  started(process: Process): void {
    this.#started.push(process);
    this.#noteChange();
  }

  /** Begins a fault. */
  begin(action: Exclude<NodeAction, { do: "add node" }>): void {
    const process = "process" in action ? this.#dependencies.processes[action.process] : undefined;
    this.#faults.begin(action, process);
  }

  /** Begins the faults that occur by chance. */
  startFaults(): void {
    this.#faults.start();
  }

  /** Ends every fault. */
  stopFaults(): void {
    this.#faults.stop();
    this.#noteChange();
  }

  /** Runs one event, and checks who serves each company. @returns false when no event is ready */
  async step(): Promise<boolean> {
    const { event_loop, owners, companies } = this.#dependencies;
    const has_run = await event_loop.step();
    const alive = this.#alive;
    const members = alive.map(({ name, ready }) => `${name} ${ready}`).join();
    if (members !== this.#members) this.#noteChange();
    this.#members = members;
    owners.checkServing(companies(), alive, this.cluster);
    return has_run;
  }

  /** Lets a duration pass: as one in which no node runs, or with the nodes at work for its first seconds. */
  async advance(duration_ms: number, hasFailed: () => boolean): Promise<void> {
    const { event_loop, random, reportViolation } = this.#dependencies;
    if (random.chance(ALL_PAUSED)) {
      event_loop.trace.countFault("all nodes paused");
      return event_loop.advance(duration_ms);
    }
    const live_ms = Math.min(duration_ms, LIVE_MS_MAX);
    const end_ms = event_loop.now_ms + live_ms;
    for (let steps = 0;;) {
      while (!hasFailed() && steps++ < STEPS_MAX && await this.step());
      if (steps > STEPS_MAX) return reportViolation("SIM-15", "the event loop never becomes idle");
      const next_ms = event_loop.next_ms ?? Infinity;
      if (hasFailed() || next_ms > end_ms) break;
      event_loop.advance(next_ms - event_loop.now_ms);
    }
    event_loop.advance(end_ms - event_loop.now_ms);
    event_loop.skip(duration_ms - live_ms);
  }

  /**
   * Runs until nothing is left to do but what never ends, and every owner is found in time (SIM-26). Then time in which
   * nothing else happens is skipped.
   */
  async runUntilIdle(hasFailed: () => boolean): Promise<void> {
    const { event_loop, reportViolation } = this.#dependencies;
    for (let steps = 0; steps < STEPS_MAX;) {
      while (steps++ < STEPS_MAX && await this.step()) {
        if (hasFailed()) return;
      }
      if (event_loop.has_fault) this.#noteChange();
      const unchanged_ms = event_loop.lease_now_ms - this.#changed_ms;
      const lost = unchanged_ms > FOUND_WITHIN_MS ? this.#lostCompanies() : [];
      if (lost.length > 0) {
        return reportViolation("SIM-26", `no owner of ${lost} is found after ${FOUND_WITHIN_MS} ms`);
      }
      const is_settled = unchanged_ms >= NOTICED_AFTER_MS && !this.#is_busy && this.cluster.nats.is_whole &&
        this.#lostCompanies().length === 0;
      const next_ms = event_loop.next_in_foreground_ms;
      if (is_settled && next_ms === undefined) return;
      if (is_settled) event_loop.skip(Math.max(0, next_ms! - event_loop.now_ms));
      else event_loop.advanceToNext();
    }
    reportViolation("SIM-15", "the event loop never becomes idle");
  }

  /** Whether a command waits for its answer, or a process starts or stops. */
  get #is_busy(): boolean {
    return this.#alive.some(({ is_busy, ready }) => is_busy || !ready);
  }

  #noteChange(): void {
    this.#changed_ms = this.#dependencies.event_loop.lease_now_ms;
  }

  get #alive(): readonly Process[] {
    return this.#started.filter(({ alive }) => alive);
  }

  #lostCompanies(): readonly CompanyId[] {
    const ready = this.#dependencies.processes.filter(({ alive, ready }) => alive && ready);
    if (ready.length === 0) return [];
    return lostCompanies(this.#dependencies.companies(), ready);
  }
}
