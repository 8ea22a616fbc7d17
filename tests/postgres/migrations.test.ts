import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { seedCluster, temporaryFolder, type TestDatabase, withDatabase } from "../support/database.ts";
import { query } from "../embedded_postgres/support.ts";

const FIRST = { "0001_make.sql": "CREATE TABLE made (n int);" };
const SECOND = { "0002_fill.sql": "INSERT INTO made VALUES (1);" };

Deno.test("files are applied once each, in the order of their numbers", () =>
  withFiles({ ...SECOND, ...FIRST, "README.md": "No migration." }, async ({ url, folder }) => {
    assert.deepEqual(await migrate({ url, folder }), [
      { version: 1, file_name: "0001_make.sql" },
      { version: 2, file_name: "0002_fill.sql" },
    ]);
    assert.deepEqual(await migrate({ url, folder }), []);
    assert.deepEqual(await query(url, "SELECT n FROM made"), [{ n: 1 }]);
  }));

Deno.test("a later file is applied to a migrated database", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, SECOND);
    assert.deepEqual(await migrate({ url, folder }), [{ version: 2, file_name: "0002_fill.sql" }]);
  }));

Deno.test("when many processes migrate at once, each file is applied once", () =>
  withFiles({ ...FIRST, ...SECOND }, async ({ url, folder }) => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate({ url, folder })));
    assert.deepEqual(applied.map((files) => files.length).sort(), [0, 0, 0, 0, 2]);
    assert.deepEqual(await query(url, "SELECT n FROM made"), [{ n: 1 }]);
  }));

Deno.test("a failed file is rolled back, and the files before it stay applied", () =>
  withFiles(
    { ...FIRST, "0002_fail.sql": "INSERT INTO made VALUES (1);\nINSERT INTO absent VALUES (1);" },
    async ({ url, folder }) => {
      await assert.rejects(migrate({ url, folder }), {
        message: 'Migration 0002_fail.sql failed at line 2: relation "absent" does not exist. ' +
          "It was rolled back. Correct the file and start again.",
      });
      assert.deepEqual(await query(url, "SELECT n FROM made"), []);
      assert.deepEqual(await query(url, "SELECT version FROM schema_migrations"), [{ version: 1 }]);
      await write(folder, { "0002_fail.sql": "INSERT INTO made VALUES (2);" });
      await migrate({ url, folder });
      assert.deepEqual(await query(url, "SELECT n FROM made"), [{ n: 2 }]);
    },
  ));

Deno.test("a changed file that was applied is rejected", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, { "0001_make.sql": "CREATE TABLE made (n bigint);", ...SECOND });
    await assert.rejects(migrate({ url, folder }), /0001_make\.sql has changed since .* Restore the file/);
    assert.deepEqual(await query(url, "SELECT n FROM made"), []);
  }));

Deno.test("other line endings are not a change", () =>
  withFiles({ "0001_make.sql": "CREATE TABLE made (\n  n int\n);\n" }, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, { "0001_make.sql": "CREATE TABLE made (\r\n  n int\r\n);\r\n" });
    assert.deepEqual(await migrate({ url, folder }), []);
  }));

Deno.test("a migration of a release that is missing or was changed is rejected before any file is applied", () =>
  withFiles({ ...FIRST, ...SECOND }, async ({ url, folder }) => {
    const released = "# 1.2.3\n" + await sha256sums(folder, "0001_make.sql", "0002_fill.sql");
    await Deno.writeTextFile(join(folder, "released.sha256"), released);
    await write(folder, { "0001_make.sql": `${FIRST["0001_make.sql"]} -- changed` });
    await assert.rejects(
      migrate({ url, folder }),
      /0001_make\.sql of release 1\.2\.3 was changed\. Restore the file, and make the change in a new file/,
    );
    await write(folder, FIRST);
    await Deno.remove(join(folder, "0002_fill.sql"));
    await assert.rejects(migrate({ url, folder }), /0002_fill\.sql of release 1\.2\.3 is missing/);
    assert.deepEqual(await query(url, "SELECT to_regclass('made') AS made"), [{ made: null }]);
    await write(folder, { ...SECOND, "0003_next.sql": "INSERT INTO made VALUES (2);" });
    assert.equal((await migrate({ url, folder })).length, 3);
  }));

