import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { connect, createPool, disconnect } from "../../src/postgres/connection.ts";
import { DatabaseHistory } from "../../src/postgres/database_history.ts";
import { ResilientConnection } from "../../src/postgres/resilient_connection.ts";
import { isTransientError } from "../../src/postgres/transient_error.ts";
import { seedCluster, startCluster, temporaryFolder, withDatabase } from "../support/database.ts";
import { FAST_SETTINGS } from "../support/database_warden.ts";
import { startReplica } from "../support/replica.ts";

const OPTIONS = { application_name: "poli-credits tests" };

Deno.test("a promoted replica that lacks commits is recognised, and older connections are closed before it is used", async () => {
  await using primary = await startCluster({ settings: { max_wal_senders: "4" } });
  await using replica = await startReplica(primary);
  const { history, logged } = historyOf(() => connectTo(primary.url));
  const pool = createPool(primary.url, { ...OPTIONS, max: 1, history });
  const before = new ResilientConnection(primary.url, { ...OPTIONS, history });
  await pool.query("select 1");
  await before.query({ text: "select 1" });
  await replica.stopReceiving();
  await before.query({ text: "create table acknowledged as select generate_series(1, 10000)" });
  history.notePosition((text) => before.query({ text }));
  await before.query({ text: "select 1" });
  await replica.promote();
  let changed_first = false;
  history.onChange = () => changed_first = true;
  const after = new ResilientConnection(replica.url, { ...OPTIONS, history });
  await after.query({ text: "select 1" });
  assert.ok(changed_first);
  assert.equal(history.changes.get("promoted"), 1);
  assert.match(
    logged.join(),
    /error The database was promoted to timeline 2, and lacks at least \d+ bytes .* Run the audit/,
  );
  assert.equal(history.confirm(), undefined, "connections that a change closed are not losses");
  const refused = (error: unknown) => {
    assert.match((error as Error).message, /timeline 1 is older than 2.* Stop the old primary/);
    assert.ok(isTransientError(error), "requests are answered 503");
    return true;
  };
  await assert.rejects(before.query({ text: "select 1" }));
  await assert.rejects(connect(primary.url, { ...OPTIONS, history }), refused);
  await assert.rejects(pool.query("select 1"), refused);
  await Promise.all([pool.end(), before.close(), after.close()]);
});

Deno.test("a replica is refused, with the remedy", async () => {
  await using primary = await startCluster({ settings: { max_wal_senders: "4" } });
  await using replica = await startReplica(primary);
  const { history } = historyOf(() => Promise.resolve());
  await assert.rejects(
    connect(replica.url, { ...OPTIONS, history }),
    /is a replica\. Point DATABASE_URL at the primary/,
  );
});

Deno.test("an earlier copy of the data folder under a running service is recognised", async () => {
  await using folder = await temporaryFolder();
  await seedCluster(folder.path);
  const settings = { ...FAST_SETTINGS };
  const { history, logged } = historyOf(() => Promise.resolve());
  const first = await startEmbeddedPostgres({ data_dir: folder.path, settings });
  const client = await connect(first.url, { ...OPTIONS, history });
  await client.query("create table acknowledged as select generate_series(1, 10000)");
  history.notePosition((text) => client.query(text));
  await client.query("select 1");
  await disconnect(client);
  await first.stop();
  await Deno.remove(join(folder.path, "cluster"), { recursive: true });
  await seedCluster(folder.path);
  await using second = await startEmbeddedPostgres({ data_dir: folder.path, settings });
  await disconnect(await connect(second.url, { ...OPTIONS, history }));
  assert.equal(history.changes.get("behind"), 1);
  assert.match(
    logged.join(),
    /error The database is at an earlier state than before, and lacks at least \d+ bytes/,
  );
});

