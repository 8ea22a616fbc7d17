import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { seedCluster, temporaryFolder, type TestDatabase, withDatabase } from "../support/database.ts";
import { query } from "../embedded_postgres/support.ts";

const FIRST = { "0001_make.sql": "CREATE TABLE made (n int);" };
const SECOND = { "0002_fill.sql": "INSERT INTO made VALUES (1);" };

Deno.test("files are applied in the order of their numbers, each once", () =>
  withFiles({ ...SECOND, ...FIRST, "README.md": "No migration." }, async ({ url, folder }) => {
    assert.deepEqual(await migrate({ url, folder }), [
      { version: 1, file_name: "0001_make.sql" },
      { version: 2, file_name: "0002_fill.sql" },
    ]);
    assert.deepEqual(await migrate({ url, folder }), []);
    assert.deepEqual(await query(url, "SELECT n FROM made"), [{ n: 1 }]);
  }));

Deno.test("a file that comes later is applied to what is there", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, SECOND);
    assert.deepEqual(await migrate({ url, folder }), [{ version: 2, file_name: "0002_fill.sql" }]);
  }));

Deno.test("of many that migrate at once, one applies each file and the others find it done", () =>
  withFiles({ ...FIRST, ...SECOND }, async ({ url, folder }) => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate({ url, folder })));
    assert.deepEqual(applied.map((files) => files.length).sort(), [0, 0, 0, 0, 2]);
    assert.deepEqual(await query(url, "SELECT n FROM made"), [{ n: 1 }]);
  }));

Deno.test("a file that fails leaves nothing of itself, and those before it stay", () =>
  withFiles(
    { ...FIRST, "0002_fail.sql": "INSERT INTO made VALUES (1);\nINSERT INTO absent VALUES (1);" },
    async ({ url, folder }) => {
      await assert.rejects(migrate({ url, folder }), {
        message: 'Migration 0002_fail.sql failed at line 2: relation "absent" does not exist. ' +
          "Nothing of it was applied. Correct the file and start again.",
      });
      assert.deepEqual(await query(url, "SELECT n FROM made"), []);
      assert.deepEqual(await query(url, "SELECT version FROM schema_migrations"), [{ version: 1 }]);
      await write(folder, { "0002_fail.sql": "INSERT INTO made VALUES (2);" });
      await migrate({ url, folder });
      assert.deepEqual(await query(url, "SELECT n FROM made"), [{ n: 2 }]);
    },
  ));

Deno.test("a file that was changed after it had been applied is refused", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, { "0001_make.sql": "CREATE TABLE made (n bigint);", ...SECOND });
    await assert.rejects(migrate({ url, folder }), /0001_make\.sql was changed after .* Put the file back/);
    assert.deepEqual(await query(url, "SELECT n FROM made"), []);
  }));

Deno.test("line ends of another system are no change", () =>
  withFiles({ "0001_make.sql": "CREATE TABLE made (\n  n int\n);\n" }, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, { "0001_make.sql": "CREATE TABLE made (\r\n  n int\r\n);\r\n" });
    assert.deepEqual(await migrate({ url, folder }), []);
  }));

Deno.test("a database that a newer version has migrated is refused", () =>
  withFiles({ ...FIRST, ...SECOND }, async ({ url, folder }) => {
    await migrate({ url, folder });
    await Deno.remove(join(folder, "0002_fill.sql"));
    await assert.rejects(migrate({ url, folder }), /0002_fill\.sql, which this program does not know/);
  }));

Deno.test("a new file with a number before the applied ones is refused", () =>
  withFiles(SECOND_ALONE, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, FIRST);
    await assert.rejects(migrate({ url, folder }), /0001_make\.sql comes before number 2.* next free number/);
  }));

