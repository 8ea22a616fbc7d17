import type pg from "pg";
import { DatabaseError } from "./database_error.ts";

/** The settings that durability, exactness and privileges depend on. */
const VERIFIED = [
  "role",
  "search_path",
  "synchronous_commit",
  "TimeZone",
  "DateStyle",
  "IntervalStyle",
  "statement_timeout",
] as const;

/** `pg_settings` has values in their base unit, and no `role`. */
const READ_BACK = `
  select name, coalesce(setting, current_setting(name)) as value
  from unnest($1::text[]) with ordinality as wanted(name, position)
    left join (select name as known_name, setting from pg_settings) s on known_name = name
  order by position`;

/**
 * Checks that a new session has the settings that its URL's `options` ask for. A connection pooler can drop them
 * silently; without them a commit may not be on disk, or the session may have the owner's privileges.
 *
 * @throws {DatabaseError} names the setting and the remedy
 */
export async function verifySettings(client: pg.ClientBase, url: string): Promise<void> {
  const wanted = settingsIn(url);
  const names = VERIFIED.filter((name) => wanted.has(name));
  const { rows } = await client.query<{ name: string; value: string }>(READ_BACK, [names]);
  for (const { name, value } of rows) {
    const expected = wanted.get(name)!;
    // DateStyle is read back with the order of fields: `ISO, MDY`.
    if (value === expected || name === "DateStyle" && value.startsWith(`${expected},`)) continue;
    throw new DatabaseError(
      `cannot use the database: its sessions have ${name} = ${
        value || "(empty)"
      } instead of ${expected}. A ` +
        "connection pooler drops the startup parameter `options`: connect to Postgres directly, or use a pooler that " +
        "forwards it.",
    );
  }
}

/** The settings (`-c name=value`) in a URL's `options`; of a repeated one the last, as Postgres does. */
function settingsIn(url: string): Map<string, string> {
  const options = new URL(url).searchParams.get("options") ?? "";
  const settings = options.matchAll(/-c\s*([A-Za-z_.]+)=((?:\\.|[^\\\s])*)/g);
  return new Map([...settings].map(([, name, value]) => [name!, value!.replaceAll(/\\(.)/g, "$1")]));
}
