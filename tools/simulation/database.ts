import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { Change } from "../../src/domain/company/change.ts";
import type { CompanyEvent } from "../../src/domain/company/event.ts";
import type { NewCompany } from "../../src/domain/company/new_company.ts";
import type { Person } from "../../src/domain/company/person.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MemoryPhoneNumbers } from "../../tests/support/memory_store/phone_numbers.ts";
import { MemoryQuarantine } from "../../tests/support/memory_store/quarantine.ts";
import { MemoryRateCard } from "../../tests/support/memory_store/rates.ts";
import { MemoryStore } from "../../tests/support/memory_store/store.ts";
import type { Fault } from "./trace.ts";
import type { FaultProfile } from "./fault_profile.ts";
import { NO_FAULTS } from "./fault_profile.ts";
import type { EventLoop, EventOwner } from "./world.ts";

/** What every fault of the simulated network and of Postgres looks like to a process. */
export class ConnectionError extends Error {}

/** A process that has connections. */
export interface DatabaseClient extends EventOwner {
  readonly alive: boolean;
}

/** Who sees what happens to the database, in the instant it does. */
export interface DatabaseObserver {
  changesWritten(changes: readonly Change[], held: ReadonlySet<CompanyId>): void;
  /** The general card has another version. */
  rateCardChanged(): Promise<void>;
}

/** Something that was carried out on the companies, as it can be carried out once more on another store. */
export type Statement =
  | { readonly type: "make"; readonly company: CompanyId; readonly made: NewCompany }
  | { readonly type: "take over"; readonly company: CompanyId; readonly epoch: number | undefined }
  | { readonly type: "write"; readonly changes: readonly Change[]; readonly held: ReadonlySet<CompanyId> };

/** What a statement does, which decides how it can fail. */
type Kind = "write" | "activation" | "load" | "read";

const MINUTE_MS = 60_000;

/**
 * Postgres, as far as processes can tell: the stand-in in memory behind connections that lose, delay and reorder what
 * is sent over them. A statement arrives, is carried out at once and whole, and its result travels back; between any
 * two of these its connection or its process can die.
 */
export class Database {
  readonly companies = new MemoryStore();
  readonly phone_numbers = new MemoryPhoneNumbers(this.companies);
  readonly rates = new MemoryRateCard(this.companies);
  readonly quarantine = new MemoryQuarantine(this.companies);
  /** Everything that was carried out on the companies, in order. */
  readonly statements: Statement[] = [];
  fault_profile: FaultProfile = NO_FAULTS;
  readonly #world: EventLoop;
  readonly #dice: SeededRandom;
  readonly #bystander: DatabaseObserver;

  constructor(
    world: EventLoop,
    dice: SeededRandom,
    bystander: DatabaseObserver,
  ) {
    this.#world = world;
    this.#dice = dice;
    this.#bystander = bystander;
  }

  /** A statement of a journal's lane. What it says is fixed when it is sent. */
  write(client: DatabaseClient, lane: number, changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    const sent = changes.map(asSent);
    const what = `lane ${lane} writes ${changes.map((c) => `${c.company} to ${c.version}`).join(", ")}`;
    if (changes.length > 1) this.#world.trace.countFault("statement of many");
    return this.call(client, "write", what, async () => {
      const held = await this.companies.write(sent);
      this.statements.push({ type: "write", changes: sent, held });
      this.#bystander.changesWritten(sent, held);
      if (held.size < sent.length) this.#world.trace.countFault("fenced off");
      return held;
    });
  }

  /** Makes a company. */
  createCompany(company: CompanyId, made: NewCompany): Promise<boolean> {
    this.statements.push({ type: "make", company, made });
    return this.companies.create(company, made);
  }

  /** Raises a company's epoch, which shuts every other owner out. */
  async raiseEpoch(company: CompanyId): Promise<number | undefined> {
    const epoch = await this.companies.raiseEpoch(company);
    this.statements.push({ type: "take over", company, epoch });
    return epoch;
  }

  /** Adds a general price. */
  async appendRate(...given: Parameters<MemoryRateCard["append"]>): Promise<boolean> {
    const added = await this.rates.append(...given);
    if (added) await this.#bystander.rateCardChanged();
    return added;
  }

  /** Any other statement. Settles as it would for the process that sent it; never, once that is dead. */
  call<T>(client: DatabaseClient, kind: Kind, what: string, work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { trace } = this.#world;
    const owner = client;
    const fail = (why: string) => {
      if (client.alive) reject(new ConnectionError(why));
    };
    const writes = kind === "write" || kind === "activation";
    const arrive = (may_be_late: boolean) => {
      const { fault_profile } = this;
      if (!client.alive) return void work();
      if (!writes && this.#falls(fault_profile.read_fails)) {
        trace.countFault(kind === "load" ? "load failed" : "read failed");
        return fail("the connection was refused");
      }
      if (writes && this.#falls(fault_profile.write_refused)) {
        trace.countFault(kind === "activation" ? "activation failed" : "write refused");
        return fail("the connection was refused");
      }
      if (writes && this.#falls(fault_profile.connection_dies)) {
        this.#orphan(what, work);
        return fail("the connection died");
      }
      if (may_be_late && this.#falls(fault_profile.delayed)) {
        trace.countFault("delayed");
        const after_ms = this.#dice.between(1_000, 5 * MINUTE_MS);
        return this.#world.schedule(
          { description: `${what}, late`, owner, sent: writes, after_ms },
          () => arrive(false),
        );
      }
      const done = work();
      this.#world.schedule({ description: `${client.name} hears of it: ${what}`, owner }, () => {
        if (writes && this.#falls(this.fault_profile.reply_lost)) {
          trace.countFault(kind === "activation" ? "activation failed" : "write done, reply lost");
          return fail("the connection died before the reply");
        }
        resolve(done);
      });
    };
    this.#world.schedule({ description: `${client.name}: ${what}`, owner, sent: writes }, () => arrive(true));
    return promise;
  }

  /** Its connection died on the way: it may have reached the server all the same, and be carried out yet. */
  #orphan(what: string, work: () => Promise<unknown>): void {
    const fate: Fault = this.#dice.chance(0.5)
      ? "connection died, write went through later"
      : "connection died, write never arrived";
    this.#world.trace.countFault(fate);
    if (fate === "connection died, write never arrived") return;
    const after_ms = this.#dice.chance(0.5) ? 0 : this.#dice.between(0, 10 * MINUTE_MS);
    this.#world.schedule({ description: `without a connection: ${what}`, after_ms }, () => void work());
  }

  #falls(probability: number): boolean {
    return probability > 0 && this.#dice.chance(probability);
  }
}

/** A change as the bytes that are sent would have it: whatever its owner does to a person later is not in it. */
function asSent(change: Change): Change {
  return { ...change, events: change.events.map(eventAsSent) };
}

function eventAsSent(event: CompanyEvent): CompanyEvent {
  switch (event.type) {
    case "key_learned":
    case "person_erased":
      return { ...event, person: personAsSent(event.person) };
    case "people_merged":
      return { ...event, into: personAsSent(event.into), from: personAsSent(event.from) };
    default:
      return event;
  }
}

function personAsSent(person: Person): Person {
  return { ...person, keys: new Map(person.keys) };
}
