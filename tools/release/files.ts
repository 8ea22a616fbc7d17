/** The files of a recorded release, in `tests/releases/VERSION/`. */

import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { RecordedRelease } from "./record.ts";
import type { Dumped } from "./recorded_release.ts";

const RELEASES = fileURLToPath(new URL("../../tests/releases/", import.meta.url));
/** The data of a database, as SQL. */
const DATABASE = "database.sql.gz";
/** What the release answered about it. */
const ANSWERS = "answers.json.gz";

/** Lists the recorded releases, by name. */
export async function recordedReleases(): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(RELEASES));
  return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
}

/** Reads a recorded release. */
export async function readRelease(version: string): Promise<Dumped> {
  const text = async (name: string) =>
    new TextDecoder().decode(gunzipSync(await Deno.readFile(`${RELEASES}${version}/${name}`)));
  const recorded: RecordedRelease = JSON.parse(await text(ANSWERS));
  return { sql: await text(DATABASE), recorded };
}

/** Writes a recorded release. */
export async function writeRelease(version: string, { sql, recorded }: Dumped): Promise<void> {
  const folder = `${RELEASES}${version}`;
  await Deno.mkdir(folder, { recursive: true });
  const write = async (name: string, text: string) =>
    await Deno.writeFile(`${folder}/${name}`, new Uint8Array(gzipSync(text, { level: 9 })));
  await write(DATABASE, sql);
  await write(ANSWERS, JSON.stringify(recorded));
}
