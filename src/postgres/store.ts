import { getLogger } from "@logtape/logtape";
import { setImmediate } from "node:timers/promises";
import type { QuarantineReason } from "../domain/company/command.ts";
import { Keyring } from "../domain/identity/keyring.ts";
import type { CountedCost } from "../domain/meta_costs/counted_costs.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { connect, createPool, disconnect, isUnencrypted } from "./connection.ts";
import {
  ACCESS_MAX,
  ALERTS_MAX,
  connectionsAllowed,
  connectionsMax,
  READERS_MAX,
  REPORTS_MAX,
} from "./connection_limit.ts";
import { type Log, startEmbeddedPostgres } from "../embedded_postgres/embedded_postgres.ts";
import { GroupCommitJournal } from "../journal/journal.ts";
import type { CommandTraces } from "../observability/command_traces.ts";
import { CommitMetrics } from "../observability/commit_metrics.ts";
import { reportError } from "../observability/log.ts";
import { CostCounter } from "../observability/cost_counter.ts";
import { QuarantineCounter } from "../observability/quarantine_counter.ts";
import { migrate } from "./migrations.ts";
import { applyGrants } from "./grants.ts";
import { PostgresAlerts } from "./alerts.ts";
import { PostgresCompanyStore } from "./companies.ts";
import { PostgresMetaCosts } from "./cost_days.ts";
import { PostgresCostReports } from "./cost_reports.ts";
import { DatabaseHistory } from "./database_history.ts";
import { PostgresDayEnds } from "./day_ends.ts";
import { PostgresExclusive } from "./exclusive.ts";
import { PostgresKeys } from "./keys.ts";
import { PostgresLabelSets } from "./label_sets.ts";
import { PostgresMonths } from "./month_rows.ts";
import { PostgresLeases } from "./leases.ts";
import { PostgresMetaPricing } from "./meta_pricing.ts";
import { PostgresPhoneNumbers } from "./phone_numbers.ts";
import { PostgresQuarantine } from "./quarantine.ts";
import { PostgresRateCard } from "./rate_card.ts";
import { PostgresDeliveredMessages } from "./delivered_messages.ts";
import { PostgresReconciliations } from "./reconciliations.ts";
import { PostgresReports } from "./reports.ts";
import { Retention } from "./retention.ts";
import { openWriters } from "./journal_writers.ts";
import { serviceSecret } from "./service_secret.ts";
import { TestClockStore } from "./test_clock.ts";
import { PostgresIdempotentCalls } from "./idempotent_calls.ts";
import { PostgresViewerSessions } from "./viewer_sessions.ts";
import { toDatabaseError } from "./database_error.ts";
import { epochMs } from "./values.ts";

/** The open store: the journal, every repository and the service's secrets. */
export interface Store {
  readonly journal: GroupCommitJournal;
  readonly commit_metrics: CommitMetrics;
  readonly companies: PostgresCompanyStore;
  readonly day_ends: PostgresDayEnds;
  readonly phone_numbers: PostgresPhoneNumbers;
  readonly rates: PostgresRateCard;
  readonly meta_pricing: PostgresMetaPricing;
  /** Hashes people and events without a company, under the service's secret. */
  readonly keyring: Keyring;
  readonly label_sets: PostgresLabelSets;
  readonly quarantine: PostgresQuarantine;
  readonly quarantined: QuarantineCounter;
  readonly counted_costs: CostCounter;
  readonly reports: PostgresReports;
  readonly months: PostgresMonths;
  readonly delivered_messages: PostgresDeliveredMessages;
  readonly reconciliations: PostgresReconciliations;
  readonly meta_costs: PostgresMetaCosts;
  readonly cost_reports: PostgresCostReports;
  readonly retention: Retention;
  readonly test_clock: TestClockStore;
  readonly alerts: PostgresAlerts;
  readonly keys: PostgresKeys;
  readonly viewer_sessions: PostgresViewerSessions;
  readonly idempotent_calls: PostgresIdempotentCalls;
  /** The leases of several nodes. */
  readonly leases: PostgresLeases;
  /** Runs tasks one at a time on several nodes. */
  readonly exclusive: PostgresExclusive;
  /** Signs the tokens of viewers' links and cookies. */
  readonly token_secret: Uint8Array;
  /** Recognises failovers and restores. */
  readonly history: DatabaseHistory;
  /** Reads Postgres's clock, in milliseconds since the epoch. Rejects when Postgres does not answer. */
  readClock(): Promise<number>;
  /** Returns whether the server takes writes. Rejects when Postgres does not answer. */
  isWritable(): Promise<boolean>;
  /** Writes the accepted changes, closes every connection, and stops the embedded Postgres. Never throws. */
  close(): Promise<void>;
}

