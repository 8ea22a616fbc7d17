import type { ActorDependencies, Companies } from "../../src/ports/companies.ts";
import type { Placement } from "../../src/ports/placement.ts";
import type { ClusteredPlacement } from "../../actors/placement/clustered.ts";
import { soloPlacement } from "../../actors/placement/solo.ts";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import { Erasure } from "../../actors/erasure.ts";
import { RateCard } from "../../actors/rate_card.ts";
import { EventRouter } from "../../actors/event_router.ts";
import { Inbox } from "../../actors/inbox.ts";
import { CompanyRegistry } from "../../actors/company_registry.ts";
import { QuarantineReplay } from "../../actors/quarantine_replay.ts";
import { ActorSystem } from "../../actors/actor_system.ts";
import { Scheduler } from "../../actors/scheduler.ts";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { Change } from "../../src/domain/company/change.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import type { ZoneData } from "../../src/domain/zone_data.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import {
  companyRegistryStore,
  dueCompaniesOf,
  erasureStore,
  quarantineStore,
  quarantineWriter,
  rateCardStore,
} from "../../src/adapters.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import type { Database, DatabaseClient } from "./database.ts";
import { ConnectionError } from "./database.ts";
import type { ServiceLimits } from "./fault_profile.ts";
import type { EventLoop } from "./event_loop.ts";
import type { ClusterMember, SimulatedCluster } from "./cluster/cluster.ts";
import { storeOf } from "./process_store.ts";
import { TrustedClock } from "../../src/time/trusted_clock.ts";

/** Observes a process, to compare its output with the stored rows. */
export interface ProcessObserver {
  /** Called when a change is passed to the journal. */
  changeDecided(process: Process, change: Change): void;
  isWatched(company: CompanyId): boolean;
  balancePublished(process: Process, balance: Balance): void;
  /** Called with an error that no injected fault explains. */
  failedUnexpectedly(process: Process, error: unknown): void;
}

/** The service's keyring, shared by all processes on the database. */
export const SERVICE_KEYRING = new Keyring(new Uint8Array(32).fill(42));

const RESTART_MS = 5_000;
/** As in `main.ts`. */
const STOP_DEADLINE_MS = 8_000;
/** As in `lifecycle.ts`. */
const HAND_OVER_DEADLINE_MS = 3_000;
/** How late timers fire. They never fire early. */
const TIMER_LATE_MS = 400;

/** One process of the service: the real actors and journal on the simulated database, clock and timers. */
export class Process implements DatabaseClient, ClusterMember {
  readonly name: string;
  alive = true;
  /** Whether it accepts requests. */
  ready = false;
  /** Whether it was asked to stop. */
  is_stopping = false;
  is_paused = false;
  is_cut_from_postgres = false;
  /** The offset of its clock from true time. */
  clock_ahead_ms: number;
  readonly actor_system: ActorSystem;
  readonly placement: Placement;
  /** The companies, wherever they are active. */
  readonly companies: Companies;
  readonly scheduler: Scheduler;
  readonly registry: CompanyRegistry;
  readonly inbox: Inbox;
  readonly replay: QuarantineReplay;
  readonly erasure: Erasure;
  readonly rate_card: RateCard;
  readonly journal: GroupCommitJournal;
  readonly #directory: PhoneDirectory;
  readonly #event_loop: EventLoop;
  readonly #clock: TrustedClock;
  readonly #readPostgres: () => Promise<number>;
  readonly #cluster: SimulatedCluster | undefined;
  #commands = 0;
  #writes = 0;

