import type { Client } from "../../src/postgres/connection.ts";
import { IS_WRITABLE } from "../../src/postgres/store.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const NAME = "Postgres settings";

/** Settings without which a crash of the machine can lose or damage what was acknowledged. */
const DURABILITY = { fsync: "on", full_page_writes: "on" } as const;

/** Settings that keep statement parameters and rows, which contain personal data, out of Postgres's log. */
const PRIVACY = {
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_error_verbosity: "terse",
} as const;

/** Checks that the server takes writes, and its settings of durability, encoding and privacy. */
export async function checkSettings(client: Pick<Client, "query">): Promise<Finding[]> {
  const { rows: [{ writable }] } = await client.query(IS_WRITABLE);
  const names = [...Object.keys(DURABILITY), ...Object.keys(PRIVACY), "server_encoding"];
  const { rows } = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name = any ($1)",
    [names],
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  const findings: Finding[] = [];
  if (!writable) {
    findings.push(problem(
      NAME,
      "the server takes no writes",
      "Point DATABASE_URL at the primary, and unset default_transaction_read_only for its role.",
    ));
  }
  for (const [name, wanted] of Object.entries(DURABILITY)) {
    const setting = settings.get(name);
    if (setting === wanted) continue;
    findings.push(problem(
      NAME,
      `${name} is ${setting}: a crash of the machine can lose or damage what was acknowledged`,
      `Set ${name} = ${wanted} in postgresql.conf.`,
    ));
  }
  const encoding = settings.get("server_encoding");
  if (encoding !== "UTF8") {
    findings.push(problem(NAME, `the encoding is ${encoding}`, "Create the database with ENCODING 'UTF8'."));
  }
  const telling = Object.entries(PRIVACY).filter(([name, wanted]) => settings.get(name) !== wanted);
  if (telling.length > 0) {
    findings.push(warning(
      NAME,
      `Postgres's log can contain personal data: ${
        telling.map(([name]) => `${name} is ${settings.get(name)}`).join(", ")
      }`,
      `Let a superuser run ${
        telling.map(([name, wanted]) => `ALTER DATABASE … SET ${name} = ${wanted}`).join("; ")
      }.`,
    ));
  }
  return findings.length > 0 ? findings : [ok(NAME, "writes are durable, and the log has no personal data")];
}
