import { getLogger } from "@logtape/logtape";
import { setImmediate } from "node:timers/promises";
import type { QuarantineReason } from "../domain/company/command.ts";
import { Keyring } from "../domain/identity/keyring.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { createPool } from "./connection.ts";
import { connectionsAllowed } from "./connection_limit.ts";
import { startEmbeddedPostgres } from "../embedded_postgres/embedded_postgres.ts";
import { GroupCommitJournal } from "../journal/journal.ts";
import { QuarantineCounter } from "../observability/quarantine_counter.ts";
import { migrate } from "./migrations.ts";
import { applyGrants } from "./grants.ts";
import { PostgresAlerts } from "./alerts.ts";
import { PostgresCompanyStore } from "./companies.ts";
import { PostgresKeys } from "./keys.ts";
import { PostgresPhoneNumbers } from "./phone_numbers.ts";
import { PostgresQuarantine } from "./quarantine.ts";
import { PostgresRateCard } from "./rates.ts";
import { PostgresReports } from "./reports.ts";
import { Retention } from "./retention.ts";
import { serviceSecret } from "./service_secret.ts";
import { TestClockStore } from "./test_clock.ts";
import { PostgresViewerSessions } from "./viewer_sessions.ts";
import { PostgresWriter } from "./writer.ts";
import { toDatabaseError } from "./database_error.ts";

/** Everything that is kept, ready to be used. */
export interface Store {
  readonly journal: GroupCommitJournal;
  readonly companies: PostgresCompanyStore;
  readonly phone_numbers: PostgresPhoneNumbers;
  readonly rates: PostgresRateCard;
  /** Hashes what no company's secret could: people and events that no company is known of. */
  readonly keyring: Keyring;
  readonly quarantine: PostgresQuarantine;
  readonly quarantined: QuarantineCounter;
  readonly reports: PostgresReports;
  readonly retention: Retention;
  readonly test_clock: TestClockStore;
  readonly alerts: PostgresAlerts;
  readonly keys: PostgresKeys;
  readonly viewer_sessions: PostgresViewerSessions;
  /** Seals what viewers hold. */
  readonly token_secret: Uint8Array;
  /** Rejects when Postgres does not answer. */
  ping(): Promise<void>;
  /** Writes what was accepted, closes every connection, and stops Postgres where it is ours. Never throws. */
  close(): Promise<void>;
}

/** Reads at once of what the house itself asks: whether all is well, who is due, whose a number is, prices, what waits. */
const READERS_MAX = 6;
/** Reports at once. One can take seconds, so they have connections of their own, and hold up nobody but each other. */
const REPORTS_MAX = 8;
/** Who may ask is found out apart from all that, so that it waits for nothing else. */
const ACCESS_MAX = 3;
/** Alerts are looked for and told beside the house, and hold up nothing of it. */
const ALERTS_MAX = 2;
/** The journal, activations, loads and retention have a connection each. */
const SINGLE_CONNECTIONS = 4;
/** Connections that a process has at the most, whatever is asked of it. */
export const CONNECTIONS_MAX = READERS_MAX + REPORTS_MAX + ACCESS_MAX + ALERTS_MAX + SINGLE_CONNECTIONS;
/**
 * How long Postgres may take over one of each. Where it has stopped answering at all, the connection is given up 5 s
 * later: whoever asked hears of it within the 30 s that callers and proxies usually wait.
 */
const READ_TIMEOUT_MS = 10_000;
const REPORT_TIMEOUT_MS = 20_000;
const ACCESS_TIMEOUT_MS = 5_000;

/**
 * Turns of the event loop a statement gathers for. In each, whatever the sockets hold by then is read and decided, so
 * that under load a statement has twice the messages, and an idle service waits for microseconds.
 */
const GATHERING_TURNS = 3;

const log = getLogger(["poli-credits", "store"]);

/**
 * Opens the store: Postgres at a URL, or else our own under the data folder. Applies what migrations are due, as the
 * owner of the schema; everything after that is done with the service's few powers.
 *
 * @throws {Error} that names the fault and the remedy; nothing stays open or running
 */
