import type { Balance } from "../../../src/domain/company/balance.ts";
import type { Change } from "../../../src/domain/company/change.ts";
import type { Answer, ContactEvent, Send, Usage } from "../../../src/domain/company/command.ts";
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
import { SubmittedInput } from "./answers.ts";

/** An invariant that does not hold. */
export interface Violation {
  /** Its number, as in the README. */
  readonly invariant: string;
  readonly detail: string;
}

/** Watches everything that leaves a process, and everything that is written, and says at once what must not be. */
export class Auditor implements ProcessObserver {
  readonly violations: Violation[] = [];
  readonly submitted: SubmittedInput;
  readonly watched = new Set<CompanyId>();
  readonly #database: Database;
  readonly trace: Trace;
  readonly #books = new Map<CompanyId, ExpectedCompany>();
  readonly #kept = new Map<CompanyId, StoredFacts>();
  /** Changes as they were decided, until it is known whether they were written. */
  readonly #decided = new Map<string, Change[]>();
  /** The newest version each process has published of each company. */
  readonly #published = new Map<Process, Map<CompanyId, number>>();
  #general: readonly RateRow[] = [];

  constructor(database: Database, trace: Trace) {
    this.#database = database;
    this.trace = trace;
    this.submitted = new SubmittedInput(
      database.quarantine,
      (invariant, what) => this.reportViolation(invariant, what),
    );
  }

  reportViolation(invariant: string, detail: string): void {
    this.violations.push({ invariant, detail });
  }

  /** The general card has another version. */
  async rateCardChanged(): Promise<void> {
    this.#general = [...(await this.#database.rates.history()).values()].flat().map(rateRow);
    for (const books of this.#books.values()) books.setRateCard(this.#general);
  }

  changeDecided(_process: Process, change: Change): void {
    const { company, epoch } = change;
    if (!this.#books.has(company)) {
      const stored = this.#database.companies.stored(company)!;
      this.#books.set(
        company,
        new ExpectedCompany(
          stored,
          this.#general,
          (invariant, what) => this.reportViolation(invariant, what),
        ),
      );
    }
    const key = `${company} ${epoch}`;
    const of_epoch = this.#decided.get(key);
    if (of_epoch === undefined) this.#decided.set(key, [change]);
    else of_epoch.push(change);
  }

  /** A statement was carried out: the changes that held are true from now on, as they were decided one by one. */
  changesWritten(changes: readonly Change[], held: ReadonlySet<CompanyId>): void {
    for (const change of changes) {
      if (!held.has(change.company)) continue;
      const { epoch } = this.#storedOf(change.company).head;
      if (change.epoch !== epoch) {
        this.reportViolation(
          "S16",
          `${change.company}: the owner of epoch ${change.epoch} wrote, after that of ${epoch} came`,
        );
      }
      const key = `${change.company} ${change.epoch}`;
      const parts = this.#decided.get(key)!.filter(({ version }) =>
        version > change.from_version && version <= change.version
      );
      if (parts.length > 1) this.trace.countFault("changes merged");
      const books = this.#books.get(change.company)!;
      for (const part of parts) {
        books.apply(part);
        for (const event of part.events) this.#tally(event, books);
      }
      compareTouched(
        books,
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
      this.reportViolation("S6", `${company}: a viewer saw version ${version} after ${before}`);
    }
    versions.set(company, version);
    this.#show(balance, "was published");
  }

  failedUnexpectedly(process: Process, error: unknown): void {
    this.reportViolation("S0", `${process.name}: ${error instanceof Error ? error.stack : error}`);
  }

  /** What a company answered, in the instant it does. */
  checkAnswer(company: CompanyId, answer: Answer): void {
    if (answer.type === "unavailable" && answer.reason === "failed") {
      this.reportViolation("S0", `${company} failed`);
    }
    if (answer.type === "unavailable" && answer.reason === "overloaded") {
      this.trace.countFault("mailbox overflow");
    }
    if ("balance" in answer) this.#show(answer.balance, `was answered with ${answer.type}`);
  }

