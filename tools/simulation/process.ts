import type { World as ActorWorld } from "../../src/ports.ts";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import { Erasure } from "../../actors/erasure.ts";
import { GeneralCard } from "../../actors/rate_card.ts";
import { Inbox } from "../../actors/inbox.ts";
import { Registry } from "../../actors/company_registry.ts";
import { Replay } from "../../actors/quarantine_replay.ts";
import { Roster } from "../../actors/actor_system.ts";
import { Sweep } from "../../actors/scheduler.ts";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { Change } from "../../src/domain/company/change.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import {
  erasureStore,
  generalCardStore,
  keptEvents,
  quarantineOf,
  registryStore,
} from "../../src/adapters.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import type { Client, Database } from "./database.ts";
import { Outage } from "./database.ts";
import type { Bounds } from "./fault_profile.ts";
import type { World } from "./world.ts";

/** Who hears what a process does, to hold it against what is kept. */
export interface Witness {
  /** A change is given to the journal. */
  decided(process: Process, change: Change): void;
  isWatched(company: CompanyId): boolean;
  published(process: Process, balance: Balance): void;
  /** Something threw that no fault of ours explains. */
  broke(process: Process, error: unknown): void;
}

/** The secret of the service, the same for every process on the database. */
export const SERVICE_KEYRING = new Keyring(new Uint8Array(32).fill(42));

const RESTART_MS = 5_000;
/** As in `main.ts`. */
const STOP_DEADLINE_MS = 8_000;
/** Timers are never early, and may be as late. */
const TIMER_LATE_MS = 400;

/** One process of the service: the real actors, composed as `main.ts` does, on the simulated outside. */
export class Process implements Client {
  readonly name: string;
  alive = true;
  /** It takes requests. */
  ready = false;
  /** How far its clock is from the true time. */
  clock_ahead_ms: number;
  readonly roster: Roster;
  readonly sweep: Sweep;
  readonly registry: Registry;
  readonly inbox: Inbox;
  readonly replay: Replay;
  readonly erasure: Erasure;
  readonly rates: GeneralCard;
  readonly journal: GroupCommitJournal;
  readonly #directory: PhoneDirectory;
  readonly #world: World;

  constructor(
    name: string,
    world: World,
    database: Database,
    bounds: Bounds,
    witness: Witness,
    clock_ahead_ms: number,
  ) {
    this.name = name;
    this.#world = world;
    this.clock_ahead_ms = clock_ahead_ms;
    const store = storeFor(this, database);
    const clock = { now_ms: () => world.now_ms + this.clock_ahead_ms };
    const report = (error: unknown) => {
      if (!(error instanceof Outage)) witness.broke(this, error);
    };
    this.journal = new GroupCommitJournal(
      Array.from({ length: bounds.lanes }, (_, lane) => ({
        write: (changes: readonly Change[]) => database.write(this, lane, changes),
      })),
      { ...bounds.journal, gathered: () => this.#turn("gathered") },
    );
    this.rates = new GeneralCard(clock, generalCardStore(store.rates));
    const actor_world: ActorWorld = {
      clock,
      timers: { sleep: (duration_ms) => this.#sleep(duration_ms) },
      store: store.companies,
      journal: {
        commit: (change) => {
          witness.decided(this, change);
          return this.journal.commit(change);
        },
      },
      feed: {
        isWatched: (company) => witness.isWatched(company),
        publish: (balance) => witness.published(this, balance),
      },
      rates: this.rates,
      report: (_, error) => report(error),
    };
    this.roster = new Roster(actor_world, bounds.roster);
    this.#directory = new PhoneDirectory(store.phone_numbers);
    const directory = this.#directory;
    this.replay = new Replay({
      clock,
      directory,
      companies: this.roster,
      store: keptEvents(store.quarantine),
    });
    this.registry = new Registry({
      clock,
      directory,
      companies: this.roster,
      store: registryStore(store),
      randomBytes: (length) => world.randomBytes(length),
      replay: async (numbers) => void await this.replay.numbers(numbers),
    });
    this.sweep = new Sweep(clock, store.companies, this.roster, bounds.swept_at_once);
    this.inbox = new Inbox(directory, quarantineOf(store.quarantine, SERVICE_KEYRING), this.roster, report);
    this.erasure = new Erasure({
      clock,
      companies: this.roster,
      store: erasureStore({ ...store, keyring: SERVICE_KEYRING }),
      report,
    });
  }

  /** Its own clock. */
  get now_ms(): number {
    return this.#world.now_ms + this.clock_ahead_ms;
  }

  /** Reads what it needs to serve, as often as it takes; then brings up to now what is due. */
  start(): void {
    const again = () =>
      this.#world.soon(
        { what: `${this.name} tries to start again`, owner: this, after_ms: RESTART_MS },
        () => this.start(),
      );
    this.#refresh().then(() => {
      this.ready = true;
      this.wake();
    }, again);
  }

  /** What the cron does every minute. */
  wake(): void {
    const missed = () => {};
    this.sweep.run().catch(missed);
    this.roster.rest().catch(missed);
    this.#refresh().catch(missed);
    this.replay.claimed().catch(missed);
  }

  /** It is killed: nothing of it goes on but what it has sent. */
  crash(): void {
    this.alive = this.ready = false;
    this.#world.drop(this);
  }

  /** It stops as on SIGTERM: in order, if it can be done before its deadline. */
  stop(): void {
    this.ready = false;
    const over = () => {
      if (this.alive) this.crash();
    };
    void this.roster.stop().then(() => this.journal.close()).then(over);
    this.#world.soon({ what: `${this.name} must be over`, owner: this, after_ms: STOP_DEADLINE_MS }, over);
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.rates.refresh(), this.#directory.refresh()]);
  }

  #sleep(duration_ms: number): Promise<void> {
    return this.#turn("slept", duration_ms + TIMER_LATE_MS);
  }

  /** Anything else may come first, its death as well. */
  #turn(what: string, after_ms = 0): Promise<void> {
    return new Promise((resolve) =>
      this.#world.soon({ what: `${this.name} ${what}`, owner: this, after_ms }, resolve)
    );
  }
}

