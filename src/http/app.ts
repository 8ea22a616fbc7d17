/** The HTTP layer: creates the Hono app with every call. The interfaces it depends on are in `src/ports/`. */

import { OpenAPIHono } from "@hono/zod-openapi";
import type { Authenticate } from "./middleware/authentication.ts";
import { alertDeliveries } from "./resources/alert_deliveries.ts";
import { balances } from "./resources/balances.ts";
import { BodyReader } from "./kit/body.ts";
import { companies } from "./resources/companies.ts";
import { companyList } from "./resources/company_list.ts";
import { companyAlerts } from "./resources/company_alerts.ts";
import { contacts } from "./resources/contacts.ts";
import { contracts } from "./resources/contracts.ts";
import { costs } from "./resources/costs.ts";
import { docs } from "./pages/docs.ts";
import { createPages } from "./pages/html.ts";
import { landing } from "./pages/landing.ts";
import { Downloads } from "./kit/downloads.ts";
import { features } from "./resources/features.ts";
import { forecasts } from "./resources/forecast.ts";
import { health } from "./resources/health.ts";
import type { IdempotentCalls } from "./kit/idempotency.ts";
import { keys } from "./resources/keys.ts";
import { type LabelErasures, labelErasures } from "./resources/label_erasures.ts";
import { LargeBodies } from "./kit/large_bodies.ts";
import { LabelledReports } from "./resources/labelled_reports.ts";
import { UnusualCauses } from "./pages/unusual_cause.ts";
import { ledger } from "./resources/ledger.ts";
import { exchangeRates } from "./resources/exchange_rates.ts";
import { metaRates } from "./resources/meta_rates.ts";
import { margins } from "./resources/margins.ts";
import { messages } from "./resources/messages.ts";
import { nodes } from "./resources/nodes.ts";
import { openapi } from "./kit/openapi.ts";
import type { ApiKeys, Sessions } from "../ports/access.ts";
import type { CompanyAlerts, WebhookEndpoints } from "../ports/alerts.ts";
import type { Companies } from "../ports/companies.ts";
import type {
  CompanyList,
  CompanyProvisioner,
  Erasures,
  PhoneNumberHistory,
  PhoneNumberNames,
} from "../ports/directory.ts";
import type { LiveBalances } from "../ports/live.ts";
import type { CostReports, MetaCosts, Reconciliations } from "../ports/meta_costs.ts";
import type { Placement } from "../ports/placement.ts";
import type { MetaPricingAdmin, RateCardAdmin } from "../ports/prices.ts";
import type { MonthReader, Reports } from "../ports/reports.ts";
import type { Clock, Health, MovableClock } from "../ports/runtime.ts";
import type { EventInbox, QuarantineReview } from "../ports/webhooks.ts";
import type { Tracing } from "../observability/tracing.ts";
import { phoneNumbers } from "./resources/phone_numbers.ts";
import { quarantine } from "./resources/quarantine.ts";
import { quotes } from "./resources/quotes.ts";
import { reconciliations } from "./resources/reconciliations.ts";
import { type Reopenings, reopenings } from "./resources/reopenings.ts";
import { reportAssets, reportPage } from "./pages/report.ts";
import { corsFor } from "./middleware/cors.ts";
import { AccessLog, ErrorLog } from "./middleware/request_log.ts";
import { RateLimits, type RequestRates } from "./middleware/rate_limits.ts";
import type { RequestMetrics } from "./middleware/request_metrics.ts";
import type { Api, Declaration } from "./kit/declaration.ts";
import { answerUnknownRoutes } from "./kit/unknown_routes.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { StaticFirstRouter } from "./kit/static_first_router.ts";
import { statements } from "./resources/statements.ts";
import { testClock } from "./resources/test_clock.ts";
import { usage } from "./resources/usage.ts";
import { usageReport } from "./resources/usage_report.ts";
import { viewerSessions } from "./resources/viewer_sessions.ts";
import { webhookEndpoints } from "./resources/webhook_endpoints.ts";
import { UnreadAnswers } from "./kit/unread_answers.ts";
import { webhooks } from "./resources/webhooks.ts";
import { whatIfs } from "./resources/what_if.ts";
import { windows } from "./resources/windows.ts";

