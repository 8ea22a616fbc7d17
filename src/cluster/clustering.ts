/** Several nodes on one database: builds what they have beside the parts of one node alone. */

import { setImmediate } from "node:timers";
import { hash } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import type { ActorSystem } from "../../actors/actor_system.ts";
import { CheckedBus } from "../../actors/placement/checked_bus.ts";
import { ClusteredPlacement } from "../../actors/placement/clustered.ts";
import { PROTOCOL } from "../../actors/placement/codec.ts";
import type { LeaseMetrics } from "../observability/lease_metrics.ts";
import type { Balance } from "../domain/company/balance.ts";
import type { CompanyId } from "../domain/types.ts";
import type { ZoneData } from "../domain/zone_data.ts";
import { type LocalFeed, SharedFeed } from "../live/shared_feed.ts";
import { ChangeAnnouncements, type ChangeReaders, CHANGES, type Changes } from "./changes.ts";
import { NatsBus } from "../nats/nats_bus.ts";
import { reportError } from "../observability/log.ts";
import type { BalancePublisher } from "../ports/companies.ts";
import type { Exclusive, LeaseStore } from "../ports/placement.ts";
import type { GuardedClock, Timers } from "../ports/runtime.ts";
import { LeaseClock } from "../time/lease_clock.ts";

/** What a {@link Clustering} depends on. */
export interface ClusteringDependencies {
  readonly nats_url: string;
  /** This node's name for people. */
  readonly name: string;
  readonly leases: LeaseStore;
  readonly exclusive: Exclusive;
  /** A secret of the database: nodes of another database, on the same NATS, have another. */
  readonly database_secret: Uint8Array;
  readonly feed: LocalFeed;
  readonly timers: Timers;
  /** The clock that closes days. */
  readonly clock: Pick<GuardedClock, "is_certain">;
  readonly zone_data: ZoneData;
  readonly cost_in_flight_max: number;
  readonly lease_metrics: LeaseMetrics;
}

const log = getLogger(["poli-credits", "cluster"]);

/** The parts of a node that shares its companies with others. */
export class Clustering {
  readonly #dependencies: ClusteringDependencies;
  readonly #nats: NatsBus;
  readonly #bus: CheckedBus;
  readonly #shared_feed: SharedFeed;
  readonly #announcements: ChangeAnnouncements;
  #placement: ClusteredPlacement | undefined;
  #readers: ChangeReaders | undefined;
  #receiving: Disposable | undefined;

  constructor(dependencies: ClusteringDependencies) {
    this.#dependencies = dependencies;
    const { feed, nats_url: url, database_secret, timers } = dependencies;
    const database = hash("sha256", `bus ${database_secret.toHex()}`, "hex").slice(0, 16);
    const id = crypto.randomUUID();
    this.#nats = new NatsBus({
      url,
      prefix: `poli-credits.v${PROTOCOL}.${database}`,
      onChange: (is_connected) => this.#onConnection(is_connected),
      onRefused: reportError("connect to NATS"),
      report: reportError("read a message of another node"),
    });
    this.#bus = new CheckedBus({
      bus: this.#nats,
      timers,
      id,
      onRecovered: (subjects) => this.#onRecovered(subjects),
    });
    this.#announcements = new ChangeAnnouncements(this.#bus);
    this.#shared_feed = new SharedFeed({
      feed,
      bus: this.#bus,
      now_ms: () => performance.now(),
      id,
      owns: (company) => this.placement.owns(company),
      ownerOf: (company) => this.placement.ownerOf(company),
      readBalance: (company) => this.#readBalance(company),
    });
  }

  /** Publishes committed balances to the viewers of every node. */
  get publisher(): BalancePublisher {
    return this.#shared_feed;
  }

  /** Runs tasks one at a time on all nodes. */
  get exclusive(): Exclusive {
    return this.#dependencies.exclusive;
  }

  /** Where companies are active. Throws before {@link place}. */
  get placement(): ClusteredPlacement {
    if (this.#placement === undefined) throw new Error("the placement is used before it is built");
    return this.#placement;
  }

  /** Places the companies of an actor system, which asks this for each activation. */
  place(system: ActorSystem): ClusteredPlacement {
    const { leases, timers, clock, zone_data, name, cost_in_flight_max, lease_metrics } = this.#dependencies;
    return this.#placement = new ClusteredPlacement({
      system,
      leases,
      bus: this.#bus,
      timers,
      lease_clock: new LeaseClock(),
      clock,
      zone_data,
      name,
      cost_in_flight_max,
      newNodeId: () => crypto.getRandomValues(new Uint8Array(8)).toHex(),
      listen: (node) => [this.#shared_feed.takeNamings(node)],
      defer: (run) => void setImmediate(run),
      onEvent: (type, shards) => {
        lease_metrics.count(type, shards.length);
        const facts = { type, shards: shards.join(" ") };
        if (type === "lost") log.warn("Shards {type}: {shards}", facts);
        else log.info("Shards {type}: {shards}", facts);
      },
      report: reportError("serve companies with other nodes"),
    });
  }

  /** Makes the other nodes read again what has changed here. */
  get announce(): Changes {
    return this.#announcements;
  }

  /** Opens the bus, and reads again what other nodes change. Never rejects. */
  async start(readers: ChangeReaders): Promise<void> {
    await this.#nats.start();
    this.#shared_feed.start();
    this.#readers = readers;
    this.#receiving = this.#announcements.receive(readers);
  }

  /** Closes the bus. The placement must have stopped. Never rejects. */
  async stop(): Promise<void> {
    this.#receiving?.[Symbol.dispose]();
    this.#shared_feed.stop();
    await this.#nats.close();
  }

  /** What was announced while there was no connection did not arrive. */
  #onConnection(is_connected: boolean): void {
    if (!is_connected) return log.warn("Lost the connection to NATS");
    log.info("Connected to NATS");
    this.#readers?.all();
  }

  /** What was announced while the server had forgotten a subscription did not arrive. */
  #onRecovered(subjects: readonly string[]): void {
    log.info("Receives {subjects} again", { subjects: subjects.join(" ") });
    if (subjects.includes(CHANGES)) this.#readers?.all();
  }

  async #readBalance(company: CompanyId): Promise<Balance | undefined> {
    const answer = await this.placement.companies.execute(company, { type: "read_balance" });
    return answer.type === "balance" ? answer.balance : undefined;
  }
}
