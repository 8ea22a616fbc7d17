import assert from "node:assert/strict";
import {
  connect,
  createPool,
  disconnect,
  isUnencrypted,
  withSettings,
} from "../../src/postgres/connection.ts";
import { DatabaseError } from "../../src/postgres/database_error.ts";
import { ResilientConnection } from "../../src/postgres/resilient_connection.ts";
import { isTransientError } from "../../src/postgres/transient_error.ts";
import { type TestDatabase, withDatabase } from "../support/database.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

const OPTIONS = { application_name: "poli-credits tests" };

Deno.test("a session is refused when a pooler drops its settings, with the remedy", () =>
  withPooler(async (url) => {
    const refused = (error: unknown) => {
      assert.ok(error instanceof DatabaseError);
      assert.match(error.message, /sessions have \S+ = .+ instead of .+ connect to Postgres directly/);
      assert.ok(isTransientError(error), "requests are answered 503");
      return true;
    };
    await assert.rejects(connect(url, OPTIONS), refused);
    const pool = createPool(url, { ...OPTIONS, max: 1 });
    await assert.rejects(pool.query("select 1"), refused);
    await pool.end();
    const connection = new ResilientConnection(url, OPTIONS);
    await assert.rejects(connection.query({ text: "select 1" }), refused);
    await connection.close();
  }));

Deno.test("a session whose role was dropped is refused before it runs anything as the owner", () =>
  withPooler(async (url) => {
    const as_role = withSettings(url, "-c role=pg_read_all_data");
    await assert.rejects(connect(as_role, OPTIONS), /role = none instead of pg_read_all_data/);
  }));

Deno.test("units, order and repetition of options do not matter", () =>
  withTestDatabase(async ({ url }) => {
    const odd = withSettings(url, '-c synchronous_commit=off -c DateStyle=SQL -c search_path="a\\ b",public');
    const client = await connect(odd, { ...OPTIONS, statement_timeout_ms: 60_000 });
    const { rows } = await client.query("show synchronous_commit");
    assert.equal(rows[0].synchronous_commit, "on");
    await disconnect(client);
  }));

Deno.test("a server that became read-only costs the connection, so that the next one may reach the primary", () =>
  withTestDatabase(async ({ url }) => {
    const connection = new ResilientConnection(url, OPTIONS);
    const pid = async () => {
      const { rows } = await connection.query<{ pid: number }>({ text: "select pg_backend_pid() as pid" });
      return rows[0]!.pid;
    };
    const before = await pid();
    await connection.query({ text: "set default_transaction_read_only = on" });
    await assert.rejects(connection.query({ text: "create table t ()" }), { code: "25006" });
    assert.notEqual(await pid(), before);
    await connection.query({ text: "create table t ()" });
    await connection.close();
  }));

Deno.test("a URL to another host without TLS is recognised", () => {
  const unencrypted = [
    "postgres://u:p@db.example/credits",
    "postgres://u:p@10.0.0.5/credits?sslmode=prefer",
    "postgres://u:p@db.example/credits?sslmode=disable",
  ];
  const fine = [
    "postgres://u:p@localhost/credits",
    "postgres://u:p@127.0.0.1:5433/credits",
    "postgres://u:p@[::1]/credits",
    "postgres://u@localhost/credits?host=/var/run/postgresql",
    "postgres://u:p@db.example/credits?sslmode=verify-full",
    "postgres://u:p@db.example/credits?sslmode=require",
  ];
  assert.deepEqual([...unencrypted, ...fine].filter(isUnencrypted), unencrypted);
});

function withTestDatabase(test: (database: TestDatabase) => Promise<void>): Promise<void> {
  return withDatabase(test, { migrations: null });
}

/** A database behind a pooler that drops the parameter `options`. */
function withPooler(test: (url: string) => Promise<void>): Promise<void> {
  return withTestDatabase(async ({ url }) => {
    const { hostname, port } = new URL(url);
    await using proxy = new TcpProxy({ hostname, port: Number(port) });
    proxy.dropStartupOptions();
    await test(proxy.urlOf(url));
  });
}
