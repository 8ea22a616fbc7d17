/** The composition root: builds every part of the service. Nothing runs until `lifecycle.ts` starts it. */

import { ActorSystem } from "../actors/actor_system.ts";
import { CompanyRegistry } from "../actors/company_registry.ts";
import { Erasure } from "../actors/erasure.ts";
import { EventRouter } from "../actors/event_router.ts";
import { Inbox } from "../actors/inbox.ts";
import { QuarantineReplay } from "../actors/quarantine_replay.ts";
import { MetaPricing } from "../actors/meta_pricing.ts";
import { Reconciler } from "../actors/reconciler.ts";
import { Reopening } from "../actors/reopening.ts";
import { Scheduler } from "../actors/scheduler.ts";
import { Access } from "./access/access.ts";
import {
  companyRegistryStore,
  dueCompaniesOf,
  erasureStore,
  quarantineReview,
  quarantineStore,
  quarantineWriter,
  rateCardStore,
} from "./adapters.ts";
import { Alerts } from "./alerts/alerts.ts";
import { post } from "./alerts/post.ts";
import { createNode } from "./cluster/node.ts";
import { createSharedState } from "./cluster/shared_state.ts";
import type { Config } from "./config/environment.ts";
import { memoryLimits, readHeap } from "./config/memory_limits.ts";
import type { Secrets } from "./config/secrets.ts";
import { createApp } from "./http/app.ts";
import { ConnectionCounts } from "./http/connection_counts.ts";
import { IdempotentCalls } from "./http/kit/idempotency.ts";
import { authentication } from "./http/middleware/authentication.ts";
import { RequestMetrics } from "./http/middleware/request_metrics.ts";
import { RUNTIME_ZONE_DATA, type ZoneData } from "./domain/zone_data.ts";
import { createJobs, deleteExpired, movableClock } from "./jobs.ts";
import { createMonitoring } from "./monitoring.ts";
import { LiveFeed } from "./live/feed.ts";
import type { CommandTraces } from "./observability/command_traces.ts";
import { logAbandoned, reportError } from "./observability/log.ts";
import { MemoryPressure } from "./observability/memory_pressure.ts";
import { readiness } from "./observability/readiness.ts";
import type { Tracing } from "./observability/tracing.ts";
import type { Store } from "./postgres/store.ts";
import { isTransientError } from "./postgres/transient_error.ts";
import { SystemTimers, TestClock } from "./time/clock.ts";
import type { TrustedClock } from "./time/trusted_clock.ts";
import { MINUTE_MS } from "./time/units.ts";
import { readsField } from "./whatsapp/webhook.ts";

/** The bounds that do not depend on the heap; the others are derived by `memoryLimits`. */
const LIMITS = { uncommitted_turns_max: 64, activating_max: 200, idle_ms: 10 * MINUTE_MS } as const;

/** Due companies processed at once: few enough that webhooks of other companies hardly wait meanwhile. */
const DUE_COMPANIES_AT_ONCE = 50;

/** What a service is built from. */
export interface ServiceDependencies {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly store: Store;
  /** The clock of the machine. */
  readonly system_clock: TrustedClock;
  /** The clock of contracts, days and months: the machine's, or the test clock. */
  readonly clock: TrustedClock | TestClock;
  /** By default the runtime's. */
  readonly zone_data?: ZoneData;
  /** Starts the spans of requests. Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Traces the commands of requests. Absent where nothing is traced. */
  readonly traces?: CommandTraces | undefined;
}

/** The parts of a service. */
export type Service = ReturnType<typeof createService>;

