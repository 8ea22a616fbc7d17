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

The database is that of DATABASE_URL, or else the embedded Postgres that runs under DATA_DIR (./data).
Exit codes: 0 everything agrees; 1 something differs; 2 the audit could not run.`;

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
  const data_dir = env.DATA_DIR || "./data";
  // The service stores its embedded Postgres in this folder.
  const database_url = env.DATABASE_URL || await attachToEmbeddedPostgres(join(data_dir, "postgres"));
  return {
    database_url,
    companies: values.company,
    service: await liveServiceFrom(values.url || env.PUBLIC_URL, values.key || env.ADMIN_KEY, data_dir),
    service_required: values.url !== undefined,
  };
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
