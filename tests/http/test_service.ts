/**
 * The HTTP layer on real actors and the memory store. Parts without a counterpart in memory are made here: reports on
 * the stored rows, the rows of the rate card, and a manual clock.
 */

import { Registry as Metrics } from "prom-client";
import { PhoneDirectory } from "../../actors/phone_directory.ts";
import { Erasure } from "../../actors/erasure.ts";
import { Reconciler } from "../../actors/reconciler.ts";
import { Reopening } from "../../actors/reopening.ts";
import { MetaPricing } from "../../actors/meta_pricing.ts";
import { RateCard } from "../../actors/rate_card.ts";
import { EventRouter } from "../../actors/event_router.ts";
import type { ArrivedEvent } from "../../actors/event_router.ts";
import { Inbox } from "../../actors/inbox.ts";
import { soloPlacement } from "../../actors/placement/solo.ts";
import { QuarantineReplay } from "../../actors/quarantine_replay.ts";
import { ActorSystem } from "../../actors/actor_system.ts";
import { Scheduler } from "../../actors/scheduler.ts";
import { Access } from "../../src/access/access.ts";
import { Alerts } from "../../src/alerts/alerts.ts";
import { type AppOptions, createApp } from "../../src/http/app.ts";
import { authentication, type Caller } from "../../src/http/middleware/authentication.ts";
import { RequestMetrics } from "../../src/http/middleware/request_metrics.ts";
import { LiveFeed } from "../../src/live/feed.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { type Change, webhookOf } from "../support/payloads.ts";
import { deliveryRequest } from "../support/webhooks.ts";
import { SystemTimers } from "../../src/time/clock.ts";
import { quarantineReview } from "../../src/adapters.ts";
import { MemoryMetaPricing } from "../support/memory_store/meta_pricing.ts";
import { metaCostsOf } from "../support/memory_store/costs.ts";
import { costReportsOf } from "../support/memory_store/cost_reports.ts";
import { NamedPhoneNumbers } from "./named_phone_numbers.ts";
import { MemoryAccessStore } from "../support/access_store.ts";
import { MemoryAlertStore } from "../support/alert_store.ts";
import { localMs } from "../support/fixtures.ts";
import { MemoryIdempotentCalls } from "./memory_idempotent_calls.ts";
import { IdempotentCalls } from "../../src/http/kit/idempotency.ts";
import { MemoryQuarantine } from "./quarantined_events.ts";
import { readsField } from "../../src/whatsapp/webhook.ts";
import { monthsOf } from "../support/memory_store/months.ts";
import { reportsOf } from "./memory_reports.ts";
import { deliveredMessagesOf, MemoryReconciliations } from "./memory_reconciliations.ts";
import { withConformanceChecks } from "./openapi_conformance.ts";
import { accessTo, actorSystemOn, cardStore, registryOn } from "./test_service_parts.ts";

/** The root key. */
export const ADMIN_KEY = "admin-key-of-the-tests";
/** The secret that webhooks are signed with. */
export const APP_SECRET = "app-secret";
/** The verify token of the webhook. */
export const VERIFY_TOKEN = "verify-token";
/** The time zone of the example company. */
export const ZONE = "America/Sao_Paulo";
/** The phone number id of the example company. */
export const NUMBER = "106540000000001";

/** The caller with the root key. */
export const ROOT_CALLER: Caller = {
  kind: "key",
  name: "admin-key",
  id: "admin-key",
  scope: "platform",
  company: undefined,
  sees_contacts: true,
};

/** A problem response. */
export interface ProblemJson {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** The service in memory. Its manual clock starts at 09:00 of 3 November 2026 in São Paulo. */
export class TestService implements AsyncDisposable {
  now_ms = localMs("2026-11-03 09:00", ZONE);
  /** Whether the clocks agree. */
  clock_is_certain = true;
  /** Whether a second source of time confirms the clock. */
  clock_is_confirmed = true;
  readonly store = new MemoryStore();
  readonly unrouted_events: ArrivedEvent[] = [];
  /** Webhook fields that this service reads only in replays, as a later version would. */
  readonly later_fields = new Set<string>();
  readonly feed: LiveFeed;
  readonly actors: ActorSystem;
  /** How far the clock of keys and sessions is ahead of the machine's. */
  machine_ahead_ms = 0;
  readonly access: Access;
  /** A test sets the rows in which alerts are found. */
  readonly alert_store = new MemoryAlertStore();
  readonly alerts: Alerts;
  /** The status with which every webhook endpoint responds; undefined: none responds. */
  endpoint_status: number | undefined = 204;
  readonly options: AppOptions;
  readonly #journal = new GroupCommitJournal([this.store]);
  readonly #rates: RateCard;
  /** The reconciliations so far. Their ids are numbered, so that recorded examples are the same in each run. */
  #reconciliations = 0;
  #app: ReturnType<typeof createApp> | undefined;