/** The rooms of the store as one process reaches them: each call is a statement on a connection of its own. */
function storeFor(process: Process, database: Database) {
  const { companies, phone_numbers, rates, quarantine } = database;
  type Kind = Parameters<Database["call"]>[1];
  const over = <Arguments extends unknown[], T>(
    kind: Kind,
    what: string,
    work: (...given: Arguments) => Promise<T>,
  ) =>
  (...given: Arguments): Promise<T> => database.call(process, kind, what, () => work(...given));
  return {
    companies: {
      // Two statements, as on Postgres: another owner may come between them.
      activate: async (company: CompanyId) => {
        const what = `takes ${company} over`;
        const epoch = await database.call(process, "activation", what, () => database.raise(company));
        if (epoch === undefined) return undefined;
        return await database.call(process, "load", `reads ${company}`, () => companies.read(company, epoch));
      },
      load: over("load", "loads", companies.load.bind(companies)),
      dueCompanies: over("read", "reads what is due", companies.dueCompanies.bind(companies)),
      create: over("write", "makes a company", database.create.bind(database)),
      cluesOf: over("read", "reads clues", companies.cluesOf.bind(companies)),
    },
    phone_numbers: {
      claim: over("write", "claims numbers", phone_numbers.claim.bind(phone_numbers)),
      release: over("write", "releases numbers", phone_numbers.release.bind(phone_numbers)),
      all: over("read", "reads numbers", phone_numbers.all.bind(phone_numbers)),
      ownersOf: over("read", "looks numbers up", phone_numbers.ownersOf.bind(phone_numbers)),
    },
    rates: {
      history: over("read", "reads the general card", rates.history.bind(rates)),
      names: over("read", "reads names", rates.names.bind(rates)),
      append: over("write", "adds a general price", database.price.bind(database)),
      rename: over("write", "renames a feature", rates.rename.bind(rates)),
      timeZones: over("read", "reads time zones", rates.timeZones.bind(rates)),
      latestOutbound: over("read", "reads the latest outbound window", rates.latestOutbound.bind(rates)),
    },
    quarantine: {
      add: over("write", "keeps events back", quarantine.add.bind(quarantine)),
      erase: over("write", "erases kept events", quarantine.erase.bind(quarantine)),
      get: over("read", "reads a kept event", quarantine.get.bind(quarantine)),
      markReplayed: over("write", "notes a replay", quarantine.markReplayed.bind(quarantine)),
      markKept: over("write", "notes a reason", quarantine.markKept.bind(quarantine)),
      waitingFor: over("read", "reads what waits", quarantine.waitingFor.bind(quarantine)),
      claimedNumbers: over("read", "reads what is waited for", quarantine.claimedNumbers.bind(quarantine)),
    },
  };
}
