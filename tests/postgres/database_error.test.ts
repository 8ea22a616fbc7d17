import assert from "node:assert/strict";
import { CONNECTIONS_MAX, connectionsAllowed } from "../../src/postgres/connection_limit.ts";
import { createPool } from "../../src/postgres/connection.ts";
import { openStore } from "../../src/postgres/store.ts";
import { DatabaseError } from "../../src/postgres/database_error.ts";
import { withDatabase } from "../support/database.ts";
import { query } from "../embedded_postgres/support.ts";

const EMPTY = { migrations: null };

/** Returns the message of a failed start: a DatabaseError without the password. */
async function startErrorOf(database_url: string): Promise<string> {
  const opened = openStore({ database_url, data_dir: "none", facts_kept_days: 100 });
  const store = await opened.catch((error: unknown) => error);
  assert.ok(store instanceof DatabaseError, `${store}`);
  const { password } = new URL(database_url);
  if (password !== "") assert.ok(!store.message.includes(password));
  return store.message;
}

Deno.test("an unusable database is reported with its fault and the remedy, without the password", () =>
  withDatabase(async ({ url, superuser_url, name }) => {
    const startErrorWith = (change: (url: URL) => void) => {
      const changed = new URL(url);
      change(changed);
      return startErrorOf(changed.href);
    };
    const withQuery = (query: string) => startErrorWith((url) => url.search = query);
    assert.match(
      await startErrorWith((url) => url.password = "wrong-one"),
      /authentication failed.*Check the user/,
    );
    assert.match(
      await startErrorWith((url) => url.password = ""),
      /requires a password: add it to DATABASE_URL/,
    );
    assert.match(
      await startErrorWith((url) => url.pathname = "/none"),
      /"none" does not exist.*CREATE DATABASE/,
    );
    assert.match(await withQuery("sslmode=verify-full"), /does not support SSL.*remove sslmode/);
    assert.match(
      await withQuery("sslmode=verify-full&sslrootcert=/none.pem"),
      /no such file .*\/none\.pem.*Correct sslrootcert/,
    );
    assert.match(
      await withQuery("options=-c%20default_transaction_read_only%3Don"),
      /read-only.*the primary/,
    );
    assert.match(await withQuery("options=-c%20search_path%3Dnone"), /no schema.*search_path/);
    await query(superuser_url, `ALTER DATABASE ${name} OWNER TO postgres`);
    assert.match(await startErrorOf(url), /permission denied for schema public.*ALTER DATABASE … OWNER TO/);
  }, EMPTY));

Deno.test("the connection limit is the lowest of the server, the role and the database", () =>
  withDatabase(async ({ url, superuser_url, name }) => {
    const reading = createPool(url, { application_name: "tests", max: 1 });
    try {
      assert.ok(await connectionsAllowed(reading) >= CONNECTIONS_MAX);
      await query(superuser_url, `ALTER DATABASE ${name} CONNECTION LIMIT 5`);
      assert.equal(await connectionsAllowed(reading), 5);
    } finally {
      await reading.end();
    }
  }, EMPTY));
