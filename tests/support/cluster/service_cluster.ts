import type { EmbeddedPostgres } from "../../../src/embedded_postgres/embedded_postgres.ts";
import { sleep } from "../../../src/time/sleep.ts";
import { type Client, ServiceProcess } from "../service.ts";
import { TcpProxy } from "../tcp_proxy.ts";
import type { NatsServer } from "./nats_server.ts";

const POLL_MS = 50;
/** Longer than any lease, and than the start of several nodes on a busy machine. */
const SETTLED_WITHIN_MS = 60_000;

/** The parts of a {@link ServiceCluster}. */
export interface ServiceClusterSettings {
  readonly postgres: EmbeddedPostgres;
  readonly database_url: string;
  readonly nats: NatsServer;
  /** Whether each node reaches NATS through a proxy of its own. */
  readonly proxies_nats: boolean;
}

/** A node in a process of its own. */
export interface ClusterNode {
  readonly name: string;
  readonly service: ServiceProcess;
  /** Between this node and NATS. */
  readonly nats_proxy: TcpProxy | undefined;
}

/** Several nodes on one database and one NATS server, each a process of its own. */
export class ServiceCluster implements AsyncDisposable {
  /** The nodes that run. */
  readonly nodes: ClusterNode[] = [];
  /** The URLs of killed nodes, whose clients get no answer. */
  readonly killed = new Set<string>();
  readonly settings: ServiceClusterSettings;
  readonly #aside = new Set<ClusterNode>();
  #started = 0;

  private constructor(settings: ServiceClusterSettings) {
    this.settings = settings;
  }

  /** Starts nodes and waits until they share the shards. */
  static async start(settings: ServiceClusterSettings, count: number): Promise<ServiceCluster> {
    const cluster = new ServiceCluster(settings);
    try {
      await Promise.all(Array.from({ length: count }, () => cluster.add()));
      await cluster.settled();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The nodes that the fault leaves alone. */
  get untouched(): readonly ClusterNode[] {
    return this.nodes.filter((node) => !this.#aside.has(node));
  }

  /** Starts a node. */
  async add(name = `node-${++this.#started}`): Promise<ClusterNode> {
    const { database_url, nats, proxies_nats } = this.settings;
    const { hostname, port } = new URL(nats.url);
    const nats_proxy = proxies_nats ? new TcpProxy({ hostname, port: Number(port) }) : undefined;
    const service = await ServiceProcess.start({
      DATABASE_URL: database_url,
      NATS_URL: nats_proxy === undefined ? nats.url : `nats://127.0.0.1:${nats_proxy.port}`,
      NODE_NAME: name,
      TEST_CLOCK: "0",
    });
    const node = { name, service, nats_proxy };
    this.nodes.push(node);
    return node;
  }

  /** Runs a function during which a node is not {@link untouched}. */
  async setAside(node: ClusterNode, during: () => Promise<void>): Promise<void> {
    this.#aside.add(node);
    try {
      await during();
    } finally {
      this.#aside.delete(node);
    }
  }

  /** Kills a node by SIGKILL. */
  async kill(node: ClusterNode): Promise<void> {
    this.killed.add(node.service.url);
    this.#remove(node);
    await node.service.end("SIGKILL");
    await node.nats_proxy?.[Symbol.asyncDispose]();
  }

  /**
   * Stops a node by SIGTERM: it hands its companies over and ends.
   *
   * @throws {Error} when its exit code is not 0
   */
  async drain(node: ClusterNode): Promise<void> {
    await this.setAside(node, async () => {
      const { code } = await node.service.end("SIGTERM");
      this.#remove(node);
      await node.nats_proxy?.[Symbol.asyncDispose]();
      if (code !== 0) throw new Error(`${node.name} ended with code ${code}:\n${node.service.output}`);
    });
  }

  /** Adds nodes, or drains some, and waits until that many share the shards. */
  async resize(count: number): Promise<void> {
    while (this.nodes.length < count) await this.add();
    while (this.nodes.length > count) await this.drain(this.nodes[0]!);
    await this.settled();
  }

  /**
   * Waits until the {@link untouched} nodes have all shards, evenly, and agree on it.
   *
   * @throws {Error} when that takes longer than a minute
   */
  async settled(): Promise<void> {
    const nodes = this.untouched;
    const names = nodes.map(({ name }) => name);
    const until_ms = performance.now() + SETTLED_WITHIN_MS;
    while (!(await Promise.all(nodes.map((node) => isSettled(node.service.client, names)))).every(Boolean)) {
      if (performance.now() > until_ms) {
        throw new Error(`${names.join(", ")} did not share the shards within ${SETTLED_WITHIN_MS / 1000} s`);
      }
      await sleep(POLL_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(({ service }) => service[Symbol.asyncDispose]()));
    await Promise.all(this.nodes.map(({ nats_proxy }) => nats_proxy?.[Symbol.asyncDispose]()));
  }

  #remove(node: ClusterNode): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }
}

/** Whether the node that answers knows of these nodes with all shards, evenly, and of no other that has any. */
async function isSettled(client: Client, names: readonly string[]): Promise<boolean> {
  const { body: { data = [], unowned_shards } } = await client.call("GET", "/v1/nodes");
  const owners = data.filter(({ name, shards }: StoredNode) => shards.length > 0 || names.includes(name));
  const shares = owners.map(({ shards }: StoredNode) => shards.length);
  return unowned_shards === 0 && owners.length === names.length &&
    owners.every(({ name }: StoredNode) => names.includes(name)) &&
    Math.max(...shares) - Math.min(...shares) <= 1;
}

interface StoredNode {
  readonly name: string;
  readonly shards: readonly number[];
}
