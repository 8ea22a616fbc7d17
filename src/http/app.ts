/** The edge: every call the service answers to. What it needs of the rest of the house is in `ports.ts`. */

import { OpenAPIHono } from "@hono/zod-openapi";
import { TrieRouter } from "hono/router/trie-router";
import type { Authenticate } from "./middleware/authentication.ts";
import { balances } from "./resources/balances.ts";
import { BodyReader } from "./kit/body.ts";
import { companies } from "./resources/companies.ts";
import { contacts } from "./resources/contacts.ts";
import { contracts } from "./resources/contracts.ts";
import { docs } from "./pages/docs.ts";
import { Downloads } from "./kit/downloads.ts";
import { features } from "./resources/features.ts";
import { forecasts } from "./resources/forecast.ts";
import { health } from "./resources/health.ts";
import { keys } from "./resources/keys.ts";
import { ledger } from "./resources/ledger.ts";
import { messages } from "./resources/messages.ts";
import { openapi } from "./kit/openapi.ts";
import type * as ports from "../ports.ts";
import { Problem, problemResponse } from "./kit/problems.ts";
import { quarantine } from "./resources/quarantine.ts";
import { quotes } from "./resources/quotes.ts";
import { reportAssets, reportPage } from "./pages/report.ts";
import { ErrorLog, logRequest, newRequestId } from "./middleware/request_log.ts";
import { RateLimits, type RequestRates } from "./middleware/rate_limits.ts";
import type { RequestMetrics } from "./middleware/request_metrics.ts";
import { type Api, type Declaration, errorResponse, honoPath } from "./kit/route.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { statements } from "./resources/statements.ts";
import { testClock } from "./resources/test_clock.ts";
import { usage } from "./resources/usage.ts";
import { usageReport } from "./resources/usage_report.ts";
import { viewerSessions } from "./resources/viewer_sessions.ts";
import { webhookEndpoints } from "./resources/webhook_endpoints.ts";
import { webhooks } from "./resources/webhooks.ts";
import { windows } from "./resources/windows.ts";

/** What the app is made of. */
export interface AppOptions {
  readonly companies: ports.Companies;
  readonly registry: ports.CompanyProvisioner;
  readonly company_list: ports.CompanyList;
  readonly inbox: ports.EventInbox;
  readonly quarantine: ports.QuarantineReview;
  readonly erasures: ports.Erasures;
  readonly reports: ports.Reports;
  readonly rates: ports.RateCardAdmin;
  readonly live: ports.LiveBalances;
  readonly health: ports.Health;
  readonly clock: ports.Clock;
  /** Only under `TEST_CLOCK=1`: without it the call does not exist. */
  readonly test_clock?: ports.MovableClock | undefined;
  readonly authenticate: Authenticate;
  readonly keys: ports.ApiKeys;
  readonly alerts: ports.WebhookEndpoints;
  readonly viewer_sessions: ports.Sessions;
  readonly metrics: RequestMetrics;
  /** The secrets Meta may sign with: the new one, and the old one while they rotate. */
  readonly app_secrets: readonly string[];
  readonly verify_token: string;
  /** Where the service is reached from outside, when that is known. */
  readonly public_url?: string | undefined;
  /** Origins whose pages may show the page in a frame. */
  readonly frame_ancestors: readonly string[];
  /** Requests a second a key, and all that ask of one company, may make. */
  readonly request_rates: RequestRates;
  /** Whether an error means that the store, or whatever a port rests on, cannot be reached for now. */
  readonly isTransientError: (error: unknown) => boolean;
}

/** The app, and what it declares. */
export interface App {
  readonly hono: OpenAPIHono;
  readonly declared: readonly Declaration[];
  /** The bodies that are being read: see {@link BodyReader.abortLate}. */
  readonly bodies: BodyReader;
  /** The lists that are being downloaded: see {@link Downloads.abortStalled}. */
  readonly downloads: Downloads;
}

/** Puts the app together. */
export function createApp(options: AppOptions): App {
  const { authenticate, metrics, isTransientError } = options;
  const security = securityHeaders(options.public_url);
  const limits = new RateLimits(options.request_rates);
  const api: Api = {
    hono: new OpenAPIHono(),
    declared: [],
    authenticate,
    metrics,
    security,
    limits,
    bodies: new BodyReader(),
    downloads: new Downloads(),
    isTransientError,
    error_log: new ErrorLog(),
  };
  webhooks(api, options);
  companies(api, options.companies, options.registry, options.company_list);
  contracts(api, options.companies);
  balances(api, options.companies, options.live);
  contacts(api, options.companies, options.erasures);
  windows(api, options.companies, options.reports);
  messages(api, options.companies);
  quotes(api, options.companies);
  usage(api, options.companies);
  usageReport(api, options.companies, options.reports);
  ledger(api, options.companies, options.reports, options.rates);
  statements(api, options.companies, options.reports);
  forecasts(api, options.companies, options.reports);
  features(api, options.companies, options.rates, options.clock);
  quarantine(api, options.quarantine);
  reportPage(api, options);
  reportAssets(api);
  keys(api, options.companies, options.keys);
  webhookEndpoints(api, options.companies, options.alerts);
  viewerSessions(api, options);
  if (options.test_clock !== undefined) testClock(api, options.test_clock);
  health(api, options.health);
  openapi(api);
  docs(api);
  answerUnknownRoutes(api);
  return api;
}

/** Answers what is none of our calls: another method of a path we have, or a path we have not. */
function answerUnknownRoutes(api: Api): void {
  const { hono, declared, security } = api;
  const methods = new TrieRouter<string>();
  for (const { method, path } of declared) methods.add("ALL", honoPath(path), method.toUpperCase());
  hono.notFound((c) => {
    const request_id = newRequestId();
    const allowed = methods.match("ALL", c.req.path)[0].map(([method]) => method);
    const problem = allowed.length === 0 ? routeNotFound() : methodNotAllowed(allowed);
    logRequest({
      method: c.req.method,
      route: "none",
      status: problem.status,
      duration_ms: 0,
      request_id,
    });
    return security.on(problemResponse(problem, request_id));
  });
  hono.onError((error) => security.on(errorResponse(api, error, "none", newRequestId())));
}

function routeNotFound(): Problem {
  return new Problem(404, "no_path", "there is nothing at this path: see /docs for those there are");
}

function methodNotAllowed(allowed: readonly string[]): Problem {
  const methods = [...new Set(allowed.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]))];
  const allow = methods.sort().join(", ");
  return new Problem(405, "wrong_method", `this path answers to ${allow} only`, { headers: { allow } });
}
