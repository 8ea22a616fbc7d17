import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Change } from "../../src/domain/company/change.ts";
import type { CompanyEvent } from "../../src/domain/company/event.ts";
import type { NewCompany } from "../../src/domain/company/new_company.ts";
import type { Person } from "../../src/domain/company/person.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MINUTE_MS } from "../../src/time/units.ts";
import { MemoryPhoneNumbers } from "../../tests/support/memory_store/phone_numbers.ts";
import { MemoryQuarantine } from "../../tests/support/memory_store/quarantine.ts";
import { MemoryRateCard } from "../../tests/support/memory_store/rate_card.ts";
import { MemoryStore } from "../../tests/support/memory_store/store.ts";
import type { Fault } from "./trace.ts";
import type { FaultProfile } from "./fault_profile.ts";
import { NO_FAULTS } from "./fault_profile.ts";
import type { EventLoop, EventOwner } from "./event_loop.ts";

/** The error that a process gets for every fault of the simulated network and Postgres. */
export class ConnectionError extends Error {}

/** A process with connections to the database. */
export interface DatabaseClient extends EventOwner {
  readonly alive: boolean;
  /** Whether nothing travels between it and the database. */
  readonly is_cut_from_postgres: boolean;
}

/** Observes the database at the moment it changes. */
export interface DatabaseObserver {
  /** Called with the changes of a write and the companies whose change was accepted. */
  changesWritten(
    client: DatabaseClient,
    changes: readonly Change[],
    accepted: ReadonlySet<CompanyId>,
  ): void;
  /** Called when a client has raised a company's epoch. */
  companyActivated(client: DatabaseClient, company: CompanyId): void;
  /** Called after the rate card has changed. */
  rateCardChanged(): Promise<void>;
}

/** A statement that was executed, in a form that another store can execute too. */
export type Statement =
  | { readonly type: "create"; readonly company: CompanyId; readonly new_company: NewCompany }
  | { readonly type: "raise epoch"; readonly company: CompanyId; readonly epoch: number | undefined }
  | {
    readonly type: "write";
    readonly changes: readonly Change[];
    readonly accepted: ReadonlySet<CompanyId>;
  };

/** When a client gives up a statement that is not answered. */
const ANSWER_TIMEOUT_MS = 15_000;

/** The kind of a statement, which decides how it can fail. */
type Kind = "write" | "activation" | "load" | "read";

/**
 * Postgres as processes see it: the memory store behind connections that lose, delay and reorder messages. A statement
 * arrives, executes atomically, and its result travels back. Between any two of these its connection or its process
 * can die.
 */
export class Database {
  readonly companies = new MemoryStore();
  readonly phone_numbers = new MemoryPhoneNumbers(this.companies);
  readonly rates = new MemoryRateCard(this.companies);
  readonly quarantine = new MemoryQuarantine(this.companies);
  /** All statements that were executed on companies, in order. */
  readonly statements: Statement[] = [];
  fault_profile: FaultProfile = NO_FAULTS;
  readonly #event_loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #observer: DatabaseObserver;

  constructor(
    event_loop: EventLoop,
    random: SeededRandom,
    observer: DatabaseObserver,
  ) {
    this.#event_loop = event_loop;
    this.#random = random;
    this.#observer = observer;
  }

  /** Sends a write of a journal lane. Its changes are copied when it is sent. */
  write(client: DatabaseClient, lane: number, changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    const sent = changes.map(copyOfChange);
    const what = `lane ${lane} writes ${changes.map((c) => `${c.company} to ${c.version}`).join(", ")}`;
    if (changes.length > 1) this.#event_loop.trace.countFault("batched statement");
    return this.call(client, "write", what, async () => {
      const accepted = await this.companies.write(sent);
      this.statements.push({ type: "write", changes: sent, accepted });
      this.#observer.changesWritten(client, sent, accepted);
      if (accepted.size < sent.length) this.#event_loop.trace.countFault("fenced off");
      return accepted;
    });
  }

  /** Creates a company. */
  createCompany(company: CompanyId, new_company: NewCompany): Promise<boolean> {
    this.statements.push({ type: "create", company, new_company });
    return this.companies.create(company, new_company);
  }

