import { parseArgs } from "node:util";
import { join } from "node:path";
import { attachToEmbeddedPostgres } from "../../src/embedded_postgres/attach.ts";
import type { AuditRequest } from "./audit.ts";
import type { LiveService } from "./live.ts";

export const USAGE = `deno task audit [--company ID]... [--url URL [--key KEY]]

  --company ID  audits this company only; may be given several times
  --url URL     compares live balances too, with the service at this address (or PUBLIC_URL)
  --key KEY     a key that may read all companies (or ADMIN_KEY, or the one kept under DATA_DIR)
  --help        shows this

The database is that of DATABASE_URL, or else the embedded Postgres that runs under DATA_DIR (./data).
Exit codes: 0 everything agrees, 1 something differs, 2 the audit could not run.`;

/** How an audit was asked for. */
export interface AuditSettings extends AuditRequest {
  /** The service was named on the command line: then it must be reached. */
  readonly service_required: boolean;
}

/**
 * Reads the command line and the environment.
 *
 * @returns undefined when help was asked for
 * @throws {Error} that names the remedy, when either does not fit or there is no database
 */
export async function readSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<AuditSettings | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      company: { type: "string", multiple: true },
      url: { type: "string" },
      key: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return undefined;
  const data_dir = env.DATA_DIR || "./data";
  // main.ts keeps the embedded Postgres in this folder.
  const database_url = env.DATABASE_URL || await attachToEmbeddedPostgres(join(data_dir, "postgres"));
  return {
    database_url,
    companies: values.company,
    service: await serviceOf(values.url || env.PUBLIC_URL, values.key || env.ADMIN_KEY, data_dir),
    service_required: values.url !== undefined,
  };
}

async function serviceOf(
  url: string | undefined,
  given_key: string | undefined,
  data_dir: string,
): Promise<LiveService | undefined> {
  if (!url) return undefined;
  if (!URL.canParse(url)) throw new Error(`${url} is no URL: give one such as http://localhost:8000`);
  const key = given_key || await keptKey(join(data_dir, "secrets.json"));
  if (key === undefined) throw new Error("a key is needed to read live balances: give --key or ADMIN_KEY");
  return { url, key };
}

/** The admin key that the service made for itself, if it did. */
async function keptKey(path: string): Promise<string | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)).admin_key;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
