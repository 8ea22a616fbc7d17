/** This process as a node: alone, or one of several that share the companies of a database. */

import type { ActorSystem } from "../../actors/actor_system.ts";
import { soloPlacement } from "../../actors/placement/solo.ts";
import type { Config } from "../config/environment.ts";
import type { CompanyId } from "../domain/types.ts";
import { LeaseMetrics } from "../observability/lease_metrics.ts";
import type { BalancePublisher } from "../ports/companies.ts";
import type { Exclusive, Placement } from "../ports/placement.ts";
import type { Changes } from "./changes.ts";
import { Clustering, type ClusteringDependencies } from "./clustering.ts";

/** What a node depends on. */
export interface NodeDependencies
  extends Omit<ClusteringDependencies, "nats_url" | "name" | "lease_metrics"> {
  readonly config: Config;
}

/** The parts of a node. */
export interface NodeParts {
  /** Undefined on one node alone. */
  readonly cluster: Clustering | undefined;
  readonly lease_metrics: LeaseMetrics;
  /** Publishes committed balances to all viewers. */
  readonly feed: BalancePublisher;
  /** Runs tasks one at a time on all nodes; undefined on one node alone. */
  readonly exclusive: Exclusive | undefined;
  /** Makes the other nodes read again what has changed here. */
  readonly announce: Changes;
  /** Whether this node may activate a company; undefined on one node alone: it always may. */
  readonly mayActivate: ((company: CompanyId) => boolean) | undefined;
  /** Places the companies of an actor system. */
  place(system: ActorSystem): Placement;
}

/** Builds the parts of a node, of one of several if there is a `NATS_URL`. */
export function createNode({ config, ...dependencies }: NodeDependencies): NodeParts {
  const { feed, clock } = dependencies;
  const name = nodeName(config);
  const lease_metrics = new LeaseMetrics();
  const { nats_url } = config;
  if (nats_url === undefined) {
    return {
      cluster: undefined,
      lease_metrics,
      feed,
      exclusive: undefined,
      announce: { rates: () => {}, phoneNumbers: () => {} },
      mayActivate: undefined,
      place: (system) => soloPlacement(system, name, clock),
    };
  }
  const cluster = new Clustering({ ...dependencies, nats_url, name, lease_metrics });
  return {
    cluster,
    lease_metrics,
    feed: cluster.publisher,
    exclusive: dependencies.exclusive,
    announce: cluster.announce,
    mayActivate: (company) => cluster.placement.holds(company),
    place: (system) => cluster.place(system),
  };
}

/** Returns what people call this node. Several nodes on one host differ by their port, or their process. */
function nodeName({ node_name, nats_url, port }: Config): string {
  if (node_name !== undefined) return node_name;
  return nats_url === undefined ? "this process" : `${Deno.hostname()}:${port || Deno.pid}`;
}
