/** The three servers that are measured, each ready for the streams it will be sent. */

import { connect, disconnect } from "../../src/postgres/connection.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import type { EventStream, MixedCompany } from "./mixes.ts";
import { type ServerProcess, startServer } from "./processes.ts";

/** A server under measurement. */
export interface Contender extends AsyncDisposable {
  readonly name: ContenderName;
  readonly process: ServerProcess;
  /** What companies have consumed by its books; undefined for one that keeps none. */
  consumed(companies: readonly MixedCompany[]): Promise<ReadonlyMap<string, number> | undefined>;
}

/** The plain way meters the messages of a webhook one after the other, or all at once. */
export type ContenderName = "bare Hono" | PlainName | "Poli Credits";
type PlainName = "plain way" | "plain, at once";

/** What all of them are set up with. */
export interface BenchSetup {
  readonly postgres: EmbeddedPostgres;
  readonly streams: readonly EventStream[];
  readonly app_secret: string;
  /** In which it is about noon, so that no span has a midnight in it. */
  readonly time_zone: string;
  /** Connections of the plain way's pool. */
  readonly pool_size: number;
}

/** Starts the floor: it checks, parses and keeps nothing. */
export async function startBareHono({ app_secret }: BenchSetup): Promise<Contender> {
  const script = new URL("./servers/bare_hono.ts", import.meta.url);
  const server = await startServer(script, { META_APP_SECRET: app_secret });
  return {
    name: "bare Hono",
    process: server,
    consumed: nothing,
    [Symbol.asyncDispose]: () => endOf(server),
  };
}

/** Starts the plain way, on a database of its own beside ours. */
export async function startBaseline(arena: BenchSetup, name: PlainName): Promise<Contender> {
  const calls = name === "plain way" ? "in_turn" : "at_once";
  const url = await createPlainDatabase(arena, `plain_${calls}`);
  const script = new URL("./servers/baseline.ts", import.meta.url);
  const server = await startServer(script, {
    META_APP_SECRET: arena.app_secret,
    DATABASE_URL: url,
    POOL: String(arena.pool_size),
    CALLS: calls,
  });
  const books = await connect(url, { application_name: "bench" });
  const consumed = async () => {
    const { rows } = await books.query<{ company_id: string; consumed: bigint | string | number }>(
      "select company_id, consumed from companies",
    );
    return new Map(rows.map((row) => [row.company_id, Number(row.consumed)]));
  };
  const dispose = async () => {
    await disconnect(books);
    await endOf(server);
  };
  return { name, process: server, consumed, [Symbol.asyncDispose]: dispose };
}

/** Starts the service as `task start` does, on the bench's Postgres. */
export async function startService(arena: BenchSetup): Promise<Contender> {
  const admin_key = `bench-${crypto.randomUUID()}`;
  const script = new URL("../../main.ts", import.meta.url);
  const server = await startServer(script, {
    META_APP_SECRET: arena.app_secret,
    META_VERIFY_TOKEN: crypto.randomUUID(),
    ADMIN_KEY: admin_key,
    DATABASE_URL: arena.postgres.url,
    HOST: "127.0.0.1",
    LOG_LEVEL: "warning",
    RATE_LIMIT_PER_KEY: "0",
    RATE_LIMIT_PER_COMPANY: "0",
  }, "/readyz");
  const request = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${server.target.port}/v1/companies/${path}`, {
      method,
      headers: { Authorization: `Bearer ${admin_key}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  for (const { company, line } of arena.streams.flatMap(({ companies }) => companies)) {
    const { time_zone } = arena;
    await request("PUT", company, { name: company, time_zone, phone_number_ids: [line.phone_number_id] });
    const offer = {
      package: { credits: 10_000, price: "900.00" },
      excess_credit_price: "0.12",
      currency: "BRL",
    };
    await request("PUT", `${company}/contract`, offer);
  }
  const consumed = async (companies: readonly MixedCompany[]) => {
    const balances = await Promise.all(companies.map(({ company }) => request("GET", `${company}/balance`)));
    return new Map(balances.map((balance) => [balance.company as string, balance.consumed as number]));
  };
  return { name: "Poli Credits", process: server, consumed, [Symbol.asyncDispose]: () => endOf(server) };
}

async function createPlainDatabase(
  { postgres, streams, time_zone }: BenchSetup,
  name: string,
): Promise<string> {
  const superuser = await connect(postgres.superuser_url, { application_name: "bench" });
  await superuser.query(`create database ${name} owner credits`);
  await disconnect(superuser);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  const client = await connect(url.href, { application_name: "bench" });
  await client.query(await Deno.readTextFile(new URL("./baseline.sql", import.meta.url)));
  for (const { company, line } of streams.flatMap(({ companies }) => companies)) {
    await client.query("insert into companies (company_id, time_zone) values ($1, $2)", [company, time_zone]);
    await client.query("insert into phone_numbers values ($1, $2)", [line.phone_number_id, company]);
  }
  await disconnect(client);
  return url.href;
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined);
}

async function endOf(server: ServerProcess): Promise<void> {
  await server[Symbol.asyncDispose]();
}
