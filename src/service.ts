/** The composition root: builds every part of the service. Nothing runs until `lifecycle.ts` starts it. */

import { getLogger } from "@logtape/logtape";
import { ActorSystem } from "../actors/actor_system.ts";
import { CompanyRegistry } from "../actors/company_registry.ts";
import { Erasure } from "../actors/erasure.ts";
import { EventRouter } from "../actors/event_router.ts";
import { Inbox } from "../actors/inbox.ts";
import { PhoneDirectory } from "../actors/phone_directory.ts";
import { soloPlacement } from "../actors/placement/solo.ts";
import { QuarantineReplay } from "../actors/quarantine_replay.ts";
import { MetaPricing } from "../actors/meta_pricing.ts";
import { RateCard } from "../actors/rate_card.ts";
import { Reconciler } from "../actors/reconciler.ts";
import { Reopening } from "../actors/reopening.ts";
import { Scheduler } from "../actors/scheduler.ts";
import { Access } from "./access/access.ts";
import {
  companyRegistryStore,
  erasureStore,
  quarantineStore,
  quarantineWriter,
  rateCardStore,
} from "./adapters.ts";
import { Alerts } from "./alerts/alerts.ts";
import { post } from "./alerts/post.ts";
import { type ChangeReaders, Clustering } from "./clustering.ts";
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
import { LiveFeed } from "./live/feed.ts";
import type { CommandTraces } from "./observability/command_traces.ts";
import { LeaseMetrics } from "./observability/lease_metrics.ts";
import { reportError } from "./observability/log.ts";
import { MemoryPressure } from "./observability/memory_pressure.ts";
import { createMetrics } from "./observability/metrics.ts";
import { readiness } from "./observability/readiness.ts";
import { Backlogs } from "./observability/backlogs.ts";
import { ClockCheck } from "./observability/clock_check.ts";
import { ZoneCheck } from "./observability/zone_check.ts";
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

const log = getLogger(["poli-credits"]);

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

  const name = nodeName(config);
  const lease_metrics = new LeaseMetrics();
  const cluster = config.nats_url === undefined ? undefined : new Clustering({
    nats_url: config.nats_url,
    name,
    leases: store.leases,
    exclusive: store.exclusive,
    database_secret: store.token_secret,
    feed,
    timers,
    clock,
    zone_data,
    cost_in_flight_max: memory_limits.cost_in_flight_max,
    lease_metrics,
  });
  const rates = new RateCard(clock, rateCardStore(store.rates));
  const meta_pricing = new MetaPricing(clock, store.meta_pricing);
  const directory = new PhoneDirectory(clock, store.phone_numbers);
  const actor_system = new ActorSystem({
    clock,
    timers,
    store: store.companies,
    journal: traces?.ofJournal(store.journal) ?? store.journal,
    feed: cluster?.publisher ?? feed,
    rates,
    zone_data,
    currentTrace: tracing && (() => tracing.current()),
    report: (company, error) => reportError(`company ${company}`)(error),
    confirmStore: () => store.history.confirm(),
    ...cluster && { mayActivate: (company) => cluster.placement.holds(company) },
  }, { ...LIMITS, ...memory_limits });
  const placement = cluster?.place(actor_system) ?? soloPlacement(actor_system, name, clock);
  const companies = traces?.ofCompanies(placement.companies) ?? placement.companies;
  const memory_pressure = new MemoryPressure({ readHeap, relieve: () => actor_system.relieve() });
  const due = {
    dueCompanies: (at_ms: number, limit: number) =>
      store.companies.dueCompanies(at_ms, limit, placement.shards),
  };
  const scheduler = new Scheduler(clock, due, placement.companies, DUE_COMPANIES_AT_ONCE);
  const router = new EventRouter(placement.companies, undefined, cluster?.exclusive);
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
    directory: {
      lookUp: async (numbers) => {
        await directory.lookUp(numbers);
        cluster?.announce.phoneNumbers(numbers);
      },
    },
    companies,
    on_all_nodes: cluster?.exclusive,
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
    onAbandoned: ({ endpoint, id, content: { type } }, failure) => {
      const facts = { endpoint: endpoint.id, id, type, failure };
      log.warn("Abandoned delivery {id} of {type} to endpoint {endpoint}: {failure}", facts);
    },
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

  const refresh = async () => void await Promise.all([rates.refresh(), directory.refresh()]);
  // The database may lack what memory has: everything is read again, and streams may continue with an older version.
  store.history.onChange = () => {
    actor_system.discardAll();
    directory.reset();
    access.reset();
    feed.endAll();
    void refresh().catch(reportError("read the changed database"));
  };
  // What other nodes have changed.
  const changes: ChangeReaders = {
    all: () => void refresh().catch(reportError("read the changes of other nodes")),
    rates: () => void rates.refresh().catch(reportError("read the rate card")),
    phoneNumbers: (numbers) => void directory.lookUp(numbers).catch(reportError("read phone numbers")),
  };
  const applyRetention = () => deleteExpired(store, clock);
  const backlogs = new Backlogs({
    quarantined: () => store.quarantine.backlog(),
    firstDue: () => store.companies.firstDue(),
  }, clock);
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

  const zone_check = new ZoneCheck(store.day_ends, zone_data);
  const clock_check = new ClockCheck(system_clock, () => store.readClock());
  const connections = new ConnectionCounts();
  const metrics = createMetrics({
    zone_check,
    clock_check,
    journal: store.journal,
    database: store.history,
    quarantined: store.quarantined,
    counted_costs: store.counted_costs,
    backlogs,
    actor_system,
    memory_pressure,
    feed,
    access,
    alerts,
    connections,
    placement,
    leases: lease_metrics,
  });
  store.commit_metrics.register(metrics);
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
    quarantine: {
      list: (query) => store.quarantine.list(query),
      replay: (id) => replay.replayEvent(id),
      replayAll: (query) => replay.replayAll(query),
    },
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
    rates: {
      list: () => rates.list(),
      find: (feature) => rates.find(feature),
      setRate: async (request, changed_by) => {
        const set = await rates.setRate(request, changed_by);
        cluster?.announce.rates();
        return set;
      },
    },
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
    changes,
    clock_check,
    cluster,
    connections,
    feed,
    jobs,
    memory_pressure,
    placement,
    refresh,
    scheduler,
    stopping,
    store,
    zone_check,
  };
}

/** Returns what people call this node. Several nodes on one host differ by their port, or their process. */
function nodeName({ node_name, nats_url, port }: Config): string {
  if (node_name !== undefined) return node_name;
  return nats_url === undefined ? "this process" : `${Deno.hostname()}:${port || Deno.pid}`;
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
