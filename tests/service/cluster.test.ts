import assert from "node:assert/strict";
import { sleep } from "../../src/time/sleep.ts";
import { main as audit } from "../../tools/audit/main.ts";
import { createDatabase } from "../support/database.ts";
import { NatsServer, natsTest } from "../support/cluster/nats_server.ts";
import { businessNumber, customerWrote, wamid } from "../support/payloads.ts";
import { type Client, ServiceProcess } from "../support/service.ts";

/** Enough companies that each of three nodes has some. */
const COMPANIES = Array.from(
  { length: 9 },
  (_, n) => ({ id: `company-${n}`, line: businessNumber(100 + n) }),
);

/** Three nodes on one database and one NATS server, and what was acknowledged to Meta. */
class ServiceCluster implements AsyncDisposable {
  readonly nodes: ServiceProcess[] = [];
  readonly #acknowledged = new Map<string, Set<number>>(COMPANIES.map(({ id }) => [id, new Set()]));
  readonly #more_credits = new Map<string, number>();
  #customers = 0;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(database_url: string, nats_url: string) {
    this.#env = { DATABASE_URL: database_url, NATS_URL: nats_url, TEST_CLOCK: "0", LOG_LEVEL: "info" };
  }

  static async start(database_url: string, nats_url: string): Promise<ServiceCluster> {
    const cluster = new ServiceCluster(database_url, nats_url);
    for (const name of ["one", "two", "three"]) await cluster.add(name);
    const { client } = cluster.nodes[0]!;
    await cluster.settled(3);
    for (const { id, line } of COMPANIES) {
      await client.ok("PUT", `/v1/companies/${id}`, {
        name: id,
        time_zone: "America/Sao_Paulo",
        phone_number_ids: [line.phone_number_id],
      });
    }
    return cluster;
  }

  /** Starts a node. */
  async add(name: string): Promise<ServiceProcess> {
    const node = await ServiceProcess.start({ ...this.#env, NODE_NAME: name });
    this.nodes.push(node);
    return node;
  }

  /** Expects more credits than the acknowledged messages. */
  addCredits(company: string, credits: number): void {
    this.#more_credits.set(company, credits);
  }

  /** Takes a node out of those that get webhooks. */
  remove(node: ServiceProcess): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  /** Waits until a number of nodes have all shards, evenly. */
  async settled(count: number): Promise<void> {
    while (!(await Promise.all(this.nodes.map(({ client }) => isSettled(client, count)))).every(Boolean)) {
      await sleep(50);
    }
  }

  /**
   * Delivers webhooks of all companies to all nodes while a fault happens, each again until it is acknowledged, as Meta
   * does. Every second webhook has messages of two companies.
   */
  async deliverDuring(fault: () => Promise<void>): Promise<void> {
    const over = { is: false };
    const delivering = Array.from({ length: 6 }, async (_, worker) => {
      for (let n = 0; !over.is || n < 4; n++) await this.#deliver(worker + 6 * n);
    });
    await fault();
    over.is = true;
    await Promise.all(delivering);
  }

  /** Fails unless every acknowledged message was charged once, on every node, and the audit agrees. */
  async assertExact(database_url: string): Promise<void> {
    for (const { id } of COMPANIES) {
      const expected = this.#acknowledged.get(id)!.size + (this.#more_credits.get(id) ?? 0);
      for (const { client } of this.nodes) {
        assert.equal((await client.balance(id)).consumed, expected, id);
      }
    }
    const lines: string[] = [];
    const screen = { line: (text: string) => void lines.push(text), progress: () => {}, is_terminal: false };
    assert.equal(await audit([], { DATABASE_URL: database_url }, screen), 0, lines.join("\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
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
      const node = this.nodes[(number + attempt) % this.nodes.length]!;
      if (await node.client.deliver(...messages) === 200) break;
      await sleep(50);
    }
    for (const { id } of of) this.#acknowledged.get(id)!.add(customer);
  }
}

async function isSettled(client: Client, count: number): Promise<boolean> {
  const { body: { data = [], unowned_shards } } = await client.call("GET", "/v1/nodes");
  const shares = data.map(({ shards }: { shards: number[] }) => shards.length);
  return unowned_shards === 0 && data.length === count && Math.max(...shares) - Math.min(...shares) <= 1;
}

natsTest("three nodes show every commit, and no fault loses or doubles a webhook", async () => {
  await using database = await createDatabase();
  await using nats = await NatsServer.start();
  await using cluster = await ServiceCluster.start(database.url, nats.url);
  const [one, two, three] = cluster.nodes as [ServiceProcess, ServiceProcess, ServiceProcess];
  await showsChangesEverywhere(cluster);
  await cluster.assertExact(database.url);

  await cluster.deliverDuring(async () => {
    cluster.remove(three);
    await three.end("SIGKILL");
    await cluster.settled(2);
  });
  await cluster.assertExact(database.url);

  await cluster.deliverDuring(async () => {
    cluster.remove(two);
    Deno.kill(two.pid, "SIGSTOP");
    await cluster.settled(1);
    Deno.kill(two.pid, "SIGCONT");
    cluster.nodes.push(two);
    await cluster.settled(2);
  });
  await cluster.assertExact(database.url);

  await cluster.deliverDuring(async () => {
    await nats.stop();
    await sleep(500);
    await nats.start();
  });
  await cluster.assertExact(database.url);

  await cluster.deliverDuring(async () => {
    await cluster.add("four");
    await cluster.settled(3);
    cluster.remove(one);
    assert.equal((await one.end("SIGTERM")).code, 0);
    await cluster.settled(2);
  });
  await cluster.assertExact(database.url);
});

/** Watches every company on every node while each gets a message, then sets a rate on one node and uses it on others. */
async function showsChangesEverywhere(cluster: ServiceCluster): Promise<void> {
  const stop = new AbortController();
  const reached = cluster.nodes.flatMap(({ client }) =>
    COMPANIES.map(async ({ id }) => {
      for await (const { consumed } of client.balances(stop.signal, id)) if (consumed > 0) return;
    })
  );
  // Every node gets webhooks of all companies, so most commands are another node's.
  await cluster.deliverDuring(() => sleep(300));
  await Promise.all(reached);
  stop.abort();
  const [one, ...others] = cluster.nodes;
  const name = { en: "Run", "pt-BR": "Uso" };
  await one!.client.ok("PUT", "/v1/features/automation.run", { credits: 2, name });
  for (const { id } of COMPANIES) {
    for (const [n, { client }] of others.entries()) {
      const usage = [{ id: `run-${n}`, feature: "automation.run", quantity: 1 }];
      while ((await client.call("POST", `/v1/companies/${id}/usage`, usage)).status >= 300) await sleep(50);
    }
    cluster.addCredits(id, 2 * others.length);
  }
}
