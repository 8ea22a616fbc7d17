import type { ActorDependencies as ActorWorld } from "../../src/ports.ts";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import { Erasure } from "../../actors/erasure.ts";
import { RateCard } from "../../actors/rate_card.ts";
import { Inbox } from "../../actors/inbox.ts";
import { CompanyRegistry } from "../../actors/company_registry.ts";
import { QuarantineReplay } from "../../actors/quarantine_replay.ts";
import { ActorSystem } from "../../actors/actor_system.ts";
import { Scheduler } from "../../actors/scheduler.ts";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { Change } from "../../src/domain/company/change.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import {
  companyRegistryStore,
  erasureStore,
  quarantineStore,
  quarantineWriter,
  rateCardStore,
} from "../../src/adapters.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import type { Database, DatabaseClient } from "./database.ts";
import { ConnectionError } from "./database.ts";
import type { ServiceLimits } from "./fault_profile.ts";
import type { EventLoop } from "./world.ts";

/** Who hears what a process does, to hold it against what is kept. */
export interface ProcessObserver {
  /** A change is given to the journal. */
  changeDecided(process: Process, change: Change): void;
  isWatched(company: CompanyId): boolean;
  balancePublished(process: Process, balance: Balance): void;
  /** Something threw that no fault of ours explains. */
  failedUnexpectedly(process: Process, error: unknown): void;
}

/** The secret of the service, the same for every process on the database. */
export const SERVICE_KEYRING = new Keyring(new Uint8Array(32).fill(42));

const RESTART_MS = 5_000;
/** As in `main.ts`. */
const STOP_DEADLINE_MS = 8_000;
/** Timers are never early, and may be as late. */
const TIMER_LATE_MS = 400;

/** One process of the service: the real actors, composed as `main.ts` does, on the simulated outside. */
export class Process implements DatabaseClient {
  readonly name: string;
  alive = true;
  /** It takes requests. */
  ready = false;
  /** How far its clock is from the true time. */
  clock_ahead_ms: number;
  readonly actor_system: ActorSystem;
  readonly scheduler: Scheduler;
  readonly registry: CompanyRegistry;
  readonly inbox: Inbox;
  readonly replay: QuarantineReplay;
  readonly erasure: Erasure;
  readonly rate_card: RateCard;
  readonly journal: GroupCommitJournal;
  readonly #directory: PhoneDirectory;
  readonly #world: EventLoop;