  /** Raises a company's epoch, which fences every other owner. */
  async raiseEpoch(client: DatabaseClient, company: CompanyId): Promise<number | undefined> {
    const epoch = await this.companies.raiseEpoch(company);
    this.#observer.companyActivated(client, company);
    this.statements.push({ type: "raise epoch", company, epoch });
    return epoch;
  }

  /** Appends a price to the rate card. */
  async appendRate(...given: Parameters<MemoryRateCard["append"]>): Promise<boolean> {
    const added = await this.rates.append(...given);
    if (added) await this.#observer.rateCardChanged();
    return added;
  }

  /** Sends any other statement. The promise settles as it does for a real client, and never after the client crashed. */
  call<T>(client: DatabaseClient, kind: Kind, what: string, work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { trace } = this.#event_loop;
    const owner = client;
    const fail = (why: string) => {
      if (!client.alive) return;
      if (!client.is_paused) return reject(new ConnectionError(why));
      this.#event_loop.schedule(
        { description: `${client.name} learns of a failure: ${what}`, owner },
        () => reject(new ConnectionError(why)),
      );
    };
    const timeOut = () =>
      this.#event_loop.schedule(
        {
          description: `${client.name} gives up: ${what}`,
          owner,
          after_ms: ANSWER_TIMEOUT_MS,
          ends_fault: true,
        },
        () => reject(new ConnectionError("Postgres did not answer")),
      );
    const writes = kind === "write" || kind === "activation";
    const arrive = (may_be_late: boolean) => {
      const { fault_profile } = this;
      if (!client.alive) return void work();
      if (client.is_cut_from_postgres) return timeOut();
      if (!writes && this.#occurs(fault_profile.read_fails)) {
        trace.countFault(kind === "load" ? "load failed" : "read failed");
        return fail("the connection was refused");
      }
      if (writes && this.#occurs(fault_profile.write_refused)) {
        trace.countFault(kind === "activation" ? "activation failed" : "write refused");
        return fail("the connection was refused");
      }
      if (writes && this.#occurs(fault_profile.connection_dies)) {
        this.#orphanWrite(what, work);
        return fail("the connection died");
      }
      if (may_be_late && this.#occurs(fault_profile.delayed)) {
        trace.countFault("delayed");
        const after_ms = this.#random.between(1_000, 5 * MINUTE_MS);
        return this.#event_loop.schedule(
          { description: `${what}, late`, owner, sent: writes, after_ms, ends_fault: true },
          () => arrive(false),
        );
      }
      const done = work();
      this.#event_loop.schedule({ description: `${client.name} receives the result: ${what}`, owner }, () => {
        if (writes && this.#occurs(this.fault_profile.reply_lost)) {
          trace.countFault(kind === "activation" ? "activation failed" : "write done, reply lost");
          return fail("the connection died before the reply");
        }
        if (client.is_cut_from_postgres) return void timeOut();
        resolve(done);
      });
    };
    this.#event_loop.schedule(
      { description: `${client.name}: ${what}`, owner, sent: writes },
      () => arrive(true),
    );
    return promise;
  }

  /** Handles a write whose connection died on the way: it may still reach the server and execute later. */
  #orphanWrite(what: string, work: () => Promise<unknown>): void {
    const fate: Fault = this.#random.chance(0.5)
      ? "connection died, write went through later"
      : "connection died, write never arrived";
    this.#event_loop.trace.countFault(fate);
    if (fate === "connection died, write never arrived") return;
    const after_ms = this.#random.chance(0.5) ? 0 : this.#random.between(0, 10 * MINUTE_MS);
    this.#event_loop.schedule({ description: `orphaned: ${what}`, after_ms }, () => void work());
  }

  #occurs(probability: number): boolean {
    return probability > 0 && this.#random.chance(probability);
  }
}

/** Copies a change as serializing it would: what its owner does to a person later is not in the copy. */
function copyOfChange(change: Change): Change {
  return { ...change, events: change.events.map(copyOfEvent) };
}

function copyOfEvent(event: CompanyEvent): CompanyEvent {
  switch (event.type) {
    case "key_learned":
    case "person_erased":
      return { ...event, person: copyOfPerson(event.person) };
    case "people_merged":
      return { ...event, into: copyOfPerson(event.into), from: copyOfPerson(event.from) };
    default:
      return event;
  }
}

function copyOfPerson(person: Person): Person {
  return { ...person, keys: new Map(person.keys) };
}