/** The dependencies and settings of the app. */
export interface AppOptions {
  readonly companies: Companies;
  readonly registry: CompanyProvisioner;
  readonly company_list: CompanyList;
  readonly phone_numbers: PhoneNumberHistory & PhoneNumberNames;
  readonly inbox: EventInbox;
  /** Whether webhooks are read for what Meta says about prices. */
  readonly reads_pricing: boolean;
  readonly meta_costs: MetaCosts;
  readonly cost_reports: CostReports;
  readonly quarantine: QuarantineReview;
  readonly reopenings: Reopenings;
  readonly reconciliations: Reconciliations;
  readonly erasures: Erasures;
  readonly label_erasures: LabelErasures;
  readonly reports: Reports;
  readonly months: MonthReader;
  readonly rates: RateCardAdmin;
  readonly meta_pricing: MetaPricingAdmin;
  readonly nodes: Pick<Placement, "nodes">;
  readonly live: LiveBalances;
  readonly health: Health;
  readonly clock: Clock;
  /** Set with `TEST_CLOCK=1` only. Without it the test clock call does not exist. */
  readonly test_clock?: MovableClock | undefined;
  readonly authenticate: Authenticate;
  readonly keys: ApiKeys;
  readonly alerts: WebhookEndpoints & CompanyAlerts;
  readonly viewer_sessions: Sessions;
  readonly idempotency: IdempotentCalls;
  readonly metrics: RequestMetrics;
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** The secrets that Meta may sign with: the new one, and the old one during a rotation. */
  readonly app_secrets: readonly string[];
  readonly verify_token: string;
  /** The public URL of the service, if configured. */
  readonly public_url?: string | undefined;
  /** Origins whose pages may embed the report page in a frame. */
  readonly frame_ancestors: readonly string[];
  /** Origins whose pages may read answers of the API. */
  readonly cors_origins: readonly string[];
  /** Rate limits of each key and of each company. */
  readonly request_rates: RequestRates;
  /** The memory limit of all request bodies in progress together. */
  readonly bodies_bytes_max: number;
  /** The memory limit of all large answers that clients have not taken. */
  readonly unread_bytes_max?: number;
  /** Tells whether an error means that the database or another dependency cannot be reached. */
  readonly isTransientError: (error: unknown) => boolean;
}

/** The app and its declared calls. */
export interface App {
  readonly hono: OpenAPIHono;
  readonly declared: readonly Declaration[];
  /** The bodies in progress: see {@link BodyReader.abortLate}. */
  readonly bodies: BodyReader;
  /** The downloads in progress: see {@link Downloads.abortStalled}. */
  readonly downloads: Downloads;
  /** The large answers in progress: see {@link UnreadAnswers.abortStalled}. */
  readonly answers: UnreadAnswers;
  /** The log of requests: see {@link AccessLog.reportLeftOut}. */
  readonly access_log: AccessLog;
}

/** Creates the app. */
export function createApp(options: AppOptions): App {
  const { authenticate, metrics, isTransientError } = options;
  const security = securityHeaders(options.public_url);
  const limits = new RateLimits(options.request_rates);
  const api: Api = {
    hono: new OpenAPIHono({ router: new StaticFirstRouter() }),
    declared: [],
    authenticate,
    metrics,
    tracing: options.tracing,
    security,
    cors: corsFor(options.cors_origins),
    limits,
    bodies: new BodyReader(undefined, options.bodies_bytes_max),
    large_bodies: new LargeBodies(),
    downloads: new Downloads(),
    answers: new UnreadAnswers(options.unread_bytes_max),
    idempotency: options.idempotency,
    isTransientError,
    access_log: new AccessLog(),
    error_log: new ErrorLog(),
  };
  webhooks(api, options);
  companies(api, options.companies, options.registry);
  companyList(api, options);
  phoneNumbers(api, options);
  contracts(api, options.companies);
  balances(api, { ...options, company_alerts: options.alerts });
  contacts(api, options.companies, options.erasures);
  const labelled = new LabelledReports(options.reports);
  const causes = new UnusualCauses(labelled, () => performance.now());
  labelErasures(api, options.companies, {
    erase: (company, text) => options.label_erasures.erase(company, text).finally(() => causes.forget()),
  });
  windows(api, options.companies, options.reports);
  messages(api, options.companies);
  quotes(api, options.companies);
  usage(api, options.companies);
  usageReport(api, options, labelled);
  ledger(api, options.companies, options.reports, options.rates);
  statements(api, options.companies, options.reports);
  forecasts(api, options.companies, options.reports);
  whatIfs(api, options);
  features(api, options.companies, options.rates, options.clock);
  metaRates(api, options.meta_pricing, options.clock);
  exchangeRates(api, options.meta_pricing);
  costs(api, options);
  margins(api, options);
  quarantine(api, options.quarantine);
  reopenings(api, options.reopenings);
  reconciliations(api, options.reconciliations, options.reports);
  reportPage(api, { ...options, labelled, causes });
  reportAssets(api);
  nodes(api, options.nodes);
  keys(api, options.companies, options.keys);
  webhookEndpoints(api, options.companies, options.alerts);
  alertDeliveries(api, options.alerts);
  companyAlerts(api, options.companies, options.alerts);
  viewerSessions(api, options);
  if (options.test_clock !== undefined) testClock(api, options.test_clock);
  health(api, options.health);
  openapi(api);
  docs(api);
  landing(api, options);
  answerUnknownRoutes(api, createPages(api.answers, options.frame_ancestors).unknownRouteResponse);
  return api;
}