/** False on a replica, on a primary that was demoted, and where the database or its role is set read-only. */
export const IS_WRITABLE =
  "select not pg_is_in_recovery() and current_setting('default_transaction_read_only') = 'off' as writable";

/** Reads Postgres's clock as `now_ms`. Not `now()`, which is the time at which the transaction began. */
export const CLOCK = `select ${epochMs("clock_timestamp()")} as now_ms`;

/**
 * Statement limits by kind of read. When Postgres does not answer at all, the connection is discarded 5 s later: the
 * caller gets an error within the 30 s that clients and proxies usually wait.
 */
const READ_TIMEOUT_MS = 10_000;
const REPORT_TIMEOUT_MS = 20_000;
const ACCESS_TIMEOUT_MS = 5_000;

/**
 * Turns of the event loop that the journal waits before each statement. Each turn reads and decides the requests that
 * have arrived. Under load this doubles the messages per statement; an idle service waits for microseconds.
 */
const GATHERING_TURNS = 3;

const log = getLogger(["poli-credits", "store"]);

/**
 * Opens the store: Postgres at `database_url`, or else the embedded Postgres under `data_dir`. It applies the pending
 * migrations and the grants as the schema's owner; every later statement has the service's grants.
 *
 * @throws {Error} that names the fault and the remedy; nothing stays open or running
 */
export async function openStore(
  config: {
    readonly database_url: string | undefined;
    readonly data_dir: string;
    readonly facts_kept_days: number;
    readonly nats_url?: string | undefined;
  },
  { traces, onStep = () => {} }: StoreOptions = {},
): Promise<Store> {
  const logStep: Log = (level, message) => {
    logMessage(level, message);
    if (level === "info") onStep(message);
  };
  const embedded = config.database_url === undefined
    ? await startEmbeddedPostgres({ data_dir: `${config.data_dir}/postgres`, log: logStep })
    : undefined;
  const owner_url = config.database_url ?? embedded!.url;
  if (isUnencrypted(owner_url)) {
    logMessage(
      "warning",
      "DATABASE_URL reaches another host without TLS: add ?sslmode=verify-full, or passwords and data can be read on the way.",
    );
  }
  let url: string;
  try {
    await migrate({ url: owner_url, log: logStep });
    url = await applyGrants({ url: owner_url, log: logMessage });
  } catch (error) {
    await embedded?.stop();
    throw embedded === undefined ? toDatabaseError(error) : error;
  }
  const shared = {
    history: new DatabaseHistory({ connect: (history) => compareOnce(url, history), log: logMessage }),
    onError: (error: Error) => logMessage("warning", `Lost a connection to Postgres: ${error.message}`),
  };
  const reading = createPool(url, {
    application_name: "poli-credits reads",
    max: READERS_MAX,
    statement_timeout_ms: READ_TIMEOUT_MS,
    ...shared,
  });
  try {
    await warnAboutConnectionLimit(reading, connectionsMax(config));
    const secrets = {
      keyring: new Keyring(await serviceSecret(reading, "quarantine")),
      token_secret: await serviceSecret(reading, "viewer_sessions"),
      label_secret: await serviceSecret(reading, "labels"),
    };
    const retention = new Retention(url, config.facts_kept_days, shared);
    const stop = async () => await embedded?.stop();
    return await buildStore(url, reading, secrets, retention, shared, { traces, stop });
  } catch (error) {
    await reading.end();
    await embedded?.stop();
    throw error;
  }
}

