import type { CompanyId } from "../../src/domain/types.ts";
import type { Database } from "./database.ts";
import type { EventLoop } from "./event_loop.ts";
import type { Auditor } from "./oracle/auditor.ts";
import type { Process } from "./process.ts";

/** The service whose work has finished. */
export interface RestingService {
  readonly event_loop: EventLoop;
  readonly database: Database;
  readonly auditor: Auditor;
  /** The processes that run now, in their order. */
  readonly processes: readonly Process[];
  readonly is_cluster: boolean;
  /** Returns the process that the calls for a company go to. */
  processOf(company: CompanyId): Process;
  /** Lets all pending work finish. */
  runUntilIdle(): Promise<void>;
  /** Kills every process and starts it again. */
  restartAll(): void;
}

/** Checks the invariants that hold while no fault is active and no work is left. */
export class ChecksAtRest {
  readonly #service: RestingService;

  constructor(service: RestingService) {
    this.#service = service;
  }

  /** Checks all of them. It replays what is quarantined, and restarts every process. */
  async check(): Promise<void> {
    if (this.#service.is_cluster) await this.#readFromAllNodes();
    await this.#checkClaimedQuarantine();
    await this.#replayQuarantine();
    if (!this.#has_failed) await this.#compare();
  }

  get #has_failed(): boolean {
    return this.#service.auditor.violations.length > 0;
  }

  /** Reads every company from every node, which must find its owner (SIM-26). */
  async #readFromAllNodes(): Promise<void> {
    for (const { company } of this.#service.database.companies.storedCompanies()) {
      for (const { name, companies } of this.#service.processes) {
        const answer = await this.#resultOf(companies.execute(company, { type: "read_balance" }));
        if (answer === undefined) return;
        this.#service.auditor.checkAnswer(company, answer);
        if (answer.type === "balance") continue;
        this.#service.auditor.reportViolation(
          "SIM-26",
          `${name} reads ${company}, and gets ${JSON.stringify(answer)}`,
        );
      }
    }
  }

  /** Whether a company is due, or a quarantined event waits for a number that a company has claimed. */
  async hasWorkLeft(): Promise<boolean> {
    return this.#dueCompanies().length > 0 ||
      (await this.#service.database.quarantine.claimedNumbers()).length > 0;
  }

  /** Lists the companies with a day that is over by every clock that closes their days. */
  #dueCompanies(): string[] {
    return this.#service.database.companies.storedCompanies()
      .filter(({ company, head }) => head.due_at_ms <= this.#slowestClockOf(company))
      .map(({ company }) => company);
  }

  #slowestClockOf(company: CompanyId): number {
    const closing = this.#service.processes.filter(({ is_certain, placement }) =>
      is_certain && placement.owns(company)
    );
    return closing.length === 0 ? -Infinity : Math.min(...closing.map(({ now_ms }) => now_ms));
  }

  /** Checks that no quarantined event waits for a claimed number (SIM-18). */
  async #checkClaimedQuarantine(): Promise<void> {
    for (const number of await this.#service.database.quarantine.claimedNumbers()) {
      this.#service.auditor.reportViolation(
        "SIM-18",
        `a quarantined event waits for ${number}, which a company has claimed`,
      );
    }
  }

  /** Replays every quarantined event, as an operator does. */
  async #replayQuarantine(): Promise<void> {
    for (const { id, event, received_at_ms } of await this.#service.auditor.quarantinedEvents()) {
      // Two attempts: the first may only tell the process that it has lost the company.
      let outcome = await this.#resultOf(this.#service.processes[0]!.replay.replayEvent(id));
      if (outcome === "unavailable") {
        outcome = await this.#resultOf(this.#service.processes[0]!.replay.replayEvent(id));
      }
      if (typeof outcome !== "object") continue;
      if (outcome.type === "metered") {
        const { now_ms } = this.#service.processes[0]!;
        this.#service.auditor.submitted.markReplayed(event, received_at_ms, now_ms);
      } else if (outcome.reason === "month_final") this.#service.auditor.trace.countFault("final month");
    }
  }

  async #compare(): Promise<void> {
    await this.#service.auditor.compareAll();
    for (const company of this.#dueCompanies()) {
      this.#service.auditor.reportViolation("SIM-13", `${company} is still due`);
    }
    await this.#compareAfterRestart();
  }

  /** Restarts all processes and compares the balances they read with the stored version (SIM-14). */
  async #compareAfterRestart(): Promise<void> {
    let written: string;
    // Processes that start replay events whose time has come, and may take a company from each other. So they are
    // restarted until a start writes nothing: then no process holds a company that another has changed.
    do {
      written = this.#storedVersions();
      this.#service.restartAll();
      await this.#service.runUntilIdle();
    } while (!this.#has_failed && written !== this.#storedVersions());
    for (const { company } of this.#service.database.companies.storedCompanies()) {
      const answer = await this.#resultOf(
        this.#service.processOf(company).companies.execute(company, { type: "read_balance" }),
      );
      if (answer === undefined) return;
      this.#service.auditor.checkAnswer(company, answer);
      const { version } = this.#service.database.companies.stored(company)!.head;
      if (answer.type !== "balance" || answer.balance.version !== version) {
        this.#service.auditor.reportViolation(
          "SIM-14",
          `${company} is stored at version ${version}, and returns ${JSON.stringify(answer)}`,
        );
      }
    }
  }

  #storedVersions(): string {
    const stored = this.#service.database.companies.storedCompanies();
    return stored.map(({ company, head }) => `${company} ${head.version}`).join();
  }

  /** Runs the event loop until the work settles, and returns its result. It must settle (SIM-15). */
  async #resultOf<T>(work: Promise<T>): Promise<T | undefined> {
    let outcome: { readonly value: T } | undefined;
    void work.then((value) => outcome = { value });
    // An active company answers without any event.
    await this.#service.event_loop.flushMicrotasks();
    await this.#service.runUntilIdle();
    if (outcome === undefined && !this.#has_failed) {
      this.#service.auditor.reportViolation("SIM-15", "a call never settled");
    }
    return outcome?.value;
  }
}
