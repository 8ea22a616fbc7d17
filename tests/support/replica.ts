/** A streaming replica of a Postgres on this machine, made by a base backup. It can fall behind, and be promoted. */

import { join } from "node:path";
import { type Client, connect, disconnect } from "../../src/postgres/connection.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/embedded_postgres/embedded_postgres.ts";
import { copyCluster, FAST_SETTINGS } from "./database_warden.ts";
import { temporaryFolder } from "./database.ts";
import { sleep } from "../../src/time/sleep.ts";

/** The name by which the primary knows the replica. */
const REPLICA = "replica";

/** A Postgres with its folder. */
export interface Primary {
  readonly postgres: EmbeddedPostgres;
  readonly data_dir: string;
}

/** A replica in its own folder. */
export class Replica implements AsyncDisposable {
  readonly postgres: EmbeddedPostgres;
  readonly url: string;
  readonly #primary: EmbeddedPostgres;

  private constructor(postgres: EmbeddedPostgres, primary: EmbeddedPostgres) {
    this.postgres = postgres;
    this.url = postgres.url;
    this.#primary = primary;
  }

  /** Starts a replica in an empty folder, and waits until it has received everything. */
  static async start(
    { postgres: primary, data_dir }: Primary,
    folder: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<Replica> {
    await allowReplication(primary, data_dir);
    await copyRunning(primary, data_dir, folder);
    const pgdata = join(folder, "cluster", "pgdata");
    await Deno.remove(join(pgdata, "postmaster.pid")).catch(() => {});
    await writeOwned(pgdata, "standby.signal", "");
    const { hostname, port, username, password } = new URL(primary.superuser_url);
    const source =
      `host=${hostname} port=${port} user=${username} password=${password} application_name=${REPLICA}`;
    // Not a setting of the command line, which could not be changed later.
    await Deno.writeTextFile(join(pgdata, "postgresql.auto.conf"), `primary_conninfo = '${source}'\n`);
    const postgres = await startEmbeddedPostgres({ data_dir: folder, settings: { ...settings } });
    const replica = new Replica(postgres, primary);
    try {
      await replica.catchUp();
      return replica;
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  /** Waits until the replica has replayed what is on the primary's disk now. */
  async catchUp(): Promise<void> {
    const { rows } = await run(this.#primary, "select pg_current_wal_flush_lsn()::text as position");
    await this.#until(`select pg_last_wal_replay_lsn() >= '${rows[0].position}' as holds`);
  }

  /** Lets the primary answer a commit only when the replica has it on disk, from now on. */
  async makeSynchronous(): Promise<void> {
    await run(
      this.#primary,
      `alter system set synchronous_standby_names = '${REPLICA}'`,
      "select pg_reload_conf()",
    );
    await this.catchUp();
    const is_synchronous =
      "select exists (select from pg_stat_replication where sync_state = 'sync') as holds";
    while (!(await run(this.#primary, is_synchronous)).rows[0].holds) await sleep(10);
  }

  /** Stops receiving from the primary: the replica falls behind. */
  async stopReceiving(): Promise<void> {
    await run(this.postgres, "alter system set primary_conninfo = ''", "select pg_reload_conf()");
    await this.#until("select not exists (select from pg_stat_wal_receiver) as holds");
  }

  /** Makes the replica a primary of a new timeline. */
  async promote(): Promise<void> {
    await run(this.postgres, "select pg_promote()");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.postgres.stop();
  }

  async #until(condition: string): Promise<void> {
    while (!(await run(this.postgres, condition)).rows[0].holds) await sleep(10);
  }
}

/** Starts a replica in a folder that is removed with the test run. */
export async function startReplica(primary: Primary): Promise<Replica> {
  const { path } = await temporaryFolder();
  return await Replica.start(primary, path, FAST_SETTINGS);
}

/** Adds the line for replication to `pg_hba.conf`: `all` excludes it. */
async function allowReplication(primary: EmbeddedPostgres, data_dir: string): Promise<void> {
  const path = join(data_dir, "cluster", "pgdata", "pg_hba.conf");
  const line = "host replication all 127.0.0.1/32 scram-sha-256\n";
  if ((await Deno.readTextFile(path)).includes(line)) return;
  await Deno.writeTextFile(path, line, { append: true });
  await run(primary, "select pg_reload_conf()");
}

async function copyRunning(primary: EmbeddedPostgres, data_dir: string, folder: string): Promise<void> {
  await withSuperuser(primary, async (client) => {
    await client.query("select pg_backup_start('replica', fast => true)");
    await copyCluster(data_dir, folder);
    const { rows } = await client.query("select labelfile from pg_backup_stop(wait_for_archive => false)");
    await writeOwned(join(folder, "cluster", "pgdata"), "backup_label", rows[0].labelfile);
  });
}

/** Writes a file of a data directory, for the account that owns the directory. */
async function writeOwned(pgdata: string, name: string, text: string): Promise<void> {
  const path = join(pgdata, name);
  await Deno.writeTextFile(path, text);
  const { uid, gid } = await Deno.stat(pgdata);
  if (Deno.uid() === 0) await Deno.chown(path, uid, gid);
}

/** Runs statements as superuser. @returns the result of the last */
async function run(postgres: EmbeddedPostgres, ...statements: readonly string[]) {
  return await withSuperuser(postgres, async (client) => {
    let result = await client.query("select");
    for (const statement of statements) result = await client.query(statement);
    return result;
  });
}

async function withSuperuser<Result>(
  postgres: EmbeddedPostgres,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await connect(postgres.superuser_url, { application_name: "tests" });
  try {
    return await work(client);
  } finally {
    await disconnect(client);
  }
}
