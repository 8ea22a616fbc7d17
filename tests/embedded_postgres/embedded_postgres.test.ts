import assert from "node:assert/strict";
import { join } from "node:path";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { seedCluster, startCluster, temporaryFolder, type TestFolder } from "../support/database.ts";
import { isAlive, processesOf, query, startOwner, waitUntil } from "./support.ts";

Deno.test("a new folder gets a database whose owner is no superuser", async () => {
  await using folder = await temporaryFolder();
  await using postgres = await startEmbeddedPostgres({ data_dir: join(folder.path, "new") });
  await query(postgres.url, "CREATE TABLE stored (id int)");
  assert.deepEqual(
    await query(
      postgres.url,
      "SELECT current_database() AS database, usesuper FROM pg_user WHERE usename = current_user",
    ),
    [{ database: "credits", usesuper: false }],
  );
  assert.deepEqual(
    await query(
      postgres.url,
      `SELECT current_setting('fsync') fsync, current_setting('full_page_writes') pages,
              current_setting('synchronous_commit') commit, current_setting('data_checksums') checksums,
              current_setting('server_encoding') encoding, current_setting('lc_messages') messages,
              datcollate AS collation, current_setting('log_timezone') zone, current_setting('listen_addresses') address
       FROM pg_database WHERE datname = current_database()`,
    ),
    [{
      fsync: "on",
      pages: "on",
      commit: "on",
      checksums: "on",
      encoding: "UTF8",
      messages: "C",
      collation: "C",
      zone: "UTC",
      address: "127.0.0.1",
    }],
  );
});

Deno.test("committed data survives a restart on the same folder, at the same address", async () => {
  await using folder = await seededFolder();
  const first = await startEmbeddedPostgres({ data_dir: folder.path });
  await query(first.url, "CREATE TABLE stored AS SELECT 7 AS n");
  await first.stop();
  await using second = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.equal(second.url, first.url);
  assert.deepEqual(await query(second.url, "SELECT n FROM stored"), [{ n: 7 }]);
});

Deno.test("the password is random, only its owner can read it, and a wrong password is refused", async () => {
  await using cluster = await startCluster({ migrations: null });
  const file = join(cluster.data_dir, "cluster", "password");
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  const password = await Deno.readTextFile(file);
  assert.match(password, /^[\w-]{43}$/);
  assert.equal(new URL(cluster.url).password, password);
  const wrong = cluster.url.replace(password, "guess");
  await assert.rejects(connect(wrong, { application_name: "test" }), { code: "28P01" });
});

Deno.test("settings can be overridden, except the address and the port", async () => {
  await using cluster = await startCluster({
    migrations: null,
    settings: { work_mem: "5MB", listen_addresses: "*", port: "1" },
  });
  assert.deepEqual(
    await query(
      cluster.url,
      "SELECT current_setting('work_mem') mem, current_setting('listen_addresses') address",
    ),
    [{ mem: "5MB", address: "127.0.0.1" }],
  );
});

Deno.test("the log has no parameter of a statement, even with all statements and details logged", async () => {
  await using folder = await seededFolder();
  const lines: string[] = [];
  await using postgres = await startEmbeddedPostgres({
    data_dir: folder.path,
    settings: { log_statement: "all", log_error_verbosity: "default" },
    log: (_, message) => void lines.push(message),
  });
  const client = await connect(postgres.url, { application_name: "test" });
  await client.query("SELECT $1::text", ["11 98877 6655"]);
  await disconnect(client);
  await postgres.stop();
  assert.ok(lines.some((line) => line.includes("SELECT $1::text")), "the log has the statement");
  assert.deepEqual(lines.filter((line) => line.includes("98877")), []);
});

Deno.test("a second start on a folder is refused while the first lives, and its message has the pid", async () => {
  await using folder = await seededFolder();
  await using owner = await startOwner(folder.path);
  await assert.rejects(startEmbeddedPostgres({ data_dir: folder.path }), {
    message: new RegExp(`in use by process ${owner.pid}\\. Stop that process first, or set DATA_DIR`),
  });
  assert.deepEqual(await query(owner.url, "SELECT 1 AS n"), [{ n: 1 }]);
});