  constructor(
    name: string,
    world: EventLoop,
    database: Database,
    bounds: ServiceLimits,
    witness: ProcessObserver,
    clock_ahead_ms: number,
  ) {
    this.name = name;
    this.#world = world;
    this.clock_ahead_ms = clock_ahead_ms;
    const store = storeFor(this, database);
    const clock = { now_ms: () => world.now_ms + this.clock_ahead_ms };
    const report = (error: unknown) => {
      if (!(error instanceof ConnectionError)) witness.failedUnexpectedly(this, error);
    };
    this.journal = new GroupCommitJournal(
      Array.from({ length: bounds.lanes }, (_, lane) => ({
        write: (changes: readonly Change[]) => database.write(this, lane, changes),
      })),
      { ...bounds.journal, batchReady: () => this.#turn("gathered") },
    );
    this.rate_card = new RateCard(clock, rateCardStore(store.rates));
    const actor_world: ActorWorld = {
      clock,
      timers: { sleep: (duration_ms) => this.#sleep(duration_ms) },
      store: store.companies,
      journal: {
        commit: (change) => {
          witness.changeDecided(this, change);
          return this.journal.commit(change);
        },
      },
      feed: {
        isWatched: (company) => witness.isWatched(company),
        publish: (balance) => witness.balancePublished(this, balance),
      },
      rates: this.rate_card,
      report: (_, error) => report(error),
    };
    this.actor_system = new ActorSystem(actor_world, bounds.actor_system);
    this.#directory = new PhoneDirectory(store.phone_numbers);
    const directory = this.#directory;
    this.replay = new QuarantineReplay({
      clock,
      directory,
      companies: this.actor_system,
      store: quarantineStore(store.quarantine),
    });
    this.registry = new CompanyRegistry({
      clock,
      directory,
      companies: this.actor_system,
      store: companyRegistryStore(store),
      randomBytes: (length) => world.randomBytes(length),
      replayQuarantine: async (numbers) => void await this.replay.replayNumbers(numbers),
    });
    this.scheduler = new Scheduler(clock, store.companies, this.actor_system, bounds.due_companies_at_once);
    this.inbox = new Inbox(
      directory,
      quarantineWriter(store.quarantine, SERVICE_KEYRING),
      this.actor_system,
      report,
    );
    this.erasure = new Erasure({
      clock,
      companies: this.actor_system,
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
      this.#world.schedule(
        { description: `${this.name} tries to start again`, owner: this, after_ms: RESTART_MS },
        () => this.start(),
      );
    this.#refresh().then(() => {
      this.ready = true;
      this.runDueWork();
    }, again);
  }

  /** What the cron does every minute. */
  runDueWork(): void {
    const missed = () => {};
    this.scheduler.runDue().catch(missed);
    this.actor_system.passivateIdle().catch(missed);
    this.#refresh().catch(missed);
    this.replay.replayClaimed().catch(missed);
  }

  /** It is killed: nothing of it goes on but what it has sent. */
  crash(): void {
    this.alive = this.ready = false;
    this.#world.dropEventsOf(this);
  }

  /** It stops as on SIGTERM: in order, if it can be done before its deadline. */
  stop(): void {
    this.ready = false;
    const over = () => {
      if (this.alive) this.crash();
    };
    void this.actor_system.stop().then(() => this.journal.close()).then(over);
    this.#world.schedule({
      description: `${this.name} must be over`,
      owner: this,
      after_ms: STOP_DEADLINE_MS,
    }, over);
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.rate_card.refresh(), this.#directory.refresh()]);
  }

  #sleep(duration_ms: number): Promise<void> {
    return this.#turn("slept", duration_ms + TIMER_LATE_MS);
  }

  /** Anything else may come first, its death as well. */
  #turn(what: string, after_ms = 0): Promise<void> {
    return new Promise((resolve) =>
      this.#world.schedule({ description: `${this.name} ${what}`, owner: this, after_ms }, resolve)
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
        const epoch = await database.call(process, "activation", what, () => database.raiseEpoch(company));
        if (epoch === undefined) return undefined;
        return await database.call(
          process,
          "load",
          `reads ${company}`,
          () => companies.readActivation(company, epoch),
        );
      },
      load: over("load", "loads", companies.load.bind(companies)),
      dueCompanies: over("read", "reads what is due", companies.dueCompanies.bind(companies)),
      create: over("write", "makes a company", database.createCompany.bind(database)),
      identifiersOf: over("read", "reads identifiers", companies.identifiersOf.bind(companies)),
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
      append: over("write", "adds a general price", database.appendRate.bind(database)),
      rename: over("write", "renames a feature", rates.rename.bind(rates)),
      timeZones: over("read", "reads time zones", rates.timeZones.bind(rates)),
      latestOutbound: over("read", "reads the latest outbound window", rates.latestOutbound.bind(rates)),
    },
    quarantine: {
      add: over("write", "keeps events back", quarantine.add.bind(quarantine)),
      erase: over("write", "erases kept events", quarantine.erase.bind(quarantine)),
      get: over("read", "reads a kept event", quarantine.get.bind(quarantine)),
      markReplayed: over("write", "notes a replay", quarantine.markReplayed.bind(quarantine)),
      markReplayFailed: over("write", "notes a reason", quarantine.markReplayFailed.bind(quarantine)),
      waitingFor: over("read", "reads what waits", quarantine.waitingFor.bind(quarantine)),
      claimedNumbers: over("read", "reads what is waited for", quarantine.claimedNumbers.bind(quarantine)),
    },
  };
}