/** Options of {@link openStore}. */
export interface StoreOptions {
  /** Traces the writes to Postgres. Absent where nothing is traced. */
  readonly traces?: CommandTraces | undefined;
  /** Receives each step of a first start, which takes longer: creating the database, each migration. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** What every connection of the store has: the history it is compared with, and its error handler. */
type SharedOptions = { readonly history: DatabaseHistory; readonly onError: (error: Error) => void };

/** Opens a connection, which is compared with the history, and closes it. Logs why it cannot: commands wait for it. */
async function compareOnce(url: string, history: DatabaseHistory): Promise<void> {
  const application_name = "poli-credits comparison";
  try {
    await disconnect(
      await connect(url, { application_name, connect_timeout_ms: ACCESS_TIMEOUT_MS, history }),
    );
  } catch (error) {
    reportError("compare the database")(error);
    throw error;
  }
}

/** Warns when Postgres allows fewer connections than the service opens under load: requests would get 503. */
async function warnAboutConnectionLimit(reading: Pool, opened_max: number): Promise<void> {
  const allowed = await connectionsAllowed(reading);
  if (allowed >= opened_max) return;
  logMessage(
    "warning",
    `Postgres allows ${allowed} connections, and the service opens up to ${opened_max} under load. Raise ` +
      "max_connections, or the CONNECTION LIMIT of the role or the database in DATABASE_URL.",
  );
}

async function buildStore(
  url: string,
  reading: Pool,
  { label_secret, ...secrets }: Pick<Store, "keyring" | "token_secret"> & {
    readonly label_secret: Uint8Array;
  },
  retention: Retention,
  shared: SharedOptions,
  { traces, stop }: StoreOptions & { readonly stop: () => Promise<void> },
): Promise<Store> {
  const onRejected = (company: CompanyId, reason: string) =>
    log.error("Postgres rejected a change of {company}, whose callers got 503: {reason}", {
      company,
      reason,
    });
  const quarantined = new QuarantineCounter();
  const onQuarantined = (reason: QuarantineReason) => quarantined.count(reason);
  const counted_costs = new CostCounter();
  const onCostCounted = (counted: CountedCost) => counted_costs.count(counted);
  const writers = await openWriters(reading, url, {
    ...shared,
    label_secret,
    onRejected,
    onQuarantined,
    onCostCounted,
  });
  const commit_metrics = new CommitMetrics();
  const lanes = writers.lanes.map((writer) => commit_metrics.measure(traces?.ofWriter(writer) ?? writer));
  const journal = new GroupCommitJournal(lanes, { batchReady: waitForLoopTurns, laneOf: writers.laneOf });
  const companies = new PostgresCompanyStore(reading, url, shared);
  const { reporting, alerting, access } = openPools(url, shared);
  // Neither connects before it is used: on one node alone never.
  const leases = new PostgresLeases(url, shared);
  const exclusive = new PostgresExclusive(url, shared);
  return {
    ...secrets,
    history: shared.history,
    journal,
    commit_metrics,
    quarantined,
    counted_costs,
    companies,
    day_ends: new PostgresDayEnds(reading),
    phone_numbers: new PostgresPhoneNumbers(reading),
    rates: new PostgresRateCard(reading),
    meta_pricing: new PostgresMetaPricing(reading),
    label_sets: new PostgresLabelSets(reading),
    quarantine: new PostgresQuarantine(reading, onQuarantined),
    reports: new PostgresReports(reporting),
    months: new PostgresMonths(reporting),
    delivered_messages: new PostgresDeliveredMessages(reporting),
    reconciliations: new PostgresReconciliations(reporting),
    meta_costs: new PostgresMetaCosts(reporting),
    cost_reports: new PostgresCostReports(reporting),
    retention,
    test_clock: new TestClockStore(reading),
    alerts: new PostgresAlerts(alerting, reporting),
    keys: new PostgresKeys(access),
    viewer_sessions: new PostgresViewerSessions(access),
    idempotent_calls: new PostgresIdempotentCalls(access),
    leases,
    exclusive,
    readClock: async () => Number((await reading.query<{ now_ms: bigint }>(CLOCK)).rows[0]!.now_ms),
    isWritable: async () => (await reading.query<{ writable: boolean }>(IS_WRITABLE)).rows[0]!.writable,
    close: async () => {
      await journal.close();
      await Promise.allSettled([
        writers.close(),
        companies.close(),
        retention.close(),
        leases.close(),
        exclusive.close(),
        reading.end(),
        reporting.end(),
        alerting.end(),
        access.end(),
      ]);
      await stop();
    },
  };
}

/** Opens the pools of everything but the service's own reads. */
function openPools(
  url: string,
  shared: SharedOptions,
): { readonly reporting: Pool; readonly alerting: Pool; readonly access: Pool } {
  const reporting = createPool(url, {
    application_name: "poli-credits reports",
    max: REPORTS_MAX,
    statement_timeout_ms: REPORT_TIMEOUT_MS,
    ...shared,
  });
  const alerting = createPool(url, {
    application_name: "poli-credits alerts",
    max: ALERTS_MAX,
    // No request waits for alerts, so they may wait long for a connection.
    connect_timeout_ms: 60_000,
    ...shared,
  });
  const access = createPool(url, {
    application_name: "poli-credits access",
    max: ACCESS_MAX,
    statement_timeout_ms: ACCESS_TIMEOUT_MS,
    connect_timeout_ms: ACCESS_TIMEOUT_MS,
    ...shared,
  });
  return { reporting, alerting, access };
}

async function waitForLoopTurns(): Promise<void> {
  for (let turn = 0; turn < GATHERING_TURNS; turn++) await setImmediate();
}

function logMessage(level: "debug" | "info" | "warning" | "error", message: string): void {
  log[level](message);
}