Deno.test("a second start on a folder is refused within one process", async () => {
  await using cluster = await startCluster({ migrations: null });
  await assert.rejects(startEmbeddedPostgres({ data_dir: cluster.data_dir }), /in use by process/);
});

Deno.test("after a kill -9 of the service, the next start stops the orphan process and keeps committed data", async () => {
  await using folder = await seededFolder();
  await using owner = await startOwner(folder.path);
  await query(owner.url, "CREATE TABLE stored AS SELECT 7 AS n");
  await owner.kill();
  assert.ok(isAlive(owner.postgres_pid), "the Postgres of the killed service should still run");

  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.ok(!isAlive(owner.postgres_pid));
  assert.notEqual(postgres.pid, owner.postgres_pid);
  assert.deepEqual(await query(postgres.url, "SELECT n FROM stored"), [{ n: 7 }]);
});

Deno.test("after a kill -9 of the service and of its Postgres, the next start recovers", async () => {
  await using folder = await seededFolder();
  await using owner = await startOwner(folder.path);
  await query(owner.url, "CREATE TABLE stored AS SELECT 7 AS n");
  await owner.kill();
  Deno.kill(owner.postgres_pid, "SIGKILL");

  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.deepEqual(await query(postgres.url, "SELECT n FROM stored"), [{ n: 7 }]);
});

Deno.test("stop leaves no process and releases the folder", async () => {
  await using folder = await seededFolder();
  const postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  const idle = await connect(postgres.url, { application_name: "test" });
  await postgres.stop();
  await postgres.exited;
  assert.equal(postgres.pid, undefined);
  assert.deepEqual(processesOf(folder.path), []);
  await disconnect(idle);
  await using again = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.ok(again.pid);
});

Deno.test("two concurrent stops both succeed", async () => {
  await using cluster = await startCluster({ migrations: null });
  await Promise.all([cluster.postgres.stop(), cluster.postgres.stop(0)]);
  assert.deepEqual(processesOf(cluster.data_dir), []);
});

Deno.test("a killed Postgres is restarted at the same address", async () => {
  const logged: string[] = [];
  await using cluster = await startCluster({
    migrations: null,
    log: (level, text) => logged.push(`${level} ${text}`),
  });
  await query(cluster.url, "CREATE TABLE stored AS SELECT 7 AS n");
  const killed = cluster.postgres.pid!;
  Deno.kill(killed, "SIGKILL");
  await waitUntil(() => cluster.postgres.pid !== undefined && cluster.postgres.pid !== killed);
  assert.deepEqual(await query(cluster.url, "SELECT n FROM stored"), [{ n: 7 }]);
  assert.ok(
    logged.some((line) => line.startsWith(`error Postgres (pid ${killed}) ended unexpectedly, by SIGKILL`)),
  );
  assert.ok(
    logged.some((line) => line.startsWith(`warning Postgres restarted (pid ${cluster.postgres.pid})`)),
  );
});

Deno.test("a Postgres that another process stops is restarted", async () => {
  await using cluster = await startCluster({ migrations: null });
  const stopped = cluster.postgres.pid!;
  Deno.kill(stopped, "SIGINT");
  await waitUntil(() => cluster.postgres.pid !== undefined && cluster.postgres.pid !== stopped);
  assert.deepEqual(await query(cluster.url, "SELECT 1 AS n"), [{ n: 1 }]);
});

Deno.test("stop works while a killed Postgres is being restarted", async () => {
  await using cluster = await startCluster({ migrations: null });
  Deno.kill(cluster.postgres.pid!, "SIGKILL");
  await waitUntil(() => cluster.postgres.pid === undefined);
  await cluster.postgres.stop();
  assert.deepEqual(processesOf(cluster.data_dir), []);
  // Only a next start on the folder frees the shared memory of a killed server.
  await using _again = await startEmbeddedPostgres({ data_dir: cluster.data_dir });
});

Deno.test("a Ctrl-C in the terminal does not reach Postgres", async () => {
  await using folder = await seededFolder();
  await using owner = await startOwner(folder.path);
  await owner.interruptGroup();
  assert.deepEqual(await query(owner.url, "SELECT 1 AS n"), [{ n: 1 }]);
});

