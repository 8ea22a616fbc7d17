import { join } from "node:path";
import { parseOptions, UsageError } from "../command_line.ts";
import { attachToEmbeddedPostgres } from "../../src/embedded_postgres/attach.ts";
import type { AuditRequest } from "./audit.ts";
import type { LiveService } from "./live.ts";

/** The text of `--help`. */
export const USAGE = `deno task audit [--company ID]... [--url URL [--key KEY]]

  --company ID  audit this company only; may be repeated
  --url URL     compare live balances too, with the service at this URL (or PUBLIC_URL)
  --key KEY     an API key that may read all companies (or ADMIN_KEY, or the key stored under DATA_DIR)
  --help        print this text

The database is that of DATABASE_URL, or else the embedded Postgres that runs under DATA_DIR. Without both it is the
one that runs under ./data (task start), ./data/dev (task dev) or ./data/demo (task demo).
Exit codes: 0 everything agrees; 1 something differs; 2 the audit could not run.`;

/** The data folders of the tasks that run the service. */
const TASK_FOLDERS = ["./data", "./data/dev", "./data/demo"];

/** The settings of one audit run. */
export interface AuditSettings extends AuditRequest {
  /** Whether the command line names the service, which then must be reachable. */
  readonly service_required: boolean;
}

/**
 * Reads the command line and the environment.
 *
 * @returns undefined for `--help`
 * @throws {UsageError} when an option does not fit
 * @throws {Error} when no database is found, with the remedy
 */
export async function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<AuditSettings | undefined> {
  const values = parseOptions(args, {
    company: { type: "string", multiple: true },
    url: { type: "string" },
    key: { type: "string" },
  });
  if (values === undefined) return undefined;
  const { data_dir, database_url } = await databaseFrom(env, TASK_FOLDERS);
  return {
    database_url,
    companies: values.company,
    service: await liveServiceFrom(values.url || env.PUBLIC_URL, values.key || env.ADMIN_KEY, data_dir),
    service_required: values.url !== undefined,
  };
}

/**
 * Finds the database and the data folder of the service.
 *
 * @param folders where the service may run if the environment names neither
 * @throws {Error} when no database is found, or several, with the remedy
 */
export async function databaseFrom(
  { DATABASE_URL, DATA_DIR }: Readonly<Record<string, string | undefined>>,
  folders: readonly string[],
): Promise<{ readonly data_dir: string; readonly database_url: string }> {
  // The service stores its embedded Postgres in its data folder.
  const attach = (data_dir: string) => attachToEmbeddedPostgres(join(data_dir, "postgres"));
  if (DATABASE_URL) return { data_dir: DATA_DIR || "./data", database_url: DATABASE_URL };
  if (DATA_DIR) return { data_dir: DATA_DIR, database_url: await attach(DATA_DIR) };
  const attempts = await Promise.allSettled(
    folders.map(async (data_dir) => ({ data_dir, database_url: await attach(data_dir) })),
  );
  const found = attempts.flatMap((attempt) => attempt.status === "fulfilled" ? [attempt.value] : []);
  if (found.length > 1) {
    const running = found.map(({ data_dir }) => data_dir).join(" and ");
    throw new Error(`Services run under ${running}. Set DATA_DIR to one of these folders.`);
  }
  if (found.length === 0) {
    throw new Error(
      `No embedded Postgres runs under ${
        folders.join(", ")
      }. Start the service (deno task start, or deno task demo), ` +
        "set DATA_DIR to its folder, or set DATABASE_URL.",
    );
  }
  return found[0]!;
}

async function liveServiceFrom(
  url: string | undefined,
  given_key: string | undefined,
  data_dir: string,
): Promise<LiveService | undefined> {
  if (!url) return undefined;
  if (!URL.canParse(url)) {
    throw new UsageError(`"${url}" is not a URL. Set --url to one such as http://localhost:8000.`);
  }
  const key = given_key || await storedAdminKey(join(data_dir, "secrets.json"));
  if (key === undefined) throw new UsageError("Live balances need an API key: set --key or ADMIN_KEY.");
  return { url, key };
}

/** Reads the admin key that the service created for itself, if it did. */
async function storedAdminKey(path: string): Promise<string | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)).admin_key;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
