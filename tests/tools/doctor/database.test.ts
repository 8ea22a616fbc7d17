import assert from "node:assert/strict";
import { type Config, readConfig } from "../../../src/config/environment.ts";
import { checkDatabase, checkVersion } from "../../../tools/doctor/database.ts";
import { type Finding, runChecks } from "../../../tools/doctor/finding.ts";
import { type Client, connect, disconnect } from "../../../src/postgres/connection.ts";
import { startEmbeddedPostgres } from "../../../src/embedded_postgres/embedded_postgres.ts";
import { NODE_CONNECTIONS_MAX } from "../../../src/postgres/connection_limit.ts";
import { applyGrants } from "../../../src/postgres/grants.ts";
import { migrate } from "../../../src/postgres/migrations.ts";
import { seedCluster, temporaryFolder, withDatabase } from "../../support/database.ts";
import { createCompanies, tamperWith, WrittenCompany } from "../audit/written_company.ts";

/** The tests' Postgres does without fsync; every other check of a migrated database is ok. */
const WITHOUT_FSYNC = /^Postgres settings: (fsync|full_page_writes) is off: a crash of the machine/;

function configOf(DATABASE_URL: string, environment: { readonly NATS_URL?: string } = {}): Config {
  const secrets = { META_APP_SECRET: "secret", META_VERIFY_TOKEN: "token", ADMIN_KEY: "a-long-admin-key" };
  return readConfig({ ...secrets, DATABASE_URL, ...environment });
}

/** Runs statements as the superuser. */
async function asSuperuser(url: string, statements: string): Promise<void> {
  const client = await connect(url, { application_name: "tests" });
  try {
    await client.query(statements);
  } finally {
    await disconnect(client);
  }
}

async function lines(url: string, ...statuses: readonly Finding["status"][]): Promise<string[]> {
  return (await checkDatabase(configOf(url))).filter(({ status }) => statuses.includes(status))
    .map(({ check, detail }) => `${check}: ${detail}`).filter((line) => !WITHOUT_FSYNC.test(line));
}

Deno.test("a database that the service has prepared is ok in every check, but for the tests' own settings", async () => {
  await withDatabase(async ({ url }) => {
    const findings = await checkDatabase(configOf(url));
    assert.ok(findings.some(({ check, detail }) => WITHOUT_FSYNC.test(`${check}: ${detail}`)));
    assert.deepEqual(await lines(url, "problem", "warning", "skipped"), []);
    assert.deepEqual([...new Set(findings.map(({ check }) => check))], [
      "Postgres version",
      "Postgres connection",
      "Postgres settings",
      "Postgres connections",
      "owner's role",
      "service's role",
      "migrations",
      "grants",
      "clock",
      "time zones",
    ]);
  });
});

Deno.test("an empty database is ok: the first start prepares it", async () => {
  await withDatabase(async ({ url }) => {
    assert.deepEqual(await lines(url, "problem", "warning"), []);
    const found = await lines(url, "ok", "skipped");
    assert.ok(
      found.some((line) => /^migrations: the database is new: the first start applies 0001_/.test(line)),
    );
    assert.ok(found.includes("grants: the first start creates the tables and the role"), found.join("\n"));
  }, { migrations: null });
});

Deno.test("wrong settings of a database are problems, and telling ones of its log a warning", async () => {
  await withDatabase(async ({ name, url, superuser_url }) => {
    for (
      const setting of [
        `set log_error_verbosity = verbose`,
        `connection limit 20`,
        // The last one: no statement after it would be accepted.
        `set default_transaction_read_only = on`,
      ]
    ) await asSuperuser(superuser_url, `alter database ${name} ${setting}`);
    const problems = await lines(url, "problem");
    assert.ok(problems.includes("Postgres settings: the server takes no writes"), problems.join("\n"));
    assert.ok(
      problems.some((line) => /^Postgres connections: Postgres allows 20, and the service/.test(line)),
    );
    assert.deepEqual(await lines(url, "warning"), [
      "Postgres settings: Postgres's log can contain personal data: log_error_verbosity is verbose",
    ]);
  });
});

Deno.test("one of several nodes opens more connections than a process alone", async () => {
  await withDatabase(async ({ name, url, superuser_url }) => {
    await asSuperuser(superuser_url, `alter database ${name} connection limit ${NODE_CONNECTIONS_MAX - 1}`);
    const statusWith = async (environment: { readonly NATS_URL?: string }) =>
      (await checkDatabase(configOf(url, environment)))
        .find(({ check }) => check === "Postgres connections")!.status;
    assert.equal(await statusWith({}), "ok");
    assert.equal(await statusWith({ NATS_URL: "nats://127.0.0.1:4222" }), "problem");
  });
});

Deno.test("grants that differ from those of a start are named", async () => {
  await withDatabase(async ({ url, superuser_url }) => {
    await asSuperuser(superuser_url, "grant update on ledger to poli_credits_service");
    await asSuperuser(superuser_url, "revoke insert on facts from poli_credits_service");
    assert.deepEqual(await lines(url, "problem"), [
      "grants: poli_credits_service lacks insert on facts, may update on ledger",
    ]);
  });
});

