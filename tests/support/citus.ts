/** Distributed databases for tests: schemas of the database that `CITUS_URL` names. */

import { connect, disconnect, withSettings } from "../../src/postgres/connection.ts";
import { applyGrants } from "../../src/postgres/grants.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { distribute } from "../../tools/distribute/distribute.ts";
import { PLACEMENTS } from "../../tools/distribute/placements.ts";
import type { TestDatabase } from "./database.ts";

/** The coordinator's database, as its owner. Undefined where there is no Citus to test with. */
export const CITUS_URL = Deno.env.get("CITUS_URL");

/** Defines a test that needs Citus. Without one it is skipped, and its name says why. */
export function testOnCitus(name: string, test: () => Promise<void>): void {
  const ignore = CITUS_URL === undefined;
  Deno.test({ name: ignore ? `${name} (skipped: CITUS_URL is not set)` : name, ignore, fn: test });
}

/** Creates a schema, migrated and not distributed yet. Disposing of it drops it. */
export async function createCitusSchema(): Promise<TestDatabase & AsyncDisposable> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await asOwner(`create schema ${name}`);
  const url = withSettings(CITUS_URL!, `-c search_path=${name} -c citus.shard_count=4`);
  await migrate({ url });
  return {
    name,
    url,
    service_url: await applyGrants({ url }),
    superuser_url: url,
    [Symbol.asyncDispose]: () => asOwner(`drop schema ${name} cascade`),
  };
}

/** Creates a schema with distributed tables. Disposing of it drops it. */
export async function createCitusDatabase(): Promise<TestDatabase & AsyncDisposable> {
  const database = await createCitusSchema();
  await distribute({ url: database.url, print: () => {} });
  return database;
}

let shared: ReturnType<typeof createCitusDatabase> | undefined;
if (CITUS_URL !== undefined) {
  Deno.test.afterAll(async () => await (await shared)?.[Symbol.asyncDispose]());
}

/** Returns a distributed database with the rows of the migrations only. The tests of a file share it, one after another. */
export async function emptyCitusDatabase(): Promise<TestDatabase> {
  const { [Symbol.asyncDispose]: _, ...database } = await (shared ??= createCitusDatabase());
  const tables = Object.keys(PLACEMENTS).filter((name) => !KEPT.has(name));
  await asOwner(
    `grant truncate on ledger to current_user;
    truncate ${tables.join(", ")};
    revoke truncate on ledger from current_user;
    delete from rate_versions where recorded_by <> 'built-in';
    delete from features where feature not like 'whatsapp.%bound';
    update retention set kept_from = null, deleted_before = null`,
    database.url,
  );
  return database;
}

const KEPT = new Set(["schema_migrations", "rate_versions", "features", "retention", "access_changes"]);

async function asOwner(statements: string, url = CITUS_URL!): Promise<void> {
  const client = await connect(url, { application_name: "tests", statement_timeout_ms: 0 });
  try {
    for (const statement of statements.split(";")) await client.query(statement);
  } finally {
    await disconnect(client);
  }
}
