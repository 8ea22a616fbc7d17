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

type Power = "select" | "insert" | "update" | "delete";

const GIVEN_ONCE: readonly Power[] = ["select", "insert"];
const KEPT_UP_TO_DATE: readonly Power[] = ["select", "insert", "update"];
const TAKEN_BACK: readonly Power[] = ["select", "insert", "update", "delete"];

/** What the service may do with each table. A table that a migration adds needs its line here. */
export const POWERS: Readonly<Record<string, readonly Power[]>> = {
  access_changes: ["select", "update"],
  alert_deliveries: TAKEN_BACK,
  closed_days: GIVEN_ONCE,
  companies: KEPT_UP_TO_DATE,
  company_settings: GIVEN_ONCE,
  contacts: KEPT_UP_TO_DATE,
  contract_versions: GIVEN_ONCE,
  day_totals: KEPT_UP_TO_DATE,
  erased_people: KEPT_UP_TO_DATE,
  facts: GIVEN_ONCE,
  features: KEPT_UP_TO_DATE,
  keys: KEPT_UP_TO_DATE,
  ledger: GIVEN_ONCE,
  periods: KEPT_UP_TO_DATE,
  phone_numbers: TAKEN_BACK,
  quarantine: KEPT_UP_TO_DATE,
  rate_versions: GIVEN_ONCE,
  retention: ["select", "update"],
  sends: GIVEN_ONCE,
  service_secrets: GIVEN_ONCE,
  test_clock: KEPT_UP_TO_DATE,
  usages: GIVEN_ONCE,
  viewer_sessions: TAKEN_BACK,
  webhook_endpoints: TAKEN_BACK,
  windows: TAKEN_BACK,
};

const FUNCTIONS = [
  "create_facts_partition(date)",
  "drop_facts_before(timestamptz)",
  "forget_before(timestamptz, int)",
];

/** As the migrations took it: a dump that is restored without its privileges has given it back. */
const TAKEN_FROM_ALL = [
  "revoke update, delete, truncate on ledger from current_user",
  ...[...FUNCTIONS, "forgettable_before()"].map((name) => `revoke execute on function ${name} from public`),
];

/** What {@link limitPowers} needs to know. */
export interface PowersOptions {
  /** Connects as the owner of a database that has been migrated. */
  readonly url: string;
  readonly log?: (level: "info" | "warning", message: string) => void;
}

/** Any fixed number does, as long as nothing else in the database locks by it. */
const LOCK_KEY = 7_033_842_112;
const ATTEMPTS_MAX = 20;
const RETRY_MS = 50;

/**
 * Grants the service's role what {@link POWERS} says and no more, making the role where there is none. Whoever the
 * service works as, nobody may alter the ledger afterwards.
 *
 * @returns the URL whose connections have those powers; where the owner may not make or assume the role, that of
 * the owner, and the log says how to mend it
 * @throws {Error} when the database cannot be reached, or is not migrated
 */
export async function limitPowers({ url, log = () => {} }: PowersOptions): Promise<string> {
  const client = await connect(url, { application_name: "poli-credits powers" });
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK_KEY]);
    await client.query(TAKEN_FROM_ALL.join(";\n"));
    const refused = await assumeRole(client);
    if (refused !== undefined) {
      log(
        "warning",
        `The service works with all the powers of its database's owner, for it cannot be given fewer: ${refused}. ` +
          `Have an administrator run: CREATE ROLE ${SERVICE_ROLE} NOLOGIN; GRANT ${SERVICE_ROLE} TO <the role of ` +
          "DATABASE_URL>; and start it again.",
      );
      return url;
    }
    const schema = await grantPowers(client);
    return assuming(url, schema);
  } finally {
    // The lock is the session's, so it ends with it.
    await disconnect(client);
  }
}

/** Sees to it that the role is there and that we may become it; else why not. */
async function assumeRole(client: Client): Promise<string | undefined> {
  for (let attempt = 1;; attempt++) {
    try {
      const { rowCount } = await client.query("select from pg_roles where rolname = $1", [SERVICE_ROLE]);
      if (rowCount === 0) await client.query(`create role ${SERVICE_ROLE} nologin`);
      if (!await becomes(client)) await client.query(`grant ${SERVICE_ROLE} to current_user`);
      if (await becomes(client)) return undefined;
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

async function becomes(client: Client): Promise<boolean> {
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
async function grantPowers(client: Client): Promise<string> {
  const { rows } = await client.query<{ schema: string; tables: string[] }>(
    `select quote_ident(current_schema()) as schema, array(
      select tablename::text from pg_tables where schemaname = current_schema() and tablename = any ($1)
    ) as tables`,
    [Object.keys(POWERS)],
  );
  const { schema, tables } = rows[0]!;
  await client.query([
    "begin",
    `grant usage on schema ${schema} to ${SERVICE_ROLE}`,
    `revoke all on all tables in schema ${schema} from ${SERVICE_ROLE}`,
    ...tables.map((table) => `grant ${POWERS[table]!.join(", ")} on ${schema}.${table} to ${SERVICE_ROLE}`),
    ...FUNCTIONS.map((name) => `grant execute on function ${schema}.${name} to ${SERVICE_ROLE}`),
    "commit",
  ].join(";\n"));
  return schema;
}

/** A schema named for the owner would not be found under another role, so it is named too. */
function assuming(url: string, schema: string): string {
  return withSettings(url, `-c role=${SERVICE_ROLE} -c search_path=${schema.replaceAll(/[\\ ]/g, "\\$&")}`);
}