export async function openStore(
  config: {
    readonly database_url: string | undefined;
    readonly data_dir: string;
    readonly facts_kept_days: number;
  },
): Promise<Store> {
  const embedded = config.database_url === undefined
    ? await startEmbeddedPostgres({ data_dir: `${config.data_dir}/postgres`, log: logMessage })
    : undefined;
  const owner_url = config.database_url ?? embedded!.url;
  let url: string;
  try {
    await migrate({ url: owner_url, log: logMessage });
    url = await applyGrants({ url: owner_url, log: logMessage });
  } catch (error) {
    await embedded?.stop();
    throw embedded === undefined ? toDatabaseError(error) : error;
  }
  const onError = (error: Error) =>
    logMessage("warning", `A connection to Postgres was lost: ${error.message}`);
  const reading = createPool(url, {
    application_name: "poli-credits reads",
    max: READERS_MAX,
    statement_timeout_ms: READ_TIMEOUT_MS,
    onError,
  });
  try {
    await warnAboutConnectionLimit(reading);
    const secrets = {
      keyring: new Keyring(await serviceSecret(reading, "quarantine")),
      token_secret: await serviceSecret(reading, "viewer_sessions"),
    };
    const retention = new Retention(url, config.facts_kept_days, { onError });
    return buildStore(url, reading, secrets, retention, onError, async () => await embedded?.stop());
  } catch (error) {
    await reading.end();
    await embedded?.stop();
    throw error;
  }
}

/** At rest it gets by with few; under load it would be refused the others, and answer 503. */
async function warnAboutConnectionLimit(reading: Pool): Promise<void> {
  const allowed = await connectionsAllowed(reading);
  if (allowed >= CONNECTIONS_MAX) return;
  logMessage(
    "warning",
    `Postgres lets this service have ${allowed} connections, and under load it has up to ${CONNECTIONS_MAX}: raise ` +
      "max_connections, or the CONNECTION LIMIT of the role or the database of DATABASE_URL.",
  );
}

function buildStore(
  url: string,
  reading: Pool,
  secrets: Pick<Store, "keyring" | "token_secret">,
  retention: Retention,
  onError: (error: Error) => void,
  stop: () => Promise<void>,
): Store {
  const onRefused = (company: CompanyId, why: string) =>
    log.error("Postgres refused what {company} was to keep, which was answered 503: {why}", { company, why });
  const quarantined = new QuarantineCounter();
  const onQuarantined = (reason: QuarantineReason) => quarantined.count(reason);
  const writer = new PostgresWriter(url, { onError, onRejected: onRefused, onQuarantined });
  // One lane a server of Postgres. More into the same one make more and smaller statements, and cost more of both
  // processors than they save in waiting (`tools/bench/README.md`).
  const journal = new GroupCommitJournal([writer], { batchReady: waitForLoopTurns });
  const companies = new PostgresCompanyStore(reading, url, { onError });
  const reporting = createPool(url, {
    application_name: "poli-credits reports",
    max: REPORTS_MAX,
    statement_timeout_ms: REPORT_TIMEOUT_MS,
    onError,
  });
  const alerting = createPool(url, {
    application_name: "poli-credits alerts",
    max: ALERTS_MAX,
    // Whoever waits for a connection of these two is nobody who is waited for.
    connect_timeout_ms: 60_000,
    onError,
  });
  const access = createPool(url, {
    application_name: "poli-credits access",
    max: ACCESS_MAX,
    statement_timeout_ms: ACCESS_TIMEOUT_MS,
    connect_timeout_ms: ACCESS_TIMEOUT_MS,
    onError,
  });
  return {
    ...secrets,
    journal,
    quarantined,
    companies,
    phone_numbers: new PostgresPhoneNumbers(reading),
    rates: new PostgresRateCard(reading),
    quarantine: new PostgresQuarantine(reading, onQuarantined),
    reports: new PostgresReports(reporting),
    retention,
    test_clock: new TestClockStore(reading),
    alerts: new PostgresAlerts(alerting),
    keys: new PostgresKeys(access),
    viewer_sessions: new PostgresViewerSessions(access),
    ping: async () => void await reading.query("select 1"),
    close: async () => {
      await journal.close();
      await Promise.allSettled([
        writer.close(),
        companies.close(),
        retention.close(),
        reading.end(),
        reporting.end(),
        alerting.end(),
        access.end(),
      ]);
      await stop();
    },
  };
}

async function waitForLoopTurns(): Promise<void> {
  for (let turn = 0; turn < GATHERING_TURNS; turn++) await setImmediate();
}

function logMessage(level: "debug" | "info" | "warning" | "error", message: string): void {
  log[level](message);
}