Deno.test("a line of the list of released migrations that does not fit is reported", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    for (const list of [await sha256sums(folder, "0001_make.sql"), "# 1.2.3\nnonsense\n", "# next\n"]) {
      await Deno.writeTextFile(join(folder, "released.sha256"), list);
      await assert.rejects(migrate({ url, folder }), /released\.sha256 has a line that does not fit/);
    }
  }));

Deno.test("a database that a newer version migrated is rejected", () =>
  withFiles({ ...FIRST, ...SECOND }, async ({ url, folder }) => {
    await migrate({ url, folder });
    await Deno.remove(join(folder, "0002_fill.sql"));
    await assert.rejects(migrate({ url, folder }), /0002_fill\.sql, which this program does not have/);
  }));

Deno.test("a new file with a lower number than an applied one is rejected", () =>
  withFiles(SECOND_ALONE, async ({ url, folder }) => {
    await migrate({ url, folder });
    await write(folder, FIRST);
    await assert.rejects(
      migrate({ url, folder }),
      /0001_make\.sql has a lower number than 2.* next free number/,
    );
  }));

Deno.test("faults of the folder are reported before any file is applied", () =>
  withDatabase(async ({ url }) => {
    const faults: [Record<string, string>, RegExp][] = [
      [{ ...FIRST, "2_fill.sql": "" }, /2_fill\.sql does not match 0001_what_it_does\.sql/],
      [{ ...FIRST, "0000_zero.sql": "" }, /0000_zero\.sql does not match/],
      [{ ...FIRST, "0001_too.sql": "" }, /0001_make\.sql and 0001_too\.sql have the same number/],
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
    await assert.rejects(migrate({ url, folder: "/absent" }), /Cannot read the migrations folder/);
    assert.deepEqual(await query(url, "SELECT to_regclass('made') AS made"), [{ made: null }]);
  }, { migrations: null }));

Deno.test("functions may contain transaction words, and a file's settings do not affect the next file", () =>
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

Deno.test("migrate waits for a database that is not up yet", async () => {
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

Deno.test("waiting for a database ends with a remedy at the deadline, or when it is aborted", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    const nowhere = new URL(url);
    nowhere.port = "1";
    await assert.rejects(
      migrate({ url: nowhere.href, folder, wait_ms: 0 }),
      /Check that it runs, that DATABASE_URL/,
    );
    const giveUp = new AbortController();
    const log = () => giveUp.abort(new Error("given up"));
    await assert.rejects(migrate({ url: nowhere.href, folder, signal: giveUp.signal, log }), {
      message: "given up",
    });
  }));

Deno.test("a wrong password is reported at once", () =>
  withFiles(FIRST, async ({ url, folder }) => {
    const wrong = new URL(url);
    wrong.password = "wrong";
    await assert.rejects(migrate({ url: wrong.href, folder }), { code: "28P01" });
  }));

Deno.test("a Postgres older than 14 is rejected", () =>
  withFiles(FIRST, async ({ url, superuser_url, name, folder }) => {
    // Shadows the real function for every connection to this database.
    await query(
      superuser_url,
      `CREATE SCHEMA old;
       CREATE FUNCTION old.current_setting(setting text) RETURNS text LANGUAGE sql
         AS $$ SELECT CASE setting WHEN 'server_version_num' THEN '130021' ELSE '13.21' END $$;
       GRANT USAGE ON SCHEMA old TO PUBLIC;
       ALTER DATABASE ${name} SET search_path = old, pg_catalog, public`,
    );
    await assert.rejects(
      migrate({ url, folder }),
      /This database is Postgres 13\.21; version 14 or later is required/,
    );
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

/** The output of `sha256sum` for files of a folder. */
async function sha256sums(folder: string, ...names: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("sha256sum", { args: names, cwd: folder }).output();
  return new TextDecoder().decode(stdout);
}
