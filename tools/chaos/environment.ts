/** The environment of a fault: real processes, a real Postgres, and optionally a proxy between them. */

import { attachToEmbeddedPostgres } from "../../src/embedded_postgres/attach.ts";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import type { EmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { type Client, ServiceProcess } from "../../tests/support/service.ts";
import { TcpProxy } from "../../tests/support/tcp_proxy.ts";
import type { CheckedEnvironment } from "./checks.ts";
import type { ReplicatedPostgres } from "./replicated_postgres.ts";
import type { SmallDisk } from "./small_disk.ts";
import type { DistributedSchema } from "../distribute/distributed_schema.ts";
import { freePort } from "../free_port.ts";
import { sleep } from "../../src/time/sleep.ts";

const READY_WITHIN_MS = 30_000;

/** How the service is started. */
export interface ProcessSettings {
  /** Its limit of open files; by default that of this process. */
  readonly open_files?: number;
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The parts of an environment. */
export interface EnvironmentSettings {
  /** The service's Postgres; without one, and without a schema, the service starts its own under `data_dir`. */
  readonly postgres?: EmbeddedPostgres;
  readonly data_dir: string;
  /** The name of the environment's database in that Postgres. */
  readonly database?: string;
  /** Whether the service reaches Postgres through a proxy. */
  readonly proxied?: boolean;
  /** The service's schema in a distributed database. */
  readonly schema?: DistributedSchema;
  /** That Postgres, if it can fail over. */
  readonly replicated?: ReplicatedPostgres | undefined;
  /** The disk of that Postgres. */
  readonly disk?: SmallDisk;
  readonly process?: ProcessSettings;
}

/** A running service with its Postgres and proxy. */
export class ChaosEnvironment implements CheckedEnvironment, AsyncDisposable {
  service!: ServiceProcess;
  readonly settings: EnvironmentSettings;
  readonly proxy: TcpProxy | undefined;
  /** The addresses that clients use now. */
  service_urls: readonly string[] = [];
  /** How far the service's test clock is ahead of this process's clock. */
  clock_ahead_ms = 0;
  #port = freePort();

  private constructor(settings: EnvironmentSettings) {
    this.settings = settings;
    if (settings.proxied) this.proxy = new TcpProxy(addressOf(this.postgres!.url));
  }

  /** The service's Postgres now; undefined when the service has its own. */
  get postgres(): EmbeddedPostgres | undefined {
    return this.settings.replicated?.primary ?? this.settings.postgres;
  }

  get url(): string {
    return this.service.url;
  }

  get client(): Client {
    return this.service.client;
  }

  get output(): string {
    return this.service.output;
  }

  /** Creates the database, if there is an external Postgres, and starts the service. */
  static async open(settings: EnvironmentSettings): Promise<ChaosEnvironment> {
    const environment = new ChaosEnvironment(settings);
    const { postgres, settings: { database } } = environment;
    if (postgres !== undefined) await createDatabase(postgres, database!);
    await environment.start();
    return environment;
  }

  /** Starts the service at its previous address. */
  async start(): Promise<void> {
    this.service = await this.#launch(this.#port);
    this.service_urls = [this.service.url];
  }

  /** Starts another service on the same database, at another address. */
  async startSecondService(): Promise<ServiceProcess> {
    const port = freePort();
    const second = await this.#launch(port);
    this.#port = port;
    return second;
  }

  /**
   * Calls the API, again while it answers 503.
   *
   * @throws {Error} when it does so for 30 s, or answers another error
   */
  // deno-lint-ignore no-explicit-any
  async call(method: string, path: string, body?: unknown): Promise<any> {
    const until_ms = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const answer = await this.service.client.call(method, path, body);
      if (answer.status < 300) return answer.body;
      if (answer.status !== 503 || performance.now() > until_ms) {
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
      await sleep(100);
    }
  }

  /** Moves the service's test clock forward. */
  async moveClock(to: Temporal.Instant): Promise<void> {
    const moved = await this.call("POST", "/v1/test_clock", { now: to.toString() });
    this.clock_ahead_ms = Temporal.Instant.from(moved.now).epochMilliseconds - Date.now();
  }

  /** Returns the URL of the database that bypasses the proxy, for the audit. */
  async databaseUrl(): Promise<string> {
    return this.#database_url() ?? await attachToEmbeddedPostgres(`${this.settings.data_dir}/postgres`);
  }

  /**
   * Waits until the service is ready.
   *
   * @throws {Error} when it is not ready within 30 s
   */
  async waitUntilReady(): Promise<void> {
    const until_ms = performance.now() + READY_WITHIN_MS;
    while (performance.now() < until_ms) {
      try {
        const response = await fetch(`${this.service.url}/readyz`);
        await response.body?.cancel();
        if (response.ok) return;
      } catch {
        // It does not listen.
      }
      await sleep(20);
    }
    throw new Error(`the service was not ready within ${READY_WITHIN_MS / 1000} s`);
  }

  /** Stops the service and drops the database, unless it is kept for analysis. */
  async close(keep: boolean): Promise<void> {
    await this.service[Symbol.asyncDispose]();
    await this.proxy?.[Symbol.asyncDispose]();
    if (this.postgres !== undefined && !keep) {
      await dropDatabase(this.postgres, this.settings.database!);
    }
    if (!keep) await this.settings.schema?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(false);
  }

  #database_url(): string | undefined {
    const { postgres, settings: { database, schema } } = this;
    if (schema !== undefined) return schema.url;
    return postgres === undefined ? undefined : withDatabaseName(postgres.url, database!);
  }

  #launch(port: number): Promise<ServiceProcess> {
    const url = this.#database_url();
    const place: Record<string, string> = url === undefined
      ? { DATA_DIR: this.settings.data_dir }
      : { DATABASE_URL: this.proxy?.urlOf(url) ?? url };
    const { open_files, env } = this.settings.process ?? {};
    return ServiceProcess.start({ ...UNLIMITED, ...env, ...place, PORT: String(port) }, {
      ...open_files === undefined ? {} : { open_files },
    });
  }
}

/** A fast machine sends more than the default limits allow, and a 429 tells nothing about a fault. */
const UNLIMITED = { RATE_LIMIT_PER_KEY: "0", RATE_LIMIT_PER_COMPANY: "0" };

/** Creates a database of the service's owner, in place of an earlier one of that name. */
export async function createDatabase(postgres: EmbeddedPostgres, database: string): Promise<void> {
  await dropDatabase(postgres, database);
  await runAsSuperuser(postgres, [`create database ${database} owner credits`]);
}

/** Drops a database, also with open connections. */
export async function dropDatabase(postgres: EmbeddedPostgres, database: string): Promise<void> {
  await runAsSuperuser(postgres, [`drop database if exists ${database} with (force)`]);
}

/** Runs statements as superuser. */
export async function runAsSuperuser(
  postgres: EmbeddedPostgres,
  statements: readonly string[],
): Promise<void> {
  const client = await connect(postgres.superuser_url, { application_name: "chaos" });
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await disconnect(client);
  }
}

/** Returns the address of a Postgres URL. */
export function addressOf(url: string): { readonly hostname: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { hostname, port: Number(port) };
}

/** Returns a Postgres URL with another database name. */
export function withDatabaseName(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