Deno.test("a service that ends normally stops its Postgres", async () => {
  await using folder = await seededFolder();
  await using owner = await startOwner(folder.path);
  await owner.end();
  assert.deepEqual(processesOf(folder.path), []);
});

Deno.test("a creation that was killed starts over", async () => {
  await using folder = await temporaryFolder();
  const partial = join(folder.path, "cluster.partial");
  await using owner = await startOwner(folder.path, { wait: false });
  await waitUntil(() => Deno.stat(join(partial, "pgdata", "PG_VERSION")).then(() => true, () => false));
  await owner.kill();
  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.deepEqual(await query(postgres.url, "SELECT 1 AS n"), [{ n: 1 }]);
  await assert.rejects(Deno.stat(partial), Deno.errors.NotFound);
});

Deno.test("stale files with the pid of a living process do not block a start", async () => {
  await using folder = await seededFolder();
  await Deno.writeTextFile(join(folder.path, "lock"), `${Deno.pid}\n`);
  const pgdata = join(folder.path, "cluster", "pgdata");
  await Deno.writeTextFile(
    join(pgdata, "postmaster.pid"),
    `${Deno.pid}\n${pgdata}\n1\n1\n\n127.0.0.1\n0 0\nready\n`,
  );
  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.deepEqual(await query(postgres.url, "SELECT 1 AS n"), [{ n: 1 }]);
});

Deno.test("a start chooses another port when its port is taken", async () => {
  await using folder = await seededFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await Deno.writeTextFile(join(folder.path, "port"), String(taken.addr.port));
  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.notEqual(new URL(postgres.url).port, String(taken.addr.port));
  assert.deepEqual(await query(postgres.url, "SELECT 1 AS n"), [{ n: 1 }]);
});

Deno.test("an aborted start leaves no process and releases the folder", async () => {
  await using folder = await seededFolder();
  // A standby without a primary is never ready.
  const standby = join(folder.path, "cluster", "pgdata", "standby.signal");
  await Deno.writeTextFile(standby, "");
  const controller = new AbortController();
  const started = startEmbeddedPostgres({
    data_dir: folder.path,
    settings: { hot_standby: "off", restore_command: "false" },
    signal: controller.signal,
    log: (_, text) => text.includes("entering standby mode") && controller.abort(new Error("aborted")),
  });
  await assert.rejects(started, { message: "aborted" });
  assert.deepEqual(processesOf(folder.path), []);
  await Deno.remove(standby);
  await using postgres = await startEmbeddedPostgres({ data_dir: folder.path });
  assert.ok(postgres.pid);
});

Deno.test("a data directory of another major version is refused, with the remedy", async () => {
  await using folder = await seededFolder();
  await Deno.writeTextFile(join(folder.path, "cluster", "pgdata", "PG_VERSION"), "17\n");
  await assert.rejects(startEmbeddedPostgres({ data_dir: folder.path }), /made by Postgres 17.* Dump it/);
});

Deno.test("the error of a failed start names an unknown setting", async () => {
  await using folder = await seededFolder();
  const started = startEmbeddedPostgres({ data_dir: folder.path, settings: { no_such_thing: "on" } });
  await assert.rejects(started, /Postgres ended while starting \(1\):.*no_such_thing/);
});

Deno.test({
  name: "root can use a data folder that no other account can traverse",
  ignore: Deno.uid() !== 0 || Deno.build.os !== "linux",
  async fn() {
    await using folder = await temporaryFolder();
    await Deno.chmod(folder.path, 0o700);
    const data_dir = join(folder.path, "data");
    const created = await startEmbeddedPostgres({ data_dir });
    await query(created.url, "CREATE TABLE stored AS SELECT 7 AS n");
    await created.stop();
    // Cron's PATH lacks the folder of `chroot`.
    await using owner = await startOwner(data_dir, { env: { PATH: "/usr/bin:/bin" } });
    await owner.kill();
    await using postgres = await startEmbeddedPostgres({ data_dir });
    assert.ok(!isAlive(owner.postgres_pid));
    assert.deepEqual(await query(postgres.url, "SELECT n FROM stored"), [{ n: 7 }]);
  },
});

async function seededFolder(): Promise<TestFolder> {
  const folder = await temporaryFolder();
  await seedCluster(folder.path);
  return folder;
}
