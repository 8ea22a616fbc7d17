/**
 * Least power: what the service may do in its database, table by table.
 *
 * - P1 The URL's role owns the schema and migrates it; the service's connections assume {@link SERVICE_ROLE}, which
 *   owns nothing and cannot log in.
 * - P2 It adds to facts and the ledger, and can neither alter nor remove what stands there. Past keeping, a function
 *   of the owner's drops whole months of facts, and that function refuses anything younger.
 * - P3 What is not listed here it cannot reach.
 */

import type { Client } from "./connection.ts";
import { connect, disconnect, withSettings } from "./connection.ts";
import { sleep } from "../time/sleep.ts";

/** A role of the whole cluster: what it may do is granted in each database. */
export const SERVICE_ROLE = "poli_credits_service";

type Grant = "select" | "insert" | "update" | "delete";

const APPEND_ONLY: readonly Grant[] = ["select", "insert"];
const UPSERT: readonly Grant[] = ["select", "insert", "update"];
const FULL_ACCESS: readonly Grant[] = ["select", "insert", "update", "delete"];

/** What the service may do with each table. A table that a migration adds needs its line here. */
export const GRANTS: Readonly<Record<string, readonly Grant[]>> = {
  access_changes: ["select", "update"],
  alert_deliveries: FULL_ACCESS,
  closed_days: APPEND_ONLY,
  companies: UPSERT,
  company_settings: APPEND_ONLY,
  contacts: UPSERT,
  contract_versions: APPEND_ONLY,
  day_totals: UPSERT,
  erased_people: UPSERT,
  facts: APPEND_ONLY,
  features: UPSERT,
  keys: UPSERT,
  ledger: APPEND_ONLY,
  periods: UPSERT,
  phone_numbers: FULL_ACCESS,
  quarantine: UPSERT,
  rate_versions: APPEND_ONLY,
  retention: ["select", "update"],
  sends: APPEND_ONLY,
  service_secrets: APPEND_ONLY,
  test_clock: UPSERT,
  usages: APPEND_ONLY,
  viewer_sessions: FULL_ACCESS,
  webhook_endpoints: FULL_ACCESS,
  windows: FULL_ACCESS,
};

const FUNCTIONS = [
  "create_facts_partition(date)",
  "drop_facts_before(timestamptz)",
  "forget_before(timestamptz, int)",
];

/** As the migrations took it: a dump that is restored without its privileges has given it back. */
const REVOCATIONS = [
  "revoke update, delete, truncate on ledger from current_user",
  ...[...FUNCTIONS, "forgettable_before()"].map((name) => `revoke execute on function ${name} from public`),
];

/** What {@link applyGrants} needs to know. */
export interface GrantOptions {
  /** Connects as the owner of a database that has been migrated. */
  readonly url: string;
  readonly log?: (level: "info" | "warning", message: string) => void;
}

/** Any fixed number does, as long as nothing else in the database locks by it. */
const LOCK_KEY = 7_033_842_112;
const ATTEMPTS_MAX = 20;
const RETRY_MS = 50;

/**
 * Grants the service's role what {@link GRANTS} says and no more, making the role where there is none. Whoever the
 * service works as, nobody may alter the ledger afterwards.
 *
 * @returns the URL whose connections have those powers; where the owner may not make or assume the role, that of
 * the owner, and the log says how to mend it
 * @throws {Error} when the database cannot be reached, or is not migrated
 */
export async function applyGrants({ url, log = () => {} }: GrantOptions): Promise<string> {
  const client = await connect(url, { application_name: "poli-credits powers" });
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK_KEY]);
    await client.query(REVOCATIONS.join(";\n"));
    const refused = await ensureRole(client);
    if (refused !== undefined) {
      log(
        "warning",
        `The service works with all the powers of its database's owner, for it cannot be given fewer: ${refused}. ` +
          `Have an administrator run: CREATE ROLE ${SERVICE_ROLE} NOLOGIN; GRANT ${SERVICE_ROLE} TO <the role of ` +
          "DATABASE_URL>; and start it again.",
      );
      return url;
    }
    const schema = await grantToService(client);
    return serviceUrl(url, schema);
  } finally {
    // The lock is the session's, so it ends with it.
    await disconnect(client);
  }
}

/** Sees to it that the role is there and that we may become it; else why not. */
async function ensureRole(client: Client): Promise<string | undefined> {
  for (let attempt = 1;; attempt++) {
    try {
      const { rowCount } = await client.query("select from pg_roles where rolname = $1", [SERVICE_ROLE]);
      if (rowCount === 0) await client.query(`create role ${SERVICE_ROLE} nologin`);
      if (!await canAssumeRole(client)) await client.query(`grant ${SERVICE_ROLE} to current_user`);
      if (await canAssumeRole(client)) return undefined;
      return `role ${SERVICE_ROLE} cannot be assumed`;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === undefined || code === "42501") return message;
      // Roles are the whole cluster's: another service, on another database, does the same at the same time.
      if (!/^(42710|23505|XX000)$/.test(code) || attempt === ATTEMPTS_MAX) throw error;
      await sleep(RETRY_MS);
    }
  }
}

async function canAssumeRole(client: Client): Promise<boolean> {
  try {
    await client.query(`set role ${SERVICE_ROLE}`);
  } catch (error) {
    if ((error as { code?: string }).code === "42501") return false;
    throw error;
  }
  await client.query("reset role");
  return true;
}

/** All at once, so that a service that runs meanwhile is never without. */
async function grantToService(client: Client): Promise<string> {
  const { rows } = await client.query<{ schema: string; tables: string[] }>(
    `select quote_ident(current_schema()) as schema, array(
      select tablename::text from pg_tables where schemaname = current_schema() and tablename = any ($1)
    ) as tables`,
    [Object.keys(GRANTS)],
  );
  const { schema, tables } = rows[0]!;
  await client.query([
    "begin",
    `grant usage on schema ${schema} to ${SERVICE_ROLE}`,
    `revoke all on all tables in schema ${schema} from ${SERVICE_ROLE}`,
    ...tables.map((table) => `grant ${GRANTS[table]!.join(", ")} on ${schema}.${table} to ${SERVICE_ROLE}`),
    ...FUNCTIONS.map((name) => `grant execute on function ${schema}.${name} to ${SERVICE_ROLE}`),
    "commit",
  ].join(";\n"));
  return schema;
}

/** A schema named for the owner would not be found under another role, so it is named too. */
function serviceUrl(url: string, schema: string): string {
  return withSettings(url, `-c role=${SERVICE_ROLE} -c search_path=${schema.replaceAll(/[\\ ]/g, "\\$&")}`);
}
