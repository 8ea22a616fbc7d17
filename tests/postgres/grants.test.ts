import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { applyGrants, GRANTS, SERVICE_ROLE } from "../../src/postgres/grants.ts";
import { createDatabase, startCluster, withDatabase } from "../support/database.ts";

/** Runs statements one by one. @returns `ok` or Postgres's message for each */
async function attempts(url: string, statements: readonly string[]): Promise<string[]> {
  const client = await connect(url, { application_name: "tests" });
  const outcomes: string[] = [];
  try {
    for (const statement of statements) {
      outcomes.push(await client.query(statement).then(() => "ok", (error: Error) => error.message));
    }
    return outcomes;
  } finally {
    await disconnect(client);
  }
}

const LEDGER_CHANGES = [
  "update ledger set credits = 0",
  "update ledger set credits = 0 where false",
  "delete from ledger",
  "truncate ledger",
  "insert into ledger select * from ledger on conflict (company, seq) do update set credits = 0",
  "merge into ledger l using companies c on l.company = c.key when matched then delete",
];

Deno.test("the service can neither update nor delete ledger entries, nor alter the table", () =>
  withDatabase(async ({ service_url }) => {
    const outcomes = await attempts(service_url, LEDGER_CHANGES);
    assert.deepEqual(outcomes, LEDGER_CHANGES.map(() => "permission denied for table ledger"));
    const others = await attempts(service_url, [
      "drop table ledger",
      "alter table ledger add column more int",
      "create trigger t before insert on ledger execute function pg_catalog.suppress_redundant_updates_trigger()",
    ]);
    for (const outcome of others) assert.match(outcome, /must be owner|permission denied/);
    // Postgres answers this with no more than a warning, and grants nothing.
    await attempts(service_url, ["grant update on ledger to current_user"]);
    const again = await attempts(service_url, LEDGER_CHANGES);
    assert.deepEqual(again, outcomes);
  }));

Deno.test("the owner cannot change ledger entries without granting itself the privilege first", () =>
  withDatabase(async ({ url }) => {
    const outcomes = await attempts(url, LEDGER_CHANGES);
    assert.deepEqual(outcomes, LEDGER_CHANGES.map(() => "permission denied for table ledger"));
  }));

Deno.test("a start revokes the privileges that a restore without privileges grants", () =>
  withDatabase(async ({ url }) => {
    await attempts(url, [
      "grant update, delete, truncate on ledger to current_user",
      "grant execute on function drop_facts_before(timestamptz) to public",
    ]);
    const denied = LEDGER_CHANGES.map(() => "permission denied for table ledger");
    assert.notDeepEqual(await attempts(url, LEDGER_CHANGES), denied);
    await applyGrants({ url });
    assert.deepEqual(await attempts(url, LEDGER_CHANGES), denied);
    const is_public = "has_function_privilege('public', 'drop_facts_before(timestamptz)', 'execute')";
    assert.deepEqual(await attempts(url, [`select 1 / (not ${is_public})::int`]), ["ok"]);
  }));

Deno.test("the service inserts facts, can neither update nor delete them, and has no access to partitions", () =>
  withDatabase(async ({ service_url }) => {
    const outcomes = await attempts(service_url, [
      "select create_facts_partition('2026-11-01')",
      "update facts set kind = 'wrote'",
      "delete from facts",
      "truncate facts",
      "delete from facts_2026_11",
      "drop table facts_2026_11",
      "select from facts",
      "select from schema_migrations",
      "create table more (n int)",
    ]);
    assert.deepEqual([outcomes[0], outcomes[6]], ["ok", "ok"]);
    for (const i of [1, 2, 3, 4, 5, 7, 8]) assert.match(outcomes[i]!, /permission denied|must be owner/);
  }));

Deno.test("the service cannot delete data younger than 35 days", () =>
  withDatabase(async ({ service_url }) => {
    const outcomes = await attempts(service_url, [
      "select drop_facts_before(date_trunc('month', now() at time zone 'UTC') at time zone 'UTC')",
      "select drop_facts_before('2020-01-15T00:00:00Z')",
      "select delete_before(now() - interval '30 days', 10)",
      "select drop_facts_before('2020-01-01T00:00:00Z')",
      "select delete_before('2020-01-01T00:00:00Z', 10)",
    ]);
    assert.match(outcomes[0]!, /at the earliest 35 days/);
    assert.match(outcomes[1]!, /by whole months/);
    assert.match(outcomes[2]!, /35 days/);
    assert.deepEqual(outcomes.slice(3), ["ok", "ok"]);
  }));