  acknowledgeDelivery(events: readonly ContactEvent[]): Promise<void> {
    return this.submitted.acknowledged(events, (company) => this.#keptOf(company));
  }

  acknowledgeSend(company: CompanyId, send: Send): void {
    this.submitted.acknowledgeSend(send, this.#keptOf(company)!);
  }

  acknowledgeUsages(company: CompanyId, usages: readonly Usage[]): void {
    this.submitted.acknowledgeUsages(usages, this.#keptOf(company)!);
  }

  /** What an operator would try again. */
  quarantinedEvents(): Promise<{ readonly id: string; readonly event: ContactEvent }[]> {
    return this.submitted.quarantinedEvents((company) => this.#keptOf(company));
  }

  /** All is quiet: everything that was ever told must stand as a fold over it says. */
  async compareAll(): Promise<void> {
    for (const [company, books] of this.#books) {
      const stored = this.#storedOf(company);
      if (books.version !== stored.head.version) {
        this.reportViolation(
          "S6",
          `${company} stands at version ${stored.head.version}, and the books at ${books.version}`,
        );
      }
      compareAll(books, stored, (invariant, what) => this.reportViolation(invariant, what));
      await this.submitted.compare(this.#keptOf(company)!);
    }
  }

  /** Local days closed, of all companies. */
  get company_days(): number {
    let days = 0;
    for (const { company } of this.#books.values()) {
      days += this.#storedOf(company as CompanyId).closed_days.size;
    }
    return days;
  }

  /** A balance may be shown when it is that of a version that is committed, to the last figure (S2). */
  #show(balance: Balance, where: string): void {
    const { company, version } = balance;
    const figures = this.#books.get(company)?.figures.get(version);
    if (figures === undefined) {
      // Of a company that nothing has happened to yet there is nothing to be wrong about.
      if (version > 0) {
        this.reportViolation("S2", `${company}: version ${version} ${where}, and is not committed`);
      }
      return;
    }
    const { period, granted, consumed, available, excess } = balance;
    const { closed_through, open_inbound, open_outbound, closes_at_ms } = balance;
    const shown = `${[period, granted, consumed, closed_through, open_inbound, open_outbound, closes_at_ms]}`;
    const expected = figures.map((f) =>
      `${[f.month, f.granted, f.consumed, f.closed_through, f.open_inbound, f.open_outbound, f.closes_at_ms]}`
    );
    if (!expected.includes(shown)) {
      this.reportViolation(
        "S2",
        `${company}: version ${version} ${where} as ${shown}, and is ${expected.at(-1)}`,
      );
    }
    if (available !== Math.max(0, granted - consumed) || excess !== Math.max(0, consumed - granted)) {
      this.reportViolation(
        "S2",
        `${company}: ${available} available and ${excess} in excess of ${granted} - ${consumed}`,
      );
    }
  }

  #keptOf(company: CompanyId): StoredFacts | undefined {
    const books = this.#books.get(company);
    let kept = this.#kept.get(company);
    if (kept === undefined && books !== undefined) {
      this.#kept.set(company, kept = new StoredFacts(books, this.#storedOf(company)));
    }
    return kept;
  }

  #storedOf(company: CompanyId): StoredCompany {
    return this.#database.companies.stored(company)!;
  }

  #tally(event: CompanyEvent, books: ExpectedCompany): void {
    const trace = this.trace;
    switch (event.type) {
      case "day_closed":
        return void trace.countFault("midnight");
      case "period_closed":
        return void trace.countFault("month end");
      case "entry_posted":
        return void (event.entry.late && trace.countFault("days late"));
      case "settings_versioned":
        if (event.settings.time_zone !== books.settings.at(-2)!.time_zone) trace.countFault("zone change");
        else trace.countFault("policy change");
        return;
      case "contract_versioned":
        return void trace.countFault("contract change");
      case "rate_versioned":
        return void trace.countFault("own price");
      case "key_learned":
        return void (event.person.keys.size > 1 && trace.countFault("alias learned"));
      case "people_merged":
        return void trace.countFault("people merged");
      case "person_erased":
        return void trace.countFault("person erased");
      case "fact_stored":
        if (event.fact.kind === "number_changed") trace.countFault("number change");
        if (event.fact.message === books.last_message_key) trace.countFault("let go of memory");
        return;
      case "quarantined":
        return void (event.event.reason === "too_old"
          ? trace.countFault("too old")
          : event.event.reason === "in_the_future"
          ? trace.countFault("ahead of our clock")
          : event.event.reason === "month_final" && trace.countFault("of a month that is final"));
    }
  }
}
