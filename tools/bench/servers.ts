/** Starts the measured servers, each with the companies of all cases. */

import { SHARDS } from "../../actors/placement/shards.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { createDistributedSchema } from "../distribute/distributed_schema.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { BENCH_FEATURE } from "./calls.ts";
import type { MixedCompany } from "./mixes.ts";
import { type ServerProcess, startServer } from "./processes.ts";
import type { Target } from "./load.ts";
import { sleep } from "../../src/time/sleep.ts";
import { zoneAtNoon } from "./zone_at_noon.ts";

/** A server under measurement. */
export interface Contender extends AsyncDisposable {
  readonly name: ContenderName;
  /** Where it listens: several nodes share its work. */
  readonly targets: readonly Target[];
  /** The processes whose processor time is its own. */
  readonly pids: readonly number[];
  /** Returns the stored consumption of companies; undefined for a server that stores nothing. */
  consumed(companies: readonly MixedCompany[]): Promise<ReadonlyMap<string, number> | undefined>;
}

/**
 * The name of a server. The baseline meters the messages of a webhook one by one, or all concurrently. The other checkout
 * is the service at another commit. The small store is the service on a store without a past. Nodes are the service with
 * NATS. "On Citus" is the service on a distributed database. Without costs is the service that counts no costs of Meta.
 */
export type ContenderName = "bare Hono" | BaselineName | ServiceName;
type ServiceName =
  | "Poli Credits"
  | "other checkout"
  | "small store"
  | "one node"
  | "two nodes"
  | "on Citus"
  | "without costs";
type BaselineName = "baseline" | "concurrent baseline";

/** The setup that all servers share. */
export interface BenchSetup {
  readonly postgres: EmbeddedPostgres;
  readonly companies: readonly MixedCompany[];
  readonly app_secret: string;
  readonly admin_key: string;
  /** A zone in which it is about noon, so that no span crosses a midnight. */
  readonly time_zone: string;
  /** Connections of the baseline's pool. */
  readonly pool_size: number;
}

/** The folder of this checkout. */
const ROOT = new URL("../../", import.meta.url);

const POLL_MS = 100;

/** By default the baseline's pool has so many connections. */
export const POOL_SIZE = 10;

/** Makes a setup with secrets of its own. */
export function newSetup(
  postgres: EmbeddedPostgres,
  companies: readonly MixedCompany[],
  pool_size = POOL_SIZE,
): BenchSetup {
  return {
    postgres,
    companies,
    app_secret: crypto.randomUUID(),
    admin_key: `bench-${crypto.randomUUID()}`,
    time_zone: zoneAtNoon(),
    pool_size,
  };
}

/** Starts bare Hono: it verifies webhooks and parses bodies, and stores nothing. */
export async function startBareHono({ app_secret }: BenchSetup): Promise<Contender> {
  const script = new URL("./servers/bare_hono.ts", import.meta.url);
  const server = await startServer(script, { META_APP_SECRET: app_secret });
  return {
    name: "bare Hono",
    ...addressOf(server),
    consumed: noConsumption,
    [Symbol.asyncDispose]: () => stop(server),
  };
}

/** Starts the baseline on a database of its own. */
export async function startBaseline(setup: BenchSetup, name: BaselineName): Promise<Contender> {
  const mode = name === "baseline" ? "in_turn" : "at_once";
  const url = await createBaselineDatabase(setup, `baseline_${mode}`);
  const script = new URL("./servers/baseline.ts", import.meta.url);
  const server = await startServer(script, {
    META_APP_SECRET: setup.app_secret,
    DATABASE_URL: url,
    POOL: String(setup.pool_size),
    CALLS: mode,
  });
  const client = await connect(url, { application_name: "bench" });
  const consumed = async () => {
    const { rows } = await client.query<{ company_id: string; consumed: bigint | string | number }>(
      "select company_id, consumed from companies",
    );
    return new Map(rows.map((row) => [row.company_id, Number(row.consumed)]));
  };
  const dispose = async () => {
    await disconnect(client);
    await stop(server);
  };
  return { name, ...addressOf(server), consumed, [Symbol.asyncDispose]: dispose };
}

/** Starts the service on the bench's Postgres. */
export function startService(setup: BenchSetup): Promise<Contender> {
  return startCheckout(setup, "Poli Credits", ROOT, setup.postgres.url);
}

/** Starts the service of another checkout on a database of its own. */
export async function startOtherCheckout(setup: BenchSetup, folder: URL): Promise<Contender> {
  return await startCheckout(setup, "other checkout", folder, await createDatabase(setup, "other_checkout"));
}

/** Starts the service on a new database of the bench's Postgres. */
export async function startSmallStore(setup: BenchSetup): Promise<Contender> {
  const url = await createDatabase(setup, "small_store");
  return await startCheckout(setup, "small store", ROOT, url);
}

/** Starts nodes that share the companies over a NATS server, on a new database of the bench's Postgres. */
export async function startNodes(
  setup: BenchSetup,
  name: "one node" | "two nodes",
  nats: { readonly url: string; readonly pid: number },
): Promise<Contender> {
  const database_url = await createDatabase(setup, name.replace(" ", "_"));
  const nodes: ServerProcess[] = [];
  for (let number = 1; number <= (name === "one node" ? 1 : 2); number++) {
    const env = { DATABASE_URL: database_url, NATS_URL: nats.url, NODE_NAME: `node-${number}` };
    nodes.push(await startProcess(setup, ROOT, env));
  }
  for (const node of nodes) await untilShared(setup, node, nodes.length);
  const { consumed } = await createCompanies(setup, nodes[0]!);
  return {
    name,
    targets: nodes.map(({ target }) => target),
    pids: [...nodes.map(({ pid }) => pid), nats.pid],
    consumed,
    [Symbol.asyncDispose]: async () => void await Promise.all(nodes.map(stop)),
  };
}

