import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { rateCardVersion } from "../../tests/support/fixtures.ts";
import { type CalledService, Callers } from "./callers.ts";
import { Database } from "./database.ts";
import { Auditor } from "./oracle/auditor.ts";
import { Process } from "./process.ts";
import type { Action, Step } from "./actions.ts";
import { FEATURES, type SimulationSetup } from "./script.ts";
import { Trace } from "./trace.ts";
import { type FaultProfile, NO_FAULTS, type ServiceLimits } from "./fault_profile.ts";
import { companyNamed } from "./ids.ts";
import { MovingNumber } from "./moving_number.ts";
import { Workload } from "./workload.ts";
import { EventLoop } from "./event_loop.ts";
import { ZONE_DATA } from "./zone_data.ts";
import { ClusterRun } from "./cluster/cluster_run.ts";
import { type ClusterPlan, NODES_MAX } from "./cluster/fault_profile.ts";
import type { ReportViolation } from "./oracle/account.ts";
import { ChecksAtRest } from "./checks_at_rest.ts";
import { Owners } from "./oracle/owners.ts";

/** A complete description of a run: the same plan gives the same run, step by step. */
export interface Plan {
  readonly seed: string;
  readonly setup: SimulationSetup;
  readonly limits: ServiceLimits;
  readonly fault_profile: FaultProfile;
  readonly script: readonly Step[];
  /** Absent: the processes share a database and nothing else. */
  readonly cluster?: ClusterPlan;
}

const SHORT_MS = 10_000;
/** More steps than this in one quiesce mean an endless loop. */
const QUIESCE_STEPS_MAX = 20_000;
const QUIESCE_ROUNDS_MAX = 20;

/** The simulated service of one run: processes on one database, and their callers. */
export class SimulatedService implements CalledService {
  readonly trace: Trace;
  readonly auditor: Auditor;
  readonly processes: Process[] = [];
  readonly placement: number[];
  fault_profile: FaultProfile = NO_FAULTS;
  is_quiescing = false;
  readonly #plan: Plan;
  readonly #random: SeededRandom;
  readonly #event_loop: EventLoop;
  readonly database: Database;
  readonly #callers: Callers;
  readonly #workload: Workload;
  readonly #moving_number: MovingNumber;
  readonly #rest: ChecksAtRest;
  /** Absent: the processes are no nodes of a cluster. */
  readonly #cluster: ClusterRun | undefined;
  #processes_started = 0;

