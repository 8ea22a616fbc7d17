import type { Balance } from "../../../src/domain/company/balance.ts";
import type { Change } from "../../../src/domain/company/change.ts";
import type { Answer, ContactEvent, Send, SendFailure, Usage } from "../../../src/domain/company/command.ts";
import type { CompanyEvent } from "../../../src/domain/company/event.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { StoredCompany } from "../../../tests/support/memory_store/company.ts";
import type { Database } from "../database.ts";
import type { Process, ProcessObserver } from "../process.ts";
import type { Trace } from "../trace.ts";
import type { RateRow } from "../../audit/prices.ts";
import { ExpectedCompany } from "./expected_company.ts";
import { StoredFacts } from "./stored_facts.ts";
import { rateRow } from "./rows.ts";
import { compareAll, compareTouched } from "./compare.ts";
import { MINUTE_MS } from "../../../src/time/units.ts";
import { type MovedDelivery, MovedEvents } from "./moved_events.ts";
import { type ReplayableEvent, SubmittedInput } from "./submitted_input.ts";

/** A broken invariant. */
export interface Violation {
  /** Its number in the README, such as `SIM-3`. */
  readonly invariant: string;
  readonly detail: string;
}

/** How wrong a clock may be that closes days: 5 minutes, and half the time that a comparison may take. */
const CLOCK_WRONG_MS_MAX = 5.5 * MINUTE_MS;

/** Checks every answer, published balance and write as it happens, and collects the broken invariants. */
export class Auditor implements ProcessObserver {
  readonly violations: Violation[] = [];
  readonly submitted: SubmittedInput;
  /** Events of the number that moves between companies. */
  readonly moved: MovedEvents;
  /** Companies with an open balance stream. */
  readonly watched = new Set<CompanyId>();
  readonly #database: Database;
  readonly trace: Trace;
  readonly #expected = new Map<CompanyId, ExpectedCompany>();
  readonly #stored_facts = new Map<CompanyId, StoredFacts>();
  /** Decided changes by company and epoch. */
  readonly #decided = new Map<string, Change[]>();
  /** The newest version each process has published of each company. */
  readonly #published = new Map<Process, Map<CompanyId, number>>();
  /** The newest version that an answer has shown of each company. */
  readonly #answered = new Map<CompanyId, number>();
  #rate_card: readonly RateRow[] = [];

  constructor(database: Database, trace: Trace) {
    this.#database = database;
    this.trace = trace;
    this.moved = new MovedEvents(database, (invariant, what) => this.reportViolation(invariant, what));
    this.submitted = new SubmittedInput(
      database.quarantine,
      this.moved,
      (invariant, what) => this.reportViolation(invariant, what),
    );
  }

  /** Records a broken invariant. */
  reportViolation(invariant: string, detail: string): void {
    this.violations.push({ invariant, detail });
  }

  /** Reads the rate card again after it has changed. */
  async rateCardChanged(): Promise<void> {
    this.#rate_card = [...(await this.#database.rates.history()).values()].flat().map(rateRow);
    for (const expected of this.#expected.values()) expected.setRateCard(this.#rate_card);
  }

  changeDecided(process: Process, change: Change): void {
    const { company, epoch } = change;
    const closes = change.events.some(({ type }) => type === "day_closed");
    if (closes && Math.abs(process.clock_ahead_ms) > CLOCK_WRONG_MS_MAX) {
      this.reportViolation("SIM-22", `${company}: ${process.name} closed a day although its clock is wrong`);
    }
    if (!this.#expected.has(company)) {
      const stored = this.#database.companies.stored(company)!;
      this.#expected.set(
        company,
        new ExpectedCompany(
          stored,
          this.#rate_card,
          (invariant, what) => this.reportViolation(invariant, what),
        ),
      );
    }
    const key = `${company} ${epoch}`;
    const of_epoch = this.#decided.get(key);
    if (of_epoch === undefined) this.#decided.set(key, [change]);
    else of_epoch.push(change);
  }

