/** Migrates a database of every release with this version. */

import assert from "node:assert/strict";
import { migrate, MIGRATIONS_FOLDER } from "../../src/postgres/migrations.ts";
import { parseReleased, RELEASED_LIST } from "../../src/postgres/released_migrations.ts";
import { migrateToRelease, restoreData } from "../../tools/release/dump.ts";
import { readRelease, recordedReleases } from "../../tools/release/files.ts";
import { createDatabase } from "../support/database.ts";
import { readSource } from "../support/source_files.ts";
import { assertUpgrades } from "./comparison.ts";

for (const version of await recordedReleases()) {
  Deno.test(`a database of release ${version} is migrated, answers as before, agrees with the audit, and goes on`, async () => {
    const dumped = await readRelease(version);
    await using database = await createDatabase({ migrations: null });
    await migrateToRelease(database.url, version);
    await restoreData(database.url, dumped.sql);
    await migrate({ url: database.url });
    await assertUpgrades(database.url, dumped);
  });
}

Deno.test("every release is recorded, with its migrations and a section of the changelog", async () => {
  const { version } = JSON.parse(await readSource("deno.json"));
  const list = await Deno.readTextFile(new URL(RELEASED_LIST, MIGRATIONS_FOLDER));
  const releases = await recordedReleases();
  const changelog = await readSource("CHANGELOG.md");
  const sections = [...changelog.matchAll(/^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$/gm)].map(([, name]) =>
    name
  );
  assert.deepEqual(sections.toReversed(), releases, "tests/releases and CHANGELOG.md name other releases");
  if (!version.includes("-")) {
    assert.ok(releases.includes(version), `run \`deno task release\` for ${version}`);
  }
  const deployed = /newTag: (.*)/.exec(await readSource("deploy/kubernetes/kustomization.yaml"))?.[1];
  assert.equal(deployed, releases.at(-1), "deploy/kubernetes names another release");
  // A release without a migration of its own has none in the list.
  const listed = new Set(parseReleased(list).map(({ release }) => release));
  assert.deepEqual([...listed].filter((release) => !releases.includes(release)), []);
});
