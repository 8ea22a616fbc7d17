import assert from "node:assert/strict";
import { readMigrationFiles } from "../../src/postgres/migration_files.ts";
import { MIGRATIONS_FOLDER } from "../../src/postgres/migrations.ts";
import { openStore } from "../../src/postgres/store.ts";
import { withDatabase } from "../support/database.ts";

Deno.test("a first start says each step that it takes, and a later one takes none", async () => {
  const files = (await readMigrationFiles(MIGRATIONS_FOLDER)).map(({ file_name }) => file_name);
  await withDatabase(async ({ url }) => {
    const stepsOfStart = async () => {
      const steps: string[] = [];
      const config = { database_url: url, data_dir: "/no/such/folder", facts_kept_days: 100 };
      await (await openStore(config, { onStep: (step) => void steps.push(step) })).close();
      return steps;
    };
    assert.deepEqual(await stepsOfStart(), files.map((name) => `Applied migration ${name}.`));
    assert.deepEqual(await stepsOfStart(), []);
  }, { migrations: null });
});
