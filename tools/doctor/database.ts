/** Checks of Postgres by its owner's connection. They change nothing. */

import { join } from "node:path";
import type { Config } from "../../src/config/environment.ts";
import { isTimeZone, RUNTIME_ZONE_DATA } from "../../src/domain/zone_data.ts";
import { attachToEmbeddedPostgres } from "../../src/embedded_postgres/attach.ts";
import { ClockCheck } from "../../src/observability/clock_check.ts";
import { ZoneCheck } from "../../src/observability/zone_check.ts";
import { connectionsAllowed, connectionsMax } from "../../src/postgres/connection_limit.ts";
import {
  type Client,
  connect,
  createPool,
  disconnect,
  isUnencrypted,
  type Pool,
} from "../../src/postgres/connection.ts";
import { toDatabaseError } from "../../src/postgres/database_error.ts";
import { PostgresDayEnds } from "../../src/postgres/day_ends.ts";
import { pendingMigrations, requireSupportedVersion } from "../../src/postgres/migrations.ts";
import { CLOCK } from "../../src/postgres/store.ts";
import { TrustedClock } from "../../src/time/trusted_clock.ts";
import { type Finding, ok, problem, runChecks, skipped, warning } from "./finding.ts";
import { checkGrants, checkRoles } from "./roles.ts";
import { checkSettings } from "./settings.ts";

const CONNECT_DEADLINE_MS = 5_000;
const STATEMENT_DEADLINE_MS = 10_000;
const OPTIONS = {
  application_name: "poli-credits doctor",
  connect_timeout_ms: CONNECT_DEADLINE_MS,
  statement_timeout_ms: STATEMENT_DEADLINE_MS,
};

/** Checks the Postgres of DATABASE_URL, or the embedded one while the service runs. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  const url = config.database_url ?? await runningEmbeddedPostgres(config.data_dir);
  if (url === undefined) {
    return [
      skipped(
        "Postgres",
        "the embedded Postgres runs with the service only: start the service to have it checked",
      ),
    ];
  }
  let client: Client;
  try {
    client = await connect(url, OPTIONS);
  } catch (error) {
    const { message } = toDatabaseError(error) as Error;
    return [
      problem(
        "Postgres",
        message,
        "Check that it runs, and that DATABASE_URL names its host, port, user and database.",
      ),
    ];
  }
  const pool = createPool(url, { ...OPTIONS, max: 1 });
  try {
    return await runChecks([
      ["Postgres version", () => checkVersion(client)],
      ["Postgres connection", () => checkEncryption(url)],
      ["Postgres settings", () => checkSettings(client)],
      ["Postgres connections", () => checkConnections(pool, connectionsMax(config))],
      ["roles", () => checkRoles(client, url)],
      ["migrations", () => checkMigrations(client)],
      ["grants", () => checkGrants(client)],
      ["clock", () => checkClock(client)],
      ["time zones", () => checkZones(client, pool)],
    ]);
  } finally {
    await Promise.all([disconnect(client), pool.end()]);
  }
}

async function runningEmbeddedPostgres(data_dir: string): Promise<string | undefined> {
  return await attachToEmbeddedPostgres(join(data_dir, "postgres")).catch(() => undefined);
}

/** Checks that the server has a version that the service supports. */
export async function checkVersion(client: Pick<Client, "query">): Promise<Finding> {
  return ok("Postgres version", `Postgres ${await requireSupportedVersion(client)}`);
}

function checkEncryption(url: string): Finding {
  const name = "Postgres connection";
  return isUnencrypted(url)
    ? warning(
      name,
      "it reaches another host without TLS",
      "Add ?sslmode=verify-full to DATABASE_URL, unless the network is yours alone.",
    )
    : ok(name, "it is encrypted, or does not leave this machine");
}

async function checkConnections(pool: Pool, opened_max: number): Promise<Finding> {
  const name = "Postgres connections";
  const allowed = await connectionsAllowed(pool);
  const detail = `Postgres allows ${allowed}, and the service opens up to ${opened_max}`;
  return allowed >= opened_max ? ok(name, detail) : problem(
    name,
    detail,
    "Raise max_connections, or the CONNECTION LIMIT of the role or the database in DATABASE_URL.",
  );
}

async function checkMigrations(client: Client): Promise<Finding> {
  const name = "migrations";
  const { applied, pending } = await pendingMigrations(client);
  const files = pending.map(({ file_name }) => file_name).join(", ");
  if (pending.length === 0) return ok(name, `all ${applied} are applied`);
  if (applied === 0) return ok(name, `the database is new: the first start applies ${files}`);
  return warning(
    name,
    `${files} wait`,
    "Make a backup, then start this version: it applies them before it serves.",
  );
}

async function checkClock(client: Client): Promise<Finding> {
  const name = "clock";
  const clock = new TrustedClock();
  const check = new ClockCheck(clock, async () => Number((await client.query(CLOCK)).rows[0].now_ms));
  await check.run();
  const { status, disagreement_s } = check;
  if (clock.is_certain) return ok(name, `this machine and Postgres differ by ${disagreement_s.toFixed(1)} s`);
  return problem(name, status, "Correct the wrong clock: until then no day and no month is closed.");
}

async function checkZones(client: Client, pool: Pool): Promise<Finding> {
  const name = "time zones";
  const { rows: [tables] } = await client.query(
    "select to_regclass('company_settings') is not null as exist",
  );
  const check = new ZoneCheck(new PostgresDayEnds(pool), RUNTIME_ZONE_DATA);
  const data = `zone data ${check.version}, rules ${check.fingerprint}`;
  if (!tables.exist) return ok(name, `${data}; there is no company yet`);
  const { rows } = await client.query<{ time_zone: string }>(
    "select distinct time_zone from company_settings",
  );
  const unknown = rows.map(({ time_zone }) => time_zone).filter((zone) => !isTimeZone(zone));
  if (unknown.length > 0) {
    return problem(
      name,
      `${data} do not know ${unknown.join(", ")}`,
      "Run the version of Deno that the project pins.",
    );
  }
  await check.run();
  if (check.differing_companies === 0) {
    return ok(name, `${data}; they agree with the stored days of every company`);
  }
  return warning(
    name,
    `${data} differ from the stored days of ${check.differing_companies} companies`,
    "Dates that have begun stay. See “Keep zone data current” in docs/operations.md.",
  );
}
