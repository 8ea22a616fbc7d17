/**
 * The service's grants in its database, table by table (least privilege).
 *
 * - GRANTS-1 The URL's role owns the schema and migrates it. The service's connections assume {@link SERVICE_ROLE},
 *   which owns nothing. They log in as a member of that role, where the owner can create one, and so cannot become the
 *   owner again.
 * - GRANTS-2 The service inserts facts and ledger entries, and can neither update nor delete them. A function of the
 *   owner drops whole months of facts past the retention time, and rejects younger ones.
 * - GRANTS-3 The service has no access to tables that are not listed here.
 */

import type { Client } from "./connection.ts";
import { connect, disconnect, withSettings } from "./connection.ts";
import { ensureLogin, hasLogin } from "./login_role.ts";
import { sleep } from "../time/sleep.ts";

/** The service's role. It belongs to the cluster; its grants belong to each database. */
export const SERVICE_ROLE = "poli_credits_service";

type Grant = "select" | "insert" | "update" | "delete";

const APPEND_ONLY: readonly Grant[] = ["select", "insert"];
const UPSERT: readonly Grant[] = ["select", "insert", "update"];
const FULL_ACCESS: readonly Grant[] = ["select", "insert", "update", "delete"];

/** The service's grants on each table. A migration that adds a table adds its line here. */
export const GRANTS: Readonly<Record<string, readonly Grant[]>> = {
  access_changes: ["select", "update"],
  alert_checks: UPSERT,
  account_days: APPEND_ONLY,
  alert_deliveries: FULL_ACCESS,
  alert_thresholds: UPSERT,
  alerts: ["select", "insert", "delete"],
  closed_days: ["select", "insert", "delete"],
  companies: UPSERT,
  company_settings: APPEND_ONLY,
  contacts: UPSERT,
  contract_versions: APPEND_ONLY,
  cost_days: UPSERT,
  day_totals: UPSERT,
  erased_people: UPSERT,
  exchange_rates: APPEND_ONLY,
  facts: APPEND_ONLY,
  features: UPSERT,
  idempotent_calls: FULL_ACCESS,
  keys: UPSERT,
  label_sets: UPSERT,
  ledger: APPEND_ONLY,
  local_days: ["select", "insert", "delete"],
  meta_rates: APPEND_ONLY,
  nodes: FULL_ACCESS,
  number_accounts: APPEND_ONLY,
  periods: UPSERT,
  phone_numbers: UPSERT,
  quarantine: UPSERT,
  rate_versions: APPEND_ONLY,
  reconciliation_lines: APPEND_ONLY,
  reconciliations: APPEND_ONLY,
  reopenings: APPEND_ONLY,
  retention: ["select", "update"],
  sends: APPEND_ONLY,
  service_secrets: APPEND_ONLY,
  shard_leases: ["select", "insert", "delete"],
  test_clock: UPSERT,
  usages: APPEND_ONLY,
  viewer_sessions: FULL_ACCESS,
  webhook_endpoints: FULL_ACCESS,
  windows: FULL_ACCESS,
};

const FUNCTIONS = [
  "create_facts_partition(date)",
  "drop_facts_before(timestamptz)",
  "delete_before(timestamptz, int)",
];

/** Revokes what the migrations revoked: restoring a dump without privileges grants it again. */
const REVOCATIONS = [
  "revoke update, delete, truncate on ledger from current_user",
  ...[...FUNCTIONS, "deletable_before()"].map((name) => `revoke execute on function ${name} from public`),
];

/** Options of {@link applyGrants}. */
export interface GrantOptions {
  /** Connects as the owner of a migrated database. */
  readonly url: string;
  readonly log?: (level: "info" | "warning", message: string) => void;
}

/** The key of the advisory lock: any number that no other lock in the database uses. */
const LOCK_KEY = 7_033_842_112;
const ATTEMPTS_MAX = 20;
const RETRY_MS = 50;

/**
 * Grants the service's role exactly {@link GRANTS}, and creates the role if it does not exist. Afterwards neither the
 * service nor the owner can change the ledger.
 *
 * @returns the URL whose connections assume the role: with a login of its own, or else with the owner's. If the owner may
 * not create or assume the role: the owner's URL. The log names the remedy.
 * @throws {Error} when the database cannot be reached, or is not migrated
 */