  constructor(plan: Plan, keeps_lines: boolean) {
    this.#plan = plan;
    this.trace = new Trace(keeps_lines);
    const random = this.#random = new SeededRandom(`chance ${plan.seed}`);
    this.#event_loop = new EventLoop(
      this.trace,
      random,
      plan.setup.starts_at_ms,
      plan.fault_profile.disorder,
    );
    const reportViolation: ReportViolation = (invariant, what) =>
      this.auditor.reportViolation(invariant, what);
    const owners = new Owners(this.trace, reportViolation);
    this.database = new Database(this.#event_loop, random, {
      changesWritten: (client, changes, held) => {
        owners.changesWritten(client, changes, held);
        this.auditor.changesWritten(changes, held);
      },
      companyActivated: (client, company) => owners.companyActivated(client, company),
      rateCardChanged: () => this.auditor.rateCardChanged(),
    });
    this.auditor = new Auditor(this.database, this.trace);
    this.#callers = new Callers(this.#event_loop, random, this);
    this.#moving_number = new MovingNumber(this.auditor, () => this.#event_loop.now_ms);
    this.#workload = new Workload(this.auditor, () => this.#event_loop.now_ms);
    this.#cluster = plan.cluster && new ClusterRun({
      event_loop: this.#event_loop,
      random,
      plan: plan.cluster,
      owners,
      processes: this.processes,
      companies: () => this.database.companies.storedCompanies().map(({ company }) => company),
      reportViolation,
    });
    this.#rest = new ChecksAtRest({
      event_loop: this.#event_loop,
      database: this.database,
      auditor: this.auditor,
      processes: this.processes,
      processOf: (company) => this.processes[this.placement[Number(company.slice("company-".length))]!]!,
      is_cluster: plan.cluster !== undefined,
      runUntilIdle: () => this.#runUntilIdle(),
      restartAll: () => this.#restartAll(),
    });
    this.placement = plan.setup.zones.map((_, company) => company % plan.setup.processes);
  }

  /** Reports a call that keeps failing without faults (SIM-17). */
  reportStarvation(description: string): void {
    this.auditor.reportViolation("SIM-17", `${description} keeps being refused although no fault is active`);
  }

  /** Whether an invariant broke. */
  get has_failed(): boolean {
    return this.auditor.violations.length > 0;
  }

  /** Runs the script, up to the first violation or the final quiesce. */
  async play(): Promise<void> {
    await this.#setUp();
    for (const step of this.#plan.script) {
      this.trace.record(step.do);
      if (step.do === "quiesce") await this.#quiesce();
      else await this.#perform(step);
      await this.#event_loop.flushMicrotasks();
      for (let run = 0; run < step.events_after && !this.has_failed; run++) {
        if (!await this.#step()) break;
      }
      if (this.has_failed) return;
    }
    await this.#quiesce();
  }

  async #setUp(): Promise<void> {
    const { setup, fault_profile } = this.#plan;
    for (const feature of FEATURES) {
      await this.database.appendRate(rateCardVersion(feature, 2));
    }
    for (let process = 0; process < setup.processes; process++) this.#startProcess(process, 0, 0);
    await this.#runUntilIdle();
    setup.zones.forEach((time_zone, company) => {
      const policy = setup.policies[company]!;
      this.#callers.submit(
        this.#workload.configuration({
          do: "configure",
          company,
          time_zone,
          policy,
          new_number: false,
          moving_number: false,
        }),
      );
    });
    await this.#runUntilIdle();
    this.fault_profile = this.database.fault_profile = fault_profile;
    this.#cluster?.startFaults();
  }

  #startProcess(at: number, ahead_ms: number, zone_data: number): void {
    if (zone_data > 0) this.trace.countFault("other zone data");
    const name = `process ${at + 1}.${++this.#processes_started}`;
    const process = new Process(
      name,
      this.#event_loop,
      this.database,
      this.#plan.limits,
      this.auditor,
      ahead_ms,
      ZONE_DATA[zone_data]!,
      this.#cluster?.cluster,
    );
    this.processes[at] = process;
    this.#cluster?.started(process);
    process.start();
  }

  async #perform(action: Exclude<Action, { do: "quiesce" }>): Promise<void> {
    switch (action.do) {
      case "deliver":
        return this.#callers.submit(this.#workload.delivery(action), action.copies);
      case "deliver to the moving number":
        return this.#callers.submit(this.#moving_number.delivery(action), action.copies);
      case "use":
        return this.#callers.submit(this.#workload.usage(action), action.copies);
      case "send":
        return this.#callers.submit(this.#workload.send(action), action.copies);
      case "report send failure":
        return this.#callers.submit(this.#workload.sendFailure(action), action.copies);
      case "agree contract":
        return this.#callers.submit(this.#workload.agreement(action));
      case "configure":
        return this.#callers.submit(this.#workload.configuration(action));
      case "erase":
        return this.#callers.submit(this.#workload.erasure(action));
      case "advance":
        if (this.#cluster !== undefined) return await this.#cluster.advance(action.ms, () => this.has_failed);
        // Before a long time passes, calls are usually answered.
        if (action.ms > SHORT_MS && this.#random.chance(0.7)) {
          while (!this.has_failed && await this.#event_loop.step());
        }
        return this.#event_loop.advance(action.ms);
      case "crash":
      case "stop":
        return this.#endProcess(action);
      case "clock":
        this.trace.countFault(action.by_ms > 0 ? "clock forward" : "clock back");
        this.processes[action.process]!.clock_ahead_ms += action.by_ms;
        return;
      case "run due work":
        if (this.#canWork(this.processes[action.process]!)) this.processes[action.process]!.runDueWork();
        return;
      case "place":
        if (this.#cluster === undefined && this.placement[action.company] !== action.process) {
          this.trace.countFault("second owner");
        }
        this.placement[action.company] = action.process;
        return;
      case "watch":
        return void this.auditor.watched.add(companyNamed(action.company));
      case "unwatch":
        return void this.auditor.watched.delete(companyNamed(action.company));
      case "pause":
      case "cut from NATS":
      case "cut from Postgres":
      case "stop NATS":
      case "silence NATS":
      case "restart Postgres":
      case "lose subscriptions":
        return this.#cluster?.begin(action);
      case "add node":
        if (this.processes.length >= NODES_MAX) return;
        this.trace.countFault("node added");
        return this.#startProcess(this.processes.length, action.ahead_ms, action.zone_data);
      default:
        return this.#callers.submit(this.#workload.companyCall(action));
    }
  }

  #canWork({ ready, is_paused }: Process): boolean {
    return ready && !is_paused;
  }

  #step(): Promise<boolean> {
    return this.#cluster?.step() ?? this.#event_loop.step();
  }

  #endProcess(
    { do: kind, process: at, for_ms, ahead_ms, zone_data }: Extract<Action, { do: "crash" | "stop" }>,
  ): void {
    const process = this.processes[at]!;
    if (!process.alive || !process.ready || process.is_stopping) return;
    this.trace.countFault(kind === "crash" ? "crash" : "graceful stop");
    if (this.#cluster !== undefined && kind === "crash") this.trace.countFault("node killed");
    if (kind === "crash") process.crash();
    else process.stop();
    this.#event_loop.schedule(
      { description: `process ${at + 1} restarts`, after_ms: for_ms },
      () => this.#startProcess(at, ahead_ms, zone_data),
    );
  }

  /** Turns faults off, finishes all pending work, and checks the invariants that hold at rest. */
  async #quiesce(): Promise<void> {
    this.fault_profile = this.database.fault_profile = {
      ...NO_FAULTS,
      disorder: this.#plan.fault_profile.disorder,
    };
    this.is_quiescing = true;
    this.#cluster?.stopFaults();
    await this.#runUntilIdle();
    // Twice: a company just passivated may be due on another process. Then while a small mailbox refuses replays, or
    // processes take a due company from each other.
    for (let round = 0; round < QUIESCE_ROUNDS_MAX && !this.has_failed; round++) {
      if (round >= 2 && !await this.#rest.hasWorkLeft()) break;
      for (const process of this.processes) process.runDueWork();
      await this.#runUntilIdle();
    }
    for (const description of this.#callers.unanswered()) this.auditor.reportViolation("SIM-15", description);
    await this.#rest.check();
    this.fault_profile = this.database.fault_profile = this.#plan.fault_profile;
    this.#cluster?.startFaults();
    this.is_quiescing = false;
  }

  #restartAll(): void {
    for (const [at, process] of this.processes.entries()) {
      process.crash();
      // Other zone data moves no date that has begun.
      this.#startProcess(at, process.clock_ahead_ms, this.#processes_started % ZONE_DATA.length);
    }
  }

  async #runUntilIdle(): Promise<void> {
    if (this.#cluster !== undefined) return await this.#cluster.runUntilIdle(() => this.has_failed);
    let steps = 0;
    do {
      while (await this.#event_loop.step()) {
        if (this.has_failed) return;
        if (++steps > QUIESCE_STEPS_MAX) {
          return this.auditor.reportViolation("SIM-15", "the event loop never becomes idle");
        }
      }
    } while (this.#event_loop.advanceToNext());
  }
}
