/** The environment of a cluster's faults: nodes on one database, one NATS server, and clients that ask which are ready. */

import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { NatsServer } from "../../tests/support/cluster/nats_server.ts";
import { ServiceCluster } from "../../tests/support/cluster/service_cluster.ts";
import { Client } from "../../tests/support/service.ts";
import { ReadyNodes } from "../cluster/ready_nodes.ts";
import { type CheckedEnvironment, setPrice } from "./checks.ts";
import { createDatabase, dropDatabase, withDatabaseName } from "./environment.ts";
import { until } from "./until.ts";

const ANSWERS_WITHIN_MS = 30_000;

/** Several running nodes with their Postgres and NATS. */
export class ClusterEnvironment implements CheckedEnvironment {
  readonly cluster: ServiceCluster;
  readonly #database: string;
  readonly #ready: ReadyNodes;
  #turn = 0;

  private constructor(cluster: ServiceCluster, database: string) {
    this.cluster = cluster;
    this.#database = database;
    this.#ready = new ReadyNodes(() => cluster.nodes.map(({ service }) => service.url));
  }

  /** Creates the database and starts one node. */
  static async open(
    postgres: EmbeddedPostgres,
    database: string,
    proxies_nats: boolean,
  ): Promise<ClusterEnvironment> {
    await createDatabase(postgres, database);
    const nats = await NatsServer.start();
    try {
      const database_url = withDatabaseName(postgres.url, database);
      const cluster = await ServiceCluster.start({ postgres, database_url, nats, proxies_nats }, 1);
      await setPrice(cluster.nodes[0]!.service.client);
      return new ClusterEnvironment(cluster, database);
    } catch (error) {
      await nats.stop();
      throw error;
    }
  }

  /** The nodes that clients send to. */
  get service_urls(): readonly string[] {
    return this.#ready.urls;
  }

  /** The nodes, in turn. */
  get url(): string {
    const { nodes } = this.cluster;
    return nodes[this.#turn++ % nodes.length]!.service.url;
  }

  get client(): Client {
    return new Client(this.url);
  }

  get output(): string {
    return this.cluster.nodes.map(({ service }) => service.output).join("\n");
  }

  databaseUrl(): Promise<string> {
    return Promise.resolve(this.cluster.settings.database_url);
  }

  /**
   * Waits until every node answers for every company.
   *
   * @throws {Error} when that takes longer than 30 s
   */
  async waitUntilAnswered(companies: readonly string[]): Promise<void> {
    for (const { name, service } of this.cluster.nodes) {
      for (const company of companies) {
        const path = `/v1/companies/${company}/balance`;
        await until(
          `${name} answers GET ${path}`,
          ANSWERS_WITHIN_MS,
          async () => (await service.client.call("GET", path)).status === 200,
        );
      }
    }
  }

  async close(keep: boolean): Promise<void> {
    const { postgres, nats } = this.cluster.settings;
    await this.#ready[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
    await nats.stop();
    if (!keep) await dropDatabase(postgres, this.#database);
  }
}