/** Builds the parts of a service. */
export function createService(
  { config, secrets, store, system_clock, clock, zone_data = RUNTIME_ZONE_DATA, tracing, traces }:
    ServiceDependencies,
) {
  const stopping = new AbortController();
  const { bodies_bytes_max, unread_bytes_max, ...memory_limits } = memoryLimits(readHeap().limit_bytes);
  const timers = new SystemTimers();
  const feed = new LiveFeed();
  const access = new Access({
    keys: store.keys,
    sessions: store.viewer_sessions,
    token_secret: store.token_secret,
    clock: system_clock,
    timers,
    report: reportError("refresh keys and sessions"),
  });
  const idempotency = new IdempotentCalls(store.idempotent_calls, system_clock);
  const node = createNode({
    config,
    leases: store.leases,
    exclusive: store.exclusive,
    database_secret: store.token_secret,
    feed,
    timers,
    clock,
    zone_data,
    cost_in_flight_max: memory_limits.cost_in_flight_max,
  });
  const { rates, directory, rate_card, claims, readers, refresh } = createSharedState({
    clock,
    rates: rateCardStore(store.rates),
    phone_numbers: store.phone_numbers,
    announce: node.announce,
  });
  const meta_pricing = new MetaPricing(clock, store.meta_pricing);
  const actor_system = new ActorSystem({
    clock,
    timers,
    store: store.companies,
    journal: traces?.ofJournal(store.journal) ?? store.journal,
    feed: node.feed,
    rates,
    zone_data,
    currentTrace: tracing && (() => tracing.current()),
    report: (company, error) => reportError(`company ${company}`)(error),
    confirmStore: () => store.history.confirm(),
    ...node.mayActivate && { mayActivate: node.mayActivate },
  }, { ...LIMITS, ...memory_limits });
  const placement = node.place(actor_system);
  const companies = traces?.ofCompanies(placement.companies) ?? placement.companies;
  const memory_pressure = new MemoryPressure({ readHeap, relieve: () => actor_system.relieve() });
  const due = dueCompaniesOf(placement, store.companies);
  const scheduler = new Scheduler(clock, due, placement.companies, DUE_COMPANIES_AT_ONCE);
  const router = new EventRouter(placement.companies, undefined, node.exclusive);
  const replay = new QuarantineReplay({
    clock,
    directory,
    companies: placement.companies,
    router,
    store: quarantineStore(store.quarantine, placement),
    readsField,
  });
  const registry = new CompanyRegistry({
    clock,
    zone_data,
    directory: claims,
    companies,
    on_all_nodes: node.exclusive,
    store: companyRegistryStore(store),
    randomBytes,
    replayQuarantine: async (numbers) => void await replay.replayNumbers(numbers),
  });
  const inbox = new Inbox(
    directory,
    quarantineWriter(store.quarantine, store.keyring),
    companies,
    router,
    reportError("receive a webhook"),
  );
  const erasures = new Erasure({
    clock,
    companies,
    store: erasureStore(store),
    report: reportError("erase a contact"),
  });
  const alerts = new Alerts({
    store: store.alerts,
    work: placement,
    clock,
    system_clock,
    randomBytes,
    post,
    streams: feed,
    report: reportError("deliver alerts"),
    onAbandoned: logAbandoned,
  });

  const reconciliations = new Reconciler({
    clock,
    timers,
    companies,
    phone_numbers: store.phone_numbers,
    meta_costs: store.meta_costs,
    prices: meta_pricing,
    messages: store.delivered_messages,
    store: store.reconciliations,
    newId: () => crypto.randomUUID(),
  });

  const reopenings = new Reopening({
    clock,
    store: store.companies,
    companies: placement.companies,
    onReopened: (company) => alerts.forgetClosings(company).catch(reportError("forget alerts of closings")),
  });

  // The database may lack what memory has: everything is read again, and streams may continue with an older version.
  store.history.onChange = () => {
    actor_system.discardAll();
    directory.reset();
    access.reset();
    feed.endAll();
    void refresh().catch(reportError("read the changed database"));
  };
  const applyRetention = () => deleteExpired(store, clock);
  const connections = new ConnectionCounts();
  const { backlogs, clock_check, zone_check, metrics } = createMonitoring({
    store,
    system_clock,
    clock,
    zone_data,
    actor_system,
    memory_pressure,
    feed,
    access,
    alerts,
    connections,
    placement,
    leases: node.lease_metrics,
  });
  const jobs = createJobs({
    actor_system,
    alerts,
    applyRetention,
    backlogs,
    idempotency,
    placement,
    refresh,
    replay,
    scheduler,
    store,
  });
  const app = createApp({
    companies,
    tracing,
    registry,
    company_list: store.companies,
    phone_numbers: store.phone_numbers,
    inbox,
    reads_pricing: config.meta_costs,
    meta_costs: store.meta_costs,
    cost_reports: store.cost_reports,
    quarantine: quarantineReview(store.quarantine, replay),
    reconciliations,
    reopenings,
    erasures,
    label_erasures: store.label_sets,
    reports: store.reports,
    months: {
      read: (company, month, signal, use) =>
        store.months.read(company, month, AbortSignal.any([signal, stopping.signal]), use),
    },
    alerts,
    rates: rate_card,
    nodes: placement,
    meta_pricing,
    clock,
    live: feed,
    health: { ready: () => readiness(() => store.isWritable(), stopping.signal, clock_check) },
    test_clock: clock instanceof TestClock
      ? movableClock(clock, { scheduler, replay, applyRetention, alerts })
      : undefined,
    authenticate: authentication(secrets.admin_key, access.keys, access.sessions),
    keys: access.keys,
    viewer_sessions: access.sessions,
    idempotency,
    metrics: new RequestMetrics(metrics),
    app_secrets: secrets.meta_app_secrets,
    verify_token: secrets.meta_verify_token,
    public_url: config.public_url,
    frame_ancestors: config.frame_ancestors,
    cors_origins: config.cors_origins,
    request_rates: config.request_rates,
    bodies_bytes_max,
    unread_bytes_max,
    isTransientError,
  });
  return {
    access,
    actor_system,
    alerts,
    app,
    backlogs,
    clock_check,
    cluster: node.cluster,
    connections,
    feed,
    jobs,
    memory_pressure,
    placement,
    readers,
    refresh,
    scheduler,
    stopping,
    store,
    zone_check,
  };
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