  /** Applies the accepted changes of a write one by one, as they were decided, and compares the stored rows. */
  changesWritten(changes: readonly Change[], accepted: ReadonlySet<CompanyId>): void {
    for (const change of changes) {
      if (!accepted.has(change.company)) continue;
      const { epoch } = this.#storedOf(change.company).head;
      if (change.epoch !== epoch) {
        this.reportViolation(
          "SIM-16",
          `${change.company}: the owner of epoch ${change.epoch} wrote in epoch ${epoch}`,
        );
      }
      const key = `${change.company} ${change.epoch}`;
      const parts = this.#decided.get(key)!.filter(({ version }) =>
        version > change.from_version && version <= change.version
      );
      if (parts.length > 1) this.trace.countFault("changes merged");
      const expected = this.#expected.get(change.company)!;
      for (const part of parts) {
        expected.apply(part);
        for (const event of part.events) this.#countRareEvent(event, expected);
      }
      compareTouched(
        expected,
        this.#storedOf(change.company),
        (invariant, what) => this.reportViolation(invariant, what),
      );
    }
  }

  isWatched(company: CompanyId): boolean {
    return this.watched.has(company);
  }

  balancePublished(process: Process, balance: Balance): void {
    const { company, version } = balance;
    let versions = this.#published.get(process);
    if (versions === undefined) this.#published.set(process, versions = new Map());
    const before = versions.get(company) ?? -1;
    if (version <= before) {
      this.reportViolation("SIM-6", `${company}: a viewer saw version ${version} after ${before}`);
    }
    versions.set(company, version);
    this.#checkBalance(balance, "was published");
  }

  failedUnexpectedly(process: Process, error: unknown): void {
    this.reportViolation("SIM-0", `${process.name}: ${error instanceof Error ? error.stack : error}`);
  }

  /** Returns the newest version that an answer has shown; -1: none has. */
  newestAnswered(company: CompanyId): number {
    return this.#answered.get(company) ?? -1;
  }

  /** Checks an answer at the moment a company gives it. @param at_least the oldest version that it may show */
  checkAnswer(company: CompanyId, answer: Answer, at_least = -1): void {
    if (answer.type === "unavailable" && answer.reason === "failed") {
      this.reportViolation("SIM-0", `${company} failed`);
    }
    if (answer.type === "unavailable" && answer.reason === "overloaded") {
      this.trace.countFault("mailbox overflow");
    }
    if (answer.type === "unavailable" && answer.reason === "owner_unreachable") {
      this.trace.countFault("owner unreachable");
    }
    // A repeated report is answered as the first one was.
    if (answer.type === "balance") {
      const { version } = answer.balance;
      if (version < at_least) {
        this.reportViolation("SIM-27", `${company}: version ${version} was read after ${at_least}`);
      }
      this.#answered.set(company, Math.max(version, this.newestAnswered(company)));
    }
    if ("balance" in answer) this.#checkBalance(answer.balance, `was answered with ${answer.type}`);
  }

  /** Checks the events of a delivery that was acknowledged. */
  acknowledgeDelivery(events: readonly ContactEvent[]): Promise<void> {
    return this.submitted.acknowledgeEvents(events, (company) => this.#storedFactsOf(company));
  }

  /** Checks an attempt to deliver events of the number that moves. */
  async acknowledgeMoved(events: readonly ContactEvent[], delivery: MovedDelivery): Promise<boolean> {
    return await this.moved.end(events, delivery, (company) => this.#storedFactsOf(company));
  }

  /** Checks a send that was allowed. */
  acknowledgeSend(company: CompanyId, send: Send): void {
    this.submitted.acknowledgeSend(send, this.#storedFactsOf(company)!);
  }

  /** Checks a failure of a send that was recorded. */
  acknowledgeSendFailure(company: CompanyId, failure: SendFailure): void {
    this.submitted.failures.acknowledge(failure, this.#storedFactsOf(company)!);
  }

  /** Checks usages that were counted. */
  acknowledgeUsages(company: CompanyId, usages: readonly Usage[]): void {
    this.submitted.acknowledgeUsages(usages, this.#storedFactsOf(company)!);
  }

  /** Returns the quarantined events that an operator can replay. */
  quarantinedEvents(): Promise<readonly ReplayableEvent[]> {
    return this.submitted.quarantinedEvents((company) => this.#storedFactsOf(company));
  }

  /** Compares every company at rest with a fold over all its input. */
  async compareAll(): Promise<void> {
    for (const [company, expected] of this.#expected) {
      const stored = this.#storedOf(company);
      if (expected.version !== stored.head.version) {
        this.reportViolation(
          "SIM-6",
          `${company} is stored at version ${stored.head.version} instead of ${expected.version}`,
        );
      }
      compareAll(expected, stored, (invariant, what) => this.reportViolation(invariant, what));
      await this.submitted.compare(this.#storedFactsOf(company)!);
    }
  }

  /** The number of closed local days of all companies. */
  get company_days(): number {
    let days = 0;
    for (const { company } of this.#expected.values()) {
      days += this.#storedOf(company as CompanyId).closed_days.size;
    }
    return days;
  }

  /** Checks that a balance equals that of a committed version, in every figure (SIM-2). */
  #checkBalance(balance: Balance, where: string): void {
    const { company, version } = balance;
    const figures = this.#expected.get(company)?.figures.get(version);
    if (figures === undefined) {
      // A company without any change has no committed version yet.
      if (version > 0) {
        this.reportViolation("SIM-2", `${company}: version ${version} ${where}, but is not committed`);
      }
      return;
    }
    const { period, granted, consumed, available, excess } = balance;
    const { closed_through, open_inbound, open_outbound, closes_at_ms } = balance;
    const shown = `${[period, granted, consumed, closed_through, open_inbound, open_outbound, closes_at_ms]}`;
    const allowed = figures.map((f) =>
      `${[f.month, f.granted, f.consumed, f.closed_through, f.open_inbound, f.open_outbound, f.closes_at_ms]}`
    );
    if (!allowed.includes(shown)) {
      this.reportViolation(
        "SIM-2",
        `${company}: version ${version} ${where} as ${shown} instead of ${allowed.at(-1)}`,
      );
    }
    if (available !== Math.max(0, granted - consumed) || excess !== Math.max(0, consumed - granted)) {
      this.reportViolation(
        "SIM-2",
        `${company}: ${available} available and ${excess} in excess of ${granted} - ${consumed}`,
      );
    }
  }

  #storedFactsOf(company: CompanyId): StoredFacts | undefined {
    const expected = this.#expected.get(company);
    let stored_facts = this.#stored_facts.get(company);
    if (stored_facts === undefined && expected !== undefined) {
      this.#stored_facts.set(company, stored_facts = new StoredFacts(expected, this.#storedOf(company)));
    }
    return stored_facts;
  }

  #storedOf(company: CompanyId): StoredCompany {
    return this.#database.companies.stored(company)!;
  }

  #countRareEvent(event: CompanyEvent, expected: ExpectedCompany): void {
    const trace = this.trace;
    switch (event.type) {
      case "day_closed":
        return void trace.countFault("midnight");
      case "period_closed":
        return void trace.countFault("month end");
      case "entry_posted":
        return void (event.entry.late && trace.countFault("days late"));
      case "settings_versioned":
        if (event.settings.time_zone !== expected.settings.at(-2)!.time_zone) trace.countFault("zone change");
        else trace.countFault("policy change");
        return;
      case "contract_versioned":
        return void trace.countFault("contract change");
      case "rate_versioned":
        return void trace.countFault("rate override");
      case "number_account_set":
        return void trace.countFault("account change");
      case "key_learned":
        return void (event.person.keys.size > 1 && trace.countFault("alias learned"));
      case "people_merged":
        return void trace.countFault("people merged");
      case "person_erased":
        return void trace.countFault("person erased");
      case "fact_stored":
        if (event.fact.kind === "send_failed") trace.countFault("send failed");
        if (event.fact.kind === "called") trace.countFault("call");
        if (event.fact.kind === "number_changed") trace.countFault("number change");
        if (event.fact.message === expected.last_message_key) trace.countFault("state evicted");
        return;
      case "quarantined":
        return void (event.event.reason === "too_old"
          ? trace.countFault("too old")
          : event.event.reason === "in_the_future"
          ? trace.countFault("future event")
          : event.event.reason === "month_final" && trace.countFault("final month"));
    }
  }
}
