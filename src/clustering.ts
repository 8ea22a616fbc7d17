/** Several nodes on one database: builds what they have beside the parts of one node alone. */

import { setImmediate } from "node:timers";
import { hash } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import type { ActorSystem } from "../actors/actor_system.ts";
import { ClusteredPlacement } from "../actors/placement/clustered.ts";
import { PROTOCOL } from "../actors/placement/codec.ts";
import type { LeaseMetrics } from "./observability/lease_metrics.ts";
import type { Balance } from "./domain/company/balance.ts";
import type { CompanyId } from "./domain/types.ts";
import type { ZoneData } from "./domain/zone_data.ts";
import { type LocalFeed, SharedFeed } from "./live/shared_feed.ts";
import { NatsBus } from "./nats/nats_bus.ts";
import { reportError } from "./observability/log.ts";
import type { BalancePublisher } from "./ports/companies.ts";
import type { Exclusive, LeaseStore } from "./ports/placement.ts";
import type { Timers } from "./ports/runtime.ts";
import { LeaseClock } from "./time/lease_clock.ts";

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
  readonly zone_data: ZoneData;
  readonly cost_in_flight_max: number;
  readonly lease_metrics: LeaseMetrics;
}

/** What changed on another node and is to be read again here. */
export interface Changes {
  /** The rate card. */
  rates(): void;
  /** The claims of these phone numbers. */
  phoneNumbers(phone_number_ids: readonly string[]): void;
  /** Alerts of closed months and days were forgotten. */
  closings(): void;
}

const log = getLogger(["poli-credits", "cluster"]);
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

/** The parts of a node that shares its companies with others. */
export class Clustering {
  readonly #dependencies: ClusteringDependencies;
  readonly #bus: NatsBus;
  readonly #shared_feed: SharedFeed;
  #placement: ClusteredPlacement | undefined;
  #changes: Disposable | undefined;

  constructor(dependencies: ClusteringDependencies) {
    this.#dependencies = dependencies;
    const { feed, nats_url: url, database_secret } = dependencies;
    const database = hash("sha256", `bus ${database_secret.toHex()}`, "hex").slice(0, 16);
    const onChange = (is_connected: boolean) =>
      is_connected ? log.info("Connected to NATS") : log.warn("Lost the connection to NATS");
    const prefix = `poli-credits.v${PROTOCOL}.${database}`;
    this.#bus = new NatsBus({ url, prefix, onChange, report: reportError("read a message of another node") });
    this.#shared_feed = new SharedFeed({
      feed,
      bus: this.#bus,
      now_ms: () => performance.now(),
      id: crypto.randomUUID(),
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
    const { leases, timers, zone_data, name, cost_in_flight_max, lease_metrics } = this.#dependencies;
    return this.#placement = new ClusteredPlacement({
      system,
      leases,
      bus: this.#bus,
      timers,
      lease_clock: new LeaseClock(),
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
  readonly announce: Changes = {
    rates: () => this.#announce({ rates: true }),
    phoneNumbers: (phone_numbers) => this.#announce({ phone_numbers }),
    closings: () => this.#announce({ closings: true }),
  };

  /** Opens the bus, and applies the changes of other nodes. Never rejects. */
  async start(changes: Changes): Promise<void> {
    await this.#bus.start();
    this.#shared_feed.start();
    this.#changes = this.#bus.subscribe("changes", (message) => {
      const { rates, phone_numbers, closings }: Announcement = JSON.parse(decoder.decode(message));
      if (rates) changes.rates();
      if (phone_numbers !== undefined) changes.phoneNumbers(phone_numbers);
      if (closings) changes.closings();
    });
  }

  /** Closes the bus. The placement must have stopped. Never rejects. */
  async stop(): Promise<void> {
    this.#changes?.[Symbol.dispose]();
    this.#shared_feed.stop();
    await this.#bus.close();
  }

  #announce(announcement: Announcement): void {
    this.#bus.publish("changes", encoder.encode(JSON.stringify(announcement)));
  }

  async #readBalance(company: CompanyId): Promise<Balance | undefined> {
    const answer = await this.placement.companies.execute(company, { type: "read_balance" });
    return answer.type === "balance" ? answer.balance : undefined;
  }
}

/** A message about changes. */
interface Announcement {
  readonly rates?: true;
  readonly phone_numbers?: readonly string[];
  readonly closings?: true;
}