Deno.test("a dump that was restored under a running service is recognised", () =>
  withDatabase(async ({ url, superuser_url, name }) => {
    const { history, logged } = historyOf(() => Promise.resolve());
    await disconnect(await connect(url, { ...OPTIONS, history }));
    const client = await connect(superuser_url, OPTIONS);
    await client.query("drop table companies cascade; create table companies ()");
    await disconnect(client);
    await disconnect(await connect(url, { ...OPTIONS, history }));
    assert.equal(history.changes.get("replaced"), 1, name);
    assert.match(logged.join(), /error DATABASE_URL reaches another database than before/);
  }, {}));

Deno.test("rows that were restored in place are reported with the first companies", () => {
  const { history, logged } = historyOf(() => Promise.resolve());
  let changes = 0;
  history.onChange = () => changes++;
  history.reportEarlierRows(["acme", "padaria"]);
  assert.deepEqual([changes, history.changes.get("behind")], [1, 1]);
  assert.match(
    logged.join(),
    /^error The rows of 2 companies, such as acme, padaria, are at an earlier state\. .*Run the audit/,
  );
});

Deno.test("the same database changes nothing, after a crash neither", async () => {
  await using cluster = await startCluster();
  const { history, logged } = historyOf(() => connectTo(cluster.url));
  const connection = new ResilientConnection(cluster.url, { ...OPTIONS, history });
  await connection.query({ text: "create table t as select generate_series(1, 1000)" });
  history.notePosition((text) => connection.query({ text }));
  await connection.query({ text: "select 1" });
  const { pid } = cluster.postgres;
  Deno.kill(pid!, "SIGKILL");
  while (cluster.postgres.pid === undefined || cluster.postgres.pid === pid) await pause();
  while (!await connection.query({ text: "select 1" }).then(() => true, () => false)) await pause();
  assert.deepEqual([...history.changes.values()], [0, 0, 0]);
  assert.deepEqual(logged, []);
  await connection.close();
});

Deno.test("after a lost connection memory is unconfirmed until a later connection is compared", () =>
  withDatabase(async ({ url, superuser_url }) => {
    let attempts = 0;
    let reachable = false;
    const { history } = historyOf(async () => {
      attempts++;
      if (!reachable) throw new Error("unreachable");
      await disconnect(await connect(url, { ...OPTIONS, history }));
    });
    const client = await connect(url, { ...OPTIONS, history });
    assert.equal(history.confirm(), undefined);
    const { rows } = await client.query("select pg_backend_pid() as pid");
    // Its comparison began before the loss, so it proves nothing about the time after it.
    const early = history.begin();
    const superuser = await connect(superuser_url, OPTIONS);
    const lost = new Promise((resolve) => client.once("end", resolve));
    await superuser.query("select pg_terminate_backend($1)", [rows[0].pid]);
    await lost;
    await early(superuser);
    await Promise.all([assert.rejects(history.confirm()!), assert.rejects(history.confirm()!)]);
    assert.equal(attempts, 1, "calls share an attempt");
    reachable = true;
    await history.confirm();
    assert.equal(history.confirm(), undefined);
    await disconnect(superuser);
  }));

Deno.test("a role that may not read the state is warned about once, with the remedy", () =>
  withDatabase(async ({ url, superuser_url }) => {
    const superuser = await connect(superuser_url, OPTIONS);
    await superuser.query("revoke execute on function pg_control_system() from public");
    const { history, logged } = historyOf(() => Promise.resolve());
    for (let n = 0; n < 2; n++) await disconnect(await connect(url, { ...OPTIONS, history }));
    assert.equal(logged.length, 1);
    assert.match(logged[0]!, /^warning .*Restart the service after each one, or grant its role EXECUTE/);
    await superuser.query("grant execute on function pg_control_system() to public");
    await disconnect(superuser);
  }));

/** A history with its log. */
function historyOf(connectAgain: (history: DatabaseHistory) => Promise<void>) {
  const logged: string[] = [];
  const log = (level: string, message: string) => void logged.push(`${level} ${message}`);
  return { history: new DatabaseHistory({ connect: connectAgain, log }), logged };
}

async function connectTo(url: string): Promise<void> {
  await disconnect(await connect(url, OPTIONS));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
