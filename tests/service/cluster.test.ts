import assert from "node:assert/strict";
import { sleep } from "../../src/time/sleep.ts";
import { main as audit } from "../../tools/audit/main.ts";
import { CLUSTER_FAULTS } from "../../tools/chaos/cluster_faults.ts";
import { ReadyNodes } from "../../tools/cluster/ready_nodes.ts";
import { startCluster } from "../support/database.ts";
import { NatsServer, natsTest } from "../support/cluster/nats_server.ts";
import { ServiceCluster } from "../support/cluster/service_cluster.ts";
import { businessNumber, customerWrote, wamid } from "../support/payloads.ts";
import { SeededRandom } from "../support/seeded_random.ts";
import { Client } from "../support/service.ts";

/** The faults that are played, one after another on the same nodes: two are left at the end, and are restarted. */
const PLAYED = [
  "nats_cut",
  "nats_restarted",
  "postgres_restarted",
  "node_suspended",
  "node_killed",
  "rolling_restart",
];
/** Enough companies that each of three nodes has some. */
const COMPANIES = Array.from(
  { length: 9 },
  (_, n) => ({ id: `company-${n}`, line: businessNumber(100 + n) }),
);

/** What was delivered to the nodes of a cluster and acknowledged to Meta. */
class Deliveries implements AsyncDisposable {
  readonly cluster: ServiceCluster;
  readonly #ready: ReadyNodes;
  readonly #acknowledged = new Map<string, Set<number>>(COMPANIES.map(({ id }) => [id, new Set()]));
  readonly #more_credits = new Map<string, number>();
  #customers = 0;

  constructor(cluster: ServiceCluster) {
    this.cluster = cluster;
    this.#ready = new ReadyNodes(() => cluster.nodes.map(({ service }) => service.url));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ready[Symbol.asyncDispose]();
  }

  /** Expects more credits than the acknowledged messages. */
  addCredits(company: string, credits: number): void {
    this.#more_credits.set(company, credits);
  }

  /**
   * Delivers webhooks of all companies to all nodes that are ready while a fault happens, each again until it is
   * acknowledged, as Meta does. Every second webhook has messages of two companies.
   */
  async during(fault: () => Promise<void>): Promise<void> {
    const over = { is: false };
    const delivering = Array.from({ length: 6 }, async (_, worker) => {
      for (let n = 0; !over.is || n < 4; n++) await this.#deliver(worker + 6 * n);
    });
    await Promise.all([...delivering, fault().finally(() => over.is = true)]);
  }

  /** Fails unless every acknowledged message was charged once, on every node. */
  async assertExact(): Promise<void> {
    for (const { id } of COMPANIES) {
      const expected = this.#acknowledged.get(id)!.size + (this.#more_credits.get(id) ?? 0);
      for (const { service } of this.cluster.nodes) {
        assert.equal((await balanceOf(service.client, id)).consumed, expected, id);
      }
    }
  }

  async #deliver(number: number): Promise<void> {
    const customer = ++this.#customers;
    const parts = number % 2 === 0 ? [number] : [number, number + 1];
    const of = parts.map((part) => COMPANIES[part % COMPANIES.length]!);
    const at_s = Math.floor(Date.now() / 1000);
    const messages = of.map(({ line }) =>
      customerWrote(line, { phone: `55119${80_000_000 + customer}` }, { id: wamid(`c${customer}`), at_s })
    );
    for (let attempt = 0;; attempt++) {
      const urls = this.#ready.urls;
      const url = urls[(number + attempt) % urls.length];
      const status = url === undefined ? 503 : await new Client(url).deliver(...messages);
      if (status === 200) break;
      // Only a killed node gives no answer.
      assert.ok(status === 503 || status === 0 && this.cluster.killed.has(url!), `${url} answered ${status}`);
      await sleep(50);
    }
    for (const { id } of of) this.#acknowledged.get(id)!.add(customer);
  }
}

/** Reads a balance, again while the node does not reach the company's node. */
async function balanceOf(client: Client, company: string): Promise<{ readonly consumed: number }> {
  for (;;) {
    const { status, body } = await client.call("GET", `/v1/companies/${company}/balance`);
    if (status === 200) return body;
    assert.equal(status, 503);
    await sleep(50);
  }
}

natsTest("three nodes show every commit, and no fault loses or doubles a webhook", async () => {
  await using database = await startCluster({ settings: { max_connections: "200" } });
  const { postgres, url: database_url } = database;
  await using nats = await NatsServer.start();
  await using cluster = await ServiceCluster.start({ postgres, database_url, nats, proxies_nats: true }, 3);
  await using deliveries = new Deliveries(cluster);
  const { client } = cluster.nodes[0]!.service;
  for (const { id, line } of COMPANIES) {
    const phone_number_ids = [line.phone_number_id];
    await client.ok("PUT", `/v1/companies/${id}`, {
      name: id,
      time_zone: "America/Sao_Paulo",
      phone_number_ids,
    });
  }
  await showsChangesEverywhere(deliveries);
  await deliveries.assertExact();
  for (const name of PLAYED) {
    const { inject } = CLUSTER_FAULTS.find((fault) => fault.name === name)!;
    await deliveries.during(() => inject(cluster, new SeededRandom(name), { addSenders: () => {} }));
    await deliveries.assertExact();
  }
  const lines: string[] = [];
  const screen = { line: (text: string) => void lines.push(text), progress: () => {}, is_terminal: false };
  assert.equal(await audit([], { DATABASE_URL: database_url }, screen), 0, lines.join("\n"));
});

/** Watches every company on every node while each gets a message, then sets a rate on one node and uses it on others. */
async function showsChangesEverywhere(deliveries: Deliveries): Promise<void> {
  const clients = deliveries.cluster.nodes.map(({ service }) => service.client);
  const stop = new AbortController();
  const reached = clients.flatMap((client) =>
    COMPANIES.map(async ({ id }) => {
      for await (const { consumed } of client.balances(stop.signal, id)) if (consumed > 0) return;
    })
  );
  // Every node gets webhooks of all companies, so most commands are another node's.
  await deliveries.during(() => sleep(300));
  await Promise.all(reached);
  stop.abort();
  const [one, ...others] = clients;
  const name = { en: "Run", "pt-BR": "Uso" };
  await one!.ok("PUT", "/v1/features/automation.run", { credits: 2, name });
  for (const { id } of COMPANIES) {
    for (const [n, client] of others.entries()) {
      const usage = [{ id: `run-${n}`, feature: "automation.run", quantity: 1 }];
      while ((await client.call("POST", `/v1/companies/${id}/usage`, usage)).status >= 300) await sleep(50);
    }
    deliveries.addCredits(id, 2 * others.length);
  }
}
