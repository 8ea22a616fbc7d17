/** The environment of a cluster's faults: nodes on one database, one NATS server, and clients that ask which are ready. */

import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { NatsServer } from "../../tests/support/cluster/nats_server.ts";
import { ServiceCluster } from "../../tests/support/cluster/service_cluster.ts";
import { Client } from "../../tests/support/service.ts";
import { ReadyNodes } from "../cluster/ready_nodes.ts";
import { type CheckedEnvironment, setPrice } from "./checks.ts";
import { createDatabase, dropDatabase, withDatabaseName } from "./environment.ts";
import { until } from "./until.ts";
import { sleep } from "../../src/time/sleep.ts";

const ANSWERS_WITHIN_MS = 30_000;

/** A client that calls again while it is answered 503: on a busy machine a node may miss another's answer. */
class PatientClient extends Client {
  override async call(...call: Parameters<Client["call"]>): ReturnType<Client["call"]> {
    const until_ms = performance.now() + ANSWERS_WITHIN_MS;
    for (;;) {
      const answer = await super.call(...call);
      if (answer.status !== 503 || performance.now() > until_ms) return answer;
      await sleep(50);
    }
  }
}

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
    return new PatientClient(this.url);
  }

  /** The clients of all nodes. */
  get clients(): readonly Client[] {
    return this.cluster.nodes.map(({ service }) => new PatientClient(service.url));
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
