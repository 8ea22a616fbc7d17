import assert from "node:assert/strict";
import {
  type Client,
  connect,
  type ConnectionOptions,
  createPool,
  disconnect,
} from "../../src/postgres/connection.ts";
import { isTransientError } from "../../src/postgres/transient_error.ts";
import { ResilientConnection } from "../../src/postgres/resilient_connection.ts";
import { startCluster, type TestDatabase, withDatabase } from "../support/database.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { waitUntil } from "../embedded_postgres/support.ts";

const EMPTY = { migrations: null };

Deno.test("integers and decimals keep every digit", () =>
  withClient(async (client) => {
    const { rows } = await client.query(`SELECT
      9007199254740993::int8 AS big, 7::int4 AS small, count(*) AS counted,
      12345678901234567890.123456::numeric AS decimal, sum(9007199254740993::int8) AS summed,
      ARRAY[[9007199254740993, NULL]]::int8[] AS bigs, ARRAY[0.1, NULL]::numeric[] AS decimals`);
    assert.deepEqual({ ...rows[0] }, {
      big: 9007199254740993n,
      small: 7,
      counted: 1n,
      decimal: "12345678901234567890.123456",
      summed: "9007199254740993",
      bigs: [[9007199254740993n, null]],
      decimals: ["0.1", null],
    });
  }));

Deno.test("times are returned as text for Temporal, to the microsecond and in UTC", () =>
  withClient(async (client) => {
    const { rows } = await client.query(`SELECT
      '2026-02-01T23:50:00.123456-03:00'::timestamptz AS instant, '2026-02-01'::date AS day,
      '2026-02-01T23:50:00'::timestamp AS wall, interval '1 day 2 hours' AS span,
      ARRAY['2026-02-01'::date, NULL] AS days, ARRAY['2026-02-01T00:00:00Z'::timestamptz] AS instants`);
    const row = rows[0];
    assert.equal(Temporal.Instant.from(row.instant).toString(), "2026-02-02T02:50:00.123456Z");
    assert.equal(Temporal.PlainDate.from(row.day).toString(), "2026-02-01");
    assert.equal(Temporal.PlainDateTime.from(row.wall).toString(), "2026-02-01T23:50:00");
    assert.equal(Temporal.Duration.from(row.span).toString(), "P1DT2H");
    assert.deepEqual(row.days, ["2026-02-01", null]);
    assert.equal(Temporal.Instant.from(row.instants[0]).toString(), "2026-02-01T00:00:00Z");
  }));

Deno.test("returned values can be sent back unchanged", () =>
  withClient(async (client) => {
    const { rows } = await client.query("SELECT $1::int8 = $2::numeric AS same, $3::int8[] AS bigs", [
      9007199254740993n,
      "9007199254740993",
      [1n, null],
    ]);
    assert.deepEqual({ ...rows[0] }, { same: true, bigs: [1n, null] });
  }));

Deno.test("a commit waits for the disk even if the URL disables it, and the URL's other options apply", () =>
  withDatabase(async ({ url }) => {
    const own = `${url}?options=${encodeURIComponent("-c synchronous_commit=off -c work_mem=5MB")}`;
    const client = await connect(own, { application_name: "lane 1", statement_timeout_ms: 1_500 });
    const { rows } = await client.query(`SELECT current_setting('synchronous_commit') AS commit,
      current_setting('work_mem') AS mem, current_setting('TimeZone') AS zone,
      current_setting('statement_timeout') AS timeout, current_setting('application_name') AS name`);
    assert.deepEqual({ ...rows[0] }, {
      commit: "on",
      mem: "5MB",
      zone: "UTC",
      timeout: "1500ms",
      name: "lane 1",
    });
    await disconnect(client);
  }, EMPTY));

Deno.test("the server cancels a statement that runs too long", () =>
  withClient(async (client) => {
    await assert.rejects(client.query("SELECT pg_sleep(60)"), { code: "57014" });
    assert.equal((await client.query("SELECT 1 AS n")).rows[0].n, 1);
  }, { statement_timeout_ms: 20 }));

Deno.test("the client stops waiting for an answer after its limit", () =>
  withClient(async (client) => {
    await assert.rejects(client.query("SELECT pg_sleep(60)"), /timeout/);
  }, { statement_timeout_ms: 0, answer_timeout_ms: 1_000 }));

Deno.test("a lost connection rejects its queries and calls onError", () =>
  withDatabase(async (database) => {
    const lost = Promise.withResolvers<Error>();
    const client = await connect(database.url, { application_name: "victim", onError: lost.resolve });
    const query = assert.rejects(client.query("SELECT pg_sleep(60)"));
    await terminate(database, "victim");
    await query;
    assert.ok(await lost.promise instanceof Error);
    await assert.rejects(client.query("SELECT 1"));
    await disconnect(client);
  }, EMPTY));

Deno.test("a lost connection without onError is not an uncaught error", () =>
  withDatabase(async (database) => {
    const client = await connect(database.url, { application_name: "victim" });
    const ended = new Promise<void>((resolve) => client.on("end", () => resolve()));
    await terminate(database, "victim");
    await ended;
    await disconnect(client);
  }, EMPTY));