Deno.test("a superuser as owner is a warning, and one that may not create tables a problem", async () => {
  await withDatabase(async ({ name, superuser_url }) => {
    const warnings = await lines(superuser_url, "warning");
    assert.ok(warnings.includes("owner's role: postgres is a superuser"), warnings.join("\n"));
    const stranger = `stranger_${name}`;
    await asSuperuser(superuser_url, `create role ${stranger} login password 'a-password'`);
    try {
      const url = new URL(superuser_url);
      Object.assign(url, { username: stranger, password: "a-password" });
      const problems = await lines(url.href, "problem");
      assert.ok(problems.includes(`owner's role: ${stranger} cannot create tables`), problems.join("\n"));
      assert.ok(problems.includes(`service's role: sessions would have all privileges of ${stranger}`));
    } finally {
      await asSuperuser(superuser_url, `drop role ${stranger}`);
    }
  });
});

Deno.test("a migration that waits is a warning, and one of a newer version a problem", async () => {
  await withDatabase(async ({ url, superuser_url }) => {
    const names = [...Deno.readDirSync(new URL("../../../migrations/", import.meta.url))].map(({ name }) =>
      name
    );
    const newest = names.filter((name) => name.endsWith(".sql")).sort().at(-1)!;
    await asSuperuser(
      superuser_url,
      `delete from schema_migrations where version = ${Number(newest.slice(0, 4))}`,
    );
    assert.deepEqual(await lines(url, "warning"), [`migrations: ${newest} wait`]);
    await asSuperuser(superuser_url, "insert into schema_migrations values (99, '0099_later.sql', 'x')");
    const [problem] = await lines(url, "problem");
    assert.match(
      problem!,
      /^migrations: The database has migration 0099_later\.sql, which this program does not have/,
    );
  });
});

Deno.test("Postgres's clock an hour ahead of this machine's is a problem that says how far", async () => {
  await withDatabase(async ({ name, url, superuser_url }) => {
    await asSuperuser(superuser_url, "create schema ahead; grant usage on schema ahead to public");
    await asSuperuser(
      superuser_url,
      "create function ahead.clock_timestamp() returns timestamptz language sql as " +
        "'select pg_catalog.clock_timestamp() + interval ''1 hour'''",
    );
    await asSuperuser(superuser_url, `alter database ${name} set search_path = ahead, public, pg_catalog`);
    const found = (await lines(url, "problem")).filter((line) => line.startsWith("clock:"));
    assert.match(found.join(), /^clock: no day is closed: the machine's clock is 3\d\d\d s behind Postgres$/);
  });
});

Deno.test("a company's zone that this runtime does not know is a problem, and other rules are a warning", async () => {
  await withDatabase(async ({ url, superuser_url }) => {
    await createCompanies(url, new WrittenCompany("acme", { at: "2026-11-03 09:00" }));
    assert.deepEqual(await lines(url, "problem", "warning"), []);
    await tamperWith(superuser_url, "update companies set due_at = due_at + interval '1 hour'");
    assert.match((await lines(url, "warning"))[0]!, /differ from the stored days of 1 companies$/);
    await tamperWith(superuser_url, "update company_settings set time_zone = 'Mars/Olympus_Mons'");
    assert.match((await lines(url, "problem"))[0]!, /^time zones: .* do not know Mars\/Olympus_Mons$/);
  });
});

Deno.test("Postgres 13 is a problem that names the oldest version that works", async () => {
  const rows = [{ server_version: "13.11", server_version_num: "130011" }];
  const client = { query: () => Promise.resolve({ rows }) } as unknown as Client;
  const [finding] = await runChecks([["Postgres version", () => checkVersion(client)]]);
  assert.equal(finding?.status, "problem");
  assert.match(finding.detail, /Postgres 13\.11; version 14 or later is required/);
});

Deno.test("a Postgres that does not answer, or refuses the login, is one problem", async () => {
  const nobody = await checkDatabase(configOf("postgres://credits:sesame-sesame@127.0.0.1:1/credits"));
  assert.deepEqual(nobody.map(({ check, status }) => [check, status]), [["Postgres", "problem"]]);
  assert.match(nobody[0]!.detail, /ECONNREFUSED/);
  await withDatabase(async ({ url }) => {
    const wrong = new URL(url);
    wrong.password = "not-the-password";
    const [refused, ...others] = await checkDatabase(configOf(wrong.href));
    assert.deepEqual(others, []);
    assert.match(refused!.detail, /password authentication failed for user "credits"/);
    assert.doesNotMatch(JSON.stringify(refused), /not-the-password/);
  });
});

Deno.test("without DATABASE_URL the embedded Postgres of a running service is checked", async () => {
  await using folder = await temporaryFolder();
  const data_dir = `${folder.path}/postgres`;
  await seedCluster(data_dir);
  await using postgres = await startEmbeddedPostgres({ data_dir });
  await migrate({ url: postgres.url });
  await applyGrants({ url: postgres.url });
  const findings = await checkDatabase(readConfig({ DATA_DIR: folder.path }));
  assert.deepEqual(findings.filter(({ status }) => status !== "ok"), []);
  assert.ok(findings.length >= 10, String(findings.length));
});

Deno.test("without DATABASE_URL and a running service the database is skipped", async () => {
  const [finding, ...others] = await checkDatabase(readConfig({ DATA_DIR: "/no/such/folder" }));
  assert.deepEqual([finding!.status, others], ["skipped", []]);
});
