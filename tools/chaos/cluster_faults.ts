/** Faults of several nodes that share the companies of one database: see docs/operations.md. */

import type { ClusterNode, ServiceCluster } from "../../tests/support/cluster/service_cluster.ts";
import { whyNoNats } from "../../tests/support/cluster/nats_server.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { TcpProxy } from "../../tests/support/tcp_proxy.ts";
import type { Load } from "./load.ts";
import { restartPostgres } from "./processes.ts";
import { until } from "./until.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The nodes before most faults. */
const NODES = 3;
/** After this time clients send nothing more to a node that does not answer: see `ReadyNodes`. */
const NOTICED_AFTER_MS = 2_000;
/** Within this time every node has renewed its lease, or noticed that it ended. */
const RENEWED_AFTER_MS = 1_500;
const SERVES_WITHIN_MS = 30_000;

/** One fault of a cluster. */
export interface ClusterFault {
  readonly name: string;
  /** A short description. */
  readonly description: string;
  readonly environment: "cluster";
  /** The nodes before the fault. */
  readonly nodes: number;
  /** Whether each node reaches NATS through a proxy of its own. */
  readonly proxies_nats: boolean;
  /** Returns why the fault cannot be injected on this machine, or undefined. */
  readonly unavailable: () => Promise<string | undefined>;
  /**
   * Injects the fault, removes it, and waits until all nodes share the shards. A node that is killed or drained is not
   * replaced.
   */
  inject(cluster: ServiceCluster, random: SeededRandom, load: Pick<Load, "addSenders">): Promise<void>;
}

const COMMON = { environment: "cluster", nodes: NODES, proxies_nats: false, unavailable: whyNoNats } as const;

/** Nodes that end, hang, come and go; and NATS and Postgres that do. */
export const CLUSTER_FAULTS: readonly ClusterFault[] = [
  {
    ...COMMON,
    name: "node_killed",
    description: "kill -9 of one of three nodes",
    async inject(cluster, random) {
      await cluster.kill(random.pick(cluster.nodes));
      await cluster.settled();
    },
  },
  {
    ...COMMON,
    name: "node_suspended",
    description: "one of three nodes suspended past its lease, and resumed",
    async inject(cluster, random, load) {
      const node = random.pick(cluster.nodes);
      await cluster.setAside(node, async () => {
        Deno.kill(node.service.pid, "SIGSTOP");
        try {
          await sleep(NOTICED_AFTER_MS);
          // All others may wait for the suspended node.
          load.addSenders();
          await cluster.settled();
          await sleep(random.between(0, 2_000));
        } finally {
          Deno.kill(node.service.pid, "SIGCONT");
        }
      });
      await cluster.settled();
    },
  },
  {
    ...COMMON,
    name: "node_drained",
    description: "one of three nodes stopped by SIGTERM",
    async inject(cluster, random) {
      await cluster.drain(random.pick(cluster.nodes));
      await cluster.settled();
    },
  },
  {
    ...COMMON,
    name: "node_added",
    description: "a third node added to two",
    nodes: NODES - 1,
    async inject(cluster) {
      await cluster.add();
      await cluster.settled();
    },
  },
  {
    ...COMMON,
    name: "rolling_restart",
    description: "three nodes restarted one after another",
    async inject(cluster) {
      for (const node of [...cluster.nodes]) {
        await cluster.drain(node);
        const restarted = await cluster.add(node.name);
        await until(`${node.name} has shards`, SERVES_WITHIN_MS, () => hasShards(restarted));
      }
      await cluster.settled();
    },
  },
  {
    ...COMMON,
    name: "nats_restarted",
    description: "NATS stopped, and started up to eight seconds later",
    async inject(cluster, random) {
      const { nats } = cluster.settings;
      await nats.stop();
      await sleep(random.between(200, 8_000));
      await nats.start();
      await sleep(RENEWED_AFTER_MS);
      await cluster.settled();
    },
  },
  natsFault(
    "nats_cut",
    "the connections of one of three nodes to NATS cut, and new ones refused",
    (proxy) => proxy.cut(),
  ),
  natsFault(
    "nats_frozen",
    "what one of three nodes and NATS send each other held, and delivered in the end",
    (proxy) => proxy.freeze(),
  ),
  {
    ...COMMON,
    name: "postgres_restarted",
    description: "Postgres of three nodes restarted, every other time as after a crash",
    async inject(cluster, random) {
      await restartPostgres(cluster.settings.postgres, random.pick(["SIGINT", "SIGQUIT"]));
      await sleep(RENEWED_AFTER_MS);
      await cluster.settled();
    },
  },
];

/** Returns a fault between NATS and one node, which lasts until the other nodes have its shards. */
function natsFault(name: string, description: string, disturb: (proxy: TcpProxy) => void): ClusterFault {
  return {
    ...COMMON,
    name,
    description,
    proxies_nats: true,
    async inject(cluster, random) {
      const node = random.pick(cluster.nodes);
      const proxy = node.nats_proxy!;
      await cluster.setAside(node, async () => {
        disturb(proxy);
        await cluster.settled();
        await sleep(random.between(0, 1_000));
        proxy.restore();
      });
      await cluster.settled();
    },
  };
}

/** Whether a node serves shards, by its metrics. */
async function hasShards({ service }: ClusterNode): Promise<boolean> {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  return Number(metrics.match(/^poli_shards (\d+)$/m)?.[1] ?? 0) > 0;
}