Deno.test("a connection can be closed while a query is in flight", () =>
  withDatabase(async ({ url }) => {
    const client = await connect(url, { application_name: "test" });
    const query = assert.rejects(client.query("SELECT pg_sleep(60)"));
    await disconnect(client);
    await query;
  }, EMPTY));

Deno.test("a pool replaces lost connections, idle or in use", () =>
  withDatabase(async (database) => {
    const lost: Error[] = [];
    const reads = createPool(database.url, {
      application_name: "reads",
      max: 2,
      onError: (error) => lost.push(error),
    });
    const inUse = await reads.connect();
    await reads.query("SELECT 1");
    const query = assert.rejects(inUse.query("SELECT pg_sleep(60)"));
    await terminate(database, "reads");
    await query;
    inUse.release(true);
    await waitUntil(() => reads.totalCount === 0);
    assert.ok(lost.length > 0);
    const { rows } = await reads.query(
      "SELECT 9007199254740993::int8 AS n, current_setting('TimeZone') AS zone",
    );
    assert.deepEqual({ ...rows[0] }, { n: 9007199254740993n, zone: "UTC" });
    await reads.end();
  }, EMPTY));

Deno.test("a frozen Postgres causes a transient error, and its connection is not used again", () =>
  withDatabase(async ({ url }) => {
    const { hostname, port } = new URL(url);
    await using proxy = new TcpProxy({ hostname, port: Number(port) });
    const reads = createPool(proxy.urlOf(url), {
      application_name: "reads",
      max: 1,
      answer_timeout_ms: 2_000,
    });
    const backend = async () => (await reads.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
    const before = await backend();
    proxy.freeze();
    await assert.rejects(backend(), isTransientError);
    assert.equal(reads.totalCount, 0);
    proxy.restore();
    assert.notEqual(await backend(), before);
    await reads.end();
  }, EMPTY));

Deno.test("errors of a pool's connections after its end are not reported", () =>
  withDatabase(async (database) => {
    const lost: Error[] = [];
    const reads = createPool(database.url, {
      application_name: "ended",
      max: 1,
      onError: (error) => lost.push(error),
    });
    const client = await reads.connect();
    const farewell = new Error("terminating connection due to administrator command");
    client.emit("error", farewell);
    assert.deepEqual(lost, [farewell]);
    client.release();
    const ended = reads.end();
    client.emit("error", farewell);
    await ended;
    assert.deepEqual(lost, [farewell]);
  }, EMPTY));

Deno.test("a failed connect leaves nothing open", () =>
  withDatabase(async ({ url }) => {
    const options = { application_name: "test" };
    const wrong_password = new URL(url);
    wrong_password.password = "wrong";
    await assert.rejects(connect(wrong_password.href, options), { code: "28P01" });
    const closed_port = new URL(url);
    closed_port.port = "1";
    await assert.rejects(connect(closed_port.href, options), { code: "ECONNREFUSED" });
  }, EMPTY));

Deno.test("a URL that is not a Postgres URL is rejected without quoting it", async () => {
  for (const url of ["mysql://u:secret@host/db", "u:secret@host", ""]) {
    await assert.rejects(connect(url, { application_name: "test" }), (error: Error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /Write it as postgres:\/\//);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});

function withClient(
  test: (client: Client) => Promise<void>,
  options: Partial<ConnectionOptions> = {},
): Promise<void> {
  return withDatabase(async ({ url }) => {
    const client = await connect(url, { application_name: "test", ...options });
    try {
      await test(client);
    } finally {
      await disconnect(client);
    }
  }, EMPTY);
}

async function terminate({ superuser_url, name }: TestDatabase, application_name: string): Promise<void> {
  const operator = await connect(superuser_url, { application_name: "operator" });
  await operator.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2",
    [application_name, name],
  );
  await disconnect(operator);
}

Deno.test("a commit whose wait for a synchronous replica is cancelled is not reported as done", async () => {
  await using cluster = await startCluster({ migrations: null });
  const superuser = await connect(cluster.superuser_url, { application_name: "tests" });
  await superuser.query("alter system set synchronous_standby_names = 'absent'");
  await superuser.query("select pg_reload_conf()");
  const client = await connect(cluster.url, { application_name: "tests waiting" });
  const pool = createPool(cluster.url, { application_name: "tests waiting", max: 1 });
  const connection = new ResilientConnection(cluster.url, { application_name: "tests waiting" });
  const commits = [
    client.query("create table a ()"),
    pool.query("create table b ()"),
    connection.query({ text: "create table c ()" }),
  ];
  const settled = Promise.allSettled(commits);
  const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
    where wait_event = 'SyncRep' and application_name = 'tests waiting'`;
  let cancelled = 0;
  while (cancelled < commits.length) cancelled += (await superuser.query(cancel)).rows.length;
  for (const outcome of await settled) {
    assert.equal(outcome.status, "rejected");
    assert.ok(isTransientError(outcome.reason), "callers get 503");
  }
  await superuser.query("alter system reset synchronous_standby_names");
  await superuser.query("select pg_reload_conf()");
  await Promise.all([disconnect(client), pool.end(), connection.close(), disconnect(superuser)]);
});
