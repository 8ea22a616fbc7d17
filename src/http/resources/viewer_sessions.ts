/**
 * Sessions of people in browsers.
 *
 * SESSION-1. A platform creates a link with its key and redirects the browser to it. The link opens a session once,
 *     within five minutes; after that a copy in a history or log is useless.
 * SESSION-2. A session is for one company. Its cookie has the company's name: see `viewer_cookie.ts`.
 * SESSION-3. Only a navigation opens a link: a prefetch or preview does not use it up.
 * SESSION-4. A session can read, quote and log out. A cross-site request cannot log out.
 */

import { z } from "@hono/zod-openapi";
import { reportPath } from "../../web/report/href.ts";
import { cookiesOfSession, deletedCookieOf, viewerToken } from "../middleware/viewer_cookie.ts";
import { CompanyPath, formatInstant, InstantBody, optionalField } from "../kit/fields.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Sessions } from "../../ports/access.ts";
import type { Companies } from "../../ports/companies.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { createPages } from "../pages/html.ts";
import { type Api, route } from "../kit/route.ts";

const PATH = reportPath("{company}");
const TTL_SECONDS_DEFAULT = 15 * 60;
const TTL_SECONDS_MAX = 24 * 60 * 60;

const NewSessionRequest = z.strictObject({
  ttl_seconds: optionalField(z.int().min(1).max(TTL_SECONDS_MAX)).transform((ttl_s) =>
    ttl_s ?? TTL_SECONDS_DEFAULT
  ).openapi({
    default: TTL_SECONDS_DEFAULT,
    description: "Idle time in seconds after which the session ends. Every session ends after a day.",
  }),
  sees_contacts: optionalField(z.boolean()).openapi({
    default: false,
    description:
      "Whether the viewer sees phones and BSUIDs in full, and can search by them. Your key needs it too.",
  }),
}).openapi("NewViewerSessionRequest");

const SessionBody = z.object({
  url: z.string().openapi({ description: "A one-time link to the page: redirect the browser to it now." }),
  url_expires_at: InstantBody.openapi({ description: "When the link expires." }),
  expires_at: InstantBody.openapi({ description: "When the session ends if it is not used." }),
}).openapi("ViewerSession");

/** The dependencies of viewer sessions. */
export interface ViewerSessionOptions {
  readonly companies: Companies;
  readonly viewer_sessions: Sessions;
  readonly public_url?: string | undefined;
  readonly frame_ancestors: readonly string[];
}

/** Declares the calls that create, open and end viewer sessions. */
export function viewerSessions(api: Api, options: ViewerSessionOptions): void {
  const { companies, viewer_sessions, public_url } = options;
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/viewer_sessions",
    policy: { scope: "read" },
    tag: "Viewers",
    operation_id: "createViewerSession",
    summary: "Create a viewer session link",
    description:
      "A one-time link that lets a person see the company's credits. The session ends with the key that created it.",
    params: CompanyPath,
    body: NewSessionRequest,
    answer: SessionBody,
    status: 201,
    problems: [429],
  }, async ({ params, body, caller, request }) => {
    const answer = await companies.execute(params.company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    const { ttl_seconds, sees_contacts = false } = body;
    if (sees_contacts && !caller.sees_contacts) return cannotGrantContacts();
    const link = await viewer_sessions.createLink(
      params.company,
      caller.key,
      ttl_seconds * 1000,
      sees_contacts,
    );
    if (link === undefined) return tooManySessions();
    return {
      url: new URL(`${reportPath(params.company)}/sessions/${link.token}`, public_url ?? request.url).href,
      url_expires_at: formatInstant(link.link_expires_at_ms),
      expires_at: formatInstant(link.expires_at_ms),
    };
  });
  browserCalls(api, options);
}

function browserCalls(
  api: Api,
  { viewer_sessions, public_url, frame_ancestors }: ViewerSessionOptions,
): void {
  const is_framed = frame_ancestors.length > 0;
  const page = {
    tag: "Viewers",
    status: 303,
    renderProblem: createPages(api.answers, frame_ancestors).problemResponse,
  } as const;
  route(api, {
    ...page,
    method: "get",
    path: `${PATH}/sessions/{link}`,
    policy: "viewer_token",
    operation_id: "openViewerSession",
    summary: "Open a viewer session",
    description:
      "Redirects to the company's page and sets the cookie of the company's session. The sessions of other companies in " +
      "the same browser stay. A used or expired link is 401 `link_already_used`. " +
      "A request that is no browser navigation is 403 `navigation_required`, and the link stays valid.",
    params: CompanyPath.extend({ link: z.string() }),
    problems: [401, 403, 503],
  }, async ({ params: { company, link }, request }) => {
    if (!isNavigation(request)) return navigationRequired();
    const token = await viewer_sessions.openLink(link, company);
    if (token === undefined) return linkAlreadyUsed();
    return redirectToPage(company, cookiesOfSession(company, token, request.headers, is_framed));
  });

  route(api, {
    ...page,
    method: "post",
    path: `${PATH}/logout`,
    policy: "viewer_token",
    operation_id: "endViewerSession",
    summary: "Log out",
    description:
      "Ends the company's session and its streams in every tab, then redirects to the page. A request from another " +
      "site is 403 `cross_site_request`.",
    params: CompanyPath,
    problems: [403, 503],
  }, async ({ params: { company }, request }) => {
    if (!isOwnPage(request, public_url)) return crossSiteRequest();
    const token = viewerToken(request.headers, company);
    if (token !== undefined) await viewer_sessions.end(token, company);
    return redirectToPage(company, [deletedCookieOf(company, is_framed)]);
  });
}

/**
 * Tells whether a request is a navigation. Browsers send `Sec-Fetch-Mode`; a GET without it counts as a navigation. A
 * prefetch or preview never does.
 */
function isNavigation({ method, headers }: Request): boolean {
  const purposes = [headers.get("sec-purpose"), headers.get("purpose"), headers.get("x-purpose")];
  if (method !== "GET" || purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose ?? ""))) {
    return false;
  }
  return (headers.get("sec-fetch-mode") ?? "navigate") === "navigate";
}

/** Tells whether a request is same-origin. Browsers send `Sec-Fetch-Site` or `Origin` with every POST. */
function isOwnPage({ url, headers }: Request, public_url: string | undefined): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin === null || [url, public_url ?? url].some((own) => new URL(own).origin === origin);
}

function redirectToPage(company: CompanyId, cookies: readonly string[]): Response {
  const headers = cookies.map((cookie): [string, string] => ["set-cookie", cookie]);
  return new Response(null, { status: 303, headers: [["location", reportPath(company)], ...headers] });
}

function linkAlreadyUsed(): Problem {
  const detail = "This link was already used or has expired: request a new one where you found it.";
  return new Problem(401, "link_already_used", detail, { headers: { "www-authenticate": "Bearer" } });
}

function navigationRequired(): Problem {
  return new Problem(
    403,
    "navigation_required",
    "Only a browser navigation opens this link: follow it in a browser. The link is still unused.",
  );
}

function crossSiteRequest(): Problem {
  return new Problem(403, "cross_site_request", "Logout must come from this service's page: log out there.");
}

function cannotGrantContacts(): Problem {
  const detail =
    "Insufficient scope: your key lacks `sees_contacts` and cannot grant it. Omit `sees_contacts`.";
  return new Problem(403, "insufficient_scope", detail);
}

function tooManySessions(): Problem {
  const detail = "Too many viewer sessions of this company: try again in 60 s.";
  return new Problem(429, "too_many_sessions", detail, { headers: { "retry-after": "60" } });
}