Deno.test("every table of the schema is listed in GRANTS", () =>
  withDatabase(async ({ url }) => {
    const client = await connect(url, { application_name: "tests" });
    const { rows } = await client.query<{ tablename: string }>(
      "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'",
    );
    await disconnect(client);
    assert.ok(rows.length > 0);
    const missing = rows.map(({ tablename }) => tablename).filter((name) => GRANTS[name] === undefined);
    assert.deepEqual(missing, [], "add them to src/postgres/grants.ts");
  }));

Deno.test("an owner with CREATEROLE creates the service's role, also when many start at once on one cluster", async () => {
  await using cluster = await startCluster({ migrations: null });
  const databases = ["one", "two", "three"];
  await attempts(cluster.superuser_url, [
    `drop role ${SERVICE_ROLE}`,
    "alter role credits createrole",
    ...databases.map((name) => `create database ${name} owner credits`),
  ]);
  const urls = databases.map((name) => Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href);
  for (const url of urls) await migrate({ url });
  const service_urls = await Promise.all([...urls, ...urls].map((url) => applyGrants({ url })));
  for (const url of service_urls) {
    assert.deepEqual(await attempts(url, ["delete from ledger", "select from ledger"]), [
      "permission denied for table ledger",
      "ok",
    ]);
  }
});

Deno.test("a session of the service cannot become the owner", () =>
  withDatabase(async ({ url }) => {
    const logged: string[] = [];
    const service_url = await applyGrants({ url, log: (_, message) => logged.push(message) });
    const outcomes = await attempts(service_url, [
      "select set_config('role', 'none', false)",
      "drop table ledger",
      "create table more (n int)",
      "set role credits",
      "set session authorization credits",
      "grant update on ledger to credits_service",
      "update ledger set credits = 0",
      "select from ledger",
    ]);
    assert.deepEqual(outcomes, [
      "ok",
      "must be owner of table ledger",
      "permission denied for schema public",
      'permission denied to set role "credits"',
      'permission denied to set session authorization "credits"',
      // With no more than a warning: it grants nothing.
      "ok",
      "permission denied for table ledger",
      "ok",
    ]);
    assert.deepEqual(logged, []);
  }));

Deno.test("an owner with CREATEROLE creates the login role, and changes its password after its own", async () => {
  await using cluster = await startCluster();
  const asOwner = (password: string) => Object.assign(new URL(cluster.url), { password }).href;
  await attempts(cluster.superuser_url, [
    "drop role credits_service",
    "alter role credits createrole",
    `grant ${SERVICE_ROLE} to credits with admin option`,
  ]);
  for (const password of ["first", "a second: @/%"]) {
    await attempts(cluster.superuser_url, [`alter role credits password '${password}'`]);
    const url = await applyGrants({ url: asOwner(encodeURIComponent(password)) });
    assert.equal(new URL(url).username, "credits_service");
    assert.deepEqual(await attempts(url, ["reset role", "select from ledger", "drop table ledger"]), [
      "ok",
      "ok",
      "must be owner of table ledger",
    ]);
  }
});

Deno.test("an owner that cannot create the login role logs in itself, assumes the role, and logs the remedy", async () => {
  await using cluster = await startCluster();
  await attempts(cluster.superuser_url, ["drop role credits_service"]);
  const logged: string[] = [];
  const log = (level: string, message: string) => void logged.push(`${level} ${message}`);
  const url = await applyGrants({ url: cluster.url, log });
  assert.equal(new URL(url).username, "credits");
  assert.match(
    logged.join(),
    /warning .* could go back\. .* CREATEROLE; GRANT poli_credits_service TO .* WITH ADMIN OPTION/,
  );
  assert.deepEqual(await attempts(url, ["drop table ledger"]), ["must be owner of table ledger"]);
});

Deno.test("without the service's role the service runs as the owner, logs the remedy, and cannot change the ledger", async () => {
  await using cluster = await startCluster();
  await attempts(cluster.superuser_url, [`revoke ${SERVICE_ROLE} from credits`, "drop role credits_service"]);
  const logged: string[] = [];
  const url = await applyGrants({
    url: cluster.url,
    log: (level, message) => logged.push(`${level} ${message}`),
  });
  assert.equal(url, cluster.url);
  assert.match(logged.join(), /warning .* GRANT poli_credits_service TO/);
  assert.deepEqual(await attempts(url, ["delete from ledger"]), ["permission denied for table ledger"]);
});

Deno.test("the service finds a schema with the owner's name", async () => {
  await using database = await createDatabase({ migrations: null });
  await attempts(database.url, ["create schema credits"]);
  await migrate({ url: database.url });
  const url = await applyGrants({ url: database.url });
  assert.deepEqual(await attempts(url, ["select from credits.ledger", "select from ledger"]), ["ok", "ok"]);
});