/** Starts the service on a new schema of a Citus cluster. @param url the coordinator's database, as its owner */
export async function startOnCitus(setup: BenchSetup, url: string): Promise<Contender> {
  const schema = await createDistributedSchema(url, "bench");
  const service = await startCheckout(setup, "on Citus", ROOT, schema.url);
  const dispose = async () => {
    await service[Symbol.asyncDispose]();
    await schema[Symbol.asyncDispose]();
  };
  return { ...service, [Symbol.asyncDispose]: dispose };
}

/** Starts the service without counting costs of Meta, on a new database of the bench's Postgres. */
export async function startWithoutCosts(setup: BenchSetup): Promise<Contender> {
  const url = await createDatabase(setup, "without_costs");
  return await startCheckout(setup, "without costs", ROOT, url, { META_COSTS: "0" });
}

async function startCheckout(
  setup: BenchSetup,
  name: ServiceName,
  folder: URL,
  database_url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Contender> {
  const server = await startProcess(setup, folder, { DATABASE_URL: database_url, ...env });
  const { consumed } = await createCompanies(setup, server);
  return { name, ...addressOf(server), consumed, [Symbol.asyncDispose]: () => stop(server) };
}

/** Waits until a node knows that all nodes have their share of the companies. */
async function untilShared(setup: BenchSetup, node: ServerProcess, nodes: number): Promise<void> {
  const request = requestTo(node, setup);
  for (;;) {
    const { data } = await request("GET", "nodes");
    const shares = data.map(({ shards }: { readonly shards: readonly number[] }) => shards.length);
    if (shares.every((share: number) => share === SHARDS / nodes)) return;
    await sleep(POLL_MS);
  }
}

async function startProcess(
  { app_secret, admin_key }: BenchSetup,
  folder: URL,
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  return await startServer(
    new URL("main.ts", folder),
    {
      META_APP_SECRET: app_secret,
      META_VERIFY_TOKEN: "verify-token-of-the-bench",
      ADMIN_KEY: admin_key,
      HOST: "127.0.0.1",
      LOG_LEVEL: "warning",
      RATE_LIMIT_PER_KEY: "0",
      RATE_LIMIT_PER_COMPANY: "0",
      ...env,
    },
    "/readyz",
    await v8FlagsOf(folder),
  );
}

/** Creates the companies of a setup. @returns what reads their consumption */
async function createCompanies(
  setup: BenchSetup,
  server: ServerProcess,
): Promise<Pick<Contender, "consumed">> {
  const request = requestTo(server, setup);
  await request("PUT", `features/${BENCH_FEATURE}`, { name: { "pt-BR": "Tarefa", en: "Task" }, credits: 1 });
  for (const { company, line } of setup.companies) {
    const { time_zone } = setup;
    await request("PUT", `companies/${company}`, {
      name: company,
      time_zone,
      phone_number_ids: [line.phone_number_id],
    });
    const offer = {
      package: { credits: 10_000, price: "900.00" },
      excess_credit_price: "0.12",
      currency: "BRL",
    };
    await request("PUT", `companies/${company}/contract`, offer);
  }
  const consumed = async (companies: readonly MixedCompany[]) => {
    const balances = await Promise.all(
      companies.map(({ company }) => request("GET", `companies/${company}/balance`)),
    );
    return new Map(balances.map((balance) => [balance.company as string, balance.consumed as number]));
  };
  return { consumed };
}

/** Returns a function that calls the API of a server, and rejects when the answer is an error. */
function requestTo({ target: { port } }: ServerProcess, { admin_key }: BenchSetup) {
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
      method,
      headers: { Authorization: `Bearer ${admin_key}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
}

function addressOf({ target, pid }: ServerProcess): Pick<Contender, "targets" | "pids"> {
  return { targets: [target], pids: [pid] };
}

/** Returns the flags that a checkout's `deno task start` passes to V8: none in commits before they existed. */
async function v8FlagsOf(folder: URL): Promise<readonly string[]> {
  const module = new URL("src/config/v8_flags.ts", folder);
  try {
    await Deno.stat(module);
  } catch {
    return [];
  }
  const { V8_FLAGS } = await import(module.href) as { readonly V8_FLAGS: readonly string[] };
  return V8_FLAGS;
}

/** Creates an empty database. @returns its URL */
async function createDatabase({ postgres }: BenchSetup, name: string): Promise<string> {
  const superuser = await connect(postgres.superuser_url, { application_name: "bench" });
  await superuser.query(`create database ${name} owner credits`);
  await disconnect(superuser);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function createBaselineDatabase(setup: BenchSetup, name: string): Promise<string> {
  const { companies, time_zone } = setup;
  const url = await createDatabase(setup, name);
  const client = await connect(url, { application_name: "bench" });
  await client.query(await Deno.readTextFile(new URL("./baseline.sql", import.meta.url)));
  for (const { company, line } of companies) {
    await client.query("insert into companies (company_id, time_zone) values ($1, $2)", [company, time_zone]);
    await client.query("insert into phone_numbers values ($1, $2)", [line.phone_number_id, company]);
  }
  await disconnect(client);
  return url;
}

function noConsumption(): Promise<undefined> {
  return Promise.resolve(undefined);
}

async function stop(server: ServerProcess): Promise<void> {
  await server[Symbol.asyncDispose]();
}