  constructor(
    name: string,
    event_loop: EventLoop,
    database: Database,
    limits: ServiceLimits,
    observer: ProcessObserver,
    clock_ahead_ms: number,
    zone_data: ZoneData,
    cluster?: SimulatedCluster,
  ) {
    this.name = name;
    this.#cluster = cluster;
    this.#event_loop = event_loop;
    this.clock_ahead_ms = clock_ahead_ms;
    const store = storeOf(this, database);
    const clock = this.#clock = new TrustedClock({
      wall_ms: () => event_loop.now_ms + this.clock_ahead_ms,
      monotonic_ms: () => event_loop.now_ms,
    });
    this.#readPostgres = () =>
      database.call(this, "read", "reads the clock", () => Promise.resolve(event_loop.now_ms));
    const reportError = (error: unknown) => {
      if (!(error instanceof ConnectionError)) observer.failedUnexpectedly(this, error);
    };
    this.journal = new GroupCommitJournal(
      Array.from({ length: limits.lanes }, (_, lane) => ({
        write: (changes: readonly Change[]) => this.#countWrite(database.write(this, lane, changes)),
      })),
      { ...limits.journal, batchReady: () => this.#turn("gathered") },
    );
    this.rate_card = new RateCard(clock, rateCardStore(store.rates));
    const dependencies: ActorDependencies = {
      clock,
      timers: { sleep: (duration_ms) => this.#sleep(duration_ms) },
      store: store.companies,
      journal: {
        commit: (change) => {
          observer.changeDecided(this, change);
          return this.journal.commit(change);
        },
      },
      feed: {
        isWatched: (company) => observer.isWatched(company),
        publish: (balance) => observer.balancePublished(this, balance),
      },
      rates: this.rate_card,
      zone_data,
      report: (_, error) => reportError(error),
    };
    let node: ClusteredPlacement | undefined = undefined;
    const mayActivate = (company: CompanyId): boolean => node!.holds(company);
    this.actor_system = new ActorSystem(
      { ...dependencies, ...cluster && { mayActivate } },
      limits.actor_system,
    );
    node = cluster?.place(this, {
      system: this.actor_system,
      zone_data,
      cost_in_flight_max: limits.actor_system.cost_in_flight_max,
      clock,
      report: reportError,
    });
    this.placement = node ?? soloPlacement(this.actor_system, name, clock);
    const companies = this.companies = cluster === undefined ? this.actor_system : {
      execute: (company, command) => this.#countCommand(this.placement.companies.execute(company, command)),
    };
    this.#directory = new PhoneDirectory(clock, store.phone_numbers);
    const directory = this.#directory;
    const router = new EventRouter(companies);
    this.replay = new QuarantineReplay({
      readsField: () => true,
      clock,
      directory,
      companies,
      router,
      store: quarantineStore(store.quarantine, this.placement),
    });
    this.registry = new CompanyRegistry({
      clock,
      zone_data,
      directory,
      companies,
      store: companyRegistryStore(store),
      randomBytes: (length) => event_loop.randomBytes(length),
      replayQuarantine: async (numbers) => void await this.replay.replayNumbers(numbers),
    });
    const due = dueCompaniesOf(this.placement, store.companies);
    this.scheduler = new Scheduler(clock, due, companies, limits.due_companies_at_once);
    this.inbox = new Inbox(
      directory,
      quarantineWriter(store.quarantine, SERVICE_KEYRING),
      companies,
      router,
      reportError,
    );
    this.erasure = new Erasure({
      clock,
      companies,
      store: erasureStore({ ...store, keyring: SERVICE_KEYRING }),
      report: reportError,
    });
  }

  /** Whether it is a node of a cluster. */
  get is_node(): boolean {
    return this.#cluster !== undefined;
  }

  /** Whether a write that it has sent is not answered. */
  get is_writing(): boolean {
    return this.#writes > 0;
  }

  /** Whether commands of a cluster wait for their answers. */
  get is_busy(): boolean {
    return this.alive && this.#commands > 0;
  }

  /** The time it goes by. */
  get now_ms(): number {
    return this.#clock.now_ms();
  }

  /** Whether it may close days: its clock agrees with true time. */
  get is_certain(): boolean {
    return this.#clock.is_certain;
  }

  /** Compares the clocks, loads the rate card and phone directory, with retries, and then runs due work. */
  start(): void {
    const retry = () =>
      this.#event_loop.schedule(
        { description: `${this.name} tries to start again`, owner: this, after_ms: RESTART_MS },
        () => this.start(),
      );
    const prepared = this.#clock.compare(this.#readPostgres).then(() => this.#refresh());
    const placed = this.#cluster === undefined ? prepared : prepared.then(() => this.placement.start());
    placed.then(() => {
      this.ready = true;
      this.runDueWork();
    }, retry);
  }

  /** Does the work that the service does every minute. */
  runDueWork(): void {
    const ignore = () => {};
    this.#clock.compare(this.#readPostgres).catch(ignore);
    this.scheduler.runDue().catch(ignore);
    this.actor_system.passivateIdle().catch(ignore);
    this.#refresh().catch(ignore);
    this.replay.replayClaimed().catch(ignore);
    this.replay.replayDue().catch(ignore);
  }

  /** Reads the claims of a number, as other processes may have changed them. */
  lookUpNumber(number: string): Promise<void> {
    return this.#directory.lookUp([number]);
  }

  /** Kills the process. Statements that it has sent may still execute. */
  crash(): void {
    this.alive = this.ready = false;
    this.#cluster?.nats.close(this);
    this.#event_loop.dropEventsOf(this);
  }

  /** Stops gracefully, as on SIGTERM, and kills the process at its deadline. */
  stop(): void {
    this.is_stopping = true;
    const end = () => {
      if (this.alive) this.crash();
    };
    const stopping = this.#cluster === undefined ? this.#stopActors() : this.#handOver();
    void stopping.then(() => this.journal.close()).then(end);
    this.#event_loop.schedule({
      description: `${this.name} is killed at its stop deadline`,
      owner: this,
      after_ms: STOP_DEADLINE_MS,
    }, end);
  }

  #stopActors(): Promise<void> {
    this.ready = false;
    return this.actor_system.stop();
  }

  /** Gives its shards to other nodes while it serves requests, and then stops its actors. */
  async #handOver(): Promise<void> {
    const handed_over = this.placement.stop().then(() => true);
    const is_late = this.#turn("ends its hand-over", HAND_OVER_DEADLINE_MS).then(() => false);
    if (await Promise.race([handed_over, is_late])) this.#event_loop.trace.countFault("node drained");
    await this.#stopActors();
  }

  #countCommand<T>(answer: Promise<T>): Promise<T> {
    this.#commands++;
    return answer.finally(() => this.#commands--);
  }

  #countWrite<T>(written: Promise<T>): Promise<T> {
    if (this.#cluster === undefined) return written;
    this.#writes++;
    return written.finally(() => this.#writes--);
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.rate_card.refresh(), this.#directory.refresh()]);
  }

  #sleep(duration_ms: number): Promise<void> {
    return this.#turn("slept", duration_ms + TIMER_LATE_MS);
  }

  /** Waits for an event of its own. Any other event may run first, a crash included. */
  #turn(what: string, after_ms = 0): Promise<void> {
    return new Promise((resolve) =>
      this.#event_loop.schedule({ description: `${this.name} ${what}`, owner: this, after_ms }, resolve)
    );
  }
}
