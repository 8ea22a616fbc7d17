import { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { FeatureCode } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import { type CalledService, Callers } from "./callers.ts";
import { Database } from "./database.ts";
import { Auditor } from "./oracle/auditor.ts";
import { Process } from "./process.ts";
import type { Action, Step } from "./actions.ts";
import { FEATURES, type SimulationSetup } from "./script.ts";
import { Trace } from "./trace.ts";
import { type FaultProfile, NO_FAULTS, type ServiceLimits } from "./fault_profile.ts";
import { companyNamed, Workload } from "./workload.ts";
import { EventLoop } from "./world.ts";

/** Everything a run is made of: the same plan is the same run, to the last step. */
export interface Plan {
  readonly seed: string;
  readonly setup: SimulationSetup;
  readonly limits: ServiceLimits;
  readonly fault_profile: FaultProfile;
  readonly script: readonly Step[];
}

const SHORT_MS = 10_000;
/** Past so many steps in one calm something goes round in circles. */
const CALM_STEPS_MAX = 20_000;

/** The simulated world of one run: several processes on one database, and whoever calls them. */
export class SimulatedService implements CalledService {
  readonly trace: Trace;
  readonly auditor: Auditor;
  readonly processes: Process[] = [];
  readonly placement: number[];
  fault_profile: FaultProfile = NO_FAULTS;
  is_quiescing = false;
  readonly #plan: Plan;
  readonly #dice: SeededRandom;
  readonly #world: EventLoop;
  readonly database: Database;
  readonly #callers: Callers;
  readonly #wishes: Workload;
  #incarnations = 0;

  constructor(plan: Plan, listened: boolean) {
    this.#plan = plan;
    this.trace = new Trace(listened);
    const dice = this.#dice = new SeededRandom(`chance ${plan.seed}`);
    this.#world = new EventLoop(this.trace, dice, plan.setup.starts_at_ms, plan.fault_profile.disorder);
    this.database = new Database(this.#world, dice, {
      changesWritten: (changes, held) => this.auditor.changesWritten(changes, held),
      rateCardChanged: () => this.auditor.rateCardChanged(),
    });
    this.auditor = new Auditor(this.database, this.trace);
    this.#callers = new Callers(this.#world, dice, this);
    this.#wishes = new Workload(this.auditor, () => this.#world.now_ms);
    this.placement = plan.setup.zones.map((_, company) => company % plan.setup.processes);
  }

  reportStarvation(what: string): void {
    this.auditor.reportViolation("S17", `${what} is refused again and again, with no fault under way`);
  }

  get has_failed(): boolean {
    return this.auditor.violations.length > 0;
  }

  /** Plays the whole script. It ends at the first violation, or in a calm. */
  async play(): Promise<void> {
    await this.#begin();
    for (const step of this.#plan.script) {
      this.trace.record(step.do);
      if (step.do === "calm") await this.#calm();
      else await this.#take(step);
      await this.#world.flushMicrotasks();
      for (let taken = 0; taken < step.events_after && !this.has_failed; taken++) {
        if (!await this.#world.step()) break;
      }
      if (this.has_failed) return;
    }
    await this.#calm();
  }

  async #begin(): Promise<void> {
    const { setup, fault_profile } = this.#plan;
    for (const feature of FEATURES) {
      const rate = { company: null, feature: feature as FeatureCode, version: 1, credits: credits(2) };
      await this.database.appendRate({
        ...rate,
        effective_from: null,
        from_ms: null,
        recorded_at_ms: 0,
        recorded_by: "simulation",
      });
    }
    for (let process = 0; process < setup.processes; process++) this.#open(process, 0);
    await this.#untilStill();
    setup.zones.forEach((time_zone, company) => {
      const policy = setup.policies[company]!;
      this.#callers.submit(
        this.#wishes.configuration({ do: "configure", company, time_zone, policy, new_number: false }),
      );
    });
    await this.#untilStill();
    this.fault_profile = this.database.fault_profile = fault_profile;
  }

  #open(at: number, ahead_ms: number): void {
    const name = `process ${at + 1}.${++this.#incarnations}`;
    const process = new Process(name, this.#world, this.database, this.#plan.limits, this.auditor, ahead_ms);
    this.processes[at] = process;
    process.start();
  }

  async #take(action: Exclude<Action, { do: "calm" }>): Promise<void> {
    switch (action.do) {
      case "deliver":
        return this.#callers.submit(this.#wishes.delivery(action), action.copies);
      case "use":
        return this.#callers.submit(this.#wishes.usage(action), action.copies);
      case "send":
        return this.#callers.submit(this.#wishes.send(action), action.copies);
      case "agree":
        return this.#callers.submit(this.#wishes.agreement(action));
      case "configure":
        return this.#callers.submit(this.#wishes.configuration(action));
      case "erase":
        return this.#callers.submit(this.#wishes.erasure(action));
      case "pass":
        // Most often whoever waits is answered before much time has passed.
        if (action.ms > SHORT_MS && this.#dice.chance(0.7)) {
          while (!this.has_failed && await this.#world.step());
        }
        return this.#world.advance(action.ms);
      case "crash":
      case "stop":
        return this.#end(action);
      case "clock":
        this.trace.countFault(action.by_ms > 0 ? "clock forward" : "clock back");
        this.processes[action.process]!.clock_ahead_ms += action.by_ms;
        return;
      case "wake":
        if (this.processes[action.process]!.ready) this.processes[action.process]!.runDueWork();
        return;
      case "place":
        if (this.placement[action.company] !== action.process) this.trace.countFault("second owner");
        this.placement[action.company] = action.process;
        return;
      case "watch":
        return void this.auditor.watched.add(companyNamed(action.company));
      case "unwatch":
        return void this.auditor.watched.delete(companyNamed(action.company));
      default:
        return this.#callers.submit(this.#wishes.companyCall(action));
    }
  }

  #end({ do: how, process: at, for_ms, ahead_ms }: Extract<Action, { do: "crash" | "stop" }>): void {
    const process = this.processes[at]!;
    if (!process.alive || !process.ready) return;
    this.trace.countFault(how === "crash" ? "crash" : "stopped in order");
    if (how === "crash") process.crash();
    else process.stop();
    this.#world.schedule(
      { description: `process ${at + 1} is started again`, after_ms: for_ms },
      () => this.#open(at, ahead_ms),
    );
  }

  /** The faults end, everything that is under way comes to its end, and then all must be as it should. */
  async #calm(): Promise<void> {
    this.fault_profile = this.database.fault_profile = {
      ...NO_FAULTS,
      disorder: this.#plan.fault_profile.disorder,
    };
    this.is_quiescing = true;
    await this.#untilStill();
    // Twice: a company that one process has just left may be the other's to bring up to now.
    for (let round = 0; round < 2; round++) {
      for (const process of this.processes) process.runDueWork();
      await this.#untilStill();
    }
    for (const what of this.#callers.unanswered()) this.auditor.reportViolation("S15", what);
    await this.#lookForForgotten();
    await this.#replay();
    if (!this.has_failed) await this.#compare();
    this.fault_profile = this.database.fault_profile = this.#plan.fault_profile;
    this.is_quiescing = false;
  }

  /** What was kept back for a number that somebody has is metered without an operator (S18). */
  async #lookForForgotten(): Promise<void> {
    for (const number of await this.database.quarantine.claimedNumbers()) {
      this.auditor.reportViolation("S18", `an event waits for ${number}, which a company has`);
    }
  }

  /** An operator tries once more what was kept back. */
  async #replay(): Promise<void> {
    for (const { id, event } of await this.auditor.quarantinedEvents()) {
      // Once more: the first try may tell a process that the company is not its own any more.
      let outcome = await this.#comesOf(this.processes[0]!.replay.replayEvent(id));
      if (outcome === "unavailable") outcome = await this.#comesOf(this.processes[0]!.replay.replayEvent(id));
      if (typeof outcome !== "object") continue;
      if (outcome.type === "metered") this.auditor.submitted.replayed(event);
      else if (outcome.reason === "month_final") this.trace.countFault("of a month that is final");
    }
  }

  async #compare(): Promise<void> {
    await this.auditor.compareAll();
    const slowest_ms = Math.min(...this.processes.map(({ now_ms }) => now_ms));
    for (const { company, head } of this.database.companies.storedCompanies()) {
      if (head.due_at_ms <= slowest_ms) {
        this.auditor.reportViolation("S13", `${company} was not brought up to now`);
      }
    }
    await this.#readAfresh();
  }

  /** Whoever begins anew reads what the last one wrote, and shows it (S14). */
  async #readAfresh(): Promise<void> {
    for (const [at, process] of this.processes.entries()) {
      process.crash();
      this.#open(at, process.clock_ahead_ms);
    }
    await this.#untilStill();
    for (const { company } of this.database.companies.storedCompanies()) {
      const at = this.placement[Number(company.slice("company-".length))]!;
      const answer = await this.#comesOf(
        this.processes[at]!.actor_system.execute(company, { type: "read_balance" }),
      );
      if (answer === undefined) return;
      this.auditor.checkAnswer(company, answer);
      const { version } = this.database.companies.stored(company)!.head;
      if (answer.type !== "balance" || answer.balance.version !== version) {
        this.auditor.reportViolation(
          "S14",
          `${company} stands at ${version}, and shows ${JSON.stringify(answer)}`,
        );
      }
    }
  }

  /** What comes of something that is asked in a calm: it must come to something. */
  async #comesOf<T>(asked: Promise<T>): Promise<T | undefined> {
    let outcome: { readonly it: T } | undefined;
    void asked.then((it) => outcome = { it });
    await this.#untilStill();
    if (outcome === undefined && !this.has_failed) {
      this.auditor.reportViolation("S15", "a question was never answered");
    }
    return outcome?.it;
  }

  async #untilStill(): Promise<void> {
    let steps = 0;
    do {
      while (await this.#world.step()) {
        if (this.has_failed) return;
        if (++steps > CALM_STEPS_MAX) return this.auditor.reportViolation("S15", "it never comes to rest");
      }
    } while (this.#world.advanceToNext());
  }
}