Deno.test("faults of the folder are named before anything is applied", () =>
  withDatabase(async ({ url }) => {
    const faults: [Record<string, string>, RegExp][] = [
      [{ ...FIRST, "2_fill.sql": "" }, /2_fill\.sql is not named as 0001_what_it_does\.sql/],
      [{ ...FIRST, "0000_zero.sql": "" }, /0000_zero\.sql is not named/],
      [{ ...FIRST, "0001_too.sql": "" }, /0001_make\.sql and 0001_too\.sql have one number/],
      [
        { ...FIRST, "0002_commit.sql": "SELECT 1;\nCOMMIT;" },
        /0002_commit\.sql begins or ends a transaction/,
      ],
    ];
    for (const [files, message] of faults) {
      await using folder = await temporaryFolder();
      await write(folder.path, files);
      await assert.rejects(migrate({ url, folder: folder.path }), { message });
    }
    await assert.rejects(migrate({ url, folder: "/absent" }), /folder of migrations cannot be read/);
    assert.deepEqual(await query(url, "SELECT to_regclass('made') AS made"), [{ made: null }]);
  }, { migrations: null }));

Deno.test("functions may hold transaction words, and what a file sets does not reach the next", () =>
  withFiles({
    "0001_function.sql": `SET search_path = pg_catalog; SET statement_timeout = '1s';
      CREATE FUNCTION public.one() RETURNS int LANGUAGE plpgsql AS $$
      BEGIN
        RETURN 1;
      END;
      $$;`,
    "0002_next.sql":
      "CREATE TABLE made AS SELECT one() AS n, current_setting('statement_timeout') AS timeout;",
  }, async ({ url, folder }) => {
    await migrate({ url, folder });
    assert.deepEqual(await query(url, "SELECT * FROM made"), [{ n: 1, timeout: "0" }]);
  }));

Deno.test("a database that is not up yet is waited for", async () => {
  await using data = await temporaryFolder();
  await using folder = await temporaryFolder();
  await write(folder.path, FIRST);
  await seedCluster(data.path);
  const before = await startEmbeddedPostgres({ data_dir: data.path });
  const { url } = before;
  await before.stop();
  const waits = Promise.withResolvers<void>();
  const migrated = migrate({ url, folder: folder.path, log: () => waits.resolve() });
  await waits.promise;
  await using _after = await startEmbeddedPostgres({ data_dir: data.path });
  assert.equal((await migrated).length, 1);
});

Deno.test("a database that does not come up is given up with a remedy, or when told to", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    const nowhere = new URL(url);
    nowhere.port = "1";
    await assert.rejects(
      migrate({ url: nowhere.href, folder, wait_ms: 0 }),
      /Check that it runs and that DATABASE_URL/,
    );
    const giveUp = new AbortController();
    const log = () => giveUp.abort(new Error("given up"));
    await assert.rejects(migrate({ url: nowhere.href, folder, signal: giveUp.signal, log }), {
      message: "given up",
    });
  }));

Deno.test("a wrong password is told at once", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    const wrong = new URL(url);
    wrong.password = "wrong";
    await assert.rejects(migrate({ url: wrong.href, folder }), { code: "28P01" });
  }));

Deno.test("a Postgres older than 14 is refused", () =>
  withFiles(FIRST, async ({ url, superuser_url, name, folder }) => {
    // Stands before the real one for whoever connects to this database.
    await query(
      superuser_url,
      `CREATE SCHEMA old;
       CREATE FUNCTION old.current_setting(setting text) RETURNS text LANGUAGE sql
         AS $$ SELECT CASE setting WHEN 'server_version_num' THEN '130021' ELSE '13.21' END $$;
       GRANT USAGE ON SCHEMA old TO PUBLIC;
       ALTER DATABASE ${name} SET search_path = old, pg_catalog, public`,
    );
    await assert.rejects(migrate({ url, folder }), /This database is Postgres 13\.21; at least 14 is needed/);
  }));

const SECOND_ALONE = { "0002_alone.sql": "SELECT 1;" };

function withFiles(
  files: Record<string, string>,
  test: (place: TestDatabase & { folder: string }) => Promise<void>,
): Promise<void> {
  return withDatabase(async (database) => {
    await using folder = await temporaryFolder();
    await write(folder.path, files);
    await test({ ...database, folder: folder.path });
  }, { migrations: null });
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
}
