/** Records a release for the tests of upgrades (`deno task release`): see CONTRIBUTING.md, "Make a release". */

import { VERSION } from "../../src/config/version.ts";
import { readMigrationFiles } from "../../src/postgres/migration_files.ts";
import { MIGRATIONS_FOLDER } from "../../src/postgres/migrations.ts";
import {
  parseReleased,
  RELEASED_LIST,
  type ReleasedMigration,
} from "../../src/postgres/released_migrations.ts";
import { runTool, type Values } from "../command_line.ts";
import { recordedReleases, writeRelease } from "./files.ts";
import { recordRelease } from "./recorded_release.ts";

const USAGE = `deno task release [--replace]

Records the version of deno.json as a release. Its migrations never change from then on: their hashes are written to
migrations/${RELEASED_LIST}. A database with an invented history is written to tests/releases/VERSION, with what this
version answers about it; tests migrate it with every later version, and compare.

  --replace   record a version again, before it is published
  --help      print this text

Exit codes: 0 recorded; 1 the version is a pre-release or recorded already, or the history fails; 2 the command line
does not fit.`;

const OPTIONS = { replace: { type: "boolean", default: false } } as const;

const LIST = new URL(RELEASED_LIST, MIGRATIONS_FOLDER);

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

async function run({ replace }: Values<typeof OPTIONS>): Promise<number> {
  const fault = await faultOf(replace);
  if (fault !== undefined) {
    console.error(fault);
    return 1;
  }
  const before = await readList();
  const others = parseReleased(before).filter(({ release }) => release !== VERSION);
  // The service compares its files with the list at the start: the list is written first, and taken back on a failure.
  await Deno.writeTextFile(LIST, formatReleased(others));
  try {
    await Deno.writeTextFile(LIST, formatReleased([...others, ...await newMigrations(others)]));
    await writeRelease(VERSION, await recordRelease());
  } catch (error) {
    await Deno.writeTextFile(LIST, before);
    throw error;
  }
  console.log(`Recorded ${VERSION}. Commit migrations/${RELEASED_LIST} and tests/releases/${VERSION}.`);
  return 0;
}

async function faultOf(replace: boolean): Promise<string | undefined> {
  if (!/^\d+\.\d+\.\d+$/.test(VERSION)) {
    return `The version ${VERSION} is a pre-release. Set "version" in deno.json to that of the release, such as 0.1.0.`;
  }
  if (!replace && (await recordedReleases()).includes(VERSION)) {
    return `${VERSION} is recorded. If it is published, set the next version in deno.json; if not, run with --replace.`;
  }
}

async function readList(): Promise<string> {
  try {
    return await Deno.readTextFile(LIST);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Returns the migrations that no other release has. */
async function newMigrations(others: readonly ReleasedMigration[]): Promise<ReleasedMigration[]> {
  const known = new Set(others.map(({ file_name }) => file_name));
  const files = (await readMigrationFiles(MIGRATIONS_FOLDER)).filter(({ file_name }) =>
    !known.has(file_name)
  );
  return files.map(({ file_name, checksum }) => ({ release: VERSION, file_name, checksum }));
}

/** Writes the list, in the order given. */
function formatReleased(released: readonly ReleasedMigration[]): string {
  const releases = Map.groupBy(released, ({ release }) => release);
  return [...releases].map(([release, files]) =>
    `# ${release}\n${files.map(({ checksum, file_name }) => `${checksum}  ${file_name}\n`).join("")}`
  ).join("");
}