export async function applyGrants({ url, log = () => {} }: GrantOptions): Promise<string> {
  const client = await connect(url, { application_name: "poli-credits grants" });
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK_KEY]);
    await client.query(REVOCATIONS.join(";\n"));
    const failure = await ensureRole(client);
    if (await roleExists(client)) {
      const owner_url = serviceUrl(url, await grantToService(client));
      const login_url = await ensureLogin(client, owner_url, SERVICE_ROLE);
      if (login_url !== undefined) return login_url;
      if (failure === undefined) {
        log(
          "warning",
          `The service logs in as the database's owner and assumes ${SERVICE_ROLE}: injected SQL could go back. Have an ` +
            `administrator run: ALTER ROLE <the role of DATABASE_URL> CREATEROLE; GRANT ${SERVICE_ROLE} TO <the role of ` +
            "DATABASE_URL> WITH ADMIN OPTION; then restart the service.",
        );
        return owner_url;
      }
    }
    log(
      "warning",
      `The service runs with all privileges of the database's owner: ${failure}. ` +
        `Have an administrator run: CREATE ROLE ${SERVICE_ROLE} NOLOGIN; GRANT ${SERVICE_ROLE} TO <the role of ` +
        "DATABASE_URL>; then restart the service.",
    );
    return url;
  } finally {
    // The advisory lock ends with its session.
    await disconnect(client);
  }
}

/** How the service's sessions get its role: by a login of its own, from the owner's, or not yet. */
export type ServiceSession = "login" | "assumed" | "refused" | "missing";

/**
 * Finds how the service's sessions would get their role now. Changes nothing.
 *
 * @param client connected as the owner
 * @throws {Error} when the database cannot be reached
 */
export async function findServiceSession(client: Client, url: string): Promise<ServiceSession> {
  if (!await roleExists(client)) return "missing";
  const { rows } = await client.query<{ schema: string }>("select quote_ident(current_schema()) as schema");
  if (await hasLogin(serviceUrl(url, rows[0]!.schema))) return "login";
  return await canAssumeRole(client) ? "assumed" : "refused";
}

const PRIVILEGES: readonly (Grant | "truncate")[] = ["select", "insert", "update", "delete", "truncate"];

/** The tables of the schema that the service's role, {@link SERVICE_ROLE}, may use, and how. */
const GRANTED = `
  select tablename::text as name, array(
    select privilege from unnest($2::text[]) as privilege
    where has_table_privilege($1, format('%I.%I', schemaname, tablename), privilege)
  ) as granted
  from pg_tables where schemaname = current_schema() order by tablename`;

/**
 * Compares the role's grants with {@link GRANTS}. Changes nothing.
 *
 * @returns each difference in words, such as `lacks insert on facts`; undefined without the role or the tables
 */
export async function grantDifferences(client: Client): Promise<string[] | undefined> {
  if (!await roleExists(client)) return undefined;
  const { rows } = await client.query<{ name: string; granted: string[] }>(GRANTED, [
    SERVICE_ROLE,
    PRIVILEGES,
  ]);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ name, granted }) => {
    const wanted: readonly string[] = GRANTS[name] ?? [];
    return [
      ...wanted.filter((privilege) => !granted.includes(privilege)).map((one) => `lacks ${one} on ${name}`),
      ...granted.filter((privilege) => !wanted.includes(privilege)).map((one) => `may ${one} on ${name}`),
    ];
  });
}

/** Creates the role if it does not exist, and checks that this login can assume it. @returns why not, or undefined */
async function ensureRole(client: Client): Promise<string | undefined> {
  for (let attempt = 1;; attempt++) {
    try {
      if (!await roleExists(client)) await client.query(`create role ${SERVICE_ROLE} nologin`);
      if (!await canAssumeRole(client)) await client.query(`grant ${SERVICE_ROLE} to current_user`);
      if (await canAssumeRole(client)) return undefined;
      return `role ${SERVICE_ROLE} cannot be assumed`;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === undefined || code === "42501") return message;
      // Roles belong to the cluster: a service on another database may create it at the same time.
      if (!/^(42710|23505|XX000)$/.test(code) || attempt === ATTEMPTS_MAX) throw error;
      await sleep(RETRY_MS);
    }
  }
}

async function roleExists(client: Client): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [SERVICE_ROLE]);
  return rowCount === 1;
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

/** Replaces all grants in one transaction, so that a running service never lacks one. */
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

/** Adds the role and the schema to the URL: the default search path ("$user") depends on the role. */
function serviceUrl(url: string, schema: string): string {
  return withSettings(url, `-c role=${SERVICE_ROLE} -c search_path=${schema.replaceAll(/[\\ ]/g, "\\$&")}`);
}
