import assert from "node:assert/strict";
import { createDatabase } from "../../support/database.ts";
import { dumpData, restoreData } from "../../../tools/release/dump.ts";
import { recordRelease } from "../../../tools/release/recorded_release.ts";
import { assertUpgrades } from "../../releases/comparison.ts";
import { assertCommandLine, runTool } from "../command_line.ts";

Deno.test("a recorded database is restored row by row, and answers as before", async () => {
  const dumped = await recordRelease();
  await using database = await createDatabase();
  await restoreData(database.url, dumped.sql);
  assert.equal((await dumpData(database.url)).sql, dumped.sql);
  await assertUpgrades(database.url, dumped);
});

Deno.test("a version that is a pre-release or recorded already is not recorded", async () => {
  const { exit_code, stderr } = await runTool("tools/release/main.ts");
  assert.equal(exit_code, 1);
  assert.match(stderr, /is a pre-release|is recorded/);
});

Deno.test("`deno task release` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/release/main.ts", "release");
});