  constructor(
    replaced: Partial<AppOptions> = {},
    feed = new LiveFeed(),
    access_store = new MemoryAccessStore(),
  ) {
    this.feed = feed;
    const access = this.access = accessTo(access_store, () => Date.now() + this.machine_ahead_ms);
    this.alerts = new Alerts({
      store: this.alert_store,
      work: { shards: undefined, leads: true },
      clock: { now_ms: () => this.now_ms },
      system_clock: { now_ms: () => this.now_ms },
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      post: () =>
        this.endpoint_status === undefined
          ? Promise.reject(new TypeError("connection refused"))
          : Promise.resolve(this.endpoint_status),
      streams: feed,
      report: console.error,
      onAbandoned: () => {},
    });
    const isCertain = () => this.clock_is_certain;
    const isConfirmed = () => this.clock_is_confirmed;
    const clock = {
      now_ms: () => this.now_ms,
      get is_certain() {
        return isCertain();
      },
      get is_confirmed() {
        return isConfirmed();
      },
    };
    const rates = this.#rates = new RateCard(clock, cardStore(ZONE));
    this.actors = actorSystemOn(clock, this.store, this.#journal, feed, rates);
    const phone_numbers = new NamedPhoneNumbers(this.store);
    const directory = new PhoneDirectory(clock, phone_numbers);
    const meta_pricing = new MetaPricing(clock, new MemoryMetaPricing());
    const quarantine_store = new MemoryQuarantine(this.store, this.unrouted_events);
    const router = new EventRouter(this.actors);
    const replay = new QuarantineReplay({
      readsField: (field) => readsField(field) || this.later_fields.has(field),
      clock,
      directory,
      companies: this.actors,
      router,
      store: quarantine_store,
    });
    this.options = {
      companies: this.actors,
      registry: registryOn(clock, this.store, this.actors, directory, replay),
      company_list: this.store,
      phone_numbers,
      reads_pricing: true,
      meta_costs: metaCostsOf(this.store),
      cost_reports: costReportsOf(this.store),
      inbox: new Inbox(directory, quarantine_store, this.actors, router, () => {}),
      quarantine: quarantineReview(quarantine_store, replay),
      reopenings: new Reopening({
        clock,
        store: this.store,
        companies: this.actors,
        onReopened: () => Promise.resolve(),
      }),
      reconciliations: new Reconciler({
        clock,
        timers: new SystemTimers(),
        companies: this.actors,
        phone_numbers,
        meta_costs: metaCostsOf(this.store),
        messages: deliveredMessagesOf(this.store),
        store: new MemoryReconciliations(),
        prices: meta_pricing,
        newId: () => `00000000-0000-4000-8000-${String(++this.#reconciliations).padStart(12, "0")}`,
      }),
      erasures: new Erasure({
        clock,
        companies: this.actors,
        store: quarantine_store,
        report: console.error,
      }),
      label_erasures: this.store.label_sets,
      reports: reportsOf(this.store),
      months: monthsOf(this.store, () => rates.current()),
      rates,
      meta_pricing,
      nodes: soloPlacement(this.actors, "credits-1", clock),
      live: feed,
      health: { ready: () => Promise.resolve({ ready: true, checks: { store: "ok" } }) },
      clock,
      test_clock: { ...clock, advance: (target) => this.advanceTo(target(this.now_ms)) },
      authenticate: authentication(ADMIN_KEY, access.keys, access.sessions),
      keys: access.keys,
      alerts: this.alerts,
      viewer_sessions: access.sessions,
      idempotency: new IdempotentCalls(new MemoryIdempotentCalls(), {
        now_ms: () => Date.now() + this.machine_ahead_ms,
      }),
      frame_ancestors: [],
      cors_origins: [],
      request_rates: { per_key: 0, per_company: 0 },
      bodies_bytes_max: 256 * 1024 * 1024,
      metrics: new RequestMetrics(new Metrics()),
      app_secrets: [APP_SECRET],
      verify_token: VERIFY_TOKEN,
      isTransientError: () => false,
      ...replaced,
    };
  }

  get app(): ReturnType<typeof createApp> {
    return this.#app ??= withConformanceChecks(createApp(this.options));
  }

  /** Sends a request with the admin key. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return await this.app.hono.request(path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** Sends a request and reads the body of a 200. @throws {Error} for any other status */
  async readJson(method: string, path: string, body?: unknown, status = 200) {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (response.status !== status) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** Delivers changes in one webhook, signed as Meta does. @throws {Error} for any status but 200 */
  async deliver(...changes: readonly Change[]): Promise<void> {
    const request = deliveryRequest("http://localhost/webhooks/whatsapp", webhookOf(...changes), APP_SECRET);
    const { status } = await this.app.hono.request(request);
    if (status !== 200) throw new Error(`the webhook was answered ${status}`);
  }

  /** Sends a request and reads a problem. */
  async requestProblem(method: string, path: string, body?: unknown): Promise<ProblemJson> {
    return await readProblem(await this.request(method, path, body));
  }

  /** Creates the company of the examples. */
  async createCompany(company = "acme", more: Record<string, unknown> = {}) {
    await this.#rates.refresh();
    const profile = { name: "Acme", time_zone: ZONE, phone_number_ids: [NUMBER], ...more };
    return await this.readJson("PUT", `/v1/companies/${company}`, profile);
  }

  /** Moves the clock and runs the due companies. */
  async advanceTo(at_ms: number) {
    if (at_ms < this.now_ms) return "clock_backwards" as const;
    this.now_ms = at_ms;
    const clock = { now_ms: () => this.now_ms, is_certain: true, is_confirmed: true };
    await new Scheduler(clock, this.store, this.actors, 10).runDue();
    return "advanced" as const;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.feed.close();
    await this.actors.stop();
    await this.#journal.close();
  }
}

/** Reads a problem. @throws {Error} when the response is none */
export async function readProblem(response: Response): Promise<ProblemJson> {
  const problem = await response.json();
  const type = response.headers.get("content-type");
  if (type !== "application/problem+json" || problem.status !== response.status) {
    throw new Error(`${response.status} of ${type} is no problem: ${JSON.stringify(problem)}`);
  }
  return problem;
}
